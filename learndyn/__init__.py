"""learndyn: the mechanics of learning, rebuilt from first principles on NumPy.

The names here are those that a snippet needs; each floor has more: ``learndyn.autodiff``,
``learndyn.dynamics``, ``learndyn.learning``, ``learndyn.experiments``, ``learndyn.plots``.
"""

# ruff: noqa: A004 - sum, max and min are NumPy's names

from importlib import import_module
from typing import TYPE_CHECKING

from .autodiff import (
    absolute,
    add,
    affine,
    AnomalyError,
    arccos,
    arcsin,
    arctan,
    arctan2,
    broadcast_to,
    check_grads,
    checkpoint,
    cholesky,
    clip,
    concatenate,
    conv1d,
    conv2d,
    cos,
    cosh,
    cumsum,
    det,
    detect_anomaly,
    diag,
    diagonal,
    diff,
    divide,
    dot,
    eigh,
    eigvalsh,
    einsum,
    enable_grad,
    erf,
    erfc,
    exp,
    expand_dims,
    expm1,
    flip,
    gauss_newton_product,
    gelu,
    grad,
    GradientCheckError,
    hessian,
    hvp,
    hypot,
    inner,
    inv,
    jacobian,
    jvp,
    keep_freed_memory,
    layer_norm,
    leaky_relu,
    log,
    log1p,
    log_sigmoid,
    log_softmax,
    logaddexp,
    logsumexp,
    matmul,
    max,
    maximum,
    mean,
    mean_square,
    min,
    minimum,
    moveaxis,
    multiply,
    negative,
    no_grad,
    norm,
    one_hot,
    outer,
    pad,
    Parameter,
    power,
    prod,
    relu,
    repeat,
    reshape,
    roll,
    scatter_add,
    sigmoid,
    sign,
    sin,
    sinc,
    sinh,
    slogdet,
    softmax,
    softmax_cross_entropy,
    softplus,
    solve,
    split,
    sqrt,
    square,
    squeeze,
    stack,
    std,
    subtract,
    sum,
    swapaxes,
    take,
    take_along_axis,
    tan,
    tanh,
    Tensor,
    tensordot,
    tile,
    trace,
    transpose,
    value_and_grad,
    var,
    vdot,
    vjp,
    where,
)

if TYPE_CHECKING:
    from .autodiff import Graph
    from .dynamics import (
        RK4,
        DormandPrince,
        Flow,
        Map,
        Trajectory,
        dominant_modes,
        fixed_point,
        integrate,
        linearise,
        ravel,
        simulate,
        spectral_radius,
        spectrum,
    )
    from .learning import (
        MLP,
        RNN,
        Adam,
        AdamW,
        AMSGrad,
        GradientDescent,
        HeavyBall,
        Nesterov,
        RMSProp,
        cross_entropy,
        gradient_flow,
        huber,
        mean_squared_error,
        stability_limit,
        train,
        training_map,
    )
    from .plots.graph import draw_graph

__version__ = "0.1.0"

# Floors above the first are imported when one of their names is asked for: whoever needs
# derivatives only waits for nothing else, and draw_graph alone needs matplotlib.
_FLOORS = {
    "autodiff": "Graph",
    "dynamics": """RK4 DormandPrince Flow Map Trajectory dominant_modes fixed_point integrate
        linearise ravel simulate spectral_radius spectrum""",
    "learning": """MLP RNN Adam AdamW AMSGrad GradientDescent HeavyBall Nesterov RMSProp
        cross_entropy gradient_flow huber mean_squared_error stability_limit train training_map""",
    "plots.graph": "draw_graph",
}
_LATER = {name: floor for floor, names in _FLOORS.items() for name in names.split()}

# Written out, so that type checkers and editors know what is exported.
__all__ = [
    "absolute", "Adam", "AdamW", "add", "affine", "AMSGrad", "AnomalyError", "arccos", "arcsin",
    "arctan", "arctan2", "broadcast_to", "check_grads", "checkpoint", "cholesky", "clip", "concatenate",
    "conv1d", "conv2d", "cos", "cosh", "cross_entropy", "cumsum", "det", "detect_anomaly", "diag",
    "diagonal", "diff", "divide", "dominant_modes", "DormandPrince", "dot", "draw_graph", "eigh",
    "eigvalsh", "einsum", "enable_grad", "erf", "erfc", "exp", "expand_dims", "expm1", "fixed_point",
    "flip", "Flow", "gauss_newton_product", "gelu", "grad", "gradient_flow", "GradientCheckError",
    "GradientDescent", "Graph", "HeavyBall", "hessian", "huber", "hvp", "hypot", "inner", "integrate",
    "inv", "jacobian", "jvp", "keep_freed_memory", "layer_norm", "leaky_relu", "linearise", "log",
    "log1p", "log_sigmoid", "log_softmax", "logaddexp", "logsumexp", "Map", "matmul", "max", "maximum",
    "mean", "mean_square", "mean_squared_error", "min", "minimum", "MLP", "moveaxis", "multiply",
    "negative", "Nesterov", "no_grad", "norm", "one_hot", "outer", "pad", "Parameter", "power", "prod",
    "ravel", "relu", "repeat", "reshape", "RK4", "RMSProp", "RNN", "roll", "scatter_add", "sigmoid",
    "sign", "simulate", "sin", "sinc", "sinh", "slogdet", "softmax", "softmax_cross_entropy",
    "softplus", "solve", "spectral_radius", "spectrum", "split", "sqrt", "square", "squeeze",
    "stability_limit", "stack", "std", "subtract", "sum", "swapaxes", "take", "take_along_axis", "tan",
    "tanh", "Tensor", "tensordot", "tile", "trace", "train", "training_map", "Trajectory", "transpose",
    "value_and_grad", "var", "vdot", "vjp", "where",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import a floor when one of its names is asked for."""
    if name in _LATER:
        found = getattr(import_module(f".{_LATER[name]}", __name__), name)
    elif name in ("dynamics", "learning", "sweeps", "neural", "experiments", "plots"):
        found = import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module 'learndyn' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
