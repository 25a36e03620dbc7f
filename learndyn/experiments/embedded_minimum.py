r"""The minimum of a smaller net, embedded in a larger one: a line of critical points.

Let the best net of one unit have incoming weights w~ = (w, b) and outgoing weight a. Two units with
w~ each and outgoing weights alpha a and (1 - alpha) a compute the same, for any share alpha, and
the gradient vanishes (Fukumizu and Amari, 2000). Split the incoming weights by (1 - alpha) u and
-alpha u. The output does not move to first order, and the loss changes by

    1/2 alpha (1 - alpha) u' B u,   B = sum a r phi'' x~ x~',   r = dL/dy of an example.

In suitable coordinates the Hessian of the larger net is that of the smaller one, alpha (1 - alpha)
B, and a zero for the share itself. So the smaller net's minimum is a saddle of the larger one on
the whole line if B has eigenvalues of both signs. If B is definite, it is a minimum for shares on
one side of 0 and 1, and a saddle on the other.

References
----------
Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of
multilayer perceptrons. Neural Networks 13, 317-327.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad, hessian
from ..dynamics import ravel
from ..learning import Layer, mean_squared_error
from .symmetry_breaking import LARGE, data, saddle

# Below this part of the largest eigenvalue a curvature counts as zero.
_ZERO = 1e-10


@dataclass(frozen=True, slots=True)
class EmbeddedMinimum:
    """Curvatures along the line of critical points.

    Attributes
    ----------
    shares : ndarray, shape (k,)
        alpha.
    eigenvalues : ndarray, shape (3,)
        Of B, ascending, from its closed form.
    curvatures : ndarray, shape (k, 3)
        Of the loss of the larger net along ((1 - alpha) u, -alpha u), for each eigenvector u.
    gradients : ndarray, shape (k,)
        Length of the gradient.
    negative, zero : ndarray of int, shape (k,)
        Numbers of negative and of vanishing eigenvalues of the whole Hessian.
    """

    shares: np.ndarray
    eigenvalues: np.ndarray
    curvatures: np.ndarray
    gradients: np.ndarray
    negative: np.ndarray
    zero: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """alpha (1 - alpha) times each eigenvalue of B, shape (k, 3)."""
        return (self.shares * (1.0 - self.shares))[:, None] * self.eigenvalues

    @property
    def predicted_negative(self) -> np.ndarray:
        """Number of negative curvatures predicted, shape (k,)."""
        return (self.predicted < 0.0).sum(axis=1)


def run(shares: Sequence[float] = tuple(np.linspace(-0.4, 1.4, 92))) -> EmbeddedMinimum:
    """Evaluate the Hessian of the larger net along the line.

    Parameters
    ----------
    shares : sequence of float, optional
        alpha; at 0 and 1 one unit has no outgoing weight and more than the share is free.

    Returns
    -------
    EmbeddedMinimum
    """
    (x, y), (theta, _, _) = data(), saddle()
    hidden, out = theta
    z0, unravel = ravel(theta)
    total = out.weight.sum()

    def loss(z: Any) -> Any:
        return mean_squared_error(LARGE(unravel(z), x), y)

    values, vectors = np.linalg.eigh(_curvature(theta))
    slope, curvature = grad(loss), hessian(loss)
    rows, gradients, negative, zero = [], [], [], []
    for share in shares:
        weight = total * np.array([[share], [1.0 - share]])
        z = ravel([hidden, Layer(weight, out.bias)])[0]
        h = np.asarray(curvature(z))
        splits = [_split(unravel(np.zeros_like(z0)), u, share) for u in vectors.T]
        rows.append([float(v @ h @ v) for v in splits])
        gradients.append(float(np.linalg.norm(slope(z))))
        found = np.linalg.eigvalsh(h)
        small = np.abs(found) < _ZERO * np.abs(found).max()
        negative.append(int(((found < 0.0) & ~small).sum()))
        zero.append(int(small.sum()))
    return EmbeddedMinimum(
        np.array(shares),
        values,
        np.array(rows),
        np.array(gradients),
        np.array(negative),
        np.array(zero),
    )


def _curvature(theta: list[Layer]) -> np.ndarray:
    """B, shape (3, 3): the outgoing weight is that of both units together."""
    (x, y), (hidden, out) = data(), theta
    inputs = np.hstack([x, np.ones((len(x), 1))])
    h = np.tanh(x @ hidden.weight[:, 0] + hidden.bias[0, 0])
    r = 2.0 * (LARGE(theta, x) - y)[:, 0] / len(x)
    weights = out.weight.sum() * r * (-2.0 * h * (1.0 - h * h))
    return (inputs.T * weights) @ inputs


def _split(zeros: list[Layer], u: np.ndarray, share: float) -> np.ndarray:
    """The direction ((1 - alpha) u, -alpha u) of the incoming weights, as a flat vector."""
    hidden, out = zeros
    both = np.outer(u, [1.0 - share, -share])
    return ravel([Layer(hidden.weight + both[:2], hidden.bias + both[2:]), out])[0]
