"""Derivatives as functions of functions: grad, vjp, jvp, hvp.

Each transform runs ``f`` on a fresh recorded copy of its inputs. Copies made by nested
transforms are different nodes, so a perturbation of the inner variable is never taken for
one of the outer. Numbers in, numbers out; where an input, or a tensor that ``f`` closes
over, is itself being differentiated, the result is a tensor that carries its own derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .run import pull_back_run, record_run, spend_run
from .sweep import forward_sweep, graph_below, reverse_sweep
from .tensor import Array, Tensor, _constant, as_float_array
from .tree import Tree, leaves, rebuild, tree_map


def grad(
    f: Callable[..., Any], argnum: int = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return the function that computes the gradient of a scalar function.

    Parameters
    ----------
    f : callable
        Returns a tensor with one element.
    argnum : int, optional
        Which positional argument to differentiate. It may be a tree of arrays (dict, list,
        tuple, named tuple); the gradient is a tree of the same structure.
    has_aux : bool, optional
        True if ``f`` returns a pair (result, auxiliary output). The second is handed on.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns df/dx with the shape of x, or the pair
        (df/dx, auxiliary output). An integer argument is taken as float64.

    Raises
    ------
    ValueError
        When called: if ``f`` does not return one element, or its result does not depend on
        the argument. (A single unused leaf of a tree has gradient zero.)
    """

    both = value_and_grad(f, argnum, has_aux=has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Tree:
        value, slope = both(*args, **kwargs)
        return (slope, value[1]) if has_aux else slope

    return gradient


def value_and_grad(
    f: Callable[..., Any], argnum: int = 0, *, has_aux: bool = False
) -> Callable[..., tuple[Any, Tree]]:
    """Return the function that computes a scalar function's value and gradient together.

    Parameters, errors and conventions are those of ``grad``.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns (value, gradient), or with ``has_aux``
        ((value, auxiliary output), gradient).
    """

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Tree]:
        if not 0 <= argnum < len(args):
            raise ValueError(
                f"grad: argnum is {argnum}, but {len(args)} positional arguments were given. "
                "Pass the differentiated argument by position"
            )
        x, aux = args[argnum], None

        def of_source(source: Tree) -> Any:
            nonlocal aux
            result = f(*args[:argnum], source, *args[argnum + 1 :], **kwargs)
            if has_aux:
                result, aux = _pair(result)
            return result

        run = record_run(of_source, (x,), "grad")
        _require_scalar(run.value, "grad", "Reduce it with .sum() or .mean(), or use vjp")
        if not run.nodes:
            raise ValueError(
                f"grad: the result does not depend on argument {argnum}. Compute it from that "
                "argument with learndyn operations, outside no_grad and without .detach()"
            )
        value = _handed_out(run.value, run.record)
        seed = _one_like(_value_of(value))
        if run.record:
            gradients = pull_back_run(run, _constant(seed))
        else:
            gradients = spend_run(run, seed)
        gradient = rebuild(x, _as_given(gradients, run.inputs, run.record))
        if has_aux:
            return (value, tree_map(lambda leaf: _handed_out(leaf, run.record), aux)), gradient
        return value, gradient

    return both


def _pair(result: Any) -> tuple[Any, Any]:
    if not (isinstance(result, tuple) and len(result) == 2):
        raise TypeError(
            f"grad: with has_aux=True the function returns a pair (result, auxiliary output), "
            f"got {type(result).__name__}"
        )
    return result


def _handed_out(x: Any, record: bool) -> Any:
    """A tensor of a finished run as plain numbers, unless it still carries a derivative."""
    return x._data if isinstance(x, Tensor) and not record else x


def vjp(f: Callable[..., Any], *primals: Tree) -> tuple[Any, Callable[[Any], tuple[Tree, ...]]]:
    """Evaluate ``f`` and return its value with the map from cotangents to J^T cotangent.

    Parameters
    ----------
    f : callable
        Returns a tensor of any shape.
    *primals : array or tree of arrays
        All positional arguments of ``f``; each is differentiated.

    Returns
    -------
    value : array or Tensor
    pull_back : callable
        ``pull_back(cotangent)``, with a cotangent of the value's shape, returns a tuple
        with one gradient per argument. It may be called again.

    Raises
    ------
    ValueError
        If the cotangent has another shape than the value.
    """
    run = record_run(f, primals, "vjp")
    value = run.value if run.record else _value_of(run.value)

    def pull_back(cotangent: Any) -> tuple[Tree, ...]:
        seed = _shaped(cotangent, _value_of(run.value), "vjp", "cotangent")
        gradients = pull_back_run(run, seed)
        given = _as_given(gradients, run.inputs, run.record or isinstance(seed, Tensor))
        cotangents: tuple[Tree, ...] = rebuild(primals, given)
        return cotangents

    return value, pull_back


