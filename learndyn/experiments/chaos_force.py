r"""A chaotic circuit before and after FORCE learning, and the exponents of both.

    dx/dt = -x + W tanh(x) + u z,    z = w . tanh(x)

Only w learns. What it leaves is a circuit of weight W + u w', which no clock drives. If it makes a
periodic output by itself, its orbit is a limit cycle: its largest exponent is 0 (a shift along the
orbit stays), and the second is negative.

References
----------
Sussillo, D. and Abbott, L. F. (2009). Generating coherent patterns of activity from chaotic neural
networks. Neuron 63, 544-557.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import RK4, integrate, simulate
from ..neural.rate import ForceLearning, random_network
from .chaos_circuit import largest_exponent

PERIOD = 60.0  # of the target, in units of tau


@dataclass(frozen=True, slots=True)
class TamedChaos:
    """A circuit without feedback, and with what FORCE learned.

    Attributes
    ----------
    gain : float
    times : ndarray, shape (k,)
        In units of tau, from 0.
    before, after : ndarray, shape (k, 3)
        Firing rates of three neurons, without and with the learned feedback.
    output, target : ndarray, shape (k,)
        After learning has stopped.
    error : float
        Root mean square of their difference, over the whole test.
    untrained_error : float
        The same for the learned readout if nothing is fed back.
    exponents_before, exponents_after : ndarray, shape (2,)
        The leading two, per tau.
    """

    gain: float
    times: np.ndarray
    before: np.ndarray
    after: np.ndarray
    output: np.ndarray
    target: np.ndarray
    error: float
    untrained_error: float
    exponents_before: np.ndarray
    exponents_after: np.ndarray


def target(t: float) -> float:
    """Return the sum of four tones that the circuit has to make."""
    w = 2.0 * np.pi / PERIOD
    return float(np.sin([w * t, 2 * w * t, 3 * w * t, 4 * w * t]) @ [1.0, 0.5, 0.3, 0.2])


def run(
    gain: float = 1.8,
    *,
    neurons: int = 300,
    feedback: float = 2.0,
    duration: float = 2000.0,
    test_duration: float = 4 * PERIOD,
    shown: float = 2 * PERIOD,
    step_size: float = 0.25,
    seed: int = 0,
) -> TamedChaos:
    """Measure a chaotic circuit, teach it a periodic output, and measure it again.

    Parameters
    ----------
    gain : float, optional
        g.
    neurons : int, optional
        N.
    feedback : float, optional
        u is drawn evenly from -feedback to feedback.
    duration, test_duration, shown, step_size : float, optional
        With learning, after it, the part kept for a figure, and of RK4; in units of tau.
    seed : int, optional

    Returns
    -------
    TamedChaos
    """
    rng = np.random.default_rng(seed)
    method = RK4(step_size)
    network = random_network(neurons, gain, rng)
    learning = ForceLearning(
        network=network,
        target=target,
        feedback=rng.uniform(-feedback, feedback, neurons),
        method=method,
        every=2,
    )
    x0 = 0.5 * rng.standard_normal(neurons)
    steps = round(duration / step_size)
    learned = learning.unravel(
        simulate(learning, learning.init(x0), steps, every=steps, progress=False).final_state
    )
    tamed = learning.closed_loop(learned.readout)
    # The clock of the target goes on where learning stopped.
    times = step_size * np.arange(steps, steps + round(test_duration / step_size) + 1)
    wanted = np.array([target(t) for t in times])
    free = network.rates(integrate(network, x0, times, method=method).states)
    after = network.rates(integrate(tamed, learned.x.copy(), times, method=method).states)
    kept = slice(0, round(shown / step_size) + 1, 2)
    return TamedChaos(
        gain,
        (times - times[0])[kept],
        free[kept, :3],
        after[kept, :3],
        (after @ learned.readout)[kept],
        wanted[kept],
        _rms(after @ learned.readout - wanted),
        _rms(free @ learned.readout - wanted),
        largest_exponent(network, x0, count=2, duration=120.0, step_size=step_size),
        largest_exponent(tamed, learned.x, count=2, duration=test_duration, step_size=step_size),
    )


def _rms(error: np.ndarray) -> float:
    return float(np.sqrt(np.mean(error**2)))
