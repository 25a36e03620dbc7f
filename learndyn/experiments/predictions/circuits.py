"""Neural flows: a rhythm, an energy, a bump, and gradients through time."""

from __future__ import annotations

import numpy as np

from ...neural.rate import bump_half_width
from .. import (
    attractor_energy,
    attractor_recall,
    attractor_ring,
    rate_adjoint,
    rate_cycle,
)
from .prediction import Prediction

_PAGE, _ATTRACTORS = "neuroai/dynamics", "neuroai/attractors"


def rhythms() -> tuple[Prediction, ...]:
    """Predict the cycle of two populations, and how far the adjoint is from backpropagation."""
    plane, gap = rate_cycle.run(), rate_adjoint.run()
    multipliers = np.abs(plane.floquet.multipliers)
    return (
        Prediction(
            "period of Wilson and Cowan's cycle, P = 1.25", "Wilson 1972", _PAGE,
            rate_cycle.PERIOD, plane.cycle.period, 1e-5,
        ),
        Prediction("its first multiplier", "derived", _PAGE, 1.0, float(multipliers[0]), 1e-4),
        Prediction(
            "its second multiplier, by Liouville", "derived", _PAGE,
            float(np.exp(plane.floquet.divergence)), float(multipliers[1]), 1e-4,
        ),
        Prediction("order of the adjoint against Euler through time", "Chen 2018", _PAGE, 1.0, gap.order, 0.12),
    )  # fmt: skip


def attractors() -> tuple[Prediction, ...]:
    """Predict what Hopfield nets and ring attractors keep."""
    law, periods = attractor_energy.descent_law(), attractor_recall.synchronous_periods()
    born = attractor_ring.onset()
    bumps = born.J1 > 2.0
    widths = np.array([bump_half_width(j) for j in born.J1[bumps]])
    return (
        Prediction("energy law of Hopfield's flow", "Hopfield 1984", _ATTRACTORS, 0.0, law.loss_error, 1e-7),
        Prediction(
            "longest period, all neurons at once", "Goles 1985", _ATTRACTORS,
            2.0, float(max(periods.symmetric)), 0.0,
        ),
        Prediction(
            "half-width of a bump, largest error over J1", "Ben-Yishai 1995", _ATTRACTORS,
            0.0, float(np.abs(born.half_widths[bumps] - widths).max()), 3e-3,
        ),
    )  # fmt: skip
