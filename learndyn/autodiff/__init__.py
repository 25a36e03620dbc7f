"""Floor 1: the derivative engine.

Reading order: ``tensor`` (a value that remembers how it was made), ``op`` (an operation
that knows its derivative), ``rules`` (the table of operations), ``sweep`` (cotangents back,
tangents forward), ``run`` (one evaluation with its graph), ``transforms`` (grad and its
family), ``check`` (is it right?), ``graph`` (look at what was recorded).
"""

# ruff: noqa: A004 - sum, max and min are NumPy's names

from typing import TYPE_CHECKING

from .allocator import keep_freed_memory
from .anomaly import AnomalyError
from .check import GradientCheckError, check_grads
from .checkpoint import checkpoint
from .matrices import gauss_newton_product, hessian, jacobian
from .op import Op, bilinear, elementwise, linear, operation
from .recording import detect_anomaly, enable_grad, is_recording, no_grad
from .rules import TABLE
from .rules.affine import affine
from .rules.convolution import conv1d, conv2d
from .rules.decompositions import cholesky, det, eigh, eigvalsh, inv, slogdet, solve
from .rules.elementwise import (
    absolute,
    add,
    clip,
    divide,
    exp,
    expm1,
    leaky_relu,
    log,
    log1p,
    maximum,
    minimum,
    multiply,
    negative,
    power,
    relu,
    sigmoid,
    sign,
    sqrt,
    square,
    subtract,
    tanh,
    where,
)
from .rules.indexing import getitem, one_hot, scatter, scatter_add, take, take_along_axis
from .rules.joining import concatenate, pad, repeat, split, stack, tile
from .rules.linalg import diag, diagonal, matmul, trace
from .rules.moments import layer_norm, mean_square, norm, std, var
from .rules.products import dot, einsum, inner, outer, tensordot, vdot
from .rules.reductions import max, mean, min, prod, sum
from .rules.shape import (
    broadcast_to,
    cumsum,
    diff,
    expand_dims,
    flip,
    moveaxis,
    ravel,
    reshape,
    roll,
    squeeze,
    sum_to,
    swapaxes,
    transpose,
)
from .rules.softmax import log_softmax, logsumexp, softmax, softmax_cross_entropy
from .rules.special import erf, erfc, gelu, log_sigmoid, logaddexp, normal_cdf, softplus
from .rules.trigonometric import (
    arccos,
    arcsin,
    arctan,
    arctan2,
    cos,
    cosh,
    hypot,
    sin,
    sinc,
    sinh,
    tan,
)
from .tensor import Parameter, Tensor
from .transforms import backward, grad, hvp, jvp, value_and_grad, vjp

from . import operators  # isort: skip  # gives Tensor its operators

if TYPE_CHECKING:
    from .graph import Graph
else:

    def __getattr__(name: str) -> object:
        """Import the graph's picture when it is asked for: no derivative needs it."""
        if name != "Graph":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from .graph import Graph

        globals()[name] = Graph
        return Graph


__all__ = [
    "absolute", "add", "affine", "AnomalyError", "arccos", "arcsin", "arctan", "arctan2", "backward",
    "bilinear", "broadcast_to", "check_grads", "checkpoint", "cholesky", "clip", "concatenate",
    "conv1d", "conv2d", "cos", "cosh", "cumsum", "det", "detect_anomaly", "diag", "diagonal", "diff",
    "divide", "dot", "eigh", "eigvalsh", "einsum", "elementwise", "enable_grad", "erf", "erfc", "exp",
    "expand_dims", "expm1", "flip", "gauss_newton_product", "gelu", "getitem", "grad",
    "GradientCheckError", "Graph", "hessian", "hvp", "hypot", "inner", "inv", "is_recording",
    "jacobian", "jvp", "keep_freed_memory", "layer_norm", "leaky_relu", "linear", "log", "log1p",
    "log_sigmoid", "log_softmax", "logaddexp", "logsumexp", "matmul", "max", "maximum", "mean",
    "mean_square", "min", "minimum", "moveaxis", "multiply", "negative", "no_grad", "norm",
    "normal_cdf", "one_hot", "Op", "operation", "outer", "pad", "Parameter", "power", "prod", "ravel",
    "relu", "repeat", "reshape", "roll", "scatter", "scatter_add", "sigmoid", "sign", "sin", "sinc",
    "sinh", "slogdet", "softmax", "softmax_cross_entropy", "softplus", "solve", "split", "sqrt",
    "square", "squeeze", "stack", "std", "subtract", "sum", "sum_to", "swapaxes", "TABLE", "take",
    "take_along_axis", "tan", "tanh", "Tensor", "tensordot", "tile", "trace", "transpose",
    "value_and_grad", "var", "vdot", "vjp", "where",
]  # fmt: skip
