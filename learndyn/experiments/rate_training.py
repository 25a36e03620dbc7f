r"""A recurrent network in continuous time is trained to oscillate, and a limit cycle is what it learns.

    L(theta) = integral_0^T (x_0(t) - sin(2 pi t / 4))^2 dt

over two periods, by backpropagation through steps of Runge-Kutta's method and Adam. Then the
network runs on, far beyond what it was trained on, and is studied as a flow: is there a cycle, what
is its period, does it attract?

References
----------
Werbos, P. J. (1990). Backpropagation through time: what it does and how to do it. Proceedings of
the IEEE 78, 1550-1560.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import RK4, Floquet, LimitCycle, floquet, integrate, limit_cycle
from ..learning import Adam, train
from ..neural.rate import ContinuousTimeRNN, TrajectoryLoss, unrolled_loss

PERIOD = 4.0  # of the target, in units of tau


@dataclass(frozen=True, slots=True)
class TrainedOscillator:
    """A network before and after training, and the cycle that it has.

    Attributes
    ----------
    duration : float
        T, of the training.
    losses : tuple of float
        Before and after.
    times : ndarray, shape (records,)
        Beyond T.
    target, before, after : ndarray, shape (records,)
        What neuron 0 should do, did, and does.
    cycle : LimitCycle
        On which the trained network settles.
    floquet : Floquet
        Of the cycle.
    """

    duration: float
    losses: tuple[float, float]
    times: np.ndarray
    target: np.ndarray
    before: np.ndarray
    after: np.ndarray
    cycle: LimitCycle
    floquet: Floquet


def family(theta: Tree) -> ContinuousTimeRNN:
    """Return the network of a tree of constants."""
    return ContinuousTimeRNN(theta["weight"], bias=theta["bias"])


def run(
    *, n: int = 8, steps: int = 120, step_size: float = 0.03, duration: float = 8.0, seed: int = 0
) -> TrainedOscillator:
    """Train a network, and follow it.

    Parameters
    ----------
    n : int, optional
        Neurons.
    steps : int, optional
        Of Adam.
    step_size : float, optional
        Adam's.
    duration : float, optional
        T, two periods.
    seed : int, optional
        Of the first weights and the initial state.

    Returns
    -------
    TrainedOscillator
    """
    rng = np.random.default_rng(seed)
    theta = {
        "weight": 1.2 / np.sqrt(n) * rng.standard_normal((n, n)),
        "bias": 0.2 * rng.standard_normal(n),
    }
    start = 0.5 * rng.standard_normal(n)
    omega = 2.0 * np.pi / PERIOD
    task = TrajectoryLoss(
        family=family,
        z0=start,
        duration=duration,
        running=lambda t, z: (z[0] - np.sin(omega * t)) ** 2,
    )
    loss = unrolled_loss(task, method=RK4(0.4))
    trained = train(loss, Adam(step_size=step_size), theta, steps, progress=False).theta
    times = np.linspace(0.0, 3.0 * duration, 241)
    before, after = (integrate(family(w), start, times).states[:, 0] for w in (theta, trained))
    network = family(trained)
    cycle = limit_cycle(network, start, section=lambda z: z[0], transient=50.0, duration=15.0)
    return TrainedOscillator(
        duration,
        (float(loss(theta)), float(loss(trained))),
        times,
        np.sin(omega * times),
        before,
        after,
        cycle,
        floquet(network, cycle.state, cycle.period),
    )
