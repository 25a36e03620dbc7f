r"""In which order weights are learned, when synapses add and when they multiply.

On L = |w - w*|^2 / 2 gradient flow with the metric |w|^-p is dw/dt = |w|^p (w* - w). From w0:

    p = 0: half of w* after ln 2 + ln(1 - w0/w*), nearly the same for all weights
    p = 1: half of w* after ln(w*/w0 - 1)/w*, large weights first, one after the other

The second is logistic. It is the equation of a mode of a two-layer linear net at half the speed
(Saxe, McClelland and Ganguli, 2014): a product of two weights learns like one weight that multiplies.

References
----------
Saxe, A. M., McClelland, J. L. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import absolute
from ..dynamics import Event, Flow, integrate


def _past(weight: int, level: float) -> Callable[[float, Any], Any]:
    return lambda t, w: w[weight] - level


def metric_flow(gradient: Callable[[Any], Any], power: float) -> Flow:
    """Return the flow dw/dt = -|w|^p g(w).

    Parameters
    ----------
    gradient : callable
        g, from weights (n,) to (n,).
    power : float
        p: 0 for gradient flow, 1 for exponentiated gradients, 2 for gradient flow in ln |w|.
    """
    return lambda t, w: -(absolute(w) ** power) * gradient(w)


@dataclass(frozen=True, slots=True, eq=False)
class LearningOrder:
    """How weights rise to their targets in both geometries.

    Attributes
    ----------
    targets : ndarray, shape (n,)
        w*.
    start : float
        w0 of all weights.
    times : ndarray, shape (records,)
    added, multiplied : ndarray, shape (records, n)
        The weights in time, p = 0 and p = 1.
    half_added, half_multiplied : ndarray, shape (n,)
        When each weight passed half of its target.
    """

    targets: np.ndarray
    start: float
    times: np.ndarray
    added: np.ndarray
    multiplied: np.ndarray
    half_added: np.ndarray
    half_multiplied: np.ndarray

    @property
    def predicted_added(self) -> np.ndarray:
        """ln 2 + ln(1 - w0/w*), shape (n,)."""
        return np.log(2.0) + np.log1p(-self.start / self.targets)

    @property
    def predicted_multiplied(self) -> np.ndarray:
        """ln(w*/w0 - 1)/w*, shape (n,)."""
        return np.log(self.targets / self.start - 1.0) / self.targets


def run(
    targets: Sequence[float] = (3.0, 1.5, 0.75),
    *,
    start: float = 0.01,
    duration: float = 10.0,
    records: int = 161,
) -> LearningOrder:
    """Integrate both flows on |w - w*|^2 / 2.

    Parameters
    ----------
    targets : sequence of float, optional
        w*, each above 2 w0.
    start : float, optional
        w0, positive.
    duration : float, optional
        Long enough for all weights to pass half of their targets.
    records : int, optional

    Raises
    ------
    ValueError
        If a target is not above twice the start, or a weight has not passed half of its own in time.
    """
    goal = np.array(targets, dtype=float)
    if not (start > 0.0 and (goal > 2.0 * start).all()):
        raise ValueError(
            f"biology_order: needs 0 < start and targets above twice the start, got {start} and {targets}"
        )
    times = np.linspace(0.0, duration, records)
    halves = {str(i): Event(_past(i, 0.5 * goal[i])) for i in range(goal.size)}
    runs, crossings = [], []
    for power in (0, 1):
        run = integrate(
            metric_flow(lambda w: w - goal, power), np.full(goal.size, start), times, events=halves
        )
        late = [targets[int(name)] for name, event in run.events.items() if not event.times.size]
        if late:
            raise ValueError(
                f"biology_order: after {duration} the weights with targets {late} are below half of "
                "them. Allow more time"
            )
        runs.append(run.states)
        crossings.append(np.array([run.events[name].times[0] for name in halves]))
    return LearningOrder(goal, start, times, *runs, *crossings)
