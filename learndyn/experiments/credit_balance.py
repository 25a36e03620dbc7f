r"""What feedback alignment conserves in a deep linear net, and how steps let it drift.

    Q_l = W_{l+1} F_{l+1} + (W_{l+1} F_{l+1})' - W_l' W_l

is constant along the flow for each hidden layer l (Lillicrap et al., 2016, for one hidden layer). Steps of
size eta over a fixed time change it by an amount of order eta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..dynamics import DormandPrince, integrate, simulate
from ..learning import MLP, GradientDescent, Layer
from ..neural.credit import FeedbackAlignment, credit_flow, credit_map, feedback_balance


@dataclass(frozen=True, slots=True)
class CreditBalance:
    """The drift of the conserved matrices.

    Attributes
    ----------
    flow_drift : float
        Largest change of any entry of any Q_l along the flow.
    moved : float
        Smallest largest change of a layer's weights over the same time: that something happened.
    step_sizes : ndarray, shape (runs,)
    drifts : ndarray, shape (runs,)
        The same change at the end of descent over the same time.
    """

    flow_drift: float
    moved: float
    step_sizes: np.ndarray
    drifts: np.ndarray

    @property
    def orders(self) -> np.ndarray:
        """The order of the drift in the step, between neighbouring step sizes: (runs - 1,)."""
        return np.diff(np.log(self.drifts)) / np.diff(np.log(self.step_sizes))


def run(
    widths: Sequence[int] = (4, 3, 3, 2),
    *,
    time: float = 4.0,
    steps: Sequence[int] = (200, 400, 800),
    seed: int = 1,
) -> CreditBalance:
    """Follow a deep linear net by its flow, and by descent in ever smaller steps.

    Parameters
    ----------
    widths : sequence of int, optional
    time : float, optional
        How long the flow is followed.
    steps : sequence of int, optional
        Into how many steps descent divides that time.
    seed : int, optional

    Returns
    -------
    CreditBalance
    """
    rng = np.random.default_rng(seed)
    widths = tuple(widths)
    model, rule = MLP(widths, "linear", bias=False), FeedbackAlignment()
    theta = [Layer(0.4 * rng.standard_normal(shape), None) for shape in pairwise(widths)]
    x, y = rng.standard_normal((6, widths[0])), rng.standard_normal((6, widths[-1]))
    feedback = rule.init(model, rng)
    start = feedback_balance(theta, feedback)

    def drift(net: list[Layer]) -> float:
        pairs = zip(feedback_balance(net, feedback), start, strict=True)
        return max(float(np.abs(now - then).max()) for now, then in pairs)

    flow = credit_flow(rule, model, theta, x, y, credit_state=feedback)
    times = np.linspace(0.0, time, 5)
    method = DormandPrince(rtol=1e-11, atol=1e-12)
    states = integrate(flow, flow.initial_state, times, method=method, progress=False).states
    end = flow.parameters(states[-1])
    moved = min(float(np.abs(a.weight - b.weight).max()) for a, b in zip(end, theta, strict=True))
    drifts = []
    for count in steps:
        optimiser = GradientDescent(time / count)
        system = credit_map(rule, optimiser, model, theta, (x, y), credit_state=feedback)
        z = simulate(system, system.initial_state, count, every=count, progress=False).final_state
        drifts.append(drift(system.parameters(z)))
    along = max(drift(flow.parameters(z)) for z in states)
    return CreditBalance(along, moved, time / np.array(steps, dtype=np.float64), np.array(drifts))
