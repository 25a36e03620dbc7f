r"""A path on the plane of its two principal directions, beside that of a random walk.

The k-th principal direction of a walk of many independent steps in many dimensions explains

    6 / (pi k)^2 ,      k = 1, 2, ...

of the variance, and the walk's coordinate along it is cos(pi k t / T): its picture is a smooth arc
(Antognini and Sohl-Dickstein, 2018). So neither a high share nor a smooth arc shows that a path obeys
a law of few dimensions. What lies off the plane is in the loss of the net, and not in the picture.

References
----------
Antognini, J. M. and Sohl-Dickstein, J. (2018). PCA of high dimensional random walks with comparison
to neural network training. NeurIPS 31.
Li, H., Xu, Z., Taylor, G., Studer, C. and Goldstein, T. (2018). Visualizing the loss landscape of
neural nets. NeurIPS 31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import ravel
from ..learning import GradientDescent, Minibatches, cross_entropy, train
from ..learning.landscape import (
    BatchedLoss,
    Plane,
    Projection,
    Slice,
    slice_2d,
    trajectory_plane,
)
from .landscape_problems import clusters


@dataclass(frozen=True, slots=True, eq=False)
class SeenPath:
    """A path on the plane that explains most of it.

    Attributes
    ----------
    seen : Projection
        On the plane: coordinates, shares of variance, distances from the plane.
    losses : ndarray, shape (steps + 1,), or None
        Of the net on its way; None for the walk, which has none.
    shown : ndarray, shape (steps + 1,), or None
        The loss at the nearest point of the plane, which the picture shows.
    surface : Slice or None
        The loss around the path.
    """

    seen: Projection
    losses: np.ndarray | None = None
    shown: np.ndarray | None = None
    surface: Slice | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PathPlanes:
    """Descent, noisy descent and a random walk, each on its own plane.

    Attributes
    ----------
    descent, noisy, walk : SeenPath
        Full batch; minibatches; independent Gaussian steps, as many and in as many dimensions.
    size : int
        Number of parameters.
    """

    descent: SeenPath
    noisy: SeenPath
    walk: SeenPath
    size: int

    @property
    def predicted(self) -> np.ndarray:
        """Shares of variance of a long random walk along its first two directions, shape (2,)."""
        return 6.0 / (np.pi * np.array([1.0, 2.0])) ** 2

    @property
    def arc(self) -> np.ndarray:
        """cos(pi k t / T) for k = 1, 2, the predicted shape of the walk, shape (steps + 1, 2)."""
        steps = len(self.walk.seen.coordinates) - 1
        return np.cos(np.pi * np.outer(np.arange(steps + 1) / steps, [1.0, 2.0]))


def run(*, classes: int = 5, steps: int = 300, batch_size: int = 5, seed: int = 0) -> PathPlanes:
    """Train with all data and with minibatches, walk at random, and project all three.

    Parameters
    ----------
    classes, steps : int, optional
    batch_size : int, optional
        Of the noisy run.
    seed : int, optional
    """
    rng = np.random.default_rng(seed)
    model, loss, theta = clusters(classes, rng=rng)
    size = ravel(theta)[0].size
    descent = train(loss, GradientDescent(0.3), theta, steps, keep_states=True)

    def batch_loss(theta: Tree, x: np.ndarray, labels: np.ndarray) -> Any:
        return cross_entropy(model(theta, x), labels)

    noisy = train(
        batch_loss, GradientDescent(1.0), theta, steps, keep_states=True,
        batches=Minibatches(loss.x, loss.target, batch_size=batch_size, rng=seed),
    )  # fmt: skip
    assert descent.states is not None and noisy.states is not None  # since they are kept
    walk = np.cumsum(rng.standard_normal((steps + 1, size)), axis=0)
    return PathPlanes(
        _seen(loss, descent.states[:, :size], theta),
        _seen(loss, noisy.states[:, :size], theta, surface=True),
        SeenPath(trajectory_plane(walk).project(walk)),
        size,
    )


def _seen(loss: BatchedLoss, states: np.ndarray, template: Tree, *, surface: bool = False) -> SeenPath:
    """The path on its plane, with the loss on the way and as the plane has it."""
    plane = trajectory_plane(states, template)
    seen = plane.project(states)
    nearest = np.array([plane.point(*c) for c in seen.coordinates])
    unravel = ravel(template)[1]
    losses, shown = (np.array([float(loss(unravel(z))) for z in points]) for points in (states, nearest))
    return SeenPath(seen, losses, shown, _around(loss, plane, seen) if surface else None)


def _around(loss: BatchedLoss, plane: Plane, seen: Projection, *, points: int = 31) -> Slice:
    """The loss on a window around the path."""
    low, high = seen.coordinates.min(axis=0), seen.coordinates.max(axis=0)
    margin = 0.2 * (high - low).max()
    xs, ys = (np.linspace(a - margin, b + margin, points) for a, b in zip(low, high, strict=True))
    return slice_2d(loss, plane, xs, ys)
