"""Control and motor learning: bodies, how they learn to move, and how far gradients reach.

Reading order: ``checks``; bodies: ``mechanism`` (a flow with torques), ``lagrangian`` (any body, by
autodiff), ``pendulum``, ``double_pendulum``, ``kinematics``, ``two_link_arm``; learning to reach:
``reaching`` (descent in the joints, also with a wrong Jacobian), ``policy`` (a population moves an arm),
``adaptation`` (memories that forget), ``adaptation_noise`` (how much of an error to correct); gradients
through simulations: ``gradient_growth`` (chaos limits them), ``control_problem``, ``expansion``, ``sweep``,
``trajectory_optimisation`` (iLQR and DDP, as maps on controls).
"""

from .adaptation import (
    Adaptation,
    AdaptationExperiment,
    Phase,
    adaptation,
    adaptation_experiment,
    recovery,
)
from .adaptation_noise import CorrectionSweep, MotorNoise, NoisyAdaptation, sweep_corrections
from .control_problem import ControlProblem
from .double_pendulum import DoublePendulum
from .expansion import Expansion, expand
from .gradient_growth import GradientGrowth, measure_gradient_growth
from .kinematics import ArmKinematics
from .lagrangian import LagrangianMechanism
from .mechanism import Driven, HeldStep, Mechanism, driven, held_step
from .pendulum import Pendulum
from .policy import Generalisation, ReachingPolicy, measure_generalisation, von_mises_overlap
from .reaching import (
    ReachingMap,
    best_turned_step,
    reaching_map,
    reaching_step_limit,
    turned_contraction,
)
from .sweep import Gains, backward_sweep, forward_sweep
from .trajectory_optimisation import (
    DampedSweep,
    OptimisedTrajectory,
    SweepMap,
    optimise,
    predicted_ratio,
    sweep_map,
)
from .two_link_arm import TwoLinkArm

__all__ = [
    "Adaptation", "adaptation", "adaptation_experiment", "AdaptationExperiment", "ArmKinematics",
    "backward_sweep", "best_turned_step", "ControlProblem", "CorrectionSweep", "DampedSweep",
    "DoublePendulum", "Driven", "driven", "expand", "Expansion", "forward_sweep", "Gains",
    "Generalisation", "GradientGrowth", "held_step", "HeldStep", "LagrangianMechanism",
    "measure_generalisation", "measure_gradient_growth", "Mechanism", "MotorNoise", "NoisyAdaptation",
    "optimise", "OptimisedTrajectory", "Pendulum", "Phase", "predicted_ratio", "reaching_map",
    "reaching_step_limit", "ReachingMap", "ReachingPolicy", "recovery", "sweep_corrections",
    "sweep_map", "SweepMap", "turned_contraction", "TwoLinkArm", "von_mises_overlap",
]  # fmt: skip
