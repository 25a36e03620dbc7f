"""Symmetry of learning: why identical units stay identical, and what makes them part.

Reading order: ``permutations`` (hidden units renumbered), ``actions`` (the same on flat vectors and
on the whole state of a rule), ``equivariance``, ``subspaces`` (symmetric and antisymmetric part),
``growth`` (curvature and Jacobian across the symmetric subspace, the factor of each rule),
``escape`` (the same measured), ``dead_zone`` (where floating point forbids it),
``rounding`` (whether a matrix product keeps equal units equal).
"""

from .actions import PermutationAction, exchange_actions, permutation_action, state_action
from .dead_zone import DeadZone, dead_zone, measure_dead_zone
from .equivariance import equivariance_defect
from .escape import Escape, EscapeTimes, measure_escape, measure_escape_times
from .growth import (
    AntisymmetricBlock,
    antisymmetric_hessian,
    antisymmetric_jacobian,
    escape_factor,
    escape_time,
)
from .permutations import permute_units
from .rounding import ColumnSplits, measure_column_splits
from .subspaces import (
    antisymmetric_basis,
    antisymmetric_part,
    orbits,
    symmetric_basis,
    symmetric_part,
)

__all__ = [
    "antisymmetric_basis", "antisymmetric_hessian", "antisymmetric_jacobian", "antisymmetric_part",
    "AntisymmetricBlock", "ColumnSplits", "dead_zone", "DeadZone", "equivariance_defect", "Escape",
    "escape_factor", "escape_time", "EscapeTimes", "exchange_actions", "measure_column_splits",
    "measure_dead_zone", "measure_escape", "measure_escape_times", "orbits", "permutation_action",
    "PermutationAction", "permute_units", "state_action", "symmetric_basis", "symmetric_part",
]  # fmt: skip
