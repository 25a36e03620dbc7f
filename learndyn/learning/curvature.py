r"""The Hessian of a loss as an operator: recorded once, then a sweep for each product.

    H v = d/de grad L(theta + e v) at e = 0

The gradient is recorded at theta, backward pass included. A forward sweep over that record gives
H v without evaluating the loss again (Pearlmutter, 1994). The Gauss-Newton matrix J' H_out J, of
a model with Jacobian J under a loss with Hessian H_out in the outputs, is the part of H that
does not contain the model's own curvature (Schraudolph, 2002).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff import grad, jvp, vjp
from ..autodiff.run import pull_back_run, record_run
from ..autodiff.sweep import forward_sweep
from ..autodiff.tree import Tree
from ..dynamics.linearise import LinearOperator, linearised
from .gradient_flow import FlatLoss, flat_loss


def hessian_operator(loss: Callable[[Tree], Any], theta: Tree) -> LinearOperator:
    """Return the Hessian of a loss at theta as a symmetric operator on flat vectors.

    The gradient is recorded once. A product then costs little more than a gradient, and less than
    half of ``hvp``, which evaluates the loss each time.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Where the Hessian is taken.

    Returns
    -------
    LinearOperator
        Of size n, the number of parameters; ``symmetric``. It keeps the record alive.

    Raises
    ------
    ValueError
        If the loss does not have one element or does not depend on theta; by a product, if the
        direction is not a vector of shape (n,).
    """
    z, flat = flat_loss(loss, theta)
    return gradient_and_hessian(flat, z)[1]


def gradient_and_hessian(flat: FlatLoss, z: np.ndarray) -> tuple[np.ndarray, LinearOperator]:
    """Return grad L, shape (n,), and the Hessian as an operator, from one evaluation at ``z``."""
    gradient, jacobian = linearised(flat.gradient, z, caller="hessian_operator")
    # A forward sweep: the reverse sweep would give the same product, H being symmetric.
    return gradient, LinearOperator(z.size, jacobian.matvec, jacobian.matvec, symmetric=True)


def gauss_newton_operator(
    model: Callable[[Tree], Any], loss: Callable[[Any], Any], theta: Tree
) -> LinearOperator:
    """Return the Gauss-Newton matrix G = J' H_out J of loss(model(theta)) as an operator.

    Parameters
    ----------
    model : callable
        Takes a tree of parameters to a tensor of outputs.
    loss : callable
        Takes the outputs to a tensor with one element.
    theta : tree of arrays
        Where the matrix is taken.

    Returns
    -------
    LinearOperator
        Of size n, symmetric; positive semidefinite if the loss is convex in the outputs.
    """
    z, flat = flat_loss(model, theta)
    through = record_run(flat, (z,), "gauss_newton_operator")
    outputs = through.value.numpy()
    slope = record_run(lambda y: grad(loss)(y), (outputs,), "gauss_newton_operator")

    def product(v: Any) -> np.ndarray:
        v = np.asarray(v, dtype=np.float64)
        if v.shape != z.shape:
            raise ValueError(
                f"gauss_newton_operator: the direction has shape {v.shape}, needs {z.shape}. "
                "Flatten a tree of arrays with ravel"
            )
        along = forward_sweep(through.nodes, {through.sources[0]: v})
        curved = None if along is None else forward_sweep(slope.nodes, {slope.sources[0]: along})
        if curved is None:
            return np.zeros_like(v)
        return np.asarray(pull_back_run(through, curved)[0])

    return LinearOperator(z.size, product, product, symmetric=True)


def curvature_gradient(flat: FlatLoss, z: Any, u: Any, v: Any) -> Any:
    """Return grad_theta (u' H(theta) v), a third derivative of the loss along two directions.

    Parameters
    ----------
    flat : FlatLoss
        The loss as a function of the flat vector theta.
    z : array or Tensor, shape (n,)
        Where to take it.
    u, v : array or Tensor, shape (n,)
        Directions; they are held while theta varies.

    Returns
    -------
    array or Tensor, shape (n,)
        Zero where the curvature does not depend on theta.
    """

    def curvature(point: Any) -> Any:
        """u' H v as the derivative along v of the derivative along u."""
        return jvp(lambda x: jvp(flat, (x,), (u,))[1], (point,), (v,))[1]

    value, pull_back = vjp(curvature, z)  # grad would refuse a curvature that is constant
    return pull_back(np.ones(value.shape))[0]


def curvature_gradients(flat: FlatLoss, z: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return grad_theta (u_i' H(theta) u_j) for each pair of a few directions.

    Parameters
    ----------
    flat, z
        As for ``curvature_gradient``.
    directions : ndarray, shape (n, k)
        One direction u_i a column.

    Returns
    -------
    ndarray, shape (k, k, n)
        Symmetric in the first two axes.
    """
    k = directions.shape[1]
    columns = [np.ascontiguousarray(column) for column in directions.T]
    slopes = np.empty((k, k, z.size))
    for i in range(k):
        for j in range(i + 1):
            slopes[i, j] = slopes[j, i] = curvature_gradient(flat, z, columns[i], columns[j])
    return slopes
