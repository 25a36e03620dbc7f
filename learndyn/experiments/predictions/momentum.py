"""Momentum: limits and rates of maps on a larger state, and what their eigenvalues do not say."""

from __future__ import annotations

import math

from .. import first_growth, momentum_cycle, neutral_modes, rule_limits, tuned_momentum
from .prediction import Prediction

_PAGE = "foundations/momentum"
_MOMENTA = (0.0, 0.5, 0.9, 0.99)


def momentum() -> tuple[Prediction, ...]:
    """Predict limits and rates of the heavy ball and of Nesterov's rule."""
    limits = rule_limits.run(_MOMENTA)
    rows = [
        Prediction(
            f"{name}, limit of eta lambda, beta = {beta:g}", "Cohen 2021", _PAGE,
            limit.predicted, limit.measured, 1e-9,
        )
        for name in ("heavy ball", "Nesterov")
        for beta, limit in zip(_MOMENTA, limits[name], strict=True)
    ]  # fmt: skip
    valley = tuned_momentum.run(100.0)
    for method, source in (
        ("heavy ball", "Polyak 1964"),
        ("standard nesterov", "Lessard 2016"),
        ("optimal nesterov", "Lessard 2016"),
    ):
        tuned = valley[method]
        rows += [
            Prediction(
                f"{method}, spectral radius, k = 100", source, _PAGE,
                tuned.predicted, tuned.spectral_radius, 2e-7,
            ),
            Prediction(
                f"{method}, rate of a run over t, k = 100", source, _PAGE,
                tuned.predicted, tuned.factor(200, 300, divide_by_t=True), 2e-3,
            ),
        ]  # fmt: skip
    return tuple(rows)


def beyond_eigenvalues() -> tuple[Prediction, ...]:
    """Predict transient growth, a cycle of a rule that is stable everywhere, and neutral modes."""
    page = "foundations/stability"
    rows = [
        Prediction(
            f"peak of the tuned heavy ball over sqrt k, k = {kappa:g}", "Mohammadi 2021", page,
            1.0 / math.e, first_growth.run(kappa).scaled_peak, 0.25 if kappa < 1e4 else 0.05, True,
        )
        for kappa in (1e2, 1e4, 1e6)
    ]  # fmt: skip
    cycle = momentum_cycle.run()
    rows += [
        Prediction(
            f"cycle of the heavy ball, point {i}",
            "Lessard 2016",
            page,
            predicted,
            measured,
            1e-9,
        )
        for i, (predicted, measured) in enumerate(zip(cycle.predicted, cycle.cycle, strict=True))
    ]
    rows += [
        Prediction(
            f"multipliers equal to 1: {case.name}",
            "derived",
            page,
            case.dimension,
            case.measured,
            0.0,
        )
        for case in neutral_modes.run().cases
    ]
    return tuple(rows)
