"""Deep linear nets: exact stages, plateaus, and the quantity that descent breaks."""

from __future__ import annotations

from .. import conserved_balance, depth_plateaus, learning_stages
from .prediction import Prediction

_PAGE = "foundations/deep_linear"


def deep_linear() -> tuple[Prediction, ...]:
    """Predict stages, plateaus and drifts of deep linear nets."""
    stages = learning_stages.run(records=61)
    plateaus = depth_plateaus.run()
    balance = conserved_balance.run()
    rows = [
        Prediction(
            "modes minus Saxe's sigmoid",
            "Saxe 2014",
            _PAGE,
            0.0,
            stages.deviation,
            1e-6,
        )
    ]
    rows += [
        Prediction(
            f"half-rise of the mode s = {s:g}",
            "Saxe 2014",
            _PAGE,
            predicted,
            measured,
            2e-3,
            True,
        )
        for s, predicted, measured in zip(
            stages.values, stages.predicted_half_rises, stages.half_rises, strict=True
        )
    ]
    rows += [
        Prediction(
            f"power of the plateau, depth {depth}",
            "Saxe 2014",
            _PAGE,
            predicted,
            measured,
            0.12,
        )
        for depth, predicted, measured in zip(
            plateaus.depths,
            plateaus.predicted_exponents,
            plateaus.exponents,
            strict=True,
        )
        if depth > 2
    ]
    rows += [
        Prediction(
            "drift of the balance under flow",
            "Du 2018",
            _PAGE,
            0.0,
            balance.flow_drift,
            1e-8,
        ),
        Prediction(
            "order of its drift under descent",
            "Arora 2018",
            _PAGE,
            1.0,
            balance.order,
            0.08,
        ),
        Prediction(
            "its drift in one step, minus the formula",
            "derived",
            _PAGE,
            0.0,
            balance.step_error,
            1e-12,
        ),
    ]
    return tuple(rows)
