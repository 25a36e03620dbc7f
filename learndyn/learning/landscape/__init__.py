"""The loss as a landscape over parameter space: slices, paths, critical points, curvature.

Reading order: ``planes`` (lines and planes, projection on them), ``directions`` (where to look),
``batched`` and ``slices`` (the loss there), ``marks`` and ``basins`` (what a slice shows),
``paths`` (barriers, curvature on the way), ``critical``, ``hessian``; ``assignment`` and
``matching`` (units in the order of another net's).
"""

from .assignment import assignment
from .basins import Basins, basins
from .batched import BatchedLoss, batched_loss
from .critical import CriticalPoint, critical_point
from .directions import (
    eigenvector_plane,
    filter_normalised,
    interpolate,
    plane_through,
    random_line,
    random_plane,
    trajectory_plane,
)
from .hessian import HessianSpectrum, hessian_spectrum, outliers
from .marks import CriticalMarks, RidgeMarks, critical_marks, ridge_marks
from .matching import Matching, match_permutation
from .paths import Barrier, PathCurvature, barrier, path_curvature
from .planes import Line, Plane, Projection
from .slices import LineSlice, Slice, slice_1d, slice_2d

__all__ = [
    "assignment", "Barrier", "barrier", "Basins", "basins", "batched_loss", "BatchedLoss",
    "critical_marks", "critical_point", "CriticalMarks", "CriticalPoint", "eigenvector_plane",
    "filter_normalised", "hessian_spectrum", "HessianSpectrum", "interpolate", "Line", "LineSlice",
    "match_permutation", "Matching", "outliers", "path_curvature", "PathCurvature", "Plane",
    "plane_through", "Projection", "random_line", "random_plane", "ridge_marks", "RidgeMarks", "Slice",
    "slice_1d", "slice_2d", "trajectory_plane",
]  # fmt: skip
