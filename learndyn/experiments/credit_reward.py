r"""The three-factor rule: its mean is the gradient of the mean reward, and a baseline sets its noise.

    update = (R - b) eligibility,     E update = grad E[R]  for every b

Means and variances are sums over all patterns of firing of a small net, weighed by their probabilities, so
there is no sampling error (Williams, 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics.state import flatten
from ..learning import MLP, Layer
from ..neural.credit import ThreeFactor, firing_patterns, log_probability


@dataclass(frozen=True, slots=True)
class CreditReward:
    """The mean and the variance of the three-factor rule, for several baselines.

    Attributes
    ----------
    baselines : ndarray, shape (settings,)
    errors : ndarray, shape (settings,)
        |E update - grad E[R]| / |grad E[R]|.
    variances : ndarray, shape (settings,)
        E|update - E update|^2 / |grad E[R]|^2.
    mean_reward : float
    """

    baselines: np.ndarray
    errors: np.ndarray
    variances: np.ndarray
    mean_reward: float

    @property
    def best(self) -> float:
        """The baseline of least variance: the variance is a parabola in b."""
        a, b, _ = np.polyfit(self.baselines, self.variances, 2)
        return float(-b / (2.0 * a))


def run(
    baselines: Sequence[float] = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0),
    *,
    widths: Sequence[int] = (3, 3, 2),
    seed: int = 0,
) -> CreditReward:
    """Sum over all that a small stochastic net can do for one input.

    Parameters
    ----------
    baselines : sequence of float, optional
        At least three.
    widths : sequence of int, optional
    seed : int, optional

    Returns
    -------
    CreditReward
    """
    rng = np.random.default_rng(seed)
    model = MLP(tuple(widths), "sigmoid", output_activation="sigmoid")
    theta = [Layer(*(rng.standard_normal(a.shape) for a in layer)) for layer in model.init(rng)]
    x, y = rng.standard_normal((1, widths[0])), rng.standard_normal((1, widths[-1]))
    rule = ThreeFactor()
    gradient = -flatten(rule.gradient(model, theta, x, y))
    size = np.linalg.norm(gradient)
    patterns = [[s[None] for s in pattern] for pattern in firing_patterns(model)]
    chances = np.array([np.exp(log_probability(theta, x, spikes)).item() for spikes in patterns])
    errors, variances = [], []
    for b in baselines:
        updates = np.array(
            [flatten(rule.update_for(model, theta, x, y, spikes, baseline=b)) for spikes in patterns]
        )
        mean = chances @ updates
        errors.append(float(np.linalg.norm(mean - gradient) / size))
        variances.append(float(chances @ np.sum((updates - mean) ** 2, axis=1) / size**2))
    reward = -float(rule.objective(model, theta, x, y))
    return CreditReward(np.array(baselines), np.array(errors), np.array(variances), reward)
