"""Deep linear nets: exact stages, plateaus, and the quantity that descent breaks."""

from __future__ import annotations

from .. import conserved_balance, depth_plateaus, learning_stages
from .prediction import Prediction

_PAGE = "foundations/deep_linear"


def deep_linear() -> tuple[Prediction, ...]:
    """Predict stages, plateaus and drifts of deep linear nets."""
    return (*_stages(), *_plateaus(), *_balance())


def _stages() -> list[Prediction]:
    stages = learning_stages.run(records=61)
    half = zip(stages.values, stages.predicted_half_rises, stages.half_rises, strict=True)
    return [
        Prediction("modes minus Saxe's sigmoid", "Saxe 2014", _PAGE, 0.0, stages.deviation, 1e-6),
        *(
            Prediction(f"half-rise of the mode s = {s:g}", "Saxe 2014", _PAGE, predicted, measured, 2e-3, True)
            for s, predicted, measured in half
        ),
    ]  # fmt: skip


def _plateaus() -> list[Prediction]:
    found = depth_plateaus.run()
    powers = zip(found.depths, found.predicted_exponents, found.exponents, strict=True)
    return [
        Prediction(f"power of the plateau, depth {depth}", "Saxe 2014", _PAGE, predicted, measured, 0.12)
        for depth, predicted, measured in powers
        if depth > 2
    ]  # fmt: skip


def _balance() -> list[Prediction]:
    found = conserved_balance.run()
    return [
        Prediction("drift of the balance under flow", "Du 2018", _PAGE, 0.0, found.flow_drift, 1e-8),
        Prediction("order of its drift under descent", "Arora 2018", _PAGE, 1.0, found.order, 0.08),
        Prediction("its drift in one step, minus the formula", "derived", _PAGE, 0.0, found.step_error, 1e-12),
    ]  # fmt: skip
