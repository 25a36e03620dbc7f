"""Sums of exponentials: logsumexp, softmax, log_softmax and the cross entropy of labels.

With p = softmax(x), s = logsumexp(x) and l the label,

    s = log sum exp(x)      ds = sum p dx
    p = exp(x - s)          dp = p (dx - sum p dx)
    log p = x - s           d log p = dx - sum p dx
    c = s - x_l             dc = sum (p - e_l) dx

The maximum along the axis is taken out before any exponential: none overflows, and one at
least is 1, so that no sum vanishes. Where all numbers are -inf, logsumexp is -inf and its
slope is zero; softmax is 0 / 0 there, hence NaN.

A rule below changes only arrays that it made itself. For a tensor, ``d *= g`` is
``d = d * g``: one text serves arrays, in place, and tensors, recorded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import operation
from ..tensor import Tensor
from .elementwise import exp, where
from .gates import _value
from .moments import sum_product
from .reductions import NONEMPTY_HINT, Axis, floating, unreduced
from .reductions import sum as sum_over

# --- logsumexp --------------------------------------------------------------------------


def _log_of_sum(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    x = floating(x)
    top = np.maximum.reduce(x, axis=axis, keepdims=True)
    finite = np.isfinite(top)
    if finite.all():
        terms = x - top
        y = np.log(np.add.reduce(np.exp(terms, out=_own(terms)), axis=axis, keepdims=True)) + top
    else:  # infinite or NaN: the maximum itself is the result
        terms = np.exp(np.where(finite, x, 0.0) - np.where(finite, top, 0.0))
        y = np.where(finite, np.log(np.add.reduce(terms, axis=axis, keepdims=True)) + top, top)
    return y if keepdims else y.squeeze(_squeezed(axis, x.ndim))[()]


def _own(terms: Any) -> Any:
    """An array to write into; a NumPy scalar is none."""
    return terms if type(terms) is np.ndarray else None


def _squeezed(axis: Axis, ndim: int) -> Axis:
    """NumPy reduces axis 0 of a 0-d array, but does not squeeze it."""
    return axis if ndim else None


def _weights(y: Any, x: Any, axis: Axis) -> Any:
    """exp(x - y), the softmax: zero where all is -inf, NaN where the sum is infinite."""
    y = unreduced(y, x.shape, axis)
    infinite = ~np.isfinite(_value(y))
    if infinite.any():
        stand_in = np.where(np.isneginf(_value(y)), 0.0, np.nan).astype(x.dtype)
        y = where(infinite, stand_in, y)
    weights = x - y
    return exp(weights) if isinstance(weights, Tensor) else np.exp(weights, out=_own(weights))


def _log_of_sum_gradient(g: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    weights = _weights(y, x, axis)
    weights *= unreduced(g, x.shape, axis)
    return weights


def _log_of_sum_tangent(t: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    return sum_over(t * _weights(y, x, axis), axis=axis, keepdims=keepdims)


_logsumexp = operation(
    "logsumexp",
    _log_of_sum,
    vjp=(_log_of_sum_gradient,),
    jvp=(_log_of_sum_tangent,),
    hint=NONEMPTY_HINT,
)


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return log(sum(exp(x))) over ``axis`` (all axes if None), without overflow.

    Raises
    ------
    ValueError
        If an axis does not exist, is named twice, or is empty.

    Notes
    -----
    Where all numbers are -inf the result is -inf and the slope zero. Where one is +inf the
    result is +inf and the slope NaN.
    """
    return _logsumexp(x, axis=axis, keepdims=keepdims)


# --- softmax and log_softmax ------------------------------------------------------------


def _exponentials(x: Any, axis: Axis) -> Any:
    """exp(x - max x), in an array of its own."""
    terms = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    return np.exp(terms, out=_own(terms))


def _softmax_of(x: Any, *, axis: Axis) -> Any:
    p = _exponentials(floating(x), axis)
    p /= np.add.reduce(p, axis=axis, keepdims=True)
    return p


def _softmax_slope(g: Any, y: Any, x: Any, *, axis: Axis) -> Any:
    """The Jacobian diag(p) - p p^T is symmetric, so one rule serves both modes."""
    slope = g - sum_product(g, y, axis)
    slope *= y
    return slope


def _log_softmax_of(x: Any, *, axis: Axis) -> Any:
    x = floating(x)
    y = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    y -= np.log(np.add.reduce(np.exp(y), axis=axis, keepdims=True))
    return y


