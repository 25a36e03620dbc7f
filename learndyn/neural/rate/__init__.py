"""Rate neurons: circuits whose state is a firing rate, or the input that sets it.

Every circuit here is a ``Flow`` or a ``Map``, with its constants as fields, so that ``integrate``,
``simulate``, ``linearise``, ``equilibrium``, ``spectrum``, ``lyapunov_exponents``, ``limit_cycle`` and
events apply to it as they do to training.

Reading order: ``leaky`` (one neuron), ``wilson_cowan`` (two populations that oscillate), ``ctrnn``
(the recurrent network of which the others are cases); its four regimes: ``hopfield`` (symmetric: an
energy), ``hopfield_states`` and ``memory`` (two-state neurons, and what they can store), ``ring``
(circulant: a ring of equilibria), ``chaos`` (random); then networks that learn: ``force`` (least
squares on the readout), ``unrolled`` (backpropagation through time), ``adjoint`` (its limit for
small steps).
"""

from .adjoint import AdjointGradient, adjoint_gradient
from .chaos import MeanFieldChaos, bound_levels, mean_field_chaos
from .ctrnn import ContinuousTimeRNN, random_network
from .force import ForceLearning, ForceRun, ForceState, force
from .hopfield import ContinuousHopfield
from .hopfield_states import (
    AsynchronousHopfield,
    EventualCycle,
    SynchronousHopfield,
    eventual_cycle,
    two_state_energy,
    two_step_energy,
)
from .leaky import LeakyIntegrator
from .memory import (
    bit_error_probability,
    capacity,
    flip_signs,
    hebbian_weight,
    overlap,
    random_patterns,
)
from .ring import RingAttractor, bump_amplitude, bump_half_width, edge_half_width
from .unrolled import TrajectoryLoss, side_by_side, unrolled_loss
from .wilson_cowan import WilsonCowan, response, saturation

__all__ = [
    "adjoint_gradient", "AdjointGradient", "AsynchronousHopfield", "bit_error_probability",
    "bound_levels", "bump_amplitude", "bump_half_width", "capacity", "ContinuousHopfield",
    "ContinuousTimeRNN", "edge_half_width", "eventual_cycle", "EventualCycle", "flip_signs", "force",
    "ForceLearning", "ForceRun", "ForceState", "hebbian_weight", "LeakyIntegrator", "mean_field_chaos",
    "MeanFieldChaos", "overlap", "random_network", "random_patterns", "response", "RingAttractor",
    "saturation", "side_by_side", "SynchronousHopfield", "TrajectoryLoss", "two_state_energy",
    "two_step_energy", "unrolled_loss", "WilsonCowan",
]  # fmt: skip
