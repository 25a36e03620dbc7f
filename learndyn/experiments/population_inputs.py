r"""An angle as a number, as a point on a circle, or as a bump: the same net, three inputs.

A net with outputs y = f(theta, x) on S stimuli and L = mean(e^2) / 2 starts to learn by

    e <- e - eta G e,     G = J J^T / S,   J = dy / dtheta

(Jacot, Gabriel and Hongler, 2018). While J stays what it is, an eigenvector of G with eigenvalue g shrinks
by 1 - eta g a step. For a linear readout of a fixed code J never changes and the prediction is exact; a net
with hidden units changes its own G as it learns.

References
----------
Jacot, A., Gabriel, F. and Hongler, C. (2018). Neural tangent kernel. NeurIPS 31.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import jacobian, mean_square, reshape
from ..dynamics import ravel
from ..learning import MLP, GradientDescent, train
from ..neural.population import PopulationCode, preferred_directions

STIMULI = preferred_directions(96) - np.pi
TURNS = (1, 3, 6)


def target(x: Any) -> np.ndarray:
    """Return a sum of waves of 1, 3 and 6 turns, of mean square 1, for angles in radians."""
    x = np.asarray(x, dtype=np.float64)
    return np.sqrt(2.0 / 3.0) * sum(np.cos(k * x + 0.5 * i + 0.5) for i, k in enumerate(TURNS))


@dataclass(frozen=True, slots=True)
class InputCode:
    """One way to give an angle to a net.

    Attributes
    ----------
    name : str
    net : MLP
    encode : callable
        Takes angles (S,), radians, to inputs (S, features).
    """

    name: str
    net: MLP
    encode: Callable[[np.ndarray], np.ndarray]


def codes(*, units: int = 24, kappa: float = 10.0) -> tuple[InputCode, ...]:
    """Return the codes that are compared; the nets have 885 to 925 parameters, the last one has 24.

    Parameters
    ----------
    units : int, optional
        N of the population.
    kappa : float, optional
        Its concentration.
    """
    population = PopulationCode(units, kappa=kappa).encode
    return (
        InputCode("number", MLP((1, 28, 28, 1)), lambda x: (x / np.pi)[:, None]),
        InputCode(
            "circle",
            MLP((2, 28, 28, 1)),
            lambda x: np.stack([np.cos(x), np.sin(x)], axis=1),
        ),
        InputCode("population", MLP((units, 34, 1)), population),
        InputCode("population, linear", MLP((units, 1), bias=False), population),
    )


@dataclass(frozen=True, slots=True)
class InputRun:
    """Learning curves of one code, one column a seed.

    Attributes
    ----------
    name : str
    parameters : int
    losses : ndarray, shape (steps + 1, seeds)
    predicted : ndarray, shape (steps + 1, seeds)
        As if G stayed what it is at the start.
    needed, needed_after : ndarray, shape (seeds,)
        Largest eigenvalue of G over the smallest v' G v, v a wave of the target of unit length, before
        and after training: about how many steps the slowest wave takes.
    """

    name: str
    parameters: int
    losses: np.ndarray
    predicted: np.ndarray
    needed: np.ndarray
    needed_after: np.ndarray


def run(code: InputCode, *, steps: int = 1000, seeds: int = 3, share: float = 0.5) -> InputRun:
    """Train a net by gradient descent, with a step size relative to the largest eigenvalue of its G.

    Parameters
    ----------
    code : InputCode
    steps : int, optional
    seeds : int, optional
    share : float, optional
        Step size times that eigenvalue at the start. The eigenvalue may grow: 2 is the limit.

    Returns
    -------
    InputRun
    """
    x, y = code.encode(STIMULI), target(STIMULI)[:, None]
    waves = np.cos(np.outer(TURNS, STIMULI)) / np.sqrt(0.5 * len(STIMULI))
    losses, predicted, needed = [], [], []

    def ratio(kernel: np.ndarray) -> float:
        slowest = np.einsum("ki,ij,kj->k", waves, kernel, waves).min()
        return float(np.linalg.eigvalsh(kernel)[-1] / slowest)

    for seed in range(seeds):
        theta = code.net.init(np.random.default_rng(seed))
        kernel, start = _kernel(code.net, theta, x)
        values, vectors = np.linalg.eigh(kernel)
        step_size = share / values[-1]
        result = train(
            lambda theta: 0.5 * mean_square(code.net(theta, x) - y),
            GradientDescent(step_size),
            theta,
            steps,
            progress=False,
        )
        losses.append(result.losses)
        first = vectors.T @ (start - y[:, 0])
        shrink = (1.0 - step_size * values) ** np.arange(steps + 1)[:, None]
        predicted.append(0.5 * np.sum((shrink * first) ** 2, axis=1) / len(STIMULI))
        needed.append((ratio(kernel), ratio(_kernel(code.net, result.theta, x)[0])))
    count = ravel(theta)[0].size
    return InputRun(
        code.name,
        count,
        np.stack(losses, 1),
        np.stack(predicted, 1),
        *np.array(needed).T,
    )


def _kernel(net: MLP, theta: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """G, shape (S, S), and the outputs, shape (S,), at the start."""
    z, unravel = ravel(theta)
    slopes = jacobian(lambda z: reshape(net(unravel(z), x), shape=(len(x),)))(z)
    return slopes @ slopes.T / len(x), np.asarray(net(theta, x))[:, 0]
