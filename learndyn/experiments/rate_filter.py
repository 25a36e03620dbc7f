r"""A leaky integrator and an optimizer's running mean are one filter.

A running mean of a signal g, one value a step, is

    m' = beta m + (1 - beta) g

A leaky integrator, tau dx/dt = -x + g with g held for a time dt, obeys exactly this with

    beta = e^{-dt/tau},    tau = -dt / ln beta

As filters, for a signal of angular frequency omega (in radians per step for the mean),

    |(1 - beta) / (1 - beta e^{-i omega})|        and        1 / sqrt(1 + (omega tau)^2)

They agree for omega dt << 1. At the fastest signal that steps can carry, omega = pi, the mean
hands on (1 - beta) / (1 + beta), which sets the stability limit of momentum.

References
----------
Kingma, D. P. and Ba, J. (2015). Adam: a method for stochastic optimization. ICLR.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import DormandPrince, integrate
from ..learning import Adam
from ..neural.rate import LeakyIntegrator

_TIGHT = DormandPrince(rtol=1e-11, atol=1e-12)
_SETTLE = 12.0  # time constants before the response is measured: e^{-12} is 6e-6


@dataclass(frozen=True, slots=True)
class SameFilter:
    """A signal through Adam's running mean and through a neuron.

    Attributes
    ----------
    beta : float
    tau : float
        -1 / ln beta, in steps.
    signal : ndarray, shape (steps,)
        One value a step, held for the step.
    mean, neuron : ndarray, shape (steps + 1,)
        m, from the rule's own state, and x, from ``integrate``.
    """

    beta: float
    tau: float
    signal: np.ndarray
    mean: np.ndarray
    neuron: np.ndarray

    @property
    def difference(self) -> float:
        """Largest |m - x|."""
        return float(np.abs(self.mean - self.neuron).max())


def run(beta: float = 0.9, *, steps: int = 60, seed: int = 0) -> SameFilter:
    """Send a noisy step of gradients through both.

    Parameters
    ----------
    beta : float, optional
        Adam's beta1.
    steps : int, optional
    seed : int, optional
        Of the noise.

    Returns
    -------
    SameFilter
    """
    tau = time_constant(beta)
    signal = np.where(np.arange(steps) < steps // 2, 1.0, 0.0)
    signal = signal + 0.4 * np.random.default_rng(seed).standard_normal(steps)
    x, neuron = np.zeros(1), [0.0]
    for g in signal:
        x = integrate(LeakyIntegrator(tau=tau, drive=g), x, [0.0, 1.0], method=_TIGHT).final_state
        neuron.append(float(x[0]))
    return SameFilter(beta, tau, signal, running_mean(beta, signal), np.array(neuron))


def time_constant(beta: float) -> float:
    """Return tau = -1 / ln beta, in steps."""
    return -1.0 / math.log(beta)


def running_mean(beta: float, signal: np.ndarray) -> np.ndarray:
    """Return Adam's m after each value of a signal, shape (steps + 1,), the zero at first included."""
    rule = Adam(step_size=1e-3, beta1=beta)
    state, mean = rule.init(np.zeros(1)), [0.0]
    for g in signal:
        state = rule.step(state, np.array([g]))
        mean.append(float(state.first_moment[0]))
    return np.array(mean)


@dataclass(frozen=True, slots=True)
class Gains:
    """How much of a sinusoid each of the two hands on.

    Attributes
    ----------
    beta, tau : float
    frequencies : ndarray, shape (n,)
        omega, in radians per step; the last is pi.
    mean, neuron : ndarray, shape (n,)
        Measured gains.
    """

    beta: float
    tau: float
    frequencies: np.ndarray
    mean: np.ndarray
    neuron: np.ndarray

    def mean_law(self, omega: np.ndarray) -> np.ndarray:
        """(1 - beta) / |1 - beta e^{-i omega}|."""
        return (1.0 - self.beta) / np.abs(1.0 - self.beta * np.exp(-1j * np.asarray(omega)))

    def neuron_law(self, omega: np.ndarray) -> np.ndarray:
        """1 / sqrt(1 + (omega tau)^2)."""
        return np.abs(LeakyIntegrator(tau=self.tau).frequency_response(omega))


def gains(
    beta: float = 0.9, frequencies: Sequence[float] = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, math.pi)
) -> Gains:
    """Measure the gain of both for sinusoids.

    Parameters
    ----------
    beta : float, optional
    frequencies : sequence of float, optional
        In radians per step, in (0, pi].

    Returns
    -------
    Gains
    """
    tau = time_constant(beta)
    settle = math.ceil(_SETTLE * tau)
    mean, neuron = [], []
    for omega in frequencies:
        times = np.arange(settle + math.ceil(2.0 * math.pi / omega) + 8)
        response = running_mean(beta, np.cos(omega * times))[1:]
        mean.append(_amplitude(omega, times[settle:], response[settle:]))
        fine = settle + np.linspace(0.0, 2.0 * math.pi / omega, 16, endpoint=False)
        driven = LeakyIntegrator(tau=tau, drive=_cosine(omega))
        run = integrate(driven, [0.0], np.concatenate([[0.0], fine]))
        neuron.append(_amplitude(omega, fine, run.states[1:, 0]))
    return Gains(beta, tau, np.array(frequencies), np.array(mean), np.array(neuron))


def _cosine(omega: float) -> Callable[[float], float]:
    return lambda t: math.cos(omega * t)


def _amplitude(omega: float, times: np.ndarray, response: np.ndarray) -> float:
    """Least squares of a cos + b sin; at omega = pi the sine is zero in all steps, and drops out."""
    waves = np.column_stack([np.cos(omega * times), np.sin(omega * times)])
    weights = np.linalg.lstsq(waves, response, rcond=1e-8)[0]
    return float(np.hypot(*weights))
