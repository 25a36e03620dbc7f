"""Credit without backprop: what each rule's update has to do with the gradient."""

from __future__ import annotations

import numpy as np

from .. import (
    credit_alignment,
    credit_balance,
    credit_noise,
    credit_oja,
    credit_reward,
    credit_settling,
)
from .prediction import Prediction

_PAGE = "neuroai/credit"


def credit() -> tuple[Prediction, ...]:
    """Predict alignment, moments, multipliers and biases of credit rules."""
    return (*_feedback(), *_trials(), *_settling())


def _feedback() -> list[Prediction]:
    angles = credit_alignment.run(range(3)).angles[:, -1]
    balance, oja = credit_balance.run(), credit_oja.run()
    return [
        Prediction(
            "feedback alignment, largest final angle", "Lillicrap 2016", _PAGE,
            30.0, float(angles.max()), 15.0,
        ),
        Prediction("balance of feedback alignment, drift of the flow", "derived", _PAGE, 0.0, balance.flow_drift, 1e-9),
        Prediction("order of its drift under steps", "derived", _PAGE, 1.0, float(balance.orders[-1]), 0.1),
        Prediction(
            "multipliers of Oja's rule, largest error", "Oja 1982", _PAGE,
            0.0, float(np.abs(oja.measured - oja.predicted).max()), 1e-4,
        ),
    ]  # fmt: skip


def _trials() -> list[Prediction]:
    noise, reward = credit_noise.run(), credit_reward.run()
    rows = [
        Prediction(
            f"node perturbation, n E cos^2, n = {n}",
            "Werfel 2005",
            _PAGE,
            1.0,
            float(n * cosine),
            0.05,
        )
        for n, cosine in zip(noise.units, noise.squared_cosines, strict=True)
    ]
    rows += [
        Prediction(
            f"its second moment over (n + 2)|g|^2, n = {n}", "Werfel 2005", _PAGE,
            1.0, float(moment / (n + 2)), 0.05,
        )
        for n, moment in zip(noise.units, noise.second_moments, strict=True)
    ]  # fmt: skip
    return [
        *rows,
        Prediction(
            "three-factor rule minus the gradient of E[R]", "Williams 1992", _PAGE,
            0.0, float(reward.errors.max()), 1e-8,
        ),
    ]  # fmt: skip


def _settling() -> list[Prediction]:
    coding = credit_settling.predictive_coding()
    one_sided = credit_settling.equilibrium_propagation()
    both_sides = credit_settling.equilibrium_propagation(symmetric=True)
    return [
        Prediction("Z-IL minus backprop", "Song 2020", _PAGE, 0.0, credit_settling.zero_divergence(), 1e-12),
        Prediction(
            "order of predictive coding's error in 1/variance", "Whittington 2017", _PAGE,
            1.0, coding.order, 0.05,
        ),
        Prediction(
            "order of equilibrium propagation's bias", "Scellier 2017", _PAGE, 1.0, one_sided.order, 0.08
        ),
        Prediction("the same, symmetric", "Laborieux 2021", _PAGE, 2.0, both_sides.order, 0.08),
    ]  # fmt: skip
