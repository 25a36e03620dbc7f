"""What eigenvalues do not say: transient growth of maps whose eigenvectors are not orthogonal.

If A is normal, ||A^k|| = rho(A)^k. If it is not, ||A^k|| may first grow, although rho(A) < 1.
Bounds on the growth:

    numerical radius   w(A) = max |x* A x| over unit x:   ||A||/2 <= w <= ||A||,  ||A^k|| <= 2 w^k
    Kreiss constant    K(A) = sup_{|z|>1} (|z| - 1) ||(z I - A)^{-1}||:
                       K(A) <= sup_{k>=0} ||A^k|| <= e n K(A)          (Kreiss matrix theorem)

and for a flow dz/dt = A z, with ||exp(tA)|| in the place of ||A^k||,

    numerical abscissa omega(A) = lambda_max((A + A^T)/2) = d/dt ||exp(tA)|| at t = 0
    Kreiss constant    K(A) = sup_{Re z > 0} Re z ||(z I - A)^{-1}||, and the same two bounds.

References
----------
Trefethen, L. N. and Embree, M. (2005). Spectra and Pseudospectra, Princeton, parts IV and V.
Spijker, M. N. (1991). On a conjecture by LeVeque and Trefethen related to the Kreiss matrix
    theorem. BIT 31, 551-555. (The factor e n.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .linearise import LinearOperator, as_matrix
from .search import maximise

_ANGLES = 128
_LOG_DISTANCES = np.log(np.geomspace(1e-9, 1e3, 73))  # from the boundary, for the Kreiss constant
_CLIMBS, _TURNS = 3, 8

Quotient = Callable[..., np.ndarray]  # of x and along, which may be scalars


@dataclass(frozen=True, slots=True)
class TransientGrowth:
    """The norms of the powers of a matrix.

    Attributes
    ----------
    norms : ndarray, shape (steps + 1,)
        ||A^k||_2 for k = 0, 1, .., the largest growth that any perturbation can have made.
    peak : float
        The largest norm; 1 (at k = 0) if nothing ever grows.
    peak_step : int
        The k at which it occurs first.
    """

    norms: np.ndarray
    peak: float
    peak_step: int


def transient_growth(operator: LinearOperator | Any, steps: int) -> TransientGrowth:
    """Return ||A^k|| for k = 0 .. steps.

    Parameters
    ----------
    operator : LinearOperator or array_like, shape (n, n)
        It is written out.
    steps : int
        The largest power, at least 0.

    Returns
    -------
    TransientGrowth
        A norm beyond the largest float is inf.

    Raises
    ------
    ValueError
        If the matrix is not square, real and finite, or steps is negative.

    Notes
    -----
    The largest singular value of an explicit product is accurate; the small ones are rounding
    (use ``lyapunov_exponents``).
    """
    a = as_matrix(operator, "transient_growth")
    if steps < 0:
        raise ValueError(f"transient_growth: steps must not be negative, got {steps}")
    power, log_scale = np.eye(len(a)), 0.0
    logs = np.zeros(steps + 1)
    for k in range(1, steps + 1):
        power = a @ power
        size = float(np.linalg.norm(power, 2))
        if size == 0.0:  # nilpotent: all later powers are zero
            logs[k:] = -np.inf
            break
        logs[k] = log_scale + np.log(size)
        if not 1e-100 < size < 1e100:
            power, log_scale = power / size, logs[k]
    with np.errstate(over="ignore", under="ignore"):
        norms = np.exp(logs)
    peak_step = int(norms.argmax())
    return TransientGrowth(norms, float(norms[peak_step]), peak_step)


def numerical_abscissa(operator: LinearOperator | Any) -> float:
    """Return omega(A), the initial growth rate of ||exp(tA)||, in 1 / time."""
    a = as_matrix(operator, "numerical_abscissa")
    return float(np.linalg.eigvalsh((a + a.T) / 2.0)[-1])


def numerical_radius(operator: LinearOperator | Any) -> float:
    """Return w(A) = max over theta of lambda_max of the Hermitian part of exp(i theta) A.

    Parameters
    ----------
    operator : LinearOperator or array_like, shape (n, n)

    Notes
    -----
    The maximum over theta is taken on a grid and refined around the best three points; the
    result is never above w, and on a grid of m angles never below w cos(pi / (2 m)).
    """
    a = as_matrix(operator, "numerical_radius")

    def height(theta: np.ndarray) -> np.ndarray:
        turned = np.exp(1j * theta)[:, None, None] * a
        hermitian = (turned + turned.conj().swapaxes(1, 2)) / 2.0
        return np.linalg.eigvalsh(hermitian)[:, -1]

    # A is real: the field of values is symmetric about the real axis.
    angles = np.linspace(0.0, np.pi, _ANGLES + 1)
    return maximise(height, angles, batch=_batch(len(a)))[1]


def pseudospectrum(matrix: LinearOperator | Any, grid: Any) -> np.ndarray:
    """Return the smallest singular value of z I - A at each point of a grid.

    Its level set at eps bounds the eps-pseudospectrum: the eigenvalues of all A + E with
    ||E|| <= eps.

    Parameters
    ----------
    matrix : LinearOperator or array_like, shape (n, n)
    grid : array_like of complex, shape (...)

    Returns
    -------
    ndarray, shape (...)
        1 / ||(z I - A)^{-1}||; 0 at an eigenvalue.
    """
    a = as_matrix(matrix, "pseudospectrum")
    z = np.asarray(grid, dtype=np.complex128)
    points, eye = z.reshape(-1), np.eye(len(a))
    smallest = np.empty(points.size)
    chunk = _batch(len(a))
    for k in range(0, points.size, chunk):
        shifted = points[k : k + chunk, None, None] * eye - a
        smallest[k : k + chunk] = np.linalg.svd(shifted, compute_uv=False)[:, -1]
    return smallest.reshape(z.shape)


def pseudospectral_radius(matrix: LinearOperator | Any, eps: float) -> float:
    """Return the largest |z| in the eps-pseudospectrum.

    Along the ray of angle theta, sigma_min(z I - A) = eps where |z| is a real eigenvalue of

        [[B, eps I], [eps I, B*]],  B = exp(-i theta) A

    (Mengi and Overton, 2005), and the largest of them is the last crossing. The maximum over
    theta is taken on a grid and refined.

    Parameters
    ----------
    matrix : LinearOperator or array_like, shape (n, n)
    eps : float
        Positive: the size of the perturbation of A.

    Raises
    ------
    ValueError
        If eps is not positive.
    """
    a = as_matrix(matrix, "pseudospectral_radius")
    if not 0.0 < eps < np.inf:
        raise ValueError(f"pseudospectral_radius: eps must be positive and finite, got {eps}")
    n = len(a)
    coupling = eps * np.eye(n)

    def reach(theta: np.ndarray) -> np.ndarray:
        b = np.exp(-1j * theta)[:, None, None] * a
        blocks = np.empty((theta.size, 2 * n, 2 * n), dtype=np.complex128)
        blocks[:, :n, :n], blocks[:, n:, n:] = b, b.conj().swapaxes(1, 2)
        blocks[:, :n, n:] = blocks[:, n:, :n] = coupling
        x = np.linalg.eigvals(blocks)
        size = np.abs(x).max(axis=1, keepdims=True)
        # Off the real axis by rounding only; a ray that meets nothing reaches 0.
        crossing = np.where(np.abs(x.imag) <= 1e-7 * size, x.real, 0.0)
        return crossing.max(axis=1)

    angles = np.concatenate(
        [np.linspace(0.0, np.pi, _ANGLES // 2 + 1), np.abs(np.angle(np.linalg.eigvals(a)))]
    )
    return maximise(reach, np.unique(angles), batch=_batch(2 * n))[1]


def _batch(n: int) -> int:
    """How many matrices of shape (n, n) to handle at a time: a few megabytes."""
    return max(1, 200_000 // (n * n))


def kreiss_constant(matrix: LinearOperator | Any, *, continuous: bool = False) -> float:
    """Return the Kreiss constant K(A) of a map, or of a flow if ``continuous``.

    K(A) <= sup ||A^k|| <= e n K(A), over k >= 0. For a flow, ||exp(tA)|| over t >= 0.

    Parameters
    ----------
    matrix : LinearOperator or array_like, shape (n, n)
    continuous : bool, optional
        True for a flow dz/dt = A z.

    Returns
    -------
    float
        At least 1. inf if an eigenvalue lies outside the unit circle (the left half plane).

    Notes
    -----
    The supremum is searched from several starts, so the value is a maximum over points that
    were looked at: it is never above K(A), and the lower bound on the growth always holds.
    An eigenvalue on the boundary (taken as such within 1e-7) gives a finite K only if it is not
    defective. The search goes no nearer to the boundary than 1e-9, where a defective one shows
    as a very large K.
    """
    a = as_matrix(matrix, "kreiss_constant")
    values = np.linalg.eigvals(a)
    excess = float(values.real.max()) if continuous else float(np.abs(values).max()) - 1.0
    size = float(np.linalg.norm(a, 2)) if continuous else 1.0
    if excess > 1e-7 * size:  # a defective eigenvalue on the boundary is off by sqrt(eps)
        return np.inf
    quotient, tracks = _kreiss_quotient(a, values, size, continuous)
    x, y = (c.reshape(-1) for c in np.meshgrid(_LOG_DISTANCES, tracks))
    heights = quotient(x, y).reshape(len(tracks), -1)
    best = max(1.0, float(heights.max()))
    for row in np.argsort(-heights.max(axis=1), kind="stable")[:_CLIMBS]:
        start = float(_LOG_DISTANCES[heights[row].argmax()])
        best = max(best, _climb(quotient, start, float(tracks[row])))
    return best


def _climb(quotient: Quotient, x: float, y: float) -> float:
    """Ascend in turn along the boundary (y) and away from it (x), from one start."""
    best = 0.0
    for _ in range(_TURNS):
        reach = 4.0 * np.exp(x)  # features along the boundary are as wide as they are far
        along = y + np.linspace(-reach, reach, 17)
        y, _ = maximise(partial(quotient, np.float64(x)), along, peaks=1, rounds=7)
        away = np.maximum(x + np.linspace(-1.0, 1.0, 9), _LOG_DISTANCES[0])
        x, top = maximise(partial(quotient, along=np.float64(y)), away, peaks=1, rounds=7)
        if top <= best * (1.0 + 1e-9):
            break
        best = top
    return best


def _kreiss_quotient(
    a: np.ndarray, values: np.ndarray, size: float, continuous: bool
) -> tuple[Quotient, np.ndarray]:
    """(distance from the boundary) / sigma_min(z I - A), and where along it to start.

    The first coordinate is the log of the distance, the second the angle, or Im z / size.
    """

    def quotient(log_distance: np.ndarray, along: np.ndarray) -> np.ndarray:
        distance = np.exp(log_distance)
        if continuous:
            distance = distance * size
            z = distance + 1j * along * size
        else:
            z = (1.0 + distance) * np.exp(1j * along)
        smallest = pseudospectrum(a, z)
        return distance / np.maximum(smallest, np.finfo(float).tiny)

    if continuous:
        if size == 0.0:
            return lambda x, along: np.ones(np.broadcast(x, along).shape), np.zeros(1)
        return quotient, _spread(np.abs(values.imag) / size)
    return quotient, _spread(np.abs(np.angle(values)), np.array([0.0, np.pi / 2, np.pi]))


def _spread(*tracks: np.ndarray) -> np.ndarray:
    """At most 12 starts, spread over all that are given (A is real: the upper half will do)."""
    track = np.unique(np.round(np.concatenate([np.zeros(1), *tracks]), 6))
    return track[np.unique(np.linspace(0, len(track) - 1, 12).round().astype(int))]
