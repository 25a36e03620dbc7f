"""Learning to move: memories, noise, wrong Jacobians, a population, and planners."""

from __future__ import annotations

import numpy as np

from .. import (
    move_adaptation,
    move_correction,
    move_jacobian,
    move_planning,
    move_population,
    move_reach,
)
from .prediction import Prediction

_PAGE = "neuroai/learning_to_move"


def movement() -> tuple[Prediction, ...]:
    """Predict rates, limits and asymptotes of learners that move."""
    one, noisy = move_adaptation.one_memory(), move_correction.run()
    reach, wrong = move_reach.limit(), move_jacobian.run()
    population, plan = move_population.run(), move_planning.run()
    gain = noisy.noise.kalman_gain
    return (
        Prediction(
            "time constant of adaptation, trials", "Thoroughman 2000", _PAGE,
            one.time_constant_predicted, one.fitted_time_constant, 1e-9, True,
        ),
        Prediction(
            "asymptote of adaptation, of 30 degrees", "Thoroughman 2000", _PAGE,
            one.asymptote_predicted, one.asymptote, 1e-9, True,
        ),
        Prediction("best share of an error", "van Beers 2009", _PAGE, gain, noisy.sweep.best_rate, 0.03, True),
        Prediction("share with white errors", "van Beers 2009", _PAGE, gain, noisy.sweep.white_rate, 0.03, True),
        Prediction("step limit of a two-link arm", "derived", _PAGE, reach.limit, reach.measured, 1e-9, True),
        Prediction(
            "largest error of the limit 2 cos(phi)", "Abdelghani 2008", _PAGE,
            0.0, float(np.abs(wrong.limits - wrong.limits_predicted).max()), 2e-3,
        ),
        Prediction(
            "generalisation in the joints minus overlap", "Donchin 2003", _PAGE,
            0.0, population.overlap_error, 1e-10,
        ),
        Prediction(
            "ratio of iLQR, spectral radius of its sweep", "Baumgaertner 2023", _PAGE,
            plan.ratio_predicted, plan.ratio, 1e-6,
        ),
    )  # fmt: skip
