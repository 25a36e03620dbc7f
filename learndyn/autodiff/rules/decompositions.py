"""Inverses, determinants and factorisations of square matrices, one or a batch.

With S = (A + A^T) / 2, and F_ij = 1 / (w_j - w_i) off the diagonal, 0 on it,

    Y = A^-1            dY = -Y dA Y               A* = -Y^T G Y^T
    A X = B             dX = A^-1 (dB - dA X)      B* = A^-T G,  A* = -B* X^T
    det A               d det = <C, dA>            C = det(A) A^-T, the cofactors
    log |det A|         d log |det| = tr(A^-1 dA)
    S = L L^T           dL = L P(L^-1 dS L^-T)     P: lower triangle, half of the diagonal
    S = V diag(w) V^T   dw = diag(V^T dS V)        dV = V (F o (V^T dS V))

``cholesky``, ``eigh`` and ``eigvalsh`` read the symmetric part S of their operand, where
NumPy reads a triangle: for a symmetric matrix that is the same, and the gradient is symmetric.

Source: Giles, M. B. (2008). Collected matrix derivative results for forward and reverse mode
algorithmic differentiation. Advances in Automatic Differentiation, 35-44.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..op import operation
from ..tensor import Tensor
from .gates import _value
from .linalg import matmul, transposed
from .reductions import products_of_others
from .reductions import sum as sum_over

_SQUARE_HINT = "Pass a square matrix, or a batch of them (..., n, n)"
_REGULAR_HINT = _SQUARE_HINT + ", none of them singular"

# --- inv and solve ----------------------------------------------------------------------


def _inv_gradient(g: Any, y: Any, a: Any) -> Any:
    across = transposed(y)
    return -matmul(matmul(across, g), across)


inv = operation(
    "inv",
    np.linalg.inv,
    vjp=(_inv_gradient,),
    jvp=(lambda t, y, a: -matmul(matmul(y, t), y),),
    hint=_REGULAR_HINT,
    doc="Invert a matrix, or each of a batch (..., n, n), as ``numpy.linalg.inv``.",
)


def _solve_transposed(a: Any, g: Any, vector: bool) -> Any:
    """A^-T g. A vector is made a column: with a batch of matrices g has more than one axis."""
    if vector:
        return solve(transposed(a), g[..., None])[..., 0]
    return solve(transposed(a), g)


def _solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    vector = b.ndim == 1
    back = _solve_transposed(a, g, vector)
    if vector:
        return -(back[..., :, None] * y[..., None, :])
    return -matmul(back, transposed(y))


def _solve_left_tangent(t: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return -solve(a, matmul(t, y[..., None]))[..., 0]
    return -solve(a, matmul(t, y))


solve: Callable[..., Any]
solve = operation(
    "solve",
    np.linalg.solve,
    vjp=(_solve_left, lambda g, y, a, b: _solve_transposed(a, g, b.ndim == 1)),
    jvp=(_solve_left_tangent, lambda t, y, a, b: solve(a, t)),
    hint="Pass matrices (..., n, n), none of them singular, and right-hand sides (n,) or "
    "(..., n, k)",
    doc="Solve a x = b, as ``numpy.linalg.solve``: b is a vector only if it has one axis.",
)

# --- det and slogdet --------------------------------------------------------------------


class _Known:
    """Two results that are computed at once, and of which each becomes a node."""

    def __init__(self, parts: tuple[Any, Any]) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return "shared"


def _decomposed(op: Any, decompose: Any, value: Any) -> _Known:
    """Decompose a matrix; errors name the operation."""
    try:
        return _Known(decompose(op.plain_array(value)))
    except (ValueError, TypeError) as error:
        raise op.explained(error, (value,), {}) from error


def _cofactors(y: Any, a: Any) -> Any:
    """det(A) A^-T. Of numbers, it comes from the singular values, and A may be singular."""
    if isinstance(a, Tensor):
        return y[..., None, None] * transposed(inv(a))
    if not np.isfinite(a).all():
        return np.full_like(a, np.nan)
    u, s, v = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(v)
    others = products_of_others(s) * sign[..., None]
    return np.matmul(u * others[..., None, :], v)


det = operation(
    "det",
    np.linalg.det,
    vjp=(lambda g, y, a: g[..., None, None] * _cofactors(y, a),),
    jvp=(lambda t, y, a: sum_over(t * _cofactors(y, a), axis=(-2, -1)),),
    hint=_SQUARE_HINT,
    doc="""Determinant of a matrix, or of each of a batch (..., n, n), as ``numpy.linalg.det``.

    The first derivative is right for singular matrices too. The second needs the inverse.
    """,
)


def _log_det_tangent(t: Any, y: Any, a: Any, *, known: Any = None) -> Any:
    return sum_over(t * transposed(inv(a)), axis=(-2, -1))


_log_abs_det = operation(
    "slogdet",
    lambda a, *, known=None: (known.parts if known else np.linalg.slogdet(a))[1],
    vjp=(lambda g, y, a, *, known=None: g[..., None, None] * transposed(inv(a)),),
    jvp=(_log_det_tangent,),
    hint=_SQUARE_HINT,
)


class SlogdetResult(NamedTuple):
    """det = sign * exp(logabsdet)."""

    sign: Any
    logabsdet: Any


def slogdet(a: Any) -> SlogdetResult:
    """Return sign and logarithm of the absolute value of determinants.

    Parameters
    ----------
    a : array_like or Tensor, shape (..., n, n)

    Returns
    -------
    sign, logabsdet : shape (...)
        As ``numpy.linalg.slogdet``. The sign is a constant: it carries no derivative.

    Raises
    ------
    LinAlgError
        If a matrix is not square. In the derivative, if one is singular: the logarithm has
        a pole there.
    """
    known = _decomposed(_log_abs_det.op, np.linalg.slogdet, _value(a))  # type: ignore[attr-defined]
    sign = Tensor(known.parts[0]) if isinstance(a, Tensor) else known.parts[0]
    return SlogdetResult(sign, _log_abs_det(a, known=known))


# --- cholesky ---------------------------------------------------------------------------


def _symmetric(a: Any) -> Any:
    return 0.5 * (a + transposed(a))


def _symmetric_part(a: Any) -> Any:
    a = np.asarray(a)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("the last two axes are not equally long")
    return _symmetric(a)


def _lower(x: Any, diagonal: float) -> Any:
    """The lower triangle, the diagonal weighted; this map is its own adjoint."""
    n = x.shape[-1]
    mask = np.tri(n, k=-1, dtype=x.dtype)
    mask[np.arange(n), np.arange(n)] = diagonal
    return x * mask


def _cholesky_gradient(g: Any, y: Any, a: Any) -> Any:
    upper = transposed(y)
    inside = _lower(matmul(upper, _lower(g, 1.0)), 0.5)
    right = transposed(solve(upper, inside))  # (L^-T P)^T = P^T L^-1
    return _symmetric(solve(upper, right))


def _cholesky_tangent(t: Any, y: Any, a: Any) -> Any:
    half = transposed(solve(y, _symmetric(t)))
    return matmul(y, _lower(solve(y, half), 0.5))


_cholesky = operation(
    "cholesky",
    lambda a: np.linalg.cholesky(_symmetric_part(a)),
    vjp=(_cholesky_gradient,),
    jvp=(_cholesky_tangent,),
    hint=_SQUARE_HINT + ", each positive definite",
)


def cholesky(a: Any, *, upper: bool = False) -> Any:
    """Factor positive definite matrices as L L^T, as ``numpy.linalg.cholesky``.

    Parameters
    ----------
    a : array_like or Tensor, shape (..., n, n)
        Its symmetric part is factored.
    upper : bool, optional
        True returns the upper factor L^T.

    Raises
    ------
    LinAlgError
        If a matrix is not square, or its symmetric part not positive definite.
    """
    factor = _cholesky(a)
    return transposed(factor) if upper else factor


# --- eigh -------------------------------------------------------------------------------


def _eigh_of(a: Any) -> tuple[Any, Any]:
    w, v = np.linalg.eigh(_symmetric_part(a))
    return w, v


def _inverse_gaps(w: Any) -> Any:
    """F: 1 / (w_j - w_i) at i, j; zero on the diagonal. Equal eigenvalues are refused."""
    n, value = w.shape[-1], _value(w)
    noise = n * np.finfo(value.dtype).eps * np.max(np.abs(value), axis=-1, initial=0.0)
    equal = np.diff(value, axis=-1) <= noise[..., None]
    if equal.any():
        *batch, i = (int(k) for k in np.argwhere(equal)[0])
        place = f" of matrix {tuple(batch)}" if batch else ""
        low, high = value[(*batch, i)], value[(*batch, i + 1)]
        raise np.linalg.LinAlgError(
            f"eigh: eigenvalues {i} and {i + 1}{place} are equal up to rounding ({low:.17g} and "
            f"{high:.17g}), so the eigenvectors are not determined and have no derivative. First "
            "derivatives of eigenvalues exist: use eigvalsh, or leave the eigenvectors out of "
            "the result"
        )
    one = np.eye(n, dtype=value.dtype)
    return (1.0 - one) / (w[..., None, :] - w[..., :, None] + one)


def _values_gradient(g: Any, y: Any, a: Any, *, known: Any = None) -> Any:
    v = _vectors(a, known)
    return matmul(v * g[..., None, :], transposed(v))


def _values_tangent(t: Any, y: Any, a: Any, *, known: Any = None) -> Any:
    v = _vectors(a, known)
    return sum_over(v * matmul(_symmetric(t), v), axis=-2)


def _vectors_gradient(g: Any, y: Any, a: Any, *, known: Any = None) -> Any:
    across = transposed(y)
    inside = _inverse_gaps(_values(a, known)) * matmul(across, g)
    return _symmetric(matmul(matmul(y, inside), across))


def _vectors_tangent(t: Any, y: Any, a: Any, *, known: Any = None) -> Any:
    inside = matmul(matmul(transposed(y), _symmetric(t)), y)
    return matmul(y, _inverse_gaps(_values(a, known)) * inside)


# The two results are two nodes, so that the derivative of eigenvalues alone asks nothing of
# the eigenvectors. They share ``known``, the decomposition.
_eigenvalues = operation(
    "eigvalsh",
    lambda a, *, known=None: (known.parts if known else _eigh_of(a))[0],
    vjp=(_values_gradient,),
    jvp=(_values_tangent,),
    hint=_SQUARE_HINT,
)
_eigenvectors = operation(
    "eigh",
    lambda a, *, known=None: (known.parts if known else _eigh_of(a))[1],
    vjp=(_vectors_gradient,),
    jvp=(_vectors_tangent,),
    hint=_SQUARE_HINT,
)


def _values(a: Any, known: Any) -> Any:
    """The eigenvalues, recorded if ``a`` is a tensor."""
    return _eigenvalues(a, known=known)


def _vectors(a: Any, known: Any) -> Any:
    """The eigenvectors, recorded if ``a`` is a tensor."""
    return _eigenvectors(a, known=known)


class EighResult(NamedTuple):
    """S = eigenvectors diag(eigenvalues) eigenvectors^T."""

    eigenvalues: Any
    eigenvectors: Any


def eigvalsh(a: Any) -> Any:
    """Return the eigenvalues of symmetric matrices in ascending order.

    As ``numpy.linalg.eigvalsh``, of the symmetric part of ``a``, shape (..., n, n).

    Raises
    ------
    LinAlgError
        If a matrix is not square. In the second derivative, if eigenvalues are equal.

    Notes
    -----
    Where eigenvalues are equal, a function of them all, such as their sum or their sum of
    squares, has the right derivative. A single one of them has a corner, and gets the
    derivative along the eigenvector that NumPy chose.
    """
    return _eigenvalues(a, known=_decomposed(_eigenvalues.op, _eigh_of, _value(a)))  # type: ignore[attr-defined]


def eigh(a: Any) -> EighResult:
    """Return eigenvalues and eigenvectors of symmetric matrices, as ``numpy.linalg.eigh``.

    Parameters
    ----------
    a : array_like or Tensor, shape (..., n, n)
        Its symmetric part is decomposed.

    Returns
    -------
    eigenvalues : shape (..., n), ascending
    eigenvectors : shape (..., n, n), the columns

    Raises
    ------
    LinAlgError
        If a matrix is not square. In the derivative of eigenvectors, and in the second of
        eigenvalues, if two eigenvalues of a matrix are equal up to rounding.

    Notes
    -----
    The sign of an eigenvector is NumPy's choice: differentiate functions that do not
    depend on it.
    """
    known = _decomposed(_eigenvectors.op, _eigh_of, _value(a))  # type: ignore[attr-defined]
    return EighResult(_eigenvalues(a, known=known), _eigenvectors(a, known=known))
