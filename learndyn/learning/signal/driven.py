"""Mean-field theory of a random recurrent net that is driven by noise.

    h_t = phi(h_{t-1} W + s_t),    W from N(0, g^2 / N), s_t from N(0, input_std^2)

q and chi are those of a feed-forward net with sw2 = g^2 and sb2 = input_std^2, with time in the
place of depth, though all steps share one weight matrix. 1/2 ln chi is the largest Lyapunov
exponent: the drive can silence the chaos that the net has without it, since it pushes units to
where phi is flat.

References
----------
Molgedey, L., Schuchhardt, J. and Schuster, H. G. (1992). Suppressing chaos in neural networks by
noise. Physical Review Letters 69, 3717-3719.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..initialisers.signature import require_at_least
from ..models.activations import Activation
from .criticality import chi
from .mean_field import mean_field_map


@dataclass(frozen=True, slots=True)
class DrivenMeanField:
    """What mean-field theory says of a driven recurrent net.

    Attributes
    ----------
    gain, input_std : float
        g and the standard deviation of the input to each unit.
    variance : float
        q*, of the summed input to a unit.
    chi : float
        g^2 E phi'(sqrt(q*) z)^2.
    """

    gain: float
    input_std: float
    variance: float
    chi: float

    @property
    def exponent(self) -> float:
        """1/2 ln chi: growth of the cotangent a step; also the largest Lyapunov exponent."""
        return 0.5 * math.log(self.chi) if self.chi > 0.0 else -math.inf


def driven_rnn_mean_field(
    gain: float, input_std: float, *, activation: Activation = "tanh"
) -> DrivenMeanField:
    """Return the variance and the exponent of a large random recurrent net driven by noise.

    h_t = phi(h_{t-1} W + s_t), W from N(0, g^2 / N), s_t independent N(0, input_std^2) for every
    unit and time.

    Parameters
    ----------
    gain : float
        g.
    input_std : float
        Standard deviation of s_t.
    activation : str or callable, optional

    Returns
    -------
    DrivenMeanField

    Raises
    ------
    ValueError
        If a number is negative or not finite, or the variance grows without bound.

    References
    ----------
    Molgedey, L., Schuchhardt, J. and Schuster, H. G. (1992). Suppressing chaos in neural networks
    by noise. Physical Review Letters 69, 3717-3719.
    """
    require_at_least(gain, 0.0, "driven_rnn_mean_field", "gain")
    require_at_least(input_std, 0.0, "driven_rnn_mean_field", "input_std")
    factor = chi(activation, gain**2, input_std**2)
    q = mean_field_map(activation, gain**2, input_std**2).fixed_point()
    return DrivenMeanField(gain, input_std, q, factor)
