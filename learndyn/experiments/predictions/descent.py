"""Descent on a quadratic: each mode has a multiplier, and the slowest decides."""

from __future__ import annotations

from ...learning import optimal_rate, optimal_step_size
from .. import descent_modes, descent_regimes
from .prediction import Prediction

_PAGE = "foundations/descent"


def descent() -> tuple[Prediction, ...]:
    """Predict the modes, the best step size and the best rate of gradient descent."""
    modes = descent_modes.run()
    sweep = descent_modes.rates()
    step, rate = optimal_step_size(1.0, 50.0), optimal_rate("gradient descent", 50.0)
    (jump,) = descent_regimes.classify((2.0,), steps=10_000)
    return (
        Prediction(
            "modes minus (1 - eta lambda)^t, as a share of the largest", "Goh 2017", _PAGE,
            0.0, modes.error, 1e-12,
        ),
        Prediction("best step 2/(l1 + ln), k = 50", "Goh 2017", _PAGE, step, sweep.best_step, 5e-4, True),
        Prediction("best rate (k-1)/(k+1), k = 50", "Goh 2017", _PAGE, rate, sweep.best_rate, 1e-4, True),
        Prediction(
            "period at eta lambda = 2", "Goh 2017", "foundations/step_size",
            2.0, float(jump.seen.period or 0.0), 0.0,
        ),
    )  # fmt: skip
