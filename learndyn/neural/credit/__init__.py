"""Credit assignment: how a synapse can know what to change.

Reading order: ``rule`` (the contract that all rules hold to), ``needs`` (what a rule asks for, and what
it costs), ``loss_rule`` and ``signals`` (what they share); with exact errors ``backprop``; with other ways
back (``feedback_rule``) ``feedback_alignment``, ``direct_feedback``, ``sign_symmetric``; with noise and one number
``node_perturbation``, ``weight_perturbation``, ``three_factor``; without a teacher ``hebb``, ``oja``; with
activities that settle (``settling``) ``predictive_coding``, ``zero_divergence``, ``layered_hopfield``,
``equilibrium_propagation``. Then what one does with all of them: ``alignment``, ``update_statistics``,
``credit_map``, ``credit_flow``.
"""

from .alignment import Alignment, alignment, angle, measure_alignment
from .backprop import Backprop
from .credit_flow import CreditFlow, credit_flow, feedback_balance
from .credit_map import CreditMap, credit_map
from .direct_feedback import DirectFeedback
from .equilibrium_propagation import EquilibriumPropagation
from .feedback_alignment import FeedbackAlignment
from .hebb import Hebb
from .layered_hopfield import LayeredHopfield
from .loss_rule import squared_error
from .needs import Cost, Needs
from .node_perturbation import NodePerturbation
from .oja import Oja
from .predictive_coding import PredictionFlow, PredictiveCoding
from .rule import CreditRule, Proposal
from .settling import Settling
from .sign_symmetric import SignSymmetric
from .three_factor import ThreeFactor, firing_patterns, log_probability
from .update_statistics import UpdateStatistics, measure_update
from .weight_perturbation import WeightPerturbation
from .zero_divergence import ZeroDivergence

__all__ = [
    "Alignment", "alignment", "angle", "Backprop", "Cost", "credit_flow", "credit_map", "CreditFlow",
    "CreditMap", "CreditRule", "DirectFeedback", "EquilibriumPropagation", "feedback_balance",
    "FeedbackAlignment", "firing_patterns", "Hebb", "LayeredHopfield", "log_probability",
    "measure_alignment", "measure_update", "Needs", "NodePerturbation", "Oja", "PredictionFlow",
    "PredictiveCoding", "Proposal", "Settling", "SignSymmetric", "squared_error", "ThreeFactor",
    "UpdateStatistics", "WeightPerturbation", "ZeroDivergence",
]  # fmt: skip
