"""Many members at once: training maps and flows over a leading axis, in one vectorised pass.

A state is a matrix of shape (members, m), and its row i is the flat state of member i as its own
run would have it. No member feels another. One that leaves the finite numbers is taken out of the
computation and reported.

Reading order: ``rows`` (what an ensemble is), ``stacked_rules`` (rules whose numbers differ from
member to member), ``row_loss``, ``training`` (the training map and the gradient flow of many
members), ``run`` (what a run leaves behind), ``simulate``, ``integrate``.
"""

from .integrate import integrate_ensemble
from .row_loss import RowLoss
from .rows import MemberSystem, Vectorised, stack_members, vectorised
from .run import EnsembleRun
from .simulate import simulate_ensemble
from .stacked_rules import MemberSchedules, RowClipped, clip_rows, stack_rules
from .training import EnsembleGradientFlow, EnsembleMap, ensemble_gradient_flow, ensemble_map

__all__ = [
    "clip_rows", "ensemble_gradient_flow", "ensemble_map", "EnsembleGradientFlow", "EnsembleMap",
    "EnsembleRun", "integrate_ensemble", "MemberSchedules", "MemberSystem", "RowClipped", "RowLoss",
    "simulate_ensemble", "stack_members", "stack_rules", "Vectorised", "vectorised",
]  # fmt: skip
