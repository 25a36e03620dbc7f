r"""A readout as a flow: the direction climbs the log-likelihood of the counts.

    d theta / dt = L'(theta),     L(theta) = log p(n | theta)

Its stable equilibria are the maxima of the likelihood. The rate at which it returns to one, -L'', is the
*observed* information of the trial, whose mean over trials at the true stimulus is the Fisher information
J. For von Mises tuning and Poisson counts L' = kappa |Z| sin(arg Z - theta) with the population vector Z:
one stable and one unstable equilibrium, and the closed form

    tan((theta - arg Z) / 2) = e^(-kappa |Z| t) tan((theta_0 - arg Z) / 2) .

Deneve, Latham and Pouget (1999) show that a recurrent net of tuned units can come close to such a readout.

References
----------
Deneve, S., Latham, P. E. and Pouget, A. (1999). Reading population codes: a neural implementation of ideal
observers. Nature Neuroscience 2, 740-745.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad, jvp
from ..autodiff import sum as sum_over
from ..dynamics import Flow, equilibrium, integrate, linearise, spectrum
from ..neural.population import (
    Noise,
    PoissonNoise,
    Tuning,
    VonMisesTuning,
    fisher_information,
    maximum_likelihood,
    population_vector,
    wrap,
)


def likelihood_flow(tuning: Tuning, noise: Noise, responses: Any) -> Flow:
    """Return d theta / dt = L'(theta) of one trial.

    Parameters
    ----------
    tuning : Tuning
    noise : Noise
    responses : array_like, shape (units,)

    Returns
    -------
    Flow
        On states of shape (n,): n directions that climb side by side, each on its own.
    """
    n = np.asarray(responses, dtype=np.float64)
    slope = grad(lambda theta: sum_over(noise.log_likelihood(tuning, theta, n)))
    return lambda t, theta: slope(theta)


@dataclass(frozen=True, slots=True)
class PopulationReadout:
    """One trial read by the flow.

    Attributes
    ----------
    times : ndarray, shape (records,)
        In units of 1 / J.
    directions : ndarray, shape (records, starts)
        Radians, from integration.
    closed_form : ndarray, shape (records, starts)
    stable, unstable : float
        Equilibria in [-pi, pi), radians.
    stable_rate, unstable_rate : float
        Eigenvalues of the flow there, in units of J.
    predicted_rate : float
        kappa |Z| / J.
    votes, likely : float
        The population vector's direction, and that of largest likelihood, radians.
    """

    times: np.ndarray
    directions: np.ndarray
    closed_form: np.ndarray
    stable: float
    unstable: float
    stable_rate: float
    unstable_rate: float
    predicted_rate: float
    votes: float
    likely: float

    @property
    def error(self) -> float:
        """Largest distance of the integrated directions from the closed form, radians."""
        return float(np.abs(self.directions - self.closed_form).max())


def run(
    starts: Sequence[float] = (-3.0, -2.2, -1.4, -0.4, 1.0, 2.0, 3.0),
    *,
    units: int = 32,
    rate: float = 10.0,
    kappa: float = 2.0,
    stimulus: float = 0.6,
    duration: float = 6.0,
    seed: int = 0,
) -> PopulationReadout:
    """Let directions climb the likelihood of one trial, and study the flow.

    Parameters
    ----------
    starts : sequence of float, optional
        Radians.
    units, rate, kappa, stimulus, seed : optional
        As in ``population_trial.run``: the same trial.
    duration : float, optional
        In units of 1 / J.

    Returns
    -------
    PopulationReadout
    """
    tuning, noise = VonMisesTuning(units, rate, kappa), PoissonNoise()
    counts = noise.sample(tuning, stimulus, np.random.default_rng(seed))
    information = fisher_information(tuning, noise, stimulus)
    flow = likelihood_flow(tuning, noise, counts)
    times = np.linspace(0.0, duration, 61)
    path = integrate(flow, np.array(starts), times / information, progress=False)
    votes = population_vector(counts)
    centre, strength = float(votes.direction), kappa * float(votes.length)
    shrink = np.exp(-strength * times / information)[:, None]
    closed_form = centre + 2.0 * np.arctan(shrink * np.tan(0.5 * (np.array(starts) - centre)))
    # The arctangent knows directions; each path goes on from the turn on which it starts.
    closed_form += 2.0 * np.pi * np.round((np.array(starts) - closed_form[0]) / (2.0 * np.pi))
    points = [equilibrium(flow, np.array([guess])) for guess in (stimulus, stimulus + np.pi)]
    rates = [float(spectrum(linearise(flow, p.state, t=0.0))[0].real) / information for p in points]
    stable, unstable = (float(wrap(p.state[0])) for p in points)
    return PopulationReadout(
        times, path.states, closed_form, stable, unstable, rates[0], rates[1], strength / information,
        centre, float(maximum_likelihood(tuning, noise, counts).direction),
    )  # fmt: skip


def observed_information(
    tuning: Tuning, noise: Noise, stimulus: float, *, trials: int = 2000, seed: int = 0
) -> np.ndarray:
    """Return -L'' at the true stimulus of many trials, 1/rad^2, shape (trials,).

    Parameters
    ----------
    tuning : Tuning
    noise : Noise
    stimulus : float
        Radians.
    trials : int, optional
    seed : int, optional
    """
    theta = np.full(trials, stimulus)
    n = noise.sample(tuning, theta, np.random.default_rng(seed))
    slope = grad(lambda t: sum_over(noise.log_likelihood(tuning, t, n)))
    return -jvp(slope, (theta,), (np.ones(trials),))[1]
