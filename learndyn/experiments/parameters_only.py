"""What a stability analysis of the parameters alone would say, and what the whole state says.

A rule with memory moves z = (theta, memory). The block d theta' / d theta of its Jacobian, with the
memory held, looks like the answer to "what does a step do to the parameters?". On one mode of a
quadratic with curvature lambda the heavy ball, theta' = theta + v', v' = beta v - eta lambda theta,
has

    block      1 - eta lambda                               unstable beyond eta lambda = 2
    whole      roots of m^2 - (1 + beta - eta lambda) m + beta    unstable beyond 2 (1 + beta)

and the run follows the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ..dynamics import linearise, simulate, spectral_radius
from ..learning import GradientDescent, HeavyBall, Nesterov, Rule, training_map

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "gradient descent": GradientDescent(1.0),
        "heavy ball, 0.5": HeavyBall(1.0, 0.5),
        "heavy ball, 0.9": HeavyBall(1.0, 0.9),
        "Nesterov, 0.9": Nesterov(1.0, 0.9),
    }
)
"""With the step size 1, so that the curvature is eta lambda."""


@dataclass(frozen=True, slots=True)
class TwoViews:
    """One rule on one mode.

    Attributes
    ----------
    name : str
    relative_step : float
        eta lambda.
    block : float
        |d theta' / d theta|, the memory held.
    whole : float
        Spectral radius of the Jacobian on the whole state.
    measured : float
        Growth of the parameter a step, late in a run.
    """

    name: str
    relative_step: float
    block: float
    whole: float
    measured: float


CASES = (
    ("gradient descent", 1.5),
    ("heavy ball, 0.5", 2.5),
    ("heavy ball, 0.9", 3.5),
    ("heavy ball, 0.9", 0.01),
    ("Nesterov, 0.9", 1.2),
)
"""A name in ``RULES`` and eta lambda: all of them are stable."""


def run(cases: Sequence[tuple[str, float]] = CASES, *, steps: int = 400) -> tuple[TwoViews, ...]:
    """Compare both views with a run, one mode for each rule.

    Parameters
    ----------
    cases : sequence of (str, float), optional
        A name in ``RULES`` and eta lambda.
    steps : int, optional
        Length of the run, whose second half is measured.

    Returns
    -------
    tuple of TwoViews
    """
    views = []
    for name, curvature in cases:
        step = training_map(
            lambda theta, c=curvature: 0.5 * c * (theta * theta).sum(), RULES[name], np.ones(1)
        )
        jacobian = linearise(step, np.zeros_like(step.initial_state))
        states = simulate(step, step.initial_state, steps).states
        sizes = np.linalg.norm(states, axis=1)
        # The envelope over each half: a mode that turns passes through small values.
        early, late = sizes[steps // 4 : steps // 2].max(), sizes[3 * steps // 4 :].max()
        views.append(
            TwoViews(
                name, curvature, float(abs(jacobian.to_matrix()[0, 0])), spectral_radius(jacobian),
                float((late / early) ** (2.0 / steps)),
            )
        )  # fmt: skip
    return tuple(views)
