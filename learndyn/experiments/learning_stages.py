"""A deep linear net learns its target one singular mode after the other.

Two layers, L = 1/2 |W_2 W_1 - S|^2, weights balanced and aligned with the modes of S. Each mode
of strength s rises along its own sigmoid

    a(t) = s e^(2 s t) / (e^(2 s t) - 1 + s/a0),   half risen at t = ln(s/a0 - 1) / (2 s),

so the strong modes come first, and the loss descends in stages: with the first i modes learned
it rests near 1/2 (s_{i+1}^2 + s_{i+2}^2 + ...). Here the flow of all weights is integrated, in
coordinates in which no weight belongs to a single mode, and compared with the formula.

References
----------
Saxe, A., McClelland, J. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import DormandPrince, Event, integrate
from ..learning import (
    GradientFlow,
    balanced_start,
    deep_linear_loss,
    deep_linear_product,
    gradient_flow,
    half_rise_time,
    mode_strength,
    mode_strengths,
)

VALUES = (4.0, 2.0, 1.0, 0.5)


@dataclass(frozen=True, slots=True)
class Stages:
    """How each mode of a target was learned along a flow, and what the formula says.

    Attributes
    ----------
    values : ndarray, shape (modes,)
        s, the singular values of the target, largest first.
    starts : ndarray, shape (modes,)
        a0, the strength at t = 0 that the formula is given.
    times : ndarray, shape (records,)
    strengths : ndarray, shape (records, modes)
        a(t), measured in the net.
    losses : ndarray, shape (records,)
    half_rises : ndarray, shape (modes,)
        When each mode first had half of its strength; NaN if it never had.
    """

    values: np.ndarray
    starts: np.ndarray
    times: np.ndarray
    strengths: np.ndarray
    losses: np.ndarray
    half_rises: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The formula's a(t), shape (records, modes)."""
        pairs = zip(self.values, self.starts, strict=True)
        return np.stack([mode_strength(self.times, s, a0) for s, a0 in pairs], axis=1)

    @property
    def predicted_half_rises(self) -> np.ndarray:
        """The formula's ln(s/a0 - 1)/(2 s), shape (modes,)."""
        pairs = zip(self.values, self.starts, strict=True)
        return np.array([half_rise_time(s, a0) for s, a0 in pairs])

    @property
    def plateaus(self) -> np.ndarray:
        """Half of the squares that are left with 0, 1, ... modes learned, shape (modes,)."""
        return 0.5 * np.cumsum(self.values[::-1] ** 2)[::-1]

    @property
    def deviation(self) -> float:
        """Largest distance between a measured and a predicted strength."""
        return float(np.max(np.abs(self.strengths - self.predicted)))


def mixed_target(values: Sequence[float], *, outputs: int = 6, seed: int = 0) -> np.ndarray:
    """Return a target with these singular values and random singular vectors.

    Parameters
    ----------
    values : sequence of float
        Positive, in descending order; as many as the net has inputs.
    outputs : int, optional
        At least as many.
    seed : int, optional
        Of the singular vectors.

    Returns
    -------
    ndarray, shape (outputs, len(values))
    """
    rng = np.random.default_rng(seed)
    left, right = (
        np.linalg.qr(rng.standard_normal((size, len(values))))[0] for size in (outputs, len(values))
    )
    return left * np.asarray(values, dtype=np.float64) @ right.T


def follow(
    flow: GradientFlow,
    net: Callable[[Any], Any],
    target: np.ndarray,
    starts: np.ndarray,
    *,
    end: float,
    records: int,
    method: Any,
) -> Stages:
    """Integrate the flow of a net and watch the modes of its target.

    Parameters
    ----------
    flow : GradientFlow
        Of the net's parameters.
    net : callable
        Takes the tree of parameters to the linear map that the net is, shape (outputs, inputs).
    target : ndarray, shape (outputs, inputs)
    starts : ndarray, shape (modes,)
        a0 of each mode, for the formula.
    end : float
        How long to integrate.
    records : int
        Number of recorded times.
    method
        Integrator.

    Returns
    -------
    Stages
    """
    values = np.linalg.svd(target, compute_uv=False)

    def strengths(z: np.ndarray) -> np.ndarray:
        return mode_strengths([net(flow.parameters(z))], target)

    def half_risen(mode: int) -> Event:
        return Event(lambda t, z: strengths(z)[mode] - values[mode] / 2, direction=1)

    run = integrate(
        flow,
        flow.initial_state,
        np.linspace(0.0, end, records),
        method=method,
        observe={"strengths": strengths, "loss": flow.loss},
        events={str(mode): half_risen(mode) for mode in range(len(values))},
    )
    crossings = (run.events[str(mode)].times for mode in range(len(values)))
    return Stages(
        values,
        np.asarray(starts, dtype=np.float64),
        run.times,
        run.observables["strengths"],
        run.observables["loss"],
        np.array([times[0] if times.size else np.nan for times in crossings]),
    )


def run(
    values: Sequence[float] = VALUES,
    *,
    start: float = 1e-4,
    end: float = 12.0,
    records: int = 241,
    method: Any = DormandPrince(rtol=1e-9, atol=1e-11),  # noqa: B008 - frozen
) -> Stages:
    """Learn a target from a balanced and aligned start, by the flow of all weights.

    Parameters
    ----------
    values : sequence of float, optional
        s, the singular values of the target, in descending order.
    start : float, optional
        a0, the strength of each mode at t = 0.
    end : float, optional
        How long to integrate.
    records : int, optional
        Number of recorded times.
    method : optional
        Integrator.

    Returns
    -------
    Stages
    """
    target = mixed_target(values)
    flow = gradient_flow(deep_linear_loss(target), balanced_start(target, start))
    starts = np.full(len(values), start)
    return follow(
        flow, deep_linear_product, target, starts, end=end, records=records, method=method
    )
