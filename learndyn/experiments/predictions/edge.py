"""The edge of stability: training raises the sharpness until its own step size stops it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...learning import Adam, GradientDescent, HeavyBall, Nesterov, RMSProp, Rule
from .. import central_path, edge_of_stability
from .prediction import Prediction

_PAGE = "experiments/edge_of_stability"


def edge() -> tuple[Prediction, ...]:
    """Predict where the sharpness settles, for three step sizes."""
    rows = []
    for eta, steps, every in ((0.2, 2500, 15), (0.1, 2500, 29), (0.05, 3000, 57)):
        settled = edge_of_stability.run(
            GradientDescent(eta), degree=4, steps=steps, every=every
        ).settled
        rows.append(
            Prediction(
                f"eta lambda, degree 4, eta = {eta:g}",
                "Cohen 2021",
                _PAGE,
                2.0,
                settled,
                0.04,
            )
        )
    return tuple(rows)


def edge_of_rules() -> tuple[Prediction, ...]:
    """Predict the same for momentum, and for preconditioned rules."""
    rows = []
    cases: tuple[tuple[str, Rule, float, dict[str, Any]], ...] = (
        ("descent", GradientDescent(0.1), 0.2, {}),
        ("heavy ball, beta = 0.5", HeavyBall(0.1, 0.5), 0.25, {}),
        ("Nesterov, beta = 0.9", Nesterov(0.02, 0.9), 0.25, {}),
        ("RMSProp", RMSProp(1e-3, 0.99), 0.2, {"steps": 8000, "every": 101}),
        ("Adam", Adam(1e-3, 0.9, 0.99), 3.8, {"steps": 8000, "every": 101}),
    )
    for title, rule, tolerance, options in cases:
        result = edge_of_stability.run(rule, **options)
        source = "Cohen 2022" if options else "Cohen 2021"
        rows.append(
            Prediction(
                f"eta lambda, {title}",
                source,
                _PAGE,
                result.limit,
                result.settled,
                tolerance,
            )
        )
    return tuple(rows)


def central() -> tuple[Prediction, ...]:
    """Predict the mean loss of descent at the edge by the central flow."""
    result = central_path.run()
    late = result.late
    to_central, to_flow, loss, predicted = (
        float(np.mean(values[late]))
        for values in (
            result.to_central,
            result.to_flow,
            result.loss,
            result.predicted_loss,
        )
    )
    return (
        Prediction("mean loss L + sigma^2/eta at the edge", "Cohen 2025", _PAGE, predicted, loss, 0.15, True),
        Prediction(
            "distance of averaged descent from the central flow over that from gradient flow", "Cohen 2025",
            _PAGE, 0.0, to_central / to_flow, 0.4,
        ),
    )  # fmt: skip
