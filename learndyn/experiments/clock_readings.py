r"""The clock read backwards: a learning curve tells how unequal the units were at the start.

Along the unstable direction the loss falls by mu split^2 / 2, up to fourth order, and the split
grows by f a step. If the loss has fallen by a part p below the saddle's loss L at step T, then the
first split was

    sigma = sqrt(2 p L / mu) f^(-T) .

A perturbation d of all parameters counts by its component |u . d| along the unstable direction u.
Nothing but the loss is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import simulate
from ..learning import GradientDescent
from ..learning.symmetry import escape_factor
from . import symmetry_breaking
from .clock_ticks import net_loss, training


@dataclass(frozen=True, slots=True)
class Readings:
    """Hidden perturbations, and what the clock says of them.

    Attributes
    ----------
    lengths : ndarray, shape (k,)
        |d|, of the perturbation of all parameters.
    hidden : ndarray, shape (k,)
        |u . d|.
    steps : ndarray, shape (k,)
        T, interpolated.
    read : ndarray, shape (k,)
        What the loss tells.
    """

    lengths: np.ndarray
    hidden: np.ndarray
    steps: np.ndarray
    read: np.ndarray

    @property
    def ratios(self) -> np.ndarray:
        """Read over hidden, shape (k,)."""
        return self.read / self.hidden


def read_losses(
    losses: Any, *, saddle_loss: float, mu: float, factor: float, fall: float = 0.01
) -> tuple[float, float]:
    """Read the first split off a learning curve.

    Parameters
    ----------
    losses : array_like, shape (steps + 1,)
        Of a run that starts beside the saddle, one for each step.
    saddle_loss : float
        L, the height of the plateau.
    mu : float
        Minus the curvature across.
    factor : float
        f, above 1.
    fall : float, optional
        p, the part of L by which the loss must have fallen.

    Returns
    -------
    step : float
        T, with ln of the fall interpolated between steps; NaN if the loss never falls so far.
    split : float
        sigma; NaN if T is.

    Raises
    ------
    ValueError
        If the factor is not above 1, or the fall not between 0 and 1.
    """
    if not (factor > 1.0 and 0.0 < fall < 1.0):
        raise ValueError(
            f"read_losses: needs a factor above 1 and 0 < fall < 1, got {factor} and {fall}"
        )
    fallen = 1.0 - np.asarray(losses, dtype=np.float64) / saddle_loss
    (beyond,) = np.nonzero(fallen >= fall)
    if not beyond.size:
        return float("nan"), float("nan")
    step = float(beyond[0])
    if step > 0.0 and fallen[beyond[0] - 1] > 0.0:
        before, after = fallen[beyond[0] - 1 : beyond[0] + 1]
        step += float(np.log(fall / after) / np.log(after / before))
    return step, float(np.sqrt(2.0 * fall * saddle_loss / mu) * factor**-step)


def hidden(
    *,
    count: int = 6,
    largest: float = 1e-2,
    smallest: float = 1e-8,
    step_size: float = 0.1,
    seed: int = 0,
) -> Readings:
    """Hide perturbations in the saddle and let descent tell their sizes.

    Parameters
    ----------
    count : int, optional
        Perturbations; their directions are uniform on the sphere of all parameters.
    largest, smallest : float, optional
        Range of the lengths |d|, drawn evenly in the logarithm.
    step_size : float, optional
    seed : int, optional
    """
    _, saddle_loss, block = symmetry_breaking.saddle()
    rule = GradientDescent(step_size)
    factor, step = escape_factor(rule, block.mu), training(rule)
    rng = np.random.default_rng(seed)
    lengths = np.exp(rng.uniform(np.log(smallest), np.log(largest), count))
    components, readings = [], []
    for length in lengths:
        direction = rng.standard_normal(block.direction.size)
        push = length * direction / np.linalg.norm(direction)
        run = simulate(
            step,
            step.initial_state + push,
            2000,
            observe={"loss": lambda z: float(net_loss(step.parameters(z)))},
            stop_when=lambda z: net_loss(step.parameters(z)) < 0.95 * saddle_loss,
        )
        components.append(abs(float(block.direction @ push)))
        readings.append(
            read_losses(
                run.observables["loss"], saddle_loss=saddle_loss, mu=block.mu, factor=factor
            )
        )
    steps, read = np.array(readings).T
    return Readings(lengths, np.array(components), steps, read)
