"""Lyapunov exponents: the average rates at which nearby orbits part.

The tangent map carries k orthonormal directions Q along an orbit. After each step they are
orthogonalised again,

    J(z_t) Q_t = Q_{t+1} R_{t+1},     lambda_i = lim (1 / T) sum_t ln |R_t,ii|

so that no product of Jacobians is ever formed: its small singular values would be rounding.

References
----------
Benettin, G., Galgani, L., Giorgilli, A. and Strelcyn, J.-M. (1980). Lyapunov characteristic
    exponents for smooth dynamical systems. Meccanica 15, 9-30.
Kaplan, J. L. and Yorke, J. A. (1979). Chaotic behavior of multidimensional difference
    equations. Lecture Notes in Mathematics 730, 204-227.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .linearise import LinearOperator, flat_state, linearised
from .map import Map


@dataclass(frozen=True, slots=True)
class LyapunovSpectrum:
    """The leading Lyapunov exponents of an orbit.

    Attributes
    ----------
    exponents : ndarray, shape (count,)
        Per unit of ``dt``, decreasing up to statistical error.
    history : ndarray, shape (steps, count)
        The running averages; the last row is ``exponents``.
    final_state : ndarray, shape (n,)
        Where the orbit ended.
    dt : float
        Time of one step.
    stopped : str or None
        Why the run ended early, at which step; None if it ran to the end.
    """

    exponents: np.ndarray
    history: np.ndarray
    final_state: np.ndarray
    dt: float
    stopped: str | None = None

    @property
    def kaplan_yorke_dimension(self) -> float:
        """j + (lambda_1 + .. + lambda_j) / |lambda_{j+1}|, j the last at which the sum is >= 0.

        Raises
        ------
        ValueError
            If all sums of the exponents at hand are >= 0, though the state has more of them.
        """
        ordered = np.sort(self.exponents)[::-1]
        sums = np.concatenate([[0.0], np.cumsum(ordered)])
        j = int(np.flatnonzero(sums >= 0.0)[-1])
        if j < len(ordered):
            return j + float(sums[j] / abs(ordered[j]))
        if j < self.final_state.size:
            raise ValueError(
                f"kaplan_yorke_dimension: the sum of the {j} exponents at hand is still positive. "
                "Compute more of them with count="
            )
        return float(j)


def lyapunov_exponents(
    system: Map,
    z0: Any,
    steps: int,
    *,
    count: int | None = None,
    burn_in: int = 0,
    dt: float = 1.0,
    rng: int | np.random.Generator = 0,
) -> LyapunovSpectrum:
    """Compute the leading Lyapunov exponents along an orbit of a map.

    Parameters
    ----------
    system : Map
        For a flow, its time-``dt`` map: ``flow_map(flow, dt, method=RK4(...))``.
    z0 : array_like, shape (n,)
        Where the orbit starts.
    steps : int
        How many steps are averaged.
    count : int, optional
        How many exponents, the largest first; all n by default.
    burn_in : int, optional
        Steps before the average: the orbit reaches the attractor, the directions align.
    dt : float, optional
        Time of one step; the exponents are per unit of it.
    rng : int or numpy.random.Generator, optional
        For the first directions.

    Returns
    -------
    LyapunovSpectrum
        If the orbit leaves the finite numbers, what was averaged until then, and ``stopped``.
        A direction that the map sends to zero has the exponent -inf.

    Raises
    ------
    ValueError
        If an option is out of range, or the map changes the shape of its state.
    ArithmeticError
        If the orbit is not finite before the first averaged step.
    """
    z = flat_state(z0, "lyapunov_exponents")
    count = z.size if count is None else count
    if not 1 <= count <= z.size or steps < 1 or burn_in < 0 or not 0.0 < dt < np.inf:
        raise ValueError(
            f"lyapunov_exponents: needs 1 <= count <= {z.size}, steps >= 1, burn_in >= 0 and "
            f"dt > 0, got count={count}, steps={steps}, burn_in={burn_in}, dt={dt}"
        )
    rng = np.random.default_rng(rng)
    q = np.linalg.qr(rng.standard_normal((z.size, count)))[0]
    growth = np.empty((steps, count))
    done, stopped = 0, None
    for step in range(1, burn_in + steps + 1):
        with np.errstate(over="ignore", invalid="ignore"):  # seen, and said, just below
            z_next, jacobian = linearised(system, z, caller="lyapunov_exponents")
            image = _images(jacobian, q)
        if not (np.isfinite(z_next).all() and np.isfinite(image).all()):
            stopped = f"the orbit or its tangent map is not finite at step {step}"
            break
        z = z_next
        q, r = np.linalg.qr(image)
        if step > burn_in:
            with np.errstate(divide="ignore"):  # ln 0 = -inf is the exponent of a lost direction
                growth[done] = np.log(np.abs(np.diagonal(r)))
            done += 1
    if done == 0:
        raise ArithmeticError(
            f"lyapunov_exponents: {stopped}, before the first averaged step. Start elsewhere, or "
            "make the steps of the flow smaller"
        )
    elapsed = dt * np.arange(1, done + 1)
    history = np.cumsum(growth[:done], axis=0) / elapsed[:, None]
    return LyapunovSpectrum(history[-1].copy(), history, z, dt, stopped)


def _images(jacobian: LinearOperator, q: np.ndarray) -> np.ndarray:
    return np.stack([jacobian.matvec(column) for column in q.T], axis=1)
