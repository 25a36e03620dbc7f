"""Step sizes that change with time: a schedule is a function t -> factor.

The step size of step t is eta times schedule(t), where t = 0, 1, 2, ... is the number of steps
taken before. A schedule takes a number, an array or a Tensor; any function of this kind will do.
``Scheduled`` puts t into the state, so that the map stays autonomous.

    constant        1
    step decay      gamma^floor(t / every)
    exponential     gamma^t
    cosine          low + (1 - low) (1 + cos(pi min(t, T) / T)) / 2
    linear warm-up  min(1, (t + 1) / T), times another schedule

References
----------
Loshchilov, I. and Hutter, F. (2017). SGDR: stochastic gradient descent with warm restarts. ICLR.
Goyal, P. et al. (2017). Accurate, large minibatch SGD: training ImageNet in 1 hour.
arXiv:1706.02677.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..autodiff import Tensor, cos, minimum, power
from .rules.rule import Rule, positive

Schedule = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Constant:
    """The factor 1 at every step."""

    def __call__(self, t: Any) -> Any:
        """Return the factor at step t, of t's shape."""
        return 1.0 + 0.0 * t


@dataclass(frozen=True, slots=True)
class StepDecay:
    """gamma^floor(t / every): the factor falls by ``gamma`` after every so many steps.

    Parameters
    ----------
    every : int
        Steps between two drops.
    gamma : float, optional
        What each drop multiplies by, positive.

    Raises
    ------
    ValueError
        If ``every`` is below 1 or ``gamma`` is not positive and finite.

    Notes
    -----
    The derivative by t is 0, at the jumps too.
    """

    every: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        _duration(self, "every", self.every)
        positive(self, "gamma", self.gamma)

    def __call__(self, t: Any) -> Any:
        """Return the factor at step t, of t's shape."""
        drops = np.floor_divide(t.data if isinstance(t, Tensor) else t, self.every)
        return power(self.gamma, drops)


@dataclass(frozen=True, slots=True)
class Exponential:
    """gamma^t.

    Parameters
    ----------
    gamma : float
        Factor from one step to the next, positive.

    Raises
    ------
    ValueError
        If ``gamma`` is not positive and finite.
    """

    gamma: float

    def __post_init__(self) -> None:
        positive(self, "gamma", self.gamma)

    def __call__(self, t: Any) -> Any:
        """Return the factor at step t, of t's shape."""
        return power(self.gamma, t)


@dataclass(frozen=True, slots=True)
class Cosine:
    """Half a period of a cosine, from 1 down to ``low``, where it stays.

    Parameters
    ----------
    steps : int
        T, when the factor reaches ``low``.
    low : float, optional
        The last factor, in [0, 1).

    Raises
    ------
    ValueError
        If ``steps`` is below 1 or ``low`` is out of its range.
    """

    steps: int
    low: float = 0.0

    def __post_init__(self) -> None:
        _duration(self, "steps", self.steps)
        if not 0 <= self.low < 1:
            raise ValueError(f"Cosine: low must be at least 0 and below 1, got {self.low}")

    def __call__(self, t: Any) -> Any:
        """Return the factor at step t, of t's shape."""
        phase = minimum(t, float(self.steps)) * (math.pi / self.steps)
        return self.low + (1.0 - self.low) * 0.5 * (1.0 + cos(phase))


@dataclass(frozen=True, slots=True)
class LinearWarmup:
    """A ramp (t + 1) / T up to 1, in front of another schedule.

    Parameters
    ----------
    steps : int
        T, how many steps the ramp takes; step T - 1 is the first of full size.
    then : Schedule, optional
        Multiplies the ramp and goes on after it, with its own t = 0 at the end of the ramp.
        By default the factor stays 1.

    Raises
    ------
    ValueError
        If ``steps`` is below 1.
    """

    steps: int
    then: Schedule = Constant()

    def __post_init__(self) -> None:
        _duration(self, "steps", self.steps)

    def __call__(self, t: Any) -> Any:
        """Return the factor at step t, of t's shape."""
        ramp = minimum((t + 1.0) / self.steps, 1.0)
        since = t - minimum(t, float(self.steps))
        return ramp * self.then(since)


class ScheduledState(NamedTuple):
    """The state of the rule inside, and the number of steps taken, of shape ()."""

    inner: Any
    steps: Any

    @property
    def theta(self) -> Any:
        """The parameters, in the state inside."""
        return self.inner.theta


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A rule whose step size is multiplied by ``schedule(t)``.

    Parameters
    ----------
    rule : Rule
        Its ``step`` takes a keyword ``factor``, as all rules of learndyn do.
    schedule : callable
        Takes the number of steps taken before to a factor; it is written with learndyn
        operations, so that it works on arrays and Tensors.

    Raises
    ------
    TypeError
        If the schedule cannot be called.

    Notes
    -----
    A factor of 0 is a step of size 0; momentum and moments are still updated.
    """

    rule: Rule
    schedule: Schedule

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            raise TypeError(
                f"Scheduled: the schedule is a {type(self.schedule).__name__}. Pass a function of "
                "the step number, for example Cosine(1000)"
            )

    def init(self, theta: Any) -> ScheduledState:
        """Return the state before the first step."""
        return ScheduledState(self.rule.init(theta), np.array(0.0))

    def step(self, state: ScheduledState, gradient: Any, *, factor: Any = 1.0) -> ScheduledState:
        """Return the state after one step with the step size of this time."""
        if not isinstance(state, ScheduledState):
            raise TypeError(
                f"Scheduled: step received {type(state).__name__}, but the state of this rule is "
                "ScheduledState. Make it with init(theta)"
            )
        scale = factor * self.schedule(state.steps)
        inner = self.rule.step(state.inner, gradient, factor=scale)  # type: ignore[call-arg]
        return ScheduledState(inner, state.steps + 1.0)


def _duration(schedule: object, name: str, steps: Any) -> None:
    if not isinstance(steps, int | np.integer) or isinstance(steps, bool) or steps < 1:
        raise ValueError(
            f"{type(schedule).__name__}: {name} must be a whole number of steps, 1 or more, "
            f"got {steps!r}"
        )
