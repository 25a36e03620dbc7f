"""XOR: levels of failure, a quartic saddle, and success as a statement about a budget."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import flat_saddle, xor_budget, xor_saddle, xor_valleys
from .. import xor as problem
from .prediction import Prediction

_PAGE = "experiments/xor"
_SUCCESS = {
    "tanh": {2: (0.76, 0.81), 3: (0.96, 0.98), 4: (0.997, 1.0), 8: (1.0, 1.0)},
    "relu": {2: (0.21, 0.27), 3: (0.48, 0.53), 4: (0.65, 0.69), 8: (0.93, 0.96)},
}


def xor() -> tuple[Prediction, ...]:
    """Predict the levels at which nets fail on XOR, and how long they wait at the saddle."""
    plateau = xor_saddle.run()
    either = flat_saddle.run("or", scales=(1e-4, 1e-8))
    single = xor_valleys.one_unit()
    return (
        Prediction("least error of an affine answer", "Hamey 1998", _PAGE, 0.25, problem.best_affine()[1], 1e-15),
        Prediction(
            "infimum of one unit", "Sprinkhuizen-Kuyper 1999", _PAGE,
            1 / 6, float(single.losses[-1]), 5e-3,
        ),
        Prediction("power of the plateau at zero", "derived", _PAGE, 2.0, plateau.saddle.exponent, 0.15),
        Prediction(
            "its length times eps^2, from the flow of the quartic form", "derived", _PAGE,
            plateau.predicted_constant, plateau.measured_constant, 0.02, True,
        ),
        Prediction(
            "OR: steps per factor e nearer to the saddle", "derived", _PAGE,
            either.predicted_steps_per_factor_e, either.steps_per_factor_e, 0.03, True,
        ),
    )  # fmt: skip


def xor_success() -> tuple[Prediction, ...]:
    """Compare success rates of 400 nets with ranges from draws that were kept apart from these.

    The predicted value is the middle of the range; the tolerance half its width and three binomial
    standard errors.
    """
    rows = []
    cases: dict[str, dict[str, Any]] = {"tanh": {}, "relu": {"step_size": 0.05, "steps": 5000}}
    for activation, options in cases.items():
        results = xor_budget.run(tuple(_SUCCESS[activation]), activation=activation, **options)
        for result in results:
            low, high = _SUCCESS[activation][result.width]
            middle, count = (low + high) / 2, result.solved.size
            slack = max(3 * np.sqrt(middle * (1 - middle) / count), 1 / count)
            rows.append(
                Prediction(
                    f"success of {activation}, width {result.width}", "repeated", _PAGE,
                    middle, result.success_rate, (high - low) / 2 + slack,
                )
            )  # fmt: skip
    return tuple(rows)
