"""Floor 3: models, losses, update rules, and training as a map.

Reading order: ``models``, ``losses``, ``rules``, ``schedules`` and ``clipping`` (rules around rules),
``training`` (a step as a map), ``batches``, ``train`` and ``records``, ``stability_limits``, ``tunings``;
then learning as a flow: ``gradient_flow``, ``modified_flow``, ``nesterov_flow``, ``curvature``,
``sharpness``, ``central_flow`` (with ``complementarity``), and ``deep_linear`` in closed form;
``ensembles``: many runs in one.
"""

from .batches import Minibatches
from .central_flow import CentralFlow, CentralState, central_flow
from .clipping import Clipped, ClippedByValue, clip_norm
from .curvature import gauss_newton_operator, hessian_operator
from .deep_linear import (
    balance,
    balance_drift,
    balanced_start,
    deep_linear_loss,
    deep_linear_product,
    half_rise_time,
    mode_flow,
    mode_strength,
    mode_strengths,
    rise_time,
)
from .ensembles import (
    EnsembleRun,
    ensemble_gradient_flow,
    ensemble_map,
    integrate_ensemble,
    simulate_ensemble,
    stack_members,
    stack_rules,
    vectorised,
)
from .gradient_flow import GradientFlow, gradient_flow
from .initialisers import (
    Initialiser,
    he_normal,
    he_uniform,
    lecun_normal,
    mean_field,
    orthogonal,
    scaled,
    standard_normal,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from .losses import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    huber,
    mean_squared_error,
)
from .models import (
    ACTIVATIONS,
    MLP,
    RNN,
    ConvNet,
    Convolution,
    Layer,
    LayerTrace,
    RNNParameters,
    count_parameters,
    deep_linear_network,
)
from .modified_flow import ModifiedFlow, exact_rate, modified_flow, truncated_rate
from .nesterov_flow import NesterovFlow, NesterovScheme, NesterovSchemeState, nesterov_flow
from .records import Run, TrainingState, load_state, save_state
from .rules import (
    Adam,
    AdamState,
    AdamW,
    AMSGrad,
    AMSGradState,
    DescentState,
    GradientDescent,
    HeavyBall,
    HeavyBallState,
    Nesterov,
    NesterovState,
    RMSProp,
    RMSPropState,
    Rule,
)
from .schedules import (
    Constant,
    Cosine,
    Exponential,
    LinearWarmup,
    Scheduled,
    ScheduledState,
    StepDecay,
)
from .sharpness import Sharpness, SharpnessObservable, sharpness
from .stability_limits import (
    measured_stability_limit,
    multipliers,
    preconditioner,
    stability_limit,
)
from .train import train
from .training import TrainingMap, training_map
from .tunings import (
    optimal_heavy_ball,
    optimal_nesterov,
    optimal_rate,
    optimal_step_size,
    standard_nesterov,
)

__all__ = [
    "ACTIVATIONS", "Adam", "AdamState", "AdamW", "AMSGrad", "AMSGradState", "balance", "balance_drift",
    "balanced_start", "binary_cross_entropy", "central_flow", "CentralFlow", "CentralState",
    "clip_norm", "Clipped", "ClippedByValue", "Constant", "ConvNet", "Convolution", "Cosine",
    "count_parameters", "cross_entropy", "deep_linear_loss", "deep_linear_network",
    "deep_linear_product", "DescentState", "ensemble_gradient_flow", "ensemble_map", "EnsembleRun",
    "exact_rate", "Exponential", "gauss_newton_operator", "gradient_flow", "GradientDescent",
    "GradientFlow", "half_rise_time", "half_squared_error", "he_normal", "he_uniform", "HeavyBall",
    "HeavyBallState", "hessian_operator", "huber", "Initialiser", "integrate_ensemble", "Layer",
    "LayerTrace", "lecun_normal", "LinearWarmup", "load_state", "mean_field", "mean_squared_error",
    "measured_stability_limit", "Minibatches", "MLP", "mode_flow", "mode_strength", "mode_strengths",
    "modified_flow", "ModifiedFlow", "multipliers", "Nesterov", "nesterov_flow", "NesterovFlow",
    "NesterovScheme", "NesterovSchemeState", "NesterovState", "optimal_heavy_ball", "optimal_nesterov",
    "optimal_rate", "optimal_step_size", "orthogonal", "preconditioner", "rise_time", "RMSProp",
    "RMSPropState", "RNN", "RNNParameters", "Rule", "Run", "save_state", "scaled", "Scheduled",
    "ScheduledState", "Sharpness", "sharpness", "SharpnessObservable", "simulate_ensemble",
    "stability_limit", "stack_members", "stack_rules", "standard_nesterov", "standard_normal",
    "StepDecay", "train", "training_map", "TrainingMap", "TrainingState", "truncated_rate",
    "vectorised", "xavier_normal", "xavier_uniform", "zeros",
]  # fmt: skip
