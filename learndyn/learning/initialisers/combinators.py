"""Initialisers made from numbers, or from another initialiser."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

from .signature import Initialiser, normal_weight, require_at_least


def mean_field(weight_variance: float, bias_variance: float) -> Initialiser:
    """Return the initialiser of mean-field theory: weights N(0, sw2 / fan_in), biases N(0, sb2).

    In a wide net the mean square q of the pre-activations then follows a map of one variable,

        q_{l+1} = sw2 E[phi(sqrt(q_l) z)^2] + sb2,    z ~ N(0, 1)

    and each layer multiplies the mean squared gradient by chi = sw2 E[phi'(sqrt(q) z)^2]. The
    line chi = 1 in the plane (sw2, sb2) parts nets that forget their input from nets that are
    chaotic in it; it is exact for infinite width only.

    Parameters
    ----------
    weight_variance : float
        sw2, not negative. 1 and ``bias_variance=0`` is ``lecun_normal``, 2 is ``he_normal``.
    bias_variance : float
        sb2, not negative.

    Raises
    ------
    ValueError
        If a variance is negative or not finite.

    References
    ----------
    Poole, B. et al. (2016). Exponential expressivity in deep neural networks through transient
    chaos. NeurIPS.
    Schoenholz, S. S. et al. (2017). Deep information propagation. ICLR.
    """
    require_at_least(weight_variance, 0.0, "mean_field", "weight_variance")
    require_at_least(bias_variance, 0.0, "mean_field", "bias_variance")

    def draw(
        rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
    ) -> tuple[np.ndarray, np.ndarray]:
        deviation = np.sqrt(weight_variance / fan_in)
        weight = normal_weight(rng, ensemble, fan_in, fan_out, deviation)
        return weight, normal_weight(rng, ensemble, 1, fan_out, np.sqrt(bias_variance))

    return draw


def scaled(initialiser: Initialiser, gain: float, *, bias_std: float | None = None) -> Initialiser:
    """Return an initialiser whose weights are those of another, times ``gain``.

    Parameters
    ----------
    initialiser : callable
    gain : float
        Multiplies the weights, and so their variance by gain^2. A deep net raises its effect
        to the power of its depth: it is the knob between vanishing and exploding signals.
    bias_std : float, optional
        Draw the biases from N(0, bias_std^2). By default they are those of the other
        initialiser, not multiplied.

    Raises
    ------
    ValueError
        If the gain is not finite, or ``bias_std`` is negative or not finite.
    """
    if not np.isfinite(gain):
        raise ValueError(f"scaled: gain must be finite, got {gain}")
    if bias_std is not None:
        require_at_least(bias_std, 0.0, "scaled", "bias_std")

    @wraps(initialiser)
    def draw(
        rng: np.random.Generator,
        ensemble: tuple[int, ...],
        fan_in: int,
        fan_out: int,
        **options: Any,
    ) -> tuple[np.ndarray, np.ndarray]:
        weight, bias = initialiser(rng, ensemble, fan_in, fan_out, **options)
        if bias_std is not None:
            bias = normal_weight(rng, ensemble, 1, fan_out, bias_std)
        return gain * weight, bias

    return draw