def jvp(
    f: Callable[..., Any], primals: tuple[Tree, ...], tangents: tuple[Tree, ...]
) -> tuple[Any, Any]:
    """Evaluate ``f`` and the directional derivative J tangent.

    Parameters
    ----------
    f : callable
        Returns a tensor of any shape.
    primals : tuple
        The positional arguments of ``f``, arrays or trees.
    tangents : tuple
        One tangent per argument, with the same structure and shapes.

    Returns
    -------
    value, tangent : arrays or Tensors, of the same shape

    Raises
    ------
    ValueError
        If a tangent has another structure or shape than its primal.
    """
    pairs = tree_map(lambda x, t: (x, _shaped(t, x, "jvp", "tangent")), primals, tangents)
    directions = [t for t in leaves(pairs)[1::2]]
    run = record_run(f, primals, "jvp")
    record = run.record or any(isinstance(t, Tensor) and t.requires_grad for t in directions)
    zero = np.zeros_like(_value_of(run.value))
    if not run.nodes:
        return (run.value if record else _value_of(run.value)), zero
    start = {s: t for s, t in zip(run.sources, directions, strict=True)}
    tangent = forward_sweep(run.nodes, start, record=record)
    return (run.value if record else run.value._data), tangent


def hvp(f: Callable[..., Any], x: Tree, v: Tree) -> Tree:
    """Return the Hessian-vector product of a scalar function, H v = grad(<grad f, v>).

    It costs a small multiple of ``f`` and never forms the Hessian (Pearlmutter, 1994).

    Parameters
    ----------
    f : callable
        Of one argument; returns a tensor with one element.
    x, v : array or tree of arrays
        Point and direction, of the same structure and shapes.
    """
    direction = tree_map(lambda a, b: _shaped(b, a, "hvp", "direction"), x, v)

    def slope(point: Tree) -> Any:
        """The derivative of f along v, a scalar function again."""
        parts = leaves(tree_map(lambda g, d: (g * d).sum(), grad(f)(point), direction))
        return sum(parts[1:], start=parts[0])

    return grad(slope)(x)


def backward(y: Tensor, cotangent: Any = None) -> None:
    """Write the gradient of ``y`` to the ``grad`` of each leaf that it was made from.

    Parameters
    ----------
    y : Tensor
    cotangent : array_like, optional
        What flows back into ``y``, of its shape. It may be left out for one element.

    Raises
    ------
    ValueError
        If ``y`` has more elements than one and no cotangent, or was not made from a
        parameter.

    Notes
    -----
    ``grad`` is replaced, not added to: calling ``backward`` twice gives the same gradient.
    To sum gradients, sum the losses.
    """
    if not y.requires_grad:
        raise ValueError(
            f"backward: this tensor of shape {y.shape} was not computed from a Parameter, so "
            "there is nothing to differentiate. Record it outside no_grad"
        )
    if cotangent is None:
        _require_scalar(y, "backward", "Reduce it with .sum() or .mean(), or pass a cotangent")
        seed = _one_like(y._data)
    else:
        if isinstance(cotangent, Tensor):
            cotangent = cotangent._data
        seed = _shaped(cotangent, y._data, "backward", "cotangent")
    cotangents = reverse_sweep(graph_below(y), seed)
    for leaf, gradient in zip(cotangents, _owned(cotangents.values()), strict=True):
        if type(gradient) is not np.ndarray or gradient.dtype is not leaf._data.dtype:
            gradient = np.asarray(gradient, dtype=leaf._data.dtype)
        leaf._grad = gradient


def _as_given(gradients: list[Any], inputs: list[Any], record: bool) -> list[Any]:
    """Hand gradients out: tensors if they carry derivatives or a tensor was given."""
    if record:
        return gradients
    return [
        _constant(gradient) if isinstance(given, Tensor) else gradient
        for gradient, given in zip(_owned(gradients), inputs, strict=True)
    ]


def _owned(arrays: Iterable[Any]) -> list[Any]:
    """Copy each array that shares memory with another: rules may pass on what they got."""
    seen: set[int] = set()
    result = []
    for array in arrays:
        if array.base is not None or id(array) in seen:
            array = np.array(array)
        seen.add(id(array))
        result.append(array)
    return result


def _one_like(value: Any) -> Any:
    """The cotangent of a result with itself; a scalar if it has no axes, which is faster."""
    return value.dtype.type(1.0) if value.ndim == 0 else np.ones(value.shape, value.dtype)


def _value_of(x: Any) -> Array:
    return x._data if isinstance(x, Tensor) else np.asarray(x)


def _shaped(x: Any, like: Any, caller: str, role: str) -> Any:
    """Check that a tangent or cotangent has the shape of what it belongs to."""
    x = x if isinstance(x, Tensor) else as_float_array(x, caller)
    if x.shape != np.shape(_value_of(like)):
        raise ValueError(
            f"{caller}: the {role} has shape {x.shape}, but its value has shape "
            f"{np.shape(_value_of(like))}. They must be equal"
        )
    return x


def _require_scalar(y: Any, caller: str, advice: str) -> None:
    value = _value_of(y)
    if value.size != 1:
        shape = value.shape
        raise ValueError(f"{caller}: needs a result with one element, got shape {shape}. {advice}")
