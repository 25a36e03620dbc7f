"""What training makes small.

Every loss takes predictions and targets, and ``axis``, the axes to reduce: all by default.
Targets may lack leading (ensemble) axes; apart from these, shapes are never broadcast.
"""

from .classification import binary_cross_entropy, cross_entropy
from .regression import half_squared_error, huber, mean_squared_error

__all__ = ["binary_cross_entropy", "cross_entropy", "half_squared_error", "huber", "mean_squared_error"]
