r"""The same function in other coordinates: curvature and slices of a rescaled relu net.

A relu net computes the same if all that enters a hidden unit is multiplied by a > 0 and all that leaves
it is divided by a. With theta' = D theta, D diagonal, the new loss is L'(theta') = L(D^-1 theta'), so

    H' = D^-1 H D^-1 .

With one a for the whole layer, H' contains the block of the outgoing weights times a^2 (Dinh, Pascanu,
Bengio and Bengio, 2017, with which a minimum is made as sharp as one likes). A filter-normalised slice
stays as it is (Li, Xu, Taylor, Studer and Goldstein, 2018), because all filters scale along. With one a
for each unit they do not: the filter of an output unit takes one number from each hidden unit.

References
----------
Dinh, L., Pascanu, R., Bengio, S. and Bengio, Y. (2017). Sharp minima can generalize for deep nets.
ICML. arXiv:1703.04933.
Li, H., Xu, Z., Taylor, G., Studer, C. and Goldstein, T. (2018). Visualizing the loss landscape of
neural nets. NeurIPS 31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import ravel
from ..learning import Adam, Layer, hessian_operator, train
from ..learning.landscape import random_line, slice_1d
from .landscape_problems import regression

NAMES = ("as trained", "layers rescaled", "units rescaled")


@dataclass(frozen=True, slots=True, eq=False)
class RescaledSlices:
    """One function in three sets of coordinates.

    Attributes
    ----------
    names : tuple of str
        As trained, both layers rescaled, each hidden unit rescaled by a factor of its own.
    factor : float
        a, of the layers.
    coordinates : ndarray, shape (m,)
        Multiples of the direction.
    filtered, plain : ndarray, shape (3, m)
        The loss along a filter-normalised direction and along one of unit length, from the same seed.
    sharpness, predicted : ndarray, shape (3,)
        lambda_max of the Hessian, and of D^-1 H D^-1.
    bound : float
        a^2 times lambda_max of the block of the outgoing weights.
    losses : ndarray, shape (3,)
        At the nets themselves.
    disagreement : float
        Largest difference of outputs on the data.
    """

    names: tuple[str, ...]
    factor: float
    coordinates: np.ndarray
    filtered: np.ndarray
    plain: np.ndarray
    sharpness: np.ndarray
    predicted: np.ndarray
    bound: float
    losses: np.ndarray
    disagreement: float

    def change(self, kind: str, number: int) -> float:
        """Largest relative change of a slice, "filtered" or "plain", from that of the net as trained."""
        losses = getattr(self, kind)
        return float(np.abs(losses[number] - losses[0]).max() / np.abs(losses[0]).max())


def run(
    *, width: int = 32, factor: float = 10.0, spread: float = 1.0, steps: int = 400, seed: int = 0
) -> RescaledSlices:
    """Train a relu net, rescale it in two ways, and look at all three.

    Parameters
    ----------
    width : int, optional
    factor : float, optional
        a, positive, of the layers.
    spread : float, optional
        Standard deviation of ln a over units, for units that are rescaled one by one.
    steps : int, optional
        Of Adam.
    seed : int, optional

    Raises
    ------
    ValueError
        If the factor is not positive.
    """
    rng = np.random.default_rng(seed)
    model, loss = regression(width, activation="relu", samples=64, rng=1)
    theta = train(loss, Adam(0.01), model.init(rng), steps, every=steps).theta
    units = np.exp(spread * rng.standard_normal(width))
    scales = (np.ones(width), np.full(width, float(factor)), units)
    nets = [rescaled(theta, a) for a in scales]
    hessian = dense_hessian(loss, theta)
    coordinates = np.linspace(-1.0, 1.0, 41)
    slices = {
        kind: np.array(
            [slice_1d(loss, random_line(net, seed, normalise=kind), coordinates).losses for net in nets]
        )
        for kind in ("filter", "unit")
    }
    predicted = []
    for a in scales:
        ones = [Layer(np.ones_like(layer.weight), np.ones_like(layer.bias)) for layer in theta]
        inverse = 1.0 / ravel(rescaled(ones, a))[0]
        predicted.append(np.linalg.eigvalsh(inverse[:, None] * hessian * inverse)[-1])
    out = slice(3 * width, 4 * width)
    outputs = [model(net, loss.x) for net in nets]
    return RescaledSlices(
        NAMES, float(factor), coordinates, slices["filter"], slices["unit"],
        np.array([np.linalg.eigvalsh(dense_hessian(loss, net))[-1] for net in nets]),
        np.array(predicted), float(factor**2 * np.linalg.eigvalsh(hessian[out, out])[-1]),
        np.array([float(loss(net)) for net in nets]),
        float(max(np.abs(o - outputs[0]).max() for o in outputs)),
    )  # fmt: skip


def rescaled(theta: list[Layer], factors: Any) -> list[Layer]:
    """Multiply what enters each unit of the one hidden layer, and divide what leaves it.

    Parameters
    ----------
    theta : list of Layer
        Two layers.
    factors : array_like, shape (width,)
        Positive, one for each hidden unit.

    Raises
    ------
    ValueError
        If a factor is not positive.
    """
    a = np.asarray(factors, dtype=np.float64)
    if not (a > 0.0).all():
        raise ValueError(
            f"rescaled: factors must be positive, got a smallest of {a.min():.3g}. A relu commutes with "
            "positive factors only"
        )
    into, out = theta
    return [Layer(into.weight * a, into.bias * a), Layer(out.weight / a[:, None], out.bias)]


def dense_hessian(loss: Any, theta: list[Layer]) -> np.ndarray:
    """Return the Hessian as a matrix, shape (n, n)."""
    operator = hessian_operator(loss, theta)
    return np.array([operator.matvec(row) for row in np.eye(operator.size)])
