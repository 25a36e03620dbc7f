"""The derivative of a system at a state, as an operator that is never written out.

For a map z -> F(z) the operator is J = dF/dz at z, for a flow dz/dt = f(t, z) it is
J = df/dz at (t, z). The system is evaluated and recorded once. A forward sweep over the
record then gives J v and a reverse sweep J^T u, each for about the price of an evaluation,
and the two are adjoint: <u, J v> = <J^T u, v>.

References
----------
Griewank, A. and Walther, A. (2008). Evaluating Derivatives, 2nd ed., SIAM, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..autodiff import Tensor
from ..autodiff.run import pull_back_run, record_run
from ..autodiff.sweep import forward_sweep

Product = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class LinearOperator:
    """A square real matrix that is known by its products.

    Attributes
    ----------
    size : int
        n, the length of the vectors.
    matvec : callable
        Takes v of shape (n,), float64, to A v of shape (n,).
    rmatvec : callable or None
        Takes u of shape (n,) to A^T u; None where the adjoint is not available.
    symmetric : bool
        True if A = A^T is known. The algorithms rely on it.

    Raises
    ------
    ValueError
        If the size is not positive; by a call, if the vector has another shape.
    """

    size: int
    matvec: Product
    rmatvec: Product | None = None
    symmetric: bool = False

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"LinearOperator: the size must be at least 1, got {self.size}")

    @classmethod
    def from_matrix(cls, matrix: Any) -> LinearOperator:
        """Return the operator of a matrix, shape (n, n). It is symmetric if A equals A^T exactly.

        Raises
        ------
        ValueError
            If the matrix is not square, real and finite.
        """
        a = square_matrix(matrix, "LinearOperator.from_matrix")
        return cls(len(a), lambda v: a @ v, lambda u: a.T @ u, bool(np.array_equal(a, a.T)))

    def __call__(self, v: Any) -> np.ndarray:
        """Return A v for a vector of shape (n,), real or complex."""
        v = np.asarray(v)
        if v.shape != (self.size,):
            raise ValueError(
                f"LinearOperator: needs a vector of shape ({self.size},), got shape {v.shape}"
            )
        if np.iscomplexobj(v):
            return self(v.real) + 1j * self(v.imag)
        product = np.asarray(self.matvec(v.astype(np.float64)))
        if product.shape != v.shape:
            raise ValueError(
                f"LinearOperator: matvec took a vector of shape {v.shape} to one of shape "
                f"{product.shape}. A square operator keeps the shape"
            )
        return product

    def to_matrix(self) -> np.ndarray:
        """Return A as an array of shape (n, n), by n products. For small n."""
        return np.stack([self(unit) for unit in np.eye(self.size)], axis=1)


def linearise(system: Callable[..., Any], z: Any, *, t: float | None = None) -> LinearOperator:
    """Return the Jacobian of a system at a state, as a matrix-free operator.

    Parameters
    ----------
    system : Map or Flow
        Written with learndyn operations. A map is called as ``system(z)``, a flow as
        ``system(t, z)``.
    z : array_like, shape (n,)
        The state. It is copied as float64.
    t : float, optional
        The time at which a flow is linearised. Leave it out for a map.

    Returns
    -------
    LinearOperator
        Of size n, with ``rmatvec``. A system that does not depend on its state gives zero.

    Raises
    ------
    ValueError
        If z is not a vector, or the system returns another shape than that of z.
    """
    return linearised(system, z, t=t)[1]


def linearised(
    system: Callable[..., Any], z: Any, *, t: float | None = None, caller: str = "linearise"
) -> tuple[np.ndarray, LinearOperator]:
    """Return the value of the system, shape (n,), and its Jacobian, from one evaluation."""
    z = flat_state(z, caller)
    run = record_run(system if t is None else lambda x: system(t, x), (z,), caller)
    value = run.value.numpy() if isinstance(run.value, Tensor) else np.asarray(run.value)
    if value.shape != z.shape:
        raise ValueError(
            f"{caller}: the system took a state of shape {z.shape} to one of shape {value.shape}. "
            "A map, and the velocity of a flow, has the shape of the state"
        )
    # A system that closes over a Parameter is differentiated in its state only.
    run = replace(run, record=False)
    (source,) = run.sources

    def matvec(v: Any) -> np.ndarray:
        v = _like(v, z, "matvec")
        tangent = forward_sweep(run.nodes, {source: v}) if run.nodes else None
        return np.zeros(z.shape) if tangent is None else np.array(tangent, dtype=np.float64)

    def rmatvec(u: Any) -> np.ndarray:
        (gradient,) = pull_back_run(run, _like(u, z, "rmatvec"))
        return np.array(gradient, dtype=np.float64)

    return np.array(value, dtype=np.float64), LinearOperator(z.size, matvec, rmatvec)


def as_operator(operator: LinearOperator | Any, caller: str) -> LinearOperator:
    """Take an operator, or a matrix in the place of one."""
    if isinstance(operator, LinearOperator):
        return operator
    if callable(operator):
        raise TypeError(
            f"{caller}: received {type(operator).__name__}. Pass LinearOperator(size, matvec), "
            "linearise(system, z), or a matrix"
        )
    return LinearOperator.from_matrix(square_matrix(operator, caller))


def as_matrix(operator: LinearOperator | Any, caller: str) -> np.ndarray:
    """Take a matrix, or write out an operator."""
    if isinstance(operator, LinearOperator):
        return square_matrix(operator.to_matrix(), caller)
    return square_matrix(operator, caller)


def square_matrix(matrix: Any, caller: str) -> np.ndarray:
    """Return a float64 copy of a square matrix with finite real entries."""
    a = np.asarray(matrix)
    if a.ndim != 2 or a.shape[0] != a.shape[1] or a.dtype.kind not in "fiub" or not a.size:
        raise ValueError(
            f"{caller}: needs a square matrix of real numbers, got shape {a.shape}, dtype {a.dtype}"
        )
    if not np.isfinite(a).all():
        raise ValueError(
            f"{caller}: the matrix of shape {a.shape} holds {(~np.isfinite(a)).sum()} entries that "
            "are not finite. Linearise at a finite state"
        )
    return a.astype(np.float64)


def flat_state(z: Any, caller: str) -> np.ndarray:
    """Return a float64 copy of a state, a real vector with at least one element."""
    z = z.numpy() if isinstance(z, Tensor) else np.asarray(z)
    if z.ndim != 1 or not z.size or z.dtype.kind not in "fiub":
        raise ValueError(
            f"{caller}: the state must be a real vector, got shape {z.shape}, dtype {z.dtype}. "
            "Flatten a tree of arrays with ravel"
        )
    return z.astype(np.float64)


def _like(v: Any, z: np.ndarray, role: str) -> np.ndarray:
    v = np.asarray(v, dtype=np.float64)
    if v.shape != z.shape:
        raise ValueError(f"linearise: {role} needs a vector of shape {z.shape}, got {v.shape}")
    return v
