"""Restarted Arnoldi: a few eigenvalues of an operator from its products alone.

An orthonormal basis V = [v_1 .. v_m] of the Krylov space span(v, A v, A^2 v, ..) is built by
orthogonalising each A v_j against all that came before. The Ritz pairs of the projected matrix
H = V^T A V approximate the extreme eigenvalues of A. When the basis is full it is compressed
to the best Ritz vectors and grown again (thick restart).

W = A V is kept beside V. So H and each residual ||A x - theta x|| are those of the vectors in
hand, not of a recurrence that rounding or a defective eigenvalue may have spoilt.

References
----------
Arnoldi, W. E. (1951). The principle of minimized iterations. Q. Appl. Math. 9, 17-29.
Stewart, G. W. (2002). A Krylov-Schur algorithm. SIAM J. Matrix Anal. Appl. 23, 601-614.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Order = Callable[[np.ndarray], np.ndarray]  # eigenvalues -> indices, the wanted ones first

_CHECK_EVERY = 5  # steps between looks at the Ritz values; more when the basis is large
_UNRESTARTED = 200  # smaller operators are given a basis of the whole space
_START_NOISE = 1e-2  # see starting_vector


@dataclass(frozen=True, slots=True)
class RitzPairs:
    """Approximate eigenpairs, the wanted first, and the size of the operator as it was seen."""

    values: np.ndarray  # (count,)
    vectors: np.ndarray  # (n, count)
    residuals: np.ndarray  # (count,)
    iterations: int  # products with A
    converged: bool
    scale: float  # the largest ||A v|| for a unit v: a lower bound of ||A||


@dataclass(slots=True)
class KrylovBasis:
    """Orthonormal columns V, their images W = A V, and H = V^T W, grown column by column."""

    matvec: Callable[[np.ndarray], np.ndarray]
    rng: np.random.Generator
    v: np.ndarray  # (n, m), Fortran order; ``size`` columns are in use
    w: np.ndarray
    h: np.ndarray  # (m, m)
    locked: np.ndarray  # (n, k): the basis stays orthogonal to these columns
    size: int = 0
    products: int = 0
    scale: float = 0.0
    next: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def extend(self) -> None:
        """Add the next direction to the basis, and find the one after it."""
        j = self.size
        self.v[:, j] = self.next
        image = self.matvec(self.next)
        self.products += 1
        if not np.isfinite(image).all():
            raise ValueError(
                f"dominant_modes: product number {self.products} with the operator is not finite. "
                "Linearise at a finite state"
            )
        image = image - self.locked @ (self.locked.T @ image)
        self.w[:, j] = image
        self.size = j + 1
        used = self.v[:, : j + 1]
        self.h[: j + 1, j] = used.T @ image
        self.h[j, :j] = self.next @ self.w[:, :j]
        self.scale = max(self.scale, float(np.linalg.norm(image)))
        if self.size < self.v.shape[0] - self.locked.shape[1]:
            self.next = self._orthogonal(image)

    def _orthogonal(self, x: np.ndarray) -> np.ndarray:
        """The part of x outside the basis, of unit length; a random one if nothing is left."""
        used = self.v[:, : self.size]
        # What is left of an invariant subspace is rounding: go on in the rest of the space.
        least: float = 10.0 * np.finfo(float).eps * self.scale
        for _ in range(10):
            for _ in range(3):  # one pass loses orthogonality, "twice is enough" (Kahan)
                x = x - used @ (used.T @ x) - self.locked @ (self.locked.T @ x)
            length = np.linalg.norm(x)
            if length > least:
                return x / length
            x, least = self.rng.standard_normal(x.size), 1e-6
        raise AssertionError("no direction is left outside the basis")

    def compress(self, q: np.ndarray) -> None:
        """Keep the subspace of the orthonormal columns q, shape (size, k)."""
        k = q.shape[1]
        old = slice(0, self.size)
        self.v[:, :k] = self.v[:, old] @ q
        self.w[:, :k] = self.w[:, old] @ q
        self.h[:k, :k] = self.v[:, :k].T @ self.w[:, :k]
        self.size = k


def restarted_arnoldi(
    matvec: Callable[[np.ndarray], np.ndarray],
    size: int,
    count: int,
    order: Order,
    *,
    symmetric: bool,
    tolerance: float,
    max_iterations: int,
    rng: np.random.Generator,
    start: np.ndarray | None = None,
    locked: np.ndarray | None = None,
    scale: float = 0.0,
) -> RitzPairs:
    """Return the ``count`` eigenpairs that come first in ``order``.

    With ``locked``, orthonormal columns of shape (n, k), they are those of (I - Q Q^T) A on the
    complement of Q: of A itself without the eigenvalues of the invariant subspace Q. ``scale`` is
    then the size of A as it was seen before; what is left of A may be rounding.
    """
    locked = np.zeros((size, 0)) if locked is None else locked
    room = size - locked.shape[1]
    width = room if size <= _UNRESTARTED else min(room, max(30, 3 * count))
    shape = (size, width)
    basis = KrylovBasis(
        matvec, rng, np.zeros(shape, order="F"), np.zeros(shape, order="F"),
        np.zeros((width, width)), locked, scale=scale,
    )  # fmt: skip
    look_at = count + 1
    basis.next = basis._orthogonal(starting_vector(start, size, rng))
    while True:
        basis.extend()
        complete = basis.size == room
        last = complete or basis.products >= max_iterations
        full = basis.size == width
        if not (last or full or basis.size >= look_at):
            continue
        look_at = basis.size + max(_CHECK_EVERY, basis.size // 6)
        values, y = _ritz(basis.h[: basis.size, : basis.size], symmetric)
        rank = order(values)
        values, y = values[rank], y[:, rank]
        pairs = _wanted(basis, values[:count], y[:, :count], tolerance)
        if last or pairs.converged:
            return pairs
        if full:
            keep = count + (width - count) // 2
            # A complex pair is kept whole, so there may be one column more.
            basis.compress(real_basis(y[:, :keep])[:, : keep + 1])
            look_at = basis.size + _CHECK_EVERY


def starting_vector(start: np.ndarray | None, size: int, rng: np.random.Generator) -> np.ndarray:
    """A warm start with some noise, or noise.

    An old eigenvector alone would hide a new dominant mode that is orthogonal to it, such as
    the one that breaks a symmetry. The noise is well above any tolerance, so that such a mode
    outgrows the old one before that has converged.
    """
    noise = rng.standard_normal(size)
    if start is None:
        return noise
    start = np.asarray(start)
    parts = start if start.ndim == 1 else start.sum(axis=1)
    known = parts.real + parts.imag if np.iscomplexobj(parts) else parts
    length = np.linalg.norm(known)
    if known.shape != (size,) or not np.isfinite(length) or length == 0.0:
        raise ValueError(
            f"dominant_modes: start must be finite, not zero, of shape ({size},) or ({size}, k), "
            f"got shape {start.shape} and norm {length:.3g}"
        )
    return known / length + _START_NOISE / np.sqrt(size) * noise


def _ritz(h: np.ndarray, symmetric: bool) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and unit eigenvectors of the projected matrix."""
    if symmetric:
        return np.linalg.eigh((h + h.T) / 2.0)
    values, y = np.linalg.eig(h)
    return values.astype(np.complex128), y.astype(np.complex128)


def _wanted(
    basis: KrylovBasis, values: np.ndarray, y: np.ndarray, tolerance: float
) -> RitzPairs:
    """The first Ritz pairs with their residuals."""
    used = slice(0, basis.size)
    vectors = basis.v[:, used] @ y
    residuals = np.linalg.norm(basis.w[:, used] @ y - vectors * values, axis=0)
    converged = bool((residuals <= tolerance * basis.scale).all())
    return RitzPairs(values, vectors, residuals, basis.products, converged, basis.scale)


def real_basis(y: np.ndarray) -> np.ndarray:
    """Orthonormal real columns that span the vectors y and their conjugates."""
    if np.iscomplexobj(y):
        y = np.concatenate([y.real, y.imag], axis=1)
    u, s, _ = np.linalg.svd(y, full_matrices=False)
    return u[:, s > 1e-10 * s[0]]


def ritz_in(q: np.ndarray, image: np.ndarray, symmetric: bool) -> tuple[Any, Any, Any]:
    """Ritz values, vectors and residuals in the span of orthonormal columns q, image = A q."""
    values, y = _ritz(q.T @ image, symmetric)
    vectors = q @ y
    return values, vectors, np.linalg.norm(image @ y - vectors * values, axis=0)
