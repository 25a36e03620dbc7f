"""learndyn: the mechanics of learning, rebuilt from first principles on NumPy.

The names here are those that a snippet needs; each floor has more: ``learndyn.autodiff``,
``learndyn.dynamics``, ``learndyn.learning``, ``learndyn.experiments``, ``learndyn.plots``.
"""

from .autodiff import (
    Parameter,
    Tensor,
    absolute,
    add,
    broadcast_to,
    check_grads,
    divide,
    exp,
    expand_dims,
    grad,
    hvp,
    jvp,
    log,
    matmul,
    mean,
    multiply,
    negative,
    no_grad,
    power,
    relu,
    reshape,
    sigmoid,
    sqrt,
    square,
    subtract,
    sum,  # noqa: A004 - NumPy's name
    swapaxes,
    tanh,
    transpose,
    value_and_grad,
    vjp,
    where,
)
from .dynamics import Map, Trajectory, ravel, simulate
from .learning import MLP, GradientDescent, mean_squared_error, training_map

__version__ = "0.1.0"
