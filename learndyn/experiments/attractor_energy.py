r"""Hopfield's circuit descends on its energy, but not along the gradient.

    tau dx/dt = -x + W V + b,    V = tanh(gain x),    dE/dV = -tau dx/dt

By the chain rule dE/dx = phi'(x) dE/dV, so that in the state x

    tau dx/dt = -(1 / phi'(x)) dE/dx

This is a gradient flow preconditioned by 1/phi', the flow of mirror descent with the mirror map
V = phi(x). Where a neuron saturates, phi' and with it dE/dx vanish: the plain gradient flow stalls
there, and the circuit does not.

A step of Euler's method, x <- x - (h/tau) dE/dV, is a step of mirror descent. With the convex
Psi(V) = sum integral artanh / gain, E = Psi - V' W V / 2 - b' V is smooth relative to Psi with the
constant L = 1 + gain max(0, -lambda_min(W)), so that no step with h <= tau / L makes E rise (Bauschke,
Bolte and Teboulle, 2017). Longer ones may, even where the state of rest is stable under them.

References
----------
Hopfield, J. J. (1984). Neurons with graded response have collective computational properties like
those of two-state neurons. Proceedings of the National Academy of Sciences 81, 3088-3092.
Bauschke, H. H., Bolte, J. and Teboulle, M. (2017). A descent lemma beyond Lipschitz gradient
continuity: first-order methods revisited and applications. Mathematics of Operations Research 42,
330-348.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import grad
from ..dynamics import DormandPrince, Euler, Flow, integrate
from ..learning import gradient_flow
from ..neural.rate import ContinuousHopfield
from .rate_steps import StepLimit, step_limit

_TIGHT = DormandPrince(rtol=1e-10, atol=1e-12)


def two_memories(gain: float = 2.5) -> ContinuousHopfield:
    """Return two neurons that excite each other: they remember (1, 1) and (-1, -1)."""
    return ContinuousHopfield(np.array([[0.0, 1.0], [1.0, 0.0]]), gain=gain)


@dataclass(frozen=True, slots=True)
class TwoDescents:
    """The circuit and the gradient flow of its energy, from the same states.

    Attributes
    ----------
    axis : ndarray, shape (m,)
        Of x_1 and of x_2.
    energy : ndarray, shape (m, m)
        E; rows belong to x_2.
    times : ndarray, shape (records,)
        In units of tau.
    circuit, gradient : ndarray, shape (starts, records, 2)
        States.
    circuit_energy, gradient_energy : ndarray, shape (starts, records)
    """

    axis: np.ndarray
    energy: np.ndarray
    times: np.ndarray
    circuit: np.ndarray
    gradient: np.ndarray
    circuit_energy: np.ndarray
    gradient_energy: np.ndarray

    def settling(self, energy: np.ndarray) -> float:
        """When 99 % of the energy that is lost in the end by the circuit is lost; inf if never.

        Parameters
        ----------
        energy : ndarray, shape (records,)
            A row of ``circuit_energy`` or of ``gradient_energy``.
        """
        lowest = float(self.circuit_energy.min())
        below = np.flatnonzero(energy - lowest <= 0.01 * (energy[0] - lowest))
        return float(self.times[below[0]]) if len(below) else float("inf")


def run(
    starts: Sequence[Sequence[float]] = ((1.6, -1.2), (-1.3, 0.9), (0.3, 1.5)),
    *,
    gain: float = 2.5,
    duration: float = 60.0,
) -> TwoDescents:
    """Follow both flows.

    Parameters
    ----------
    starts : sequence of pairs, optional
        x.
    gain : float, optional
    duration : float, optional
        In units of tau.

    Returns
    -------
    TwoDescents
    """
    net = two_memories(gain)
    axis = np.linspace(-1.8, 1.8, 61)
    energy = np.array([[float(net.energy(np.array([a, b]))) for a in axis] for b in axis])
    times = np.concatenate([np.linspace(0.0, 8.0, 161), np.linspace(8.0, duration, 105)[1:]])
    flows: tuple[Flow, Flow] = (net, gradient_flow(net.energy, np.zeros(2)))
    paths, levels = [], []
    for flow in flows:
        runs = [integrate(flow, z, times, observe={"E": net.energy}) for z in starts]
        paths.append(np.array([r.states for r in runs]))
        levels.append(np.array([r.observables["E"] for r in runs]))
    return TwoDescents(axis, energy, times, *paths, *levels)


@dataclass(frozen=True, slots=True)
class DescentLaw:
    """How exactly the circuit obeys its energy.

    Attributes
    ----------
    rate_error : float
        Largest relative difference of grad E . dx/dt and -tau sum phi' (dx/dt)^2, over states.
    loss_error : float
        Difference of the energy lost in a run and the integral of its rate.
    metric_error : float
        Largest relative difference of dx/dt and -(1/phi') dE/dx.
    angle : float
        Largest angle between dx/dt and -dE/dx, in degrees.
    """

    rate_error: float
    loss_error: float
    metric_error: float
    angle: float


def descent_law(*, n: int = 20, states: int = 100, seed: int = 0) -> DescentLaw:
    """Check the law of the energy in a random symmetric network.

    Parameters
    ----------
    n : int, optional
        Neurons.
    states : int, optional
        Random states.
    seed : int, optional

    Returns
    -------
    DescentLaw
    """
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((n, n)) / np.sqrt(n)
    net = ContinuousHopfield(a + a.T, gain=1.5, bias=0.1 * rng.standard_normal(n))
    slope = grad(net.energy)
    rate, metric, cosine = [], [], []
    for x in 1.5 * rng.standard_normal((states, n)):
        velocity, gradient = net(0.0, x), slope(x)
        preconditioned = -gradient / (net.gain * (1.0 - net.rates(x) ** 2))
        rate.append(float(abs(gradient @ velocity / net.energy_rate(x) - 1.0)))
        length = float(np.linalg.norm(velocity))
        metric.append(float(np.linalg.norm(preconditioned - velocity)) / length)
        cosine.append(-float(gradient @ velocity) / float(np.linalg.norm(gradient)) / length)

    def with_loss(t: float, z: np.ndarray) -> np.ndarray:
        return np.append(net(t, z[:-1]), net.energy_rate(z[:-1]))

    x0 = rng.standard_normal(n)
    end = integrate(with_loss, np.append(x0, 0.0), [0.0, 10.0], method=_TIGHT).final_state
    lost = abs(float(net.energy(end[:-1]) - net.energy(x0)) - float(end[-1]))
    angle = float(np.degrees(np.arccos(min(cosine))))
    return DescentLaw(max(rate), lost, max(metric), angle)


@dataclass(frozen=True, slots=True)
class EulerEnergy:
    """The energy of two neurons that inhibit each other, under steps of Euler's method.

    Attributes
    ----------
    step_sizes : tuple of float
        In units of tau.
    energies : tuple of ndarray
        E after each step.
    limit : StepLimit
        Of the state at which the flow rests.
    safe : float
        tau / L, up to which no step makes E rise.
    """

    step_sizes: tuple[float, ...]
    energies: tuple[np.ndarray, ...]
    limit: StepLimit
    safe: float


def euler_energy(
    step_sizes: Sequence[float] = (0.3, 1.5), *, duration: float = 18.0
) -> EulerEnergy:
    """Run the circuit with steps below and above its limit.

    Parameters
    ----------
    step_sizes : sequence of float, optional
    duration : float, optional

    Returns
    -------
    EulerEnergy
    """
    net = ContinuousHopfield(np.array([[0.0, -2.2], [-2.2, 0.0]]), bias=np.array([0.3, 0.3]))
    start = np.array([0.4, 0.35])
    energies = []
    for h in step_sizes:
        times = h * np.arange(round(duration / h) + 1)
        run = integrate(net, start, times, method=Euler(h), observe={"E": net.energy})
        energies.append(run.observables["E"])
    rest = integrate(net, start, [0.0, 200.0]).final_state
    return EulerEnergy(tuple(step_sizes), tuple(energies), step_limit(net, rest), safe_step(net))


def safe_step(net: ContinuousHopfield) -> float:
    """Return tau / (1 + gain max(0, -lambda_min(W))): no shorter step of Euler's makes E rise."""
    lowest = float(np.linalg.eigvalsh(net.weight)[0])
    return net.tau / (1.0 + net.gain * max(0.0, -lowest))
