r"""The curvature that a random slice shows is the mean of all curvatures.

For a direction v that is uniform on the unit sphere in n dimensions and a Hessian H with eigenvalues
lambda_i,

    E v'Hv = tr H / n = m ,
    Var v'Hv = 2 / (n + 2) [ (1/n) sum_i lambda_i^2 - m^2 ] ,

since E v_i^2 = 1/n, E v_i^4 = 3 / (n (n + 2)) and E v_i^2 v_j^2 = 1 / (n (n + 2)). As n grows the
variance goes to zero, and every random slice shows the same curvature m, whatever the signs of the
eigenvalues are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..learning import GradientDescent, train
from ..learning.landscape import (
    Plane,
    eigenvector_plane,
    hessian_spectrum,
    random_plane,
    slice_2d,
)
from ..learning.landscape.marks import stencils
from .landscape_problems import clusters

ACROSS = 0.02  # distance of neighbours on the stencil, in parameter space


@dataclass(frozen=True, slots=True, eq=False)
class RandomDirections:
    """Curvatures along random directions, beside the eigenvalues of the Hessian.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n,)
        Increasing.
    curvatures : ndarray, shape (2 planes,)
        Second differences of the loss along the directions of random planes, of unit length.
    least : ndarray, shape (planes,)
        The smaller curvature of each plane, over all directions in it.
    extremes : ndarray, shape (2,)
        Both curvatures of the plane of the two extreme eigenvectors, increasing.
    loss : float
    """

    eigenvalues: np.ndarray
    curvatures: np.ndarray
    least: np.ndarray
    extremes: np.ndarray
    loss: float

    @property
    def mean(self) -> float:
        """tr H / n, the predicted mean of the curvatures."""
        return float(self.eigenvalues.mean())

    @property
    def deviation(self) -> float:
        """The predicted standard deviation of the curvatures."""
        n = self.eigenvalues.size
        return float(np.sqrt(2.0 / (n + 2.0) * self.eigenvalues.var()))

    @property
    def negative(self) -> float:
        """Share of eigenvalues below zero, without those that are zero up to rounding."""
        return float(np.mean(self.eigenvalues < -1e-9 * self.eigenvalues[-1]))


def run(*, classes: int = 5, steps: int = 300, planes: int = 400, seed: int = 0) -> RandomDirections:
    """Train a classifier, and look at it along many random planes.

    Parameters
    ----------
    classes : int, optional
    steps : int, optional
        Of gradient descent.
    planes : int, optional
        Random planes, of two directions each.
    seed : int, optional
    """
    rng = np.random.default_rng(seed)
    _, loss, theta = clusters(classes, rng=rng)
    theta = train(loss, GradientDescent(0.3), theta, steps, every=steps).theta
    values = hessian_spectrum(loss, theta, exact_up_to=2000).eigenvalues
    assert values is not None  # since it is exact
    stencil = ACROSS * np.array([-1.0, 0.0, 1.0])

    def seen(plane: Plane) -> np.ndarray:
        """Curvatures xx, xy, yy of a slice of nine points, per squared length."""
        surface = slice_2d(loss, plane.orthonormal(), stencil, stencil)
        return np.ravel(stencils(surface, "landscape_directions")[1]) / ACROSS**2

    found = np.array([seen(random_plane(theta, rng, normalise="unit")) for _ in range(planes)])
    extremes = seen(eigenvector_plane(loss, theta, which="extremes", tolerance=1e-6))
    return RandomDirections(
        values, found[:, [0, 2]].ravel(), _eigenvalues(found)[:, 0], _eigenvalues(extremes),
        float(loss(theta)),
    )  # fmt: skip


def _eigenvalues(hessian: np.ndarray) -> np.ndarray:
    """Both eigenvalues of symmetric matrices (xx, xy, yy), increasing, shape (..., 2)."""
    return np.linalg.eigvalsh(hessian[..., [0, 1, 1, 2]].reshape(*hessian.shape[:-1], 2, 2))
