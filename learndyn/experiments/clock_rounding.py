r"""What rounding does to equal units: nothing, or it winds the clock.

Equal units get equal gradients, and stay equal, if the arithmetic treats them alike to the last
bit. Elementwise arithmetic does. If one unit adds its inputs in another order than the other, or if
a matrix product treats the columns at the edge of its blocks differently, the units come out
different by about one spacing of the numbers, 1e-16, and the clock starts from there.

All runs start from equal units that are *not* on the saddle, and pass it. On the way both units
move, so their roundings go up and down, and the dead zone is open: it closes when the run rests.

References
----------
Higham, N. J. (2002). Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM, section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import tanh
from ..dynamics import simulate
from ..learning import MLP, HeavyBall, Layer, Rule, mean_squared_error, training_map
from ..learning.symmetry import escape_factor, exchange_actions
from ..learning.symmetry.escape import split_length
from . import symmetry_breaking

PARTED = symmetry_breaking.PARTED
FAST = HeavyBall(0.2, 0.9)


@dataclass(frozen=True, slots=True)
class RoundingRun:
    """One run from equal units.

    Attributes
    ----------
    first_step, first_split : float
        When the units differ for the first time, and by how much; NaN if they never do.
    escape_step : float
        First step at which the split is ``PARTED`` or more; NaN if there is none.
    factor : float
        Predicted growth a step on the saddle that the run passes.
    """

    first_step: float
    first_split: float
    escape_step: float
    factor: float

    @property
    def read_split(self) -> float:
        """The split at step 0 of which the time of escape tells, PARTED f^(-T)."""
        return float(PARTED * self.factor**-self.escape_step)


def equal_start(width: int = 2) -> list[Layer]:
    """Return parameters of a net of equal units, away from any critical point."""
    return [
        Layer(np.full((2, width), 0.3), np.full((1, width), 0.3)),
        Layer(np.full((width, 1), 0.6 / width), np.zeros((1, 1))),
    ]


def same_order(theta: Any) -> Any:
    """Return the loss of a net in which each unit adds (w1 x1 + w2 x2) + b, elementwise."""
    x, y = symmetry_breaking.data()
    (w, b), (a, c) = theta
    hidden = tanh((x[:, :1] * w[:1] + x[:, 1:] * w[1:]) + b)
    output = c
    for unit in range(a.shape[0]):
        output = output + hidden[:, unit : unit + 1] * a[unit]
    return mean_squared_error(output, y)


def other_order(theta: Any) -> Any:
    """Return the same of a net of two units in which the second adds w1 x1 + (w2 x2 + b)."""
    x, y = symmetry_breaking.data()
    x1, x2 = x[:, :1], x[:, 1:]
    (w, b), (a, c) = theta
    first = tanh((x1 * w[0, 0] + x2 * w[1, 0]) + b[0, 0])
    second = tanh(x1 * w[0, 1] + (x2 * w[1, 1] + b[0, 1]))
    return mean_squared_error(first * a[0] + second * a[1] + c, y)


def run(
    loss: Callable[[Any], Any], rule: Rule, *, width: int = 2, steps: int = 2500
) -> RoundingRun:
    """Train equal units and see whether they part.

    Parameters
    ----------
    loss : callable
        ``same_order``, ``other_order``, or another loss of a net of two inputs, one hidden layer
        and one output.
    rule : Rule
        Without second moment.
    width : int, optional
        Hidden units.
    steps : int, optional
        At most so many; the run ends when the units have parted.

    Raises
    ------
    ValueError
        If there is a single unit.
    """
    if width < 2:
        raise ValueError(
            f"clock_rounding: width must be at least 2, got {width}: one unit cannot part"
        )
    theta = equal_start(width)
    step = training_map(loss, rule, theta)
    size = sum(part.size for layer in theta for part in layer)
    length = split_length(exchange_actions(theta, [(0, 0, k) for k in range(1, width)]), size)
    record = simulate(
        step,
        step.initial_state,
        steps,
        observe={"split": lambda z: length(z[:size])},
        stop_when=lambda z: length(z[:size]) >= PARTED,
        progress=False,
    )
    splits = record.observables["split"]
    (apart,), (parted,) = np.nonzero(splits > 0.0), np.nonzero(splits >= PARTED)
    # The outgoing weight is shared by all units, and the curvature across with it.
    mu = symmetry_breaking.saddle()[2].mu * 2.0 / width
    return RoundingRun(
        float(apart[0]) if apart.size else float("nan"),
        float(splits[apart[0]]) if apart.size else float("nan"),
        float(parted[0]) if parted.size else float("nan"),
        escape_factor(rule, mu),
    )


@dataclass(frozen=True, slots=True)
class WidthRuns:
    """Nets of several widths, all of equal units, trained through matrix products.

    Attributes
    ----------
    widths : ndarray of int, shape (k,)
    escape_steps : ndarray, shape (k,)
        NaN where the units were still equal, or not parted, after the last step.
    factors : ndarray, shape (k,)
    steps : int
        The last step.
    """

    widths: np.ndarray
    escape_steps: np.ndarray
    factors: np.ndarray
    steps: int

    def predicted(self, sigma: float) -> np.ndarray:
        """Return the escape steps from a first split sigma, shape (k,)."""
        return np.log(PARTED / sigma) / np.log(self.factors)


def widths(
    widths: Sequence[int] = tuple(range(2, 14)),
    *,
    rule: Rule = FAST,
    steps: int = 1000,
) -> WidthRuns:
    """Train nets of equal units with ``x @ W``; which of them part depends on the machine.

    Parameters
    ----------
    widths : sequence of int, optional
        Hidden units, at least 2 each.
    rule : Rule, optional
    steps : int, optional
    """
    x, y = symmetry_breaking.data()
    runs = []
    for width in widths:
        model = MLP((2, width, 1))

        def loss(theta: Any, model: MLP = model) -> Any:
            return mean_squared_error(model(theta, x), y)

        runs.append(run(loss, rule, width=width, steps=steps))
    return WidthRuns(
        np.array(widths),
        np.array([found.escape_step for found in runs]),
        np.array([found.factor for found in runs]),
        steps,
    )
