"""Lengths and deviations: mean square, norm, var, std and layer normalisation, each in few passes.

With n elements to one result y, their mean m, and r = 1 / sqrt(var + eps),

    mean_square  y = sum x^2 / n                 dy = 2 sum x dx / n
    norm         y = sqrt(sum x^2)               dy = sum x dx / y
    var          y = sum (x - m)^2 / (n - ddof)  dy = 2 sum (x - m) dx / (n - ddof)
    std          y = sqrt(var)                   dy = sum (x - m) dx / ((n - ddof) y)
    layer_norm   y = r (x - m)                   dy = r (dx - mean dx - y mean(y dx))

(Ba, Kiros and Hinton, 2016, for the last.)

Conventions at singular points, each pinned by a test: norm at the zero vector and std of
equal numbers have slope zero (a subgradient), and a second derivative that is NaN, since
there is none.

A rule below changes only arrays that it made itself. For a tensor, ``d *= g`` is
``d = d * g``: one text serves arrays, in place, and tensors, recorded.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..op import elementwise, operation
from ..tensor import Tensor
from .elementwise import sqrt
from .gates import _value
from .reductions import (
    AXIS_HINT,
    NONEMPTY_HINT,
    Axis,
    count_along,
    floating,
    mean,
    unreduced,
    warn_not_finite,
)
from .reductions import sum as sum_over

# --- plain NumPy: forward, and the parts of rules that have no derivative of their own --


def _is_last(shape: tuple[int, ...], axis: Axis) -> bool:
    """True if the only reduced axis is the last one."""
    return bool(shape) and (axis == -1 or axis == len(shape) - 1)


def _sum_of_squares(x: Any, axis: Axis, keepdims: bool) -> Any:
    """Sum of squares; in one pass over the data where the summed axis is the last."""
    if axis is None:
        flat = x.ravel()
        total = flat.dot(flat)
        return total.reshape((1,) * x.ndim) if keepdims else total
    if _is_last(x.shape, axis):
        total = np.vecdot(x, x)
        return total[..., None] if keepdims else total
    return np.add.reduce(x * x, axis=axis, keepdims=keepdims)  # type: ignore[call-overload]


def _centred(x: Any, axis: Axis) -> Any:
    """x minus its mean, in an array of its own."""
    if isinstance(x, Tensor):
        return x - mean(x, axis=axis, keepdims=True)
    total = np.add.reduce(x, axis=axis, keepdims=True)
    # A slice without elements has no mean, and nothing to take it from.
    return x - total / (count_along(x.shape, axis) or 1)


def sum_product(a: Any, b: Any, axis: Axis) -> Any:
    """sum(a b), along axes of length 1; in one pass over arrays where the axis is the last."""
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return sum_over(a * b, axis=axis, keepdims=True)
    if _is_last(a.shape, axis):
        return np.vecdot(a, b)[..., None]
    return np.add.reduce(a * b, axis=axis, keepdims=True)


# --- 1 / y, and nothing where y = 0 -----------------------------------------------------


def _inverse_of(y: Any) -> Any:
    if np.count_nonzero(y) == np.size(y):
        return 1.0 / y
    zero = np.equal(y, 0)
    return np.where(zero, 0.0, 1.0 / np.where(zero, 1.0, y))


def _inverse_slope(g: Any, y: Any, x: Any) -> Any:
    zero = np.equal(_value(x), 0)
    slope = -g * y * y
    return slope + np.where(zero, np.nan, 0.0).astype(slope.dtype) if zero.any() else slope


inverse_or_zero = elementwise(
    "inverse_or_zero",
    _inverse_of,
    _inverse_slope,
    domains=("nonzero",),
    doc="1 / x, and 0 at x = 0, where the derivative is NaN.",
)

# --- var and std ------------------------------------------------------------------------


def _freedom(shape: tuple[int, ...], axis: Axis, ddof: float) -> float:
    """What the sum of squares is divided by; 0 if there are too few numbers."""
    return max(count_along(shape, axis) - ddof, 0)


def _variance(
    x: Any, *, axis: Axis, ddof: float = 0, keepdims: bool = False, name: str = "var"
) -> Any:
    x = floating(x)
    total = _sum_of_squares(_centred(x, axis), axis, keepdims)
    freedom = _freedom(x.shape, axis, ddof)
    if freedom:
        return total / freedom
    if total.size:
        problem = f"There are no degrees of freedom left after ddof={ddof}"
        warn_not_finite(name, x.shape, axis, problem)
    return np.where(total > 0, np.inf, np.nan).astype(x.dtype)[()]


def _var_gradient(g: Any, y: Any, x: Any, *, axis: Axis, ddof: float, keepdims: bool) -> Any:
    d = _centred(x, axis)
    d *= unreduced(g, x.shape, axis) * (2.0 / (_freedom(x.shape, axis, ddof) or math.nan))
    return d


def _var_tangent(t: Any, y: Any, x: Any, *, axis: Axis, ddof: float, keepdims: bool) -> Any:
    slope = 2.0 / (_freedom(x.shape, axis, ddof) or math.nan)
    return sum_over(t * _centred(x, axis), axis=axis, keepdims=keepdims) * slope


def _std_gradient(g: Any, y: Any, x: Any, *, axis: Axis, ddof: float, keepdims: bool) -> Any:
    d = _centred(x, axis)
    factor = g * inverse_or_zero(y) / (_freedom(x.shape, axis, ddof) or math.nan)
    d *= unreduced(factor, x.shape, axis)
    return d


def _std_tangent(t: Any, y: Any, x: Any, *, axis: Axis, ddof: float, keepdims: bool) -> Any:
    slope = inverse_or_zero(y) / (_freedom(x.shape, axis, ddof) or math.nan)
    return sum_over(t * _centred(x, axis), axis=axis, keepdims=keepdims) * slope


_var = operation("var", _variance, vjp=(_var_gradient,), jvp=(_var_tangent,), hint=AXIS_HINT)
_std = operation(
    "std",
    lambda x, **params: np.sqrt(_variance(x, **params, name="std")),
    vjp=(_std_gradient,),
    jvp=(_std_tangent,),
    hint=AXIS_HINT,
)


def var(x: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Average the squared distance from the mean over ``axis``, as ``numpy.var``.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int, tuple of int or None, optional
        All axes if None.
    ddof : float, optional
        The sum of squares is divided by n - ddof. 1 makes it unbiased for samples.
    keepdims : bool, optional
        Keep the reduced axes, with length 1.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.

    Warns
    -----
    RuntimeWarning
        If n - ddof is not positive: the result is not finite, its gradient NaN.
    """
    return _var(x, axis=axis, ddof=ddof, keepdims=keepdims)


