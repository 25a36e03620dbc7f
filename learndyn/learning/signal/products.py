r"""Long products of matrices, J = A_L ... A_1, without ever forming one.

Rounding buries the small singular values of an explicit product under eps times the largest.
Instead, QR carries orthonormal directions through the factors, one after the other,

    A_l Q_{l-1} = Q_l R_l        so that        J = Q_L (R_L ... R_1) Q_0'

**Exponents.** ln |R_l,ii| is the growth of direction i in stage l. Its average over stages tends
to the Lyapunov exponents (Benettin et al., 1980).

**Singular values** of the finite product are those of R = R_L ... R_1. Its rows are graded: each
is kept as a number's logarithm times a row of ordinary size, and so multiplied without loss or
underflow. One-sided Jacobi rotations then make the rows orthogonal. On such a matrix they find
every singular value to high *relative* accuracy, the smallest too (Demmel and Veselic, 1992;
for products Drmac, 1998).

References
----------
Benettin, G., Galgani, L., Giorgilli, A. and Strelcyn, J.-M. (1980). Lyapunov characteristic
    exponents for smooth dynamical systems. Meccanica 15, 9-30.
Demmel, J. and Veselic, K. (1992). Jacobi's method is more accurate than QR. SIAM Journal on
    Matrix Analysis and Applications 13, 1204-1245.
Drmac, Z. (1998). Accurate computation of the product-induced singular value decomposition with
    applications. SIAM Journal on Numerical Analysis 35, 1969-1994.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_SWEEPS = 40  # five to ten are enough
_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class ProductExponents:
    """Growth of orthonormal directions along a product of matrices.

    Attributes
    ----------
    growth : ndarray, shape (L, ..., k)
        ln |R_l,ii| of stage l; -inf where a stage sends the direction to zero, and for what is
        left of that direction afterwards.
    stopped : str or None
        Why the product ended early, at which stage; None if it did not.
    """

    growth: np.ndarray
    stopped: str | None = None

    @property
    def exponents(self) -> np.ndarray:
        """Average growth a stage, shape (..., k), decreasing up to statistical error."""
        return self.growth.mean(axis=0)

    @property
    def history(self) -> np.ndarray:
        """Running averages, shape (L, ..., k); the last entry is ``exponents``."""
        stages = np.arange(1, len(self.growth) + 1)
        return np.cumsum(self.growth, axis=0) / stages.reshape(-1, *[1] * (self.growth.ndim - 1))


def product_exponents(
    factors: Iterable[Any],
    *,
    count: int | None = None,
    burn_in: int = 0,
    rng: int | np.random.Generator = 0,
) -> ProductExponents:
    """Compute the leading Lyapunov exponents of a product of matrices, stage by stage.

    Parameters
    ----------
    factors : iterable of array_like, each of shape (..., n_l, n_{l-1})
        A_1, A_2, ..., in the order in which they act. A generator will do: only one is held at
        a time. Leading axes are independent products, side by side.
    count : int, optional
        k, how many exponents, the largest first; all n_0 by default. At most the smallest n_l.
    burn_in : int, optional
        Stages before the average: the directions align.
    rng : int or numpy.random.Generator, optional
        For the first directions.

    Returns
    -------
    ProductExponents
        If a factor is not finite, what was averaged until then, and ``stopped``.

    Raises
    ------
    ValueError
        If there is no factor after the burn-in, shapes do not fit, or an option is out of range.
    ArithmeticError
        If a factor is not finite before the first averaged stage.
    """
    if burn_in < 0:
        raise ValueError(f"product_exponents: burn_in must be at least 0, got {burn_in}")
    q, growth, stopped, stage = None, [], None, 0
    lost = np.zeros(())
    for stage, factor in enumerate(factors, 1):
        a = np.asarray(factor, dtype=np.float64)
        if a.ndim < 2:
            raise ValueError(f"product_exponents: factor {stage} has shape {a.shape}, not a matrix")
        if q is None:
            q = _first_directions(a.shape[-1], count, rng)
        if a.shape[-1] != q.shape[-2] or a.shape[-2] < q.shape[-1]:
            raise ValueError(
                f"product_exponents: factor {stage} has shape {a.shape}, but it meets vectors of "
                f"length {q.shape[-2]} and carries {q.shape[-1]} directions. Lower count="
            )
        if not np.isfinite(a).all():
            stopped = f"factor {stage} is not finite"
            break
        image = a @ q
        q, r = np.linalg.qr(image)
        diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
        # A dependent column leaves rounding on the diagonal, not a growth.
        rounding = 4 * _EPS * a.shape[-1] * np.linalg.norm(image, axis=-2)
        with np.errstate(divide="ignore"):
            logs = np.log(np.where(diagonal > rounding, diagonal, 0.0)) + lost
        lost = np.where(np.isneginf(logs), -np.inf, 0.0)
        if stage > burn_in:
            growth.append(logs)
    if not growth:
        if stopped:
            raise ArithmeticError(f"product_exponents: {stopped}, before the first averaged stage")
        raise ValueError(f"product_exponents: {stage} factors leave none after burn_in={burn_in}")
    return ProductExponents(np.stack(np.broadcast_arrays(*growth)), stopped)


def log_singular_values(factors: Sequence[Any]) -> np.ndarray:
    """Compute all singular values of a product of matrices, each to high relative accuracy.

    Parameters
    ----------
    factors : sequence of array_like, each of shape (n_l, n_{l-1})
        A_1, ..., A_L, in the order in which they act.

    Returns
    -------
    ndarray, shape (min(n_0, n_L),)
        ln s_i, decreasing; -inf for those that are zero because a factor is narrower.

    Raises
    ------
    ValueError
        If there is no factor, shapes do not fit, or one is not finite.
    RuntimeError
        If the rotations do not converge.

    Notes
    -----
    Exact zeros that come from a factor without full rank, rather than from its shape, show as
    rounding: about ln(1e-16) below what is around them.
    """
    matrices = [np.asarray(a, dtype=np.float64) for a in factors]
    if not matrices or any(a.ndim != 2 for a in matrices):
        raise ValueError(
            f"log_singular_values: needs one or more matrices, got {[a.shape for a in matrices]}"
        )
    sizes = [matrices[0].shape[1]]
    for number, a in enumerate(matrices, 1):
        if a.shape[1] != sizes[-1] or not np.isfinite(a).all():
            raise ValueError(
                f"log_singular_values: factor {number} has shape {a.shape} and must be finite and "
                f"act on vectors of length {sizes[-1]}"
            )
        sizes.append(a.shape[0])
    values = np.full(min(sizes[0], sizes[-1]), -np.inf)
    if min(sizes) > 0:
        log_scales, rows = _graded_product(_square_chain(matrices, sizes))
        found = _orthogonalise_rows(log_scales, rows)
        values[: len(found)] = found
    return values


def _first_directions(size: int, count: int | None, rng: int | np.random.Generator) -> np.ndarray:
    count = size if count is None else count
    if not 1 <= count <= size:
        raise ValueError(f"product_exponents: needs 1 <= count <= {size}, got count={count}")
    return np.linalg.qr(np.random.default_rng(rng).standard_normal((size, count)))[0]


def _square_chain(matrices: list[np.ndarray], sizes: list[int]) -> list[np.ndarray]:
    """Factors with the same non-zero singular values, none wider than the narrowest place.

    From the narrowest place back to the input, QR of the transposed factors: A_b ... A_1 =
    R_1' ... R_b' P', and P has orthonormal columns, which no singular value sees.
    """
    narrow = int(np.argmin(sizes))
    p, back = np.eye(sizes[narrow]), []
    for a in reversed(matrices[:narrow]):
        p, r = np.linalg.qr(a.T @ p)
        back.append(r.T)
    return back[::-1] + matrices[narrow:]


def _graded_product(chain: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """R_L ... R_1 of the QR chain as (logarithms of row scales, rows with entries up to 1)."""
    size = chain[0].shape[1]
    q, rows, logs = np.eye(size), np.eye(size), np.zeros(size)
    for a in chain:
        q, r = np.linalg.qr(a @ q)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = np.log(np.abs(r)) + logs  # ln of r_ij d_j; -inf plus -inf is -inf
            top = weights.max(axis=1)
            shares = np.exp(weights - np.where(np.isneginf(top), 0.0, top)[:, None])
        rows = (np.sign(r) * shares) @ rows
        largest = np.max(np.abs(rows), axis=1)
        with np.errstate(divide="ignore"):
            logs = top + np.log(largest)
        rows /= np.where(largest > 0.0, largest, 1.0)[:, None]
    return logs, rows


def _orthogonalise_rows(logs: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """ln of the singular values of diag(exp(logs)) rows, decreasing, by Jacobi rotations."""
    found = np.full(len(logs), -np.inf)
    logs, rows = logs[~np.isneginf(logs)], rows[~np.isneginf(logs)]
    tolerance = 10 * _EPS * np.sqrt(rows.shape[1])
    worst = 0.0
    for _ in range(_SWEEPS):
        lengths = np.linalg.norm(rows, axis=1)
        logs, rows, lengths = logs[lengths > 0], rows[lengths > 0], lengths[lengths > 0]
        logs, rows = logs + np.log(lengths), rows / lengths[:, None]
        order = np.argsort(-logs, kind="stable")
        logs, rows = logs[order], rows[order]
        pairs = _round_robin(len(logs))
        worst = max((_rotate(logs, rows, i, j) for i, j in pairs), default=0.0)
        if worst <= tolerance:
            found[: len(logs)] = np.sort(logs + np.log(np.linalg.norm(rows, axis=1)))[::-1]
            return found
    raise RuntimeError(
        f"log_singular_values: after {_SWEEPS} sweeps of rotations two rows still have the cosine "
        f"{worst:.1e}. The product may be rank-deficient: leave its zero directions out"
    )


def _rotate(logs: np.ndarray, rows: np.ndarray, i: np.ndarray, j: np.ndarray) -> float:
    """Make rows i and j orthogonal, pair by pair; return the largest cosine met.

    Rows have length 1; row r stands for exp(logs[r]) rows[r]. With rho <= 1 the ratio of the
    smaller to the larger and gamma their cosine, the tangent of the angle is rho tau, and nothing
    divides by rho.
    """
    swap = logs[i] < logs[j]
    big, small = np.where(swap, j, i), np.where(swap, i, j)
    b, s = rows[big], rows[small]
    gamma = np.einsum("pk,pk->p", b, s)
    rho = np.exp(logs[small] - logs[big])
    w = (rho * rho - 1.0) / np.where(gamma == 0.0, 1.0, 2.0 * gamma)
    tau = np.copysign(1.0, w) / (np.abs(w) + np.hypot(rho, w))
    tau = np.where(gamma == 0.0, 0.0, tau)
    # Lengths of what the rotation leaves, from those of unit rows with the cosine gamma.
    cosine = 1.0 / np.hypot(1.0, rho * tau)
    along = rho * rho * tau
    longer = _length(1.0 - 2.0 * along * gamma + along * along)
    shorter = _length(1.0 + 2.0 * tau * gamma + tau * tau)
    rows[big] = (b - along[:, None] * s) / longer[:, None]
    rows[small] = (s + tau[:, None] * b) / shorter[:, None]
    logs[big] += np.log(cosine * longer)
    logs[small] += np.log(cosine * shorter)
    return float(np.max(np.abs(gamma), initial=0.0))


def _length(square: np.ndarray) -> np.ndarray:
    """Root of a squared length, never zero: the next sweep measures what cancelled here."""
    return np.sqrt(np.maximum(square, _EPS))


def _round_robin(size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rounds of disjoint pairs in which each pair of 0, ..., size - 1 meets once."""
    players = list(range(size)) + [-1] * (size % 2)
    half, rounds = len(players) // 2, []
    for _ in range(len(players) - 1):
        pairs = [(a, b) for a, b in zip(players[:half], players[: half - 1 : -1], strict=True)]
        pairs = [pair for pair in pairs if -1 not in pair]
        rounds.append((np.array([a for a, _ in pairs], int), np.array([b for _, b in pairs], int)))
        players = [players[0], players[-1], *players[1:-1]]
    return rounds
