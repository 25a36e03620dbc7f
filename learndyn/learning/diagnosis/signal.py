r"""Cause: the signal vanishes or explodes on its way through the layers.

Measured at the start of the run, with g_l = dL/dh_l of the real loss and q_l the mean square of
h_l,

    rate = (ln |g_1| - ln |g_L|) / (L - 1)   a layer, on the way back;

mean-field theory says 1/2 ln chi, chi = sw2 E phi'(sqrt(q) z)^2, averaged over layers at the
measured q_l (Poole et al., 2016; Schoenholz et al., 2017). sw2 is fan_in times the mean square of
the weights. A signal counts as lost if over all layers it changes by a factor of 1000 or more:
first and last layers then learn at speeds that differ by 10^6, more than a step size can serve.

The run is made again with the weights of each hidden layer rescaled to the critical variance, and
biases as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import grad
from ..models import Layer
from ..signal import backward_norms, critical_weight_variance, forward_norms, mean_field_map
from .case import Case
from .report import Cause, Finding

_FACTOR = 1e3  # the reason is above


@dataclass(frozen=True, slots=True)
class SignalRates:
    """Growth of the signal through the hidden layers of a net.

    Attributes
    ----------
    backward : ndarray, shape (L - 1,)
        ln |dL/dh_l| - ln |dL/dh_{l+1}| for l = 1, ..., L - 1, of the root mean square over samples,
        which is what theory speaks of.
    forward : ndarray, shape (L - 1,)
        ln of the ratio of the root mean squares of h_{l+1} and h_l.
    theory : ndarray, shape (L - 1,)
        1/2 ln chi, for the step from l + 1 back to l.
    """

    backward: np.ndarray
    forward: np.ndarray
    theory: np.ndarray


def signal(case: Case) -> Finding | None:
    """Return the finding that the signal vanishes or explodes, or None."""
    deep = case.model is not None and len(case.model.widths) >= 4
    if not deep or case.data is None or case.criterion is None:
        return None
    try:
        rates = signal_rates(case.model, case.start, case.data, case.criterion)
    except ArithmeticError:
        return None  # a value is not finite: a numerical fault
    total = {"backward": float(rates.backward.sum()), "forward": float(rates.forward.sum())}
    way = max(total, key=lambda name: abs(total[name]))
    if not abs(total[way]) > math.log(_FACTOR):
        return None
    loss = case.again(critical(case.model, case.start))
    explained = case.explained(loss)
    if not case.names(loss):
        return None
    grows = "explodes" if total[way] > 0.0 else "vanishes"
    worst = int(np.argmax(np.abs(rates.backward if way == "backward" else rates.forward)))
    place = worst + 1 if way == "backward" else worst + 2
    factor = f"times {math.exp(min(total[way], 700.0)):.2g}"
    mean, theory = float(rates.backward.mean()), float(rates.theory.mean())
    return Finding(
        Cause.SIGNAL, explained,
        (
            (f"{way} signal", f"{grows}: {factor} over {len(rates.backward)} layers"),
            ("backward rate a layer", f"{mean:+.3f}, mean-field theory {theory:+.3f}"),
            ("strongest at layer", f"{place} of {len(rates.backward) + 1}"),
            ("loss from critical weights", f"{loss:.3g} after {case.budget} steps at most"),
        ),
        "draw the weights with the critical variance (lecun_normal for tanh, he_normal for relu)",
        {
            "rate": mean, "theory": theory, "backward": total["backward"],
            "forward": total["forward"], "layer": float(place), "loss": loss,
        },
    )  # fmt: skip


def signal_rates(model: Any, theta: list[Layer], data: Any, criterion: Any) -> SignalRates:
    """Measure how the signal of the loss travels, and what theory says of such weights.

    Parameters
    ----------
    model : MLP
        With two hidden layers or more.
    theta : list of Layer
    data : tuple (inputs, targets)
    criterion : callable
        The loss as a function of (outputs, targets).

    Raises
    ------
    ArithmeticError
        If a pre-activation or the cotangent is not finite.
    """
    x, y = data
    with np.errstate(all="ignore"):
        outputs = model(theta, x)
        cotangent = grad(lambda out: criterion(out, y))(np.asarray(outputs))
    if not np.isfinite(cotangent).all():
        raise ArithmeticError("signal_rates: the gradient of the loss in the outputs is not finite")
    back = backward_norms(model, theta, x, cotangent)
    squares = forward_norms(model, theta, x).mean_squares.mean(axis=-1)
    logs = _log_mean_square(2.0 * back.log_preactivations)
    theory = []
    for layer, q in zip(theta[1:], squares, strict=False):
        variance = np.shape(layer.weight)[-2] * float(np.mean(np.square(layer.weight)))
        chi = float(mean_field_map(model.activation, variance).chi(min(float(q), 1e100)))
        theory.append(0.5 * math.log(max(chi, 1e-300)))
    with np.errstate(divide="ignore"):
        forward = 0.5 * np.diff(np.log(np.maximum(squares, 1e-300)))
    return SignalRates(logs[:-1] - logs[1:], forward, np.array(theory))


def _log_mean_square(logs: np.ndarray) -> np.ndarray:
    """1/2 ln of the mean over the last axis of exp(logs), safe from overflow; at least -1e3."""
    largest = np.maximum(logs.max(axis=-1), -2e3)
    with np.errstate(divide="ignore"):
        rest = np.log(np.mean(np.exp(logs - largest[..., None]), axis=-1))
    return np.maximum(0.5 * (largest + rest), -1e3)


def critical(model: Any, theta: list[Layer]) -> list[Layer]:
    """Return the net with the weights of each layer rescaled to the critical variance."""
    try:
        wanted = critical_weight_variance(model.activation, 0.0)
    except ValueError:
        wanted = 1.0
    layers = []
    for layer in theta:
        weight = np.asarray(layer.weight, dtype=float)
        size = float(np.sqrt(np.mean(weight**2)))
        gain = math.sqrt(wanted / weight.shape[-2]) / size if size > 0.0 else 1.0
        layers.append(Layer(gain * weight, layer.bias))
    return layers
