"""Update rules: pure steps on their whole state.

A rule has ``init(theta) -> state`` and ``step(state, gradient) -> state``; nothing is
hidden in an object, so all that the rule remembers is part of the dynamical system.
Every state has a field ``theta``, the parameters at which the next gradient is taken.

Reading order: ``rule`` (what every rule has), ``descent``, ``momentum`` (heavy ball and
Nesterov), ``rmsprop``, ``adam`` (with AdamW), ``amsgrad``.
"""

from .adam import Adam, AdamState, AdamW
from .amsgrad import AMSGrad, AMSGradState
from .descent import DescentState, GradientDescent
from .momentum import HeavyBall, HeavyBallState, Nesterov, NesterovState
from .rmsprop import RMSProp, RMSPropState
from .rule import BareRule, Rule, State

__all__ = [
    "Adam", "AdamState", "AdamW", "AMSGrad", "AMSGradState", "BareRule", "DescentState",
    "GradientDescent", "HeavyBall", "HeavyBallState", "Nesterov", "NesterovState", "RMSProp",
    "RMSPropState", "Rule", "State",
]  # fmt: skip
