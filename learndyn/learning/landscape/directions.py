"""Directions to look along: random, filter-normalised, of curvature, of a trajectory.

A random direction says little where the scale of weights is arbitrary: in a relu net W_1 may grow
by alpha and W_2 shrink by 1 / alpha with the same function, and a step of fixed length means
something else. Filter normalisation gives each filter of the direction the length of the filter
of theta,

    d_j <- d_j |theta_j| / |d_j|

(Li, Xu, Taylor, Studer and Goldstein, 2018, Visualizing the loss landscape of neural nets). A
filter is all that feeds one unit: a column of a dense weight, the kernel of one output channel.
The slice is then invariant to a rescaling of whole layers, and to nothing finer: if a single unit
is rescaled, its filter follows, but a filter of the next layer takes one number from each unit
below, and its length follows no one of them. Other reparametrisations (Dinh, Pascanu, Bengio and
Bengio, 2017) change the picture too, so it measures no flatness.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.tree import Tree, leaves, paths
from ...dynamics.modes import dominant_modes
from ...dynamics.running import plain
from ..curvature import hessian_operator
from .planes import Line, Plane, as_vector, shape_template

_ENDS = ("largest", "smallest", "magnitude", "extremes")


def filter_normalised(direction: Any, theta: Tree, *, biases: str = "fixed") -> np.ndarray:
    """Give each filter of a direction the length of the same filter of theta.

    Parameters
    ----------
    direction : array_like, shape (n,), or tree of arrays
        Of the size of theta. It is not changed.
    theta : tree of arrays
        Parameters of one net, without ensemble axes. A filter is a column of a matrix, and all
        of ``leaf[j]`` where a leaf has three axes or more (a convolution).
    biases : {"fixed", "scaled"}, optional
        ``fixed`` sets the direction to zero there, as Li et al. do for their figures. ``scaled``
        takes each bias as a filter of length one: it moves by its own size, up or down. Biases
        are leaves whose path ends in "bias", and all with fewer than two axes.

    Returns
    -------
    ndarray, shape (n,)
        Zero where theta's filter is zero.

    Raises
    ------
    ValueError
        If the sizes differ, an option is unknown, or the result is zero.
    """
    if biases not in ("fixed", "scaled"):
        raise ValueError(f"filter_normalised: biases must be 'fixed' or 'scaled', got {biases!r}")
    z = as_vector(theta, "theta", "filter_normalised")
    d = as_vector(direction, "the direction", "filter_normalised")
    if d.shape != z.shape:
        raise ValueError(
            f"filter_normalised: the direction has {d.size} numbers, theta has {z.size}. Both must "
            "have the same parameters"
        )
    start = 0
    for path, leaf in zip(paths(theta), leaves(theta), strict=True):
        shape = np.shape(plain(leaf))
        part = slice(start, start + int(np.prod(shape)))
        start = part.stop
        if path.endswith("bias") or len(shape) < 2:
            d[part] = 0.0 if biases == "fixed" else np.sign(d[part]) * np.abs(z[part])
        else:
            d[part] = _scaled(d[part].reshape(shape), z[part].reshape(shape)).ravel()
    if not d.any():
        raise ValueError(
            "filter_normalised: all weights of theta are zero, and so would the direction be. Look "
            "along directions that are not normalised"
        )
    return d


def random_line(
    theta: Tree,
    rng: int | np.random.Generator,
    *,
    normalise: str = "filter",
    biases: str = "fixed",
) -> Line:
    """Return a line through theta along a Gaussian direction.

    Parameters
    ----------
    theta : tree of arrays
    rng : int or numpy.random.Generator
    normalise : {"filter", "unit"}, optional
        ``filter_normalised``, or unit length.
    biases : {"fixed", "scaled"}, optional
        As in ``filter_normalised``; without meaning for "unit".

    Raises
    ------
    ValueError
        If an option is unknown, or theta is not finite or all zero.
    """
    rng = np.random.default_rng(rng)
    origin = as_vector(theta, "theta", "random_line")
    return Line(origin, _random(theta, origin, rng, normalise, biases), shape_template(theta))


def random_plane(
    theta: Tree,
    rng: int | np.random.Generator,
    *,
    normalise: str = "filter",
    biases: str = "fixed",
) -> Plane:
    """Return a plane through theta along two Gaussian directions.

    Parameters and errors are those of ``random_line``. The directions are not made orthogonal,
    which would undo the normalisation; in high dimension they nearly are.
    """
    rng = np.random.default_rng(rng)
    origin = as_vector(theta, "theta", "random_plane")
    first, second = (_random(theta, origin, rng, normalise, biases) for _ in range(2))
    return Plane(origin, first, second, shape_template(theta))


def eigenvector_plane(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    which: str = "largest",
    tolerance: float = 1e-8,
    max_products: int = 10_000,
    rng: int | np.random.Generator = 0,
) -> Plane:
    """Return the plane through theta of two eigenvectors of the Hessian, of unit length.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
    which : {"largest", "smallest", "magnitude", "extremes"}, optional
        Two from one end of the spectrum, or two of the largest magnitude, or with "extremes"
        the largest (first) and the smallest (second): the picture of a saddle.
    tolerance, max_products, rng
        Of ``dominant_modes``.

    Raises
    ------
    ValueError
        If an option is unknown, or there are fewer than two parameters.
    RuntimeError
        If the eigenvectors did not converge.
    """
    if which not in _ENDS:
        raise ValueError(f"eigenvector_plane: which must be one of {_ENDS}, got {which!r}")
    origin = as_vector(theta, "theta", "eigenvector_plane")
    if origin.size < 2:
        raise ValueError("eigenvector_plane: one parameter spans no plane. Use Line")
    hessian = hessian_operator(loss, theta)
    columns = []
    for end in ("largest", "smallest") if which == "extremes" else (which,):
        modes = dominant_modes(
            hessian, 1 if which == "extremes" else 2, which=end, tolerance=tolerance,
            max_iterations=max_products, rng=rng,
        )  # fmt: skip
        if not modes.converged:
            raise RuntimeError(
                f"eigenvector_plane: not converged after {modes.iterations} products, residuals "
                f"{modes.residuals}. Allow more max_products or a larger tolerance"
            )
        columns += list(modes.vectors.T)
    first, second = columns
    return Plane(origin, first, second, shape_template(theta))


def trajectory_plane(states: Any, template: Tree = None, *, origin: Any = None) -> Plane:
    """Return the plane of the two directions in which a trajectory varies most (PCA).

    Parameters
    ----------
    states : array_like, shape (m, n)
        m >= 3 points, for example ``Run.states``; of a rule with memory the parameters only.
    template : tree of arrays, optional
        As for ``Plane``.
    origin : array_like, shape (n,), optional
        Where the plane lies; the last state by default.

    Returns
    -------
    Plane
        With orthonormal directions, the first of the largest variance. The component of largest
        magnitude of each is positive. ``plane.project(states).shares`` are the shares of
        variance.

    Raises
    ------
    ValueError
        If there are fewer than three states, one is not finite, or they lie on a line.
    """
    states = np.asarray(states, dtype=np.float64)
    if states.ndim != 2 or len(states) < 3 or not np.isfinite(states).all():
        raise ValueError(
            f"trajectory_plane: needs three finite states or more, shape (m, n), got shape "
            f"{states.shape}. Train with keep_states=True"
        )
    values, rows = np.linalg.svd(states - states.mean(axis=0), full_matrices=False)[1:]
    if len(values) < 2 or values[1] <= 1e-12 * values[0]:
        raise ValueError("trajectory_plane: the states lie on a line. Use interpolate for a Line")
    rows = rows[:2]
    rows *= np.sign(np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1))
    start = states[-1] if origin is None else origin
    return Plane(start, rows[0], rows[1], template)


def interpolate(theta0: Tree, theta1: Tree) -> Line:
    """Return the line from theta0 (coordinate 0) to theta1 (coordinate 1).

    Raises
    ------
    ValueError
        If the sizes differ, or both points are the same.
    """
    z0 = as_vector(theta0, "theta0", "interpolate")
    z1 = _same_size(z0, theta1, "theta1", "interpolate")
    return Line(z0, z1 - z0, shape_template(theta0))


def plane_through(theta0: Tree, theta1: Tree, theta2: Tree) -> Plane:
    """Return the plane through three points, at coordinates (0, 0), (1, 0) and (0, 1).

    ``.orthonormal()`` gives the plane of Garipov et al. (2018), in which distances are true.

    Raises
    ------
    ValueError
        If the sizes differ, or the points lie on a line.
    """
    z0 = as_vector(theta0, "theta0", "plane_through")
    z1 = _same_size(z0, theta1, "theta1", "plane_through")
    z2 = _same_size(z0, theta2, "theta2", "plane_through")
    return Plane(z0, z1 - z0, z2 - z0, shape_template(theta0))


def _same_size(z0: np.ndarray, theta: Tree, role: str, caller: str) -> np.ndarray:
    z = as_vector(theta, role, caller)
    if z.shape != z0.shape:
        raise ValueError(f"{caller}: theta0 has {z0.size} parameters, {role} has {z.size}")
    return z


def _random(
    theta: Tree, origin: np.ndarray, rng: np.random.Generator, normalise: str, biases: str
) -> np.ndarray:
    direction = rng.standard_normal(origin.size)
    if normalise == "filter":
        return filter_normalised(direction, theta, biases=biases)
    if normalise == "unit":
        return direction / np.linalg.norm(direction)
    raise ValueError(f"random directions: normalise must be 'filter' or 'unit', got {normalise!r}")


def _scaled(d: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Each filter of d with the length of the filter of theta."""
    axes = 0 if d.ndim == 2 else tuple(range(1, d.ndim))
    wanted, length = _length(theta, axes), _length(d, axes)
    return d * np.divide(wanted, length, out=np.zeros_like(length), where=length > 0.0)


def _length(x: np.ndarray, axes: int | tuple[int, ...]) -> np.ndarray:
    return np.sqrt((x * x).sum(axis=axes, keepdims=True))
