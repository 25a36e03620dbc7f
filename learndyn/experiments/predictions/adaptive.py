"""Adaptive rules: Adam's limit, its cycle, its first step, and where it goes wrong."""

from __future__ import annotations

import numpy as np

from ...learning import Adam
from .. import adam_cycle, reddi_problem, rule_limits
from .prediction import Prediction

_PAGE = "foundations/momentum"
_AVERAGES = (0.0, 0.5, 0.9, 0.95)


def adaptive() -> tuple[Prediction, ...]:
    """Predict limits, cycles and drifts of Adam and AMSGrad."""
    return (*_limits(), *_cycles(), *_failures())


def _limits() -> list[Prediction]:
    rows = [
        Prediction(
            f"Adam, frozen limit, beta1 = {beta1:g}", "Cohen 2022", _PAGE,
            limit.predicted, limit.measured, 1e-9,
        )
        for beta1, limit in zip(_AVERAGES, rule_limits.run(averages=_AVERAGES)["Adam"], strict=True)
    ]  # fmt: skip
    first = (("corrected", True, 1.0), ("uncorrected", False, 10.0**0.5))
    return rows + [
        Prediction(f"Adam, first step over eta, {name}", "Kingma 2015", _PAGE, size, _first_step(corrected), 1e-9)
        for name, corrected, size in first
    ]  # fmt: skip


def _cycles() -> list[Prediction]:
    found = {beta1: adam_cycle.cycle(beta1) for beta1 in (0.0, 0.9)}
    rows = [
        Prediction(
            f"Adam, eta lambda / sqrt v on its cycle, beta1 = {beta1:g}", "Bock 2019", _PAGE,
            (2 + 2 * beta1) / (1 - beta1), cycle.product, 1e-9,
        )
        for beta1, cycle in found.items()
    ]  # fmt: skip
    return [
        *rows,
        Prediction(
            "Adam, multiplier of the cycle, beta1 = 0", "Bock 2019", _PAGE,
            float(np.sqrt(found[0.0].rule.beta2)), abs(found[0.0].multiplier), 1e-9,
        ),
        Prediction(
            "Adam, mean of eta lambda / sqrt v with bursts", "Bock 2019", _PAGE,
            38.0, float(adam_cycle.run(0.9).settled(2000).mean()), 0.15, True,
        ),
    ]  # fmt: skip


def _failures() -> list[Prediction]:
    problem = reddi_problem.run()
    return [
        Prediction("Adam on Reddi's problem", "Reddi 2018", _PAGE, 1.0, float(problem.adam[-1]), 0.02),
        Prediction("AMSGrad on Reddi's problem", "Reddi 2018", _PAGE, -1.0, float(problem.amsgrad[-1]), 0.02),
    ]  # fmt: skip


def _first_step(corrected: bool) -> float:
    rule = Adam(1.0, 0.9, 0.999, 1e-16, bias_correction=corrected)
    state = rule.step(rule.init(np.zeros(1)), np.ones(1))
    return float(abs(state.theta[0]))
