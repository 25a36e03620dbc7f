"""Floor 1: the derivative engine.

Reading order: ``tensor`` (a value that remembers how it was made), ``op`` (an operation
that knows its derivative), ``rules`` (the table of operations), ``sweep`` (cotangents back,
tangents forward), ``transforms`` (grad and its family), ``check`` (is it right?).
"""

from .anomaly import AnomalyError
from .check import GradientCheckError, check_grads
from .checkpoint import checkpoint
from .op import Op, bilinear, elementwise, linear, operation
from .recording import detect_anomaly, enable_grad, is_recording, no_grad
from .rules import TABLE
from .rules.elementwise import (
    absolute,
    add,
    divide,
    exp,
    log,
    multiply,
    negative,
    power,
    relu,
    sigmoid,
    sqrt,
    square,
    subtract,
    tanh,
    where,
)
from .rules.linalg import matmul
from .rules.reductions import mean, sum  # noqa: A004 - NumPy's names
from .rules.shape import broadcast_to, expand_dims, reshape, scatter, sum_to, swapaxes, transpose
from .tensor import Parameter, Tensor
from .transforms import backward, grad, hvp, jvp, value_and_grad, vjp

from . import operators  # isort: skip  # gives Tensor its operators
