r"""Hopfield's network in continuous time: symmetric connections give a flow that only descends.

    tau dx/dt = -x + W V + b,     V = tanh(gain x),     W = W'

    E = -1/2 V' W V - b' V + sum_i integral_0^{V_i} artanh(v) / gain dv

The integral of the inverse activation has the closed form x V - ln cosh(gain x) / gain. Since
dE/dV_i = -(W V + b)_i + x_i = -tau dx_i/dt,

    dE/dt = -tau sum_i phi'(x_i) (dx_i/dt)^2 <= 0

so the circuit rests in a minimum of E. This is not gradient descent in x: the metric phi'(x_i) is
that of V. It is a law of the flow only: steps of Euler's method that are too long make E rise.

Hopfield, J. J. (1984). Neurons with graded response have collective computational properties like
those of two-state neurons. Proceedings of the National Academy of Sciences 81, 3088-3092.
Cohen, M. A. and Grossberg, S. (1983). Absolute stability of global pattern formation and parallel
memory storage by competitive neural networks. IEEE Transactions on Systems, Man, and Cybernetics
13, 815-826.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ...autodiff import logaddexp, square, tanh
from .checks import require_positive, shaped, symmetric_weight
from .ctrnn import ContinuousTimeRNN


@dataclass(frozen=True, slots=True, eq=False)
class ContinuousHopfield:
    """The flow tau dx/dt = -x + W tanh(gain x) + b with symmetric W, and its energy.

    Parameters
    ----------
    weight : array_like, shape (n, n)
        W, symmetric.
    gain : float, optional
        Steepness of the activation; for large gain the minima of E go to those of the network of
        two states.
    bias : array_like, shape (n,), optional
        b.
    tau : float, optional
        Time constant, in the unit of time.

    Raises
    ------
    ValueError
        If the weight is not symmetric, a shape does not fit, or a number is not positive.
    """

    weight: Any
    gain: float = 1.0
    bias: Any = None
    tau: float = 1.0

    def __post_init__(self) -> None:
        name = "ContinuousHopfield"
        object.__setattr__(self, "weight", symmetric_weight(self.weight, name))
        require_positive(name, gain=self.gain, tau=self.tau)
        if self.bias is not None:
            object.__setattr__(
                self, "bias", shaped(self.bias, self.weight.shape[:1], name, "the bias")
            )

    def rates(self, x: Any) -> Any:
        """Return V = tanh(gain x), of the shape of x."""
        return tanh(self.gain * x)

    def network(self) -> ContinuousTimeRNN:
        """Return the same flow as a recurrent network, one among those without an energy."""
        return ContinuousTimeRNN(self.weight, activation=self.rates, tau=self.tau, bias=self.bias)

    def __call__(self, t: float, x: Any) -> Any:
        """Return dx/dt, shape (n,)."""
        drive = self.weight @ self.rates(x) - x
        return (drive if self.bias is None else drive + self.bias) / self.tau

    def energy(self, x: Any) -> Any:
        """Return E, a number, for a state of shape (n,)."""
        v = self.rates(x)
        argument = self.gain * x
        log_cosh = logaddexp(argument, -argument) - math.log(2.0)
        energy = (x * v - log_cosh / self.gain).sum() - 0.5 * (v * (self.weight @ v)).sum()
        return energy if self.bias is None else energy - (self.bias * v).sum()

    def energy_rate(self, x: Any) -> Any:
        """Return dE/dt = -tau sum phi'(x_i) (dx_i/dt)^2, a number, for a state of shape (n,)."""
        slope = self.gain * (1.0 - square(self.rates(x)))
        return -self.tau * (slope * square(self(0.0, x))).sum()