def _log_softmax_gradient(g: Any, y: Any, x: Any, *, axis: Axis) -> Any:
    p = exp(y)
    p *= sum_over(g, axis=axis, keepdims=True)
    return g - p


def _log_softmax_tangent(t: Any, y: Any, x: Any, *, axis: Axis) -> Any:
    return t - sum_product(t, exp(y), axis)


_softmax = operation(
    "softmax", _softmax_of, vjp=(_softmax_slope,), jvp=(_softmax_slope,), hint=NONEMPTY_HINT
)
_log_softmax = operation(
    "log_softmax",
    _log_softmax_of,
    vjp=(_log_softmax_gradient,),
    jvp=(_log_softmax_tangent,),
    hint=NONEMPTY_HINT,
)


def softmax(x: Any, axis: Axis = -1) -> Any:
    """Return exp(x) / sum(exp(x)) along ``axis``: positive numbers that add up to 1.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int, tuple of int or None, optional
        What adds up to 1; all axes if None.

    Raises
    ------
    ValueError
        If an axis does not exist, is named twice, or is empty.

    Notes
    -----
    A logit of -inf has probability 0. Where all are -inf, or one is +inf, the result is NaN,
    with NumPy's warning.
    """
    return _softmax(x, axis=axis)


def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """Return x - logsumexp(x) along ``axis``: the logarithm of ``softmax``, without underflow.

    Parameters, errors and notes are those of ``softmax``.
    """
    return _log_softmax(x, axis=axis)


# --- cross entropy of labels ------------------------------------------------------------


def _rows(x: Any) -> tuple[Any, Any]:
    """The last axis as rows of a matrix (of the same memory if that can be), and their numbers."""
    rows = x.reshape(-1, x.shape[-1])
    return rows, np.arange(len(rows))


def _cross_entropy_of(x: Any, *, labels: Any) -> Any:
    x = floating(x)
    shifted, rows = _rows(x - np.maximum.reduce(x, axis=-1, keepdims=True))
    picked = np.add.reduce(shifted[rows, labels.ravel()])
    sums = np.add.reduce(np.exp(shifted, out=shifted), axis=-1)
    return (np.add.reduce(np.log(sums)) - picked) / len(rows)


def _surplus(x: Any, labels: Any) -> Any:
    """softmax(x) minus the one-hot labels, in an array of its own."""
    if isinstance(x, Tensor):
        onehot = np.zeros(x.shape, x.dtype)
        matrix, rows = _rows(onehot)
        matrix[rows, labels.ravel()] = 1.0
        return softmax(x) - onehot
    matrix, rows = _rows(_softmax_of(x, axis=-1))
    matrix[rows, labels.ravel()] -= 1.0
    return matrix.reshape(x.shape)


def _cross_entropy_gradient(g: Any, y: Any, x: Any, *, labels: Any) -> Any:
    slope = _surplus(x, labels)
    slope *= g / labels.size
    return slope


def _cross_entropy_tangent(t: Any, y: Any, x: Any, *, labels: Any) -> Any:
    return sum_over(t * _surplus(x, labels), axis=None, keepdims=False) / labels.size


_softmax_cross_entropy = operation(
    "softmax_cross_entropy",
    _cross_entropy_of,
    vjp=(_cross_entropy_gradient,),
    jvp=(_cross_entropy_tangent,),
)


def softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    """Return the mean of -log softmax(logits)[label] over all rows, in nats.

    Parameters
    ----------
    logits : array_like or Tensor, shape (..., classes)
    labels : array_like of int, shape (...)
        The class of each row, from 0 to classes - 1. Copied.

    Returns
    -------
    number or 0-d Tensor

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If shapes do not match, a label is out of range, or there is no row.
    """
    if isinstance(labels, Tensor):
        raise TypeError("softmax_cross_entropy: the labels are a Tensor. Pass an integer array")
    labels = np.array(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"softmax_cross_entropy: received labels of dtype {labels.dtype}. Pass the number "
            "of each row's class, as integers"
        )
    shape = np.shape(_value(logits))
    if not shape or labels.shape != shape[:-1] or not labels.size:
        raise ValueError(
            f"softmax_cross_entropy: received logits of shape {shape} and labels of shape "
            f"{labels.shape}. Pass logits (..., classes) and one label for each of the rows (...)"
        )
    if labels.min() < 0 or labels.max() >= shape[-1]:
        raise ValueError(
            f"softmax_cross_entropy: received labels from {labels.min()} to {labels.max()} for "
            f"{shape[-1]} classes. Number the classes from 0 to {shape[-1] - 1}"
        )
    return _softmax_cross_entropy(logits, labels=labels)
