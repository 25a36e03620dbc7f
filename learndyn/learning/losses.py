"""What training makes small."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autodiff import Tensor, mean, square


def mean_squared_error(
    prediction: Any, target: Any, *, axis: int | tuple[int, ...] | None = None
) -> Any:
    """Return the mean of (prediction - target)^2.

    Parameters
    ----------
    prediction, target : array or Tensor
        Of equal trailing shape; the target may lack leading (ensemble) axes.
    axis : int or tuple of int, optional
        Axes to average over; all by default. ``(-2, -1)`` keeps ensemble axes apart.

    Raises
    ------
    ValueError
        If the trailing shapes differ. They are not broadcast: (n,) against (n, 1) would
        compare everything with everything in silence.
    """
    shape, wanted = _shape(prediction), _shape(target)
    if shape[len(shape) - len(wanted) :] != wanted:
        raise ValueError(
            f"mean_squared_error: predictions have shape {shape}, targets {wanted}. "
            "Reshape the targets to the predictions' trailing axes"
        )
    return mean(square(prediction - target), axis=axis)


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Tensor) else np.shape(x)
