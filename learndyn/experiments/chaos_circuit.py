r"""Chaos in random circuits: the exponent of mean-field theory, and of circuits of finite size.

    dx/dt = -x + W tanh(x),    W from N(0, g^2 / N),    time in units of tau

References
----------
Sompolinsky, H., Crisanti, A. and Sommers, H.-J. (1988). Chaos in random neural networks. Physical
Review Letters 61, 259-262.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import RK4, flow_map, integrate, lyapunov_exponents
from ..neural.rate import ContinuousTimeRNN, mean_field_chaos, random_network


@dataclass(frozen=True, slots=True)
class CircuitChaos:
    """Largest exponents of random circuits.

    Attributes
    ----------
    curve_gains, curve : ndarray, shape (k,)
        g, and the exponent of an infinite circuit, per tau.
    gains : ndarray, shape (g,)
    sizes : ndarray of int, shape (s,)
        N.
    predicted : ndarray, shape (g,)
        Theory at ``gains``.
    measured : ndarray, shape (s, g, circuits)
        Per tau, by QR along one orbit of each circuit.
    """

    curve_gains: np.ndarray
    curve: np.ndarray
    gains: np.ndarray
    sizes: np.ndarray
    predicted: np.ndarray
    measured: np.ndarray


def largest_exponent(
    network: ContinuousTimeRNN,
    x0: np.ndarray,
    *,
    count: int = 1,
    transient: float = 30.0,
    duration: float = 70.0,
    step_size: float = 0.2,
) -> np.ndarray:
    """Return the leading exponents of a circuit after a transient, per unit of time: (count,)."""
    method = RK4(step_size)
    settled = integrate(network, x0, [0.0, transient], method=method).final_state
    step = flow_map(network, step_size, method=method)
    steps, burn_in = round(duration / step_size), round(10.0 / step_size)
    return lyapunov_exponents(step, settled, steps, count=count, burn_in=burn_in, dt=step_size).exponents


def run(
    gains: Sequence[float] = (2.0, 3.0),
    sizes: Sequence[int] = (100, 300),
    *,
    circuits: int = 3,
    curve_gains: Sequence[float] = (1.1, 1.25, 1.5, 2.4, 3.3),
    duration: float = 70.0,
    step_size: float = 0.2,
    seed: int = 4,
) -> CircuitChaos:
    """Compare circuits of several sizes with the theory of an infinite one.

    Parameters
    ----------
    gains : sequence of float, optional
        g > 1 of the circuits.
    sizes : sequence of int, optional
        N.
    circuits : int, optional
        Of each gain and size.
    curve_gains : sequence of float, optional
        More gains at which the theory is evaluated.
    duration, step_size : float, optional
        In units of tau.
    seed : int, optional

    Returns
    -------
    CircuitChaos
    """
    measured = np.empty((len(sizes), len(gains), circuits))
    for i, n in enumerate(sizes):
        for j, gain in enumerate(gains):
            for k in range(circuits):
                rng = np.random.default_rng([seed, n, j, k])
                network = random_network(n, gain, rng)
                found = largest_exponent(
                    network,
                    rng.standard_normal(n),
                    duration=duration,
                    step_size=step_size,
                )
                measured[i, j, k] = found[0]
    everywhere = sorted({*gains, *curve_gains})
    theory = {g: mean_field_chaos(g, points=100).exponent for g in everywhere}
    return CircuitChaos(
        np.array(everywhere),
        np.array([theory[g] for g in everywhere]),
        np.array(gains),
        np.array(sizes),
        np.array([theory[g] for g in gains]),
        measured,
    )
