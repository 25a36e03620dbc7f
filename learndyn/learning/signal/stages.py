"""A net cut into stages: layers of an MLP, time steps of a recurrent net.

Stage l takes x_{l-1} to h_l = x_{l-1} W_l + (bias, input) and x_l = phi(h_l), so that

    dx_l = (dx_{l-1} W_l) * phi'(h_l)                     on the way forward
    g_{l-1} = (g_l * phi'(h_l)) W_l'                      on the way back, g_l = dL/dx_l

A recurrent net has the same W at every stage. Everything that this package measures of a net is
read off the pre-activations h, the slopes phi'(h) and the weights W.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import tree_map
from ...dynamics.running import plain
from ..models import MLP, RNN
from ..models.activations import activation_function
from ..models.layer import affine, check_features
from .averages import elementwise_slope


@dataclass(frozen=True, slots=True)
class Stages:
    """What each stage of a net computed for a batch.

    Attributes
    ----------
    before : tuple of ndarray, shapes (..., batch, n_l)
        h_1, ..., h_L.
    after : tuple of ndarray, shapes (..., batch, n_l)
        x_0, ..., x_L: the input, or the initial hidden state, comes first.
    slopes : tuple of ndarray, shapes (..., batch, n_l)
        phi'(h_1), ..., phi'(h_L).
    weights : tuple of ndarray, shapes (..., n_{l-1}, n_l)
        W_1, ..., W_L.
    """

    before: tuple[np.ndarray, ...]
    after: tuple[np.ndarray, ...]
    slopes: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]

    def jacobian(self, stage: int) -> np.ndarray:
        """Return dx_l/dx_{l-1} for l = stage + 1, shape (..., batch, n_l, n_{l-1})."""
        scaled = self.weights[stage][..., None, :, :] * self.slopes[stage][..., None, :]
        return np.swapaxes(scaled, -1, -2)


def run_stages(model: MLP | RNN, theta: Any, x: Any, initial: Any, caller: str) -> Stages:
    """Run a net over a batch and keep what each stage did.

    Parameters
    ----------
    model : MLP or RNN
    theta : list of Layer, or RNNParameters
    x : array_like
        Of shape (..., batch, n_0) for an MLP, (..., time, batch, inputs) for an RNN.
    initial : array_like, shape (..., batch, hidden), or None
        Of an RNN: the hidden state at the start; zero if None.
    caller : str
        Whom the message names.

    Raises
    ------
    TypeError
        If the model is neither, or an MLP is given an initial state.
    ValueError
        If a shape does not fit.
    ArithmeticError
        If a pre-activation is not finite.
    """
    theta, x = tree_map(plain, theta), plain(x).astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # seen, and said, below
        if isinstance(model, RNN):
            stages = _steps(model, theta, x, None if initial is None else plain(initial))
        elif isinstance(model, MLP) and initial is None:
            stages = _layers(model, theta, x)
        elif isinstance(model, MLP):
            raise TypeError(f"{caller}: an MLP has no initial state. Leave initial= out")
        else:
            raise TypeError(f"{caller}: needs an MLP or an RNN, got {type(model).__name__}")
    for number, h in enumerate(stages.before, 1):
        if not np.isfinite(h).all():
            place = "step" if isinstance(model, RNN) else "layer"
            raise ArithmeticError(
                f"{caller}: the pre-activations of {place} {number} of {len(stages.before)} are "
                "not finite. Lower the weight variance, or take fewer of them"
            )
    return stages


def _layers(model: MLP, theta: Any, x: np.ndarray) -> Stages:
    trace = model.trace(theta, x)
    hidden, output = map(activation_function, (model.activation, model.output_activation))
    phis = [hidden] * (len(theta) - 1) + [output]
    slopes = [elementwise_slope(phi, h) for phi, h in zip(phis, trace.preactivations, strict=True)]
    weights = tuple(layer.weight for layer in theta)
    return Stages(trace.preactivations, trace.activations, tuple(slopes), weights)


def _steps(model: RNN, theta: Any, x: np.ndarray, initial: np.ndarray | None) -> Stages:
    states = model.hidden_states(theta, x, initial=initial)
    # One array has room for the initial state too, which may have fewer leading axes.
    first = np.zeros_like(states[..., :1, :, :])
    if initial is not None:
        first[..., 0, :, :] = initial
    states = np.concatenate([first, states], axis=-3)
    u, w, bias = (
        part if part is None or part.ndim == 2 else np.expand_dims(part, -3)
        for part in (theta.input_weight, theta.recurrent_weight, theta.bias)
    )
    drive = affine(check_features(x, model.inputs, "RNN", 3), u, bias)
    before = drive + states[..., :-1, :, :] @ w
    slopes = elementwise_slope(activation_function(model.activation), before)
    count = before.shape[-3]
    return Stages(
        tuple(before[..., t, :, :] for t in range(count)),
        tuple(states[..., t, :, :] for t in range(count + 1)),
        tuple(slopes[..., t, :, :] for t in range(count)),
        (theta.recurrent_weight,) * count,
    )
