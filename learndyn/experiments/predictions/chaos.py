"""Chaos: one exponent forward and backward, in circuits, nets and bodies."""

from __future__ import annotations

import numpy as np

from .. import chaos_circuit, chaos_force, chaos_horizon, chaos_two_ways
from .prediction import Prediction

_PAGE = "neuroai/chaos"


def chaos() -> tuple[Prediction, ...]:
    """Predict how fast perturbations and gradients grow."""
    horizon, circuits, force = chaos_horizon.run(), chaos_circuit.run(), chaos_force.run()
    body = chaos_two_ways.run(horizon.exponent)[-1]
    means = np.mean(circuits.measured, axis=-1)[-1]
    return (
        Prediction(
            "double pendulum, growth of gradients a second", "Metz 2021", _PAGE,
            horizon.exponent, body.backward_rate, 0.2, True,
        ),
        *(
            Prediction(
                f"exponent of random networks, g = {gain:g}", "Sompolinsky 1988", _PAGE,
                float(predicted), float(mean), 0.55, True,
            )
            for gain, predicted, mean in zip(circuits.gains, circuits.predicted, means, strict=True)
        ),
        Prediction("FORCE, error after learning stops", "Sussillo 2009", _PAGE, 0.0, force.error, 0.1),
    )  # fmt: skip
