"""The check that predictions meet their own targets, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array, a Tensor, a number or a nested list."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def require_trailing(loss: str, prediction: Any, target: Any) -> None:
    """Refuse a target whose shape is not the end of the prediction's shape.

    A target may lack leading axes of an ensemble, but not the batch: targets of shape (n,) beside
    predictions of shape (n, n) would be compared with every row.

    Raises
    ------
    ValueError
    """
    shape, wanted = shape_of(prediction), shape_of(target)
    if shape[len(shape) - len(wanted) :] != wanted or len(wanted) == 1 < len(shape):
        raise ValueError(
            f"{loss}: predictions have shape {shape}, targets {wanted}. "
            "Reshape the targets to the predictions' trailing axes"
        )
