"""Symmetry: each rule's clock on a symmetric saddle, and maps that commute with an exchange."""

from __future__ import annotations

from .. import clock_ticks, clock_times
from .prediction import Prediction

_PAGE = "experiments/symmetry_clock"


def symmetry() -> tuple[Prediction, ...]:
    """Predict how fast equal units part."""
    ticks, times = clock_ticks.rules(), clock_times.run()
    factors = zip(ticks.names, ticks.predicted, ticks.measured, strict=True)
    slopes = zip(times.names, times.predicted_slopes, times.slopes, strict=True)
    return (
        *(
            Prediction(
                f"growth of a split in a step, {name}", "Fukumizu 2000", _PAGE,
                predicted, measured, 2e-4,
            )
            for name, predicted, measured in factors
        ),
        *(
            Prediction(
                f"steps for a factor e, {name}", "Fukumizu 2000", _PAGE, predicted, measured, 0.03, True
            )
            for name, predicted, measured in slopes
        ),
    )  # fmt: skip