def std(x: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the square root of ``var``, as ``numpy.std``.

    Parameters, errors and warnings are those of ``var``.

    Notes
    -----
    Where all numbers are equal the slope is zero, and the second derivative is NaN: the
    graph of the standard deviation has a corner there.
    """
    return _std(x, axis=axis, ddof=ddof, keepdims=keepdims)


# --- mean square ------------------------------------------------------------------------


def _mean_square_of(x: Any, *, axis: Axis = None, keepdims: bool = False) -> Any:
    x = floating(x)
    total = _sum_of_squares(x, axis, keepdims)
    n = count_along(x.shape, axis)
    if n:
        return total / n
    if total.size:
        warn_not_finite("mean_square", x.shape, axis, "There is nothing to average")
    return total + np.asarray(np.nan, x.dtype)


def _mean_square_gradient(
    g: Any, y: Any, x: Any, *, axis: Axis = None, keepdims: bool = False
) -> Any:
    n = count_along(x.shape, axis)
    return x * unreduced(g * (2.0 / (n or math.nan)), x.shape, axis)


def _mean_square_tangent(
    t: Any, y: Any, x: Any, *, axis: Axis = None, keepdims: bool = False
) -> Any:
    n = count_along(x.shape, axis)
    return sum_over(t * x, axis=axis, keepdims=keepdims) * (2.0 / (n or math.nan))


_mean_square = operation(
    "mean_square",
    _mean_square_of,
    vjp=(_mean_square_gradient,),
    jvp=(_mean_square_tangent,),
    hint=AXIS_HINT,
)


def mean_square(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Average the squares over ``axis`` (all axes if None): ``mean(square(x))`` in one row.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.

    Warns
    -----
    RuntimeWarning
        If there is nothing to average: the result is NaN.
    """
    if axis is None and not keepdims:
        return _mean_square(x)
    return _mean_square(x, axis=axis, keepdims=keepdims)


# --- norm -------------------------------------------------------------------------------


def _norm_gradient(g: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    return x * unreduced(g * inverse_or_zero(y), x.shape, axis)


def _norm_tangent(t: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    return sum_over(t * x, axis=axis, keepdims=keepdims) * inverse_or_zero(y)


_norm = operation(
    "norm",
    lambda x, *, axis, keepdims: np.sqrt(_sum_of_squares(floating(x), axis, keepdims)),
    vjp=(_norm_gradient,),
    jvp=(_norm_tangent,),
    hint=AXIS_HINT,
)


def norm(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the square root of the sum of squares over ``axis`` (all axes if None).

    This is the length of vectors and the Frobenius norm of matrices: ``numpy.linalg.norm``
    with its default order, for any number of axes.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.

    Notes
    -----
    At the zero vector the slope is zero, and the second derivative is NaN: a cone has no
    curvature at its tip. ``square(x).sum()`` has both.
    """
    return _norm(x, axis=axis, keepdims=keepdims)


# --- layer normalisation ----------------------------------------------------------------


def _scale_of(d: Any, axis: Axis, eps: float) -> Any:
    """r of centred numbers, along axes of length 1."""
    n = count_along(d.shape, axis)
    if not n:
        raise ValueError("there is nothing to normalise")
    return 1.0 / np.sqrt(_sum_of_squares(d, axis, True) / n + eps)


def _normalised(x: Any, *, axis: Axis, eps: float) -> Any:
    d = _centred(floating(x), axis)
    d *= _scale_of(d, axis, eps)
    return d


def _normalised_slope(g: Any, y: Any, x: Any, *, axis: Axis, eps: float) -> Any:
    """The Jacobian is symmetric, so one rule serves both modes."""
    n = count_along(x.shape, axis)
    across = sum_product(g, y, axis) / -n
    shift = sum_over(g, axis=axis, keepdims=True) / n
    if type(g) is type(y) is np.ndarray and y.ndim:
        slope = _centred(x, axis)
        scale = _scale_of(slope, axis, eps)
        np.multiply(y, across, out=slope)  # the same buffer again
        slope += g
    else:
        scale = 1.0 / sqrt(var(x, axis=axis, keepdims=True) + eps)
        slope = g + y * across
    slope -= shift
    slope *= scale
    return slope


_layer_norm = operation(
    "layer_norm",
    _normalised,
    vjp=(_normalised_slope,),
    jvp=(_normalised_slope,),
    hint=NONEMPTY_HINT,
)


def layer_norm(x: Any, axis: Axis = -1, eps: float = 1e-5) -> Any:
    """Shift and scale to mean 0 and variance 1 over ``axis``: (x - mean) / sqrt(var + eps).

    Parameters
    ----------
    x : array_like or Tensor
    axis : int, tuple of int or None, optional
        The axes that are normalised together; all if None.
    eps : float, optional
        Added to the variance. With 0, a slice of equal numbers is 0 / 0.

    Returns
    -------
    array or Tensor
        Of the shape of ``x``. Multiply by a gain and add a bias of the normalised axes'
        shape for the trainable layer.

    Raises
    ------
    ValueError
        If an axis does not exist, is named twice, or is empty.
    """
    return _layer_norm(x, axis=axis, eps=eps)
