"""Flow against descent: orders of the modified flows, of the integrators, and stiffness."""

from __future__ import annotations

from .. import descent_errors, integrator_orders, nesterov_limit, stiff_steps
from .prediction import Prediction

_PAGE = "experiments/flow_and_descent"


def flow() -> tuple[Prediction, ...]:
    """Predict how far gradient flow and descent are apart, and what integrators cost."""
    return (*_descent(), *_integrators(), *_costs())


def _descent() -> list[Prediction]:
    names = ("gradient flow", "the modified flow", "the flow with the next term")
    sources, holds = ("Barrett 2021", "Barrett 2021", "derived"), (0.05, 0.05, 0.08)
    orders = descent_errors.run(*descent_errors.sine_net()).orders
    return [
        Prediction(f"order of descent against {name}", source, _PAGE, order, measured, hold)
        for order, name, source, hold, measured in zip(
            (1.0, 2.0, 3.0), names, sources, holds, orders, strict=True
        )
    ]


def _integrators() -> list[Prediction]:
    holds = {"Euler": 0.06, "implicit Euler": 0.06, "Heun": 0.1, "RK4": 0.12}
    rows = [
        Prediction(f"order of {m.name}", "Hairer 1993", _PAGE, m.expected, m.order, holds[m.name])
        for m in integrator_orders.run()
        if m.name in holds
    ]
    swing = integrator_orders.run(
        integrator_orders.pendulum,
        (1.5, 0.0),
        5.0,
        names=("Dormand-Prince",),
        step_counts=(80, 160),
    )[0]
    return [
        *rows,
        Prediction("order of Dormand-Prince", "Hairer 1993", _PAGE, 5.0, swing.order, 0.2),
    ]


def _costs() -> list[Prediction]:
    stiff = stiff_steps.run()
    return [
        Prediction(
            "steps of Dormand-Prince on a mode of curvature 1000", "Hairer 1996", _PAGE,
            float(stiff.predicted[-1]), float(stiff.explicit[-1]), 0.2, True,
        ),
        Prediction(
            "order of Nesterov's scheme against its ODE", "Su 2016", "foundations/gradient_flow",
            1.0, nesterov_limit.run().order, 0.1,
        ),
    ]  # fmt: skip
