"""Whole Jacobians and Hessians, and products with the Gauss-Newton matrix.

A Jacobian of shape (m, n) costs m backward sweeps or n forward sweeps over one recorded run; the
shorter way is taken. These are for small sizes, for checks and for pages. Whatever is
large is studied through products: ``vjp``, ``jvp``, ``hvp``, ``gauss_newton_product``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .rules.joining import stack
from .rules.shape import reshape
from .run import pull_back_run, record_run
from .sweep import forward_sweep
from .transforms import _value_of, grad, hvp, jvp, vjp
from .tree import Tree


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes the Jacobian of ``f``.

    Parameters
    ----------
    f : callable
        Returns a tensor of any shape, (m1, ...).
    argnum : int, optional
        Which positional argument to differentiate: one array, of shape (n1, ...).

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns an array of shape (m1, ..., n1, ...). It is
        zero where ``f`` does not depend on the argument.

    Raises
    ------
    ValueError
        When called: if there is no such argument.
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        if not 0 <= argnum < len(args):
            raise ValueError(
                f"jacobian: argnum is {argnum}, but {len(args)} positional arguments were given"
            )
        run = record_run(
            lambda x: f(*args[:argnum], x, *args[argnum + 1 :], **kwargs), (args[argnum],), "jacobian"
        )
        (source,) = run.sources
        outputs, inputs = np.shape(_value_of(run.value)), source.shape
        if not run.nodes or 0 in (*outputs, *inputs):
            return np.zeros(outputs + inputs)
        m, n = np.prod(outputs, dtype=int), np.prod(inputs, dtype=int)
        if m <= n:
            rows = [pull_back_run(run, seed)[0] for seed in _basis(outputs, run.value.dtype)]
            return _shaped_stack(rows, 0, outputs + inputs, run.record)
        columns = [
            forward_sweep(run.nodes, {source: t}, record=run.record)
            for t in _basis(inputs, source.dtype)
        ]
        return _shaped_stack(columns, -1, outputs + inputs, run.record)

    return matrix


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Return the function that computes the Hessian of a scalar function.

    Parameters are those of ``jacobian``; the result has the shape (n1, ..., n1, ...).
    """
    return jacobian(grad(f, argnum), argnum)


def gauss_newton_product(
    model: Callable[[Tree], Any], loss: Callable[[Any], Any], theta: Tree, v: Tree
) -> Tree:
    """Return G v with the Gauss-Newton matrix G = J^T H J of loss(model(theta)).

    J is the Jacobian of the model's outputs and H the Hessian of the loss in the outputs. G
    is the part of the Hessian that does not contain the model's curvature; it is positive
    semidefinite for a convex loss (Schraudolph, 2002).

    Parameters
    ----------
    model : callable
        Takes parameters to a tensor of outputs.
    loss : callable
        Takes outputs to a tensor with one element.
    theta, v : array or tree of arrays
        Point and direction, of the same structure and shapes.
    """
    outputs, along = jvp(model, (theta,), (v,))
    curved = hvp(loss, outputs, along)
    return vjp(model, theta)[1](curved)[0]


def _basis(shape: tuple[int, ...], dtype: Any) -> Any:
    """The unit arrays of a shape, one after the other."""
    for index in np.ndindex(shape):
        unit = np.zeros(shape, dtype)
        unit[index] = 1.0
        yield unit


def _shaped_stack(parts: list[Any], axis: int, shape: tuple[int, ...], record: bool) -> Any:
    whole = stack(parts, axis=axis) if record else np.stack(parts, axis=axis)
    return reshape(whole, shape=shape)
