"""Losses of decisions: the cross entropy, from logits and in nats.

With p = softmax(x) over classes, or p = sigmoid(x) for one yes-or-no question, and the target
probabilities q, both losses are

    -sum_k q_k log p_k        with gradient p - q in the logits, and convex in them.

They are computed from the logits, since p itself rounds to 0 or 1 where the answer is clear:
log(softmax(x)) is then -inf, and its gradient NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff import (
    Tensor,
    log_softmax,
    mean,
    softmax_cross_entropy,
    softplus,
    take_along_axis,
)
from ...autodiff import sum as sum_over
from .shapes import require_trailing, shape_of


def cross_entropy(logits: Any, target: Any, *, axis: int | tuple[int, ...] | None = None) -> Any:
    """Return the mean of -sum_k q_k log softmax(logits)_k over the rows.

    Parameters
    ----------
    logits : array or Tensor, shape (..., batch, classes)
        A constant added to a row changes nothing.
    target : array of int, shape (..., batch), or of float, shape (..., batch, classes)
        Integers are the class of each row, from 0 to classes - 1. Floats (or a Tensor) are
        probabilities q, which add up to 1 in each row. Leading (ensemble) axes may be missing.
    axis : int or tuple of int, optional
        Axes of the rows (..., batch) to average over; all by default. ``-1`` averages over
        the batch and keeps ensemble axes apart.

    Raises
    ------
    ValueError
        If shapes do not match, a class is out of range, or the probabilities of a row are
        negative or do not add up to 1.
    TypeError
        If the target is neither integer nor float.
    """
    shape = shape_of(logits)
    if isinstance(target, Tensor):
        return _with_probabilities(logits, target, axis)
    target = np.asarray(target)
    if target.dtype.kind == "f":
        return _with_probabilities(logits, target, axis)
    labels = _checked_labels(shape, target)
    if axis is None:
        return softmax_cross_entropy(logits, labels)
    picked = take_along_axis(log_softmax(logits), labels[..., None], axis=-1)
    return -mean(picked[..., 0], axis=axis)


def binary_cross_entropy(
    logits: Any, target: Any, *, axis: int | tuple[int, ...] | None = None
) -> Any:
    """Return the mean of -y log p - (1 - y) log(1 - p), with p = sigmoid(logits).

    Each logit is a question of its own; the gradient is p - y.

    Parameters
    ----------
    logits, axis
        As prediction and axis in ``mean_squared_error``.
    target : array or Tensor
        y, from 0 to 1; its trailing shape is that of the logits.

    Raises
    ------
    ValueError
        If the trailing shapes differ, or a target is not between 0 and 1.
    """
    require_trailing("binary_cross_entropy", logits, target)
    y: Any = target if isinstance(target, Tensor) else np.asarray(target, dtype=np.float64)
    values = _values(y)
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError(
            f"binary_cross_entropy: received targets from {values.min()} to {values.max()}. They "
            "are probabilities: pass numbers from 0 to 1"
        )
    logits = logits if hasattr(logits, "shape") else np.asarray(logits, dtype=np.float64)
    # -log p = softplus(-x): small losses keep all their digits, large ones do not overflow.
    return mean(y * softplus(-logits) + (1.0 - y) * softplus(logits), axis=axis)


def _with_probabilities(logits: Any, q: Any, axis: int | tuple[int, ...] | None) -> Any:
    shape, given = shape_of(logits), shape_of(q)
    # The batch may not be missing: one row of probabilities could be labels, written as floats.
    least = min(len(shape), 2)
    if not (given and len(given) >= least and shape[len(shape) - len(given) :] == given):
        raise ValueError(
            f"cross_entropy: logits have shape {shape}, probabilities {given}. Pass one row of "
            "probabilities for each row of logits; leading axes may be missing. Labels are integers"
        )
    values = _values(q)
    if not (np.all(values >= 0) and np.allclose(values.sum(axis=-1), 1.0, rtol=0, atol=1e-6)):
        raise ValueError(
            "cross_entropy: received float targets that are no probabilities: in each row they "
            "must not be negative and add up to 1. Pass labels as integers"
        )
    return -mean(sum_over(q * log_softmax(logits), axis=-1), axis=axis)


def _checked_labels(shape: tuple[int, ...], labels: np.ndarray) -> np.ndarray:
    """The labels of all rows, each in range."""
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"cross_entropy: received targets of dtype {labels.dtype}. Pass labels as integers, "
            "or probabilities as floats"
        )
    rows = shape[:-1]
    given = labels.shape
    fits = given == rows[len(rows) - len(given) :] and (given or not rows)
    if not shape or not fits or not labels.size:
        raise ValueError(
            f"cross_entropy: logits have shape {shape}, labels {given}. Pass one label for each "
            f"row, shape {rows}; leading axes may be missing. Probabilities are floats"
        )
    if labels.min() < 0 or labels.max() >= shape[-1]:
        raise ValueError(
            f"cross_entropy: received labels from {labels.min()} to {labels.max()} for "
            f"{shape[-1]} classes. Number the classes from 0 to {shape[-1] - 1}"
        )
    return np.broadcast_to(labels, rows)


def _values(x: Any) -> np.ndarray:
    """The numbers behind a target, for checks that carry no derivative."""
    return x.data if isinstance(x, Tensor) else x
