r"""Independent noise: Poisson counts, and Gaussian responses of one variance.

A noise model says how the responses n of a population scatter about their means f(theta). Each has

    sample            responses to stimuli, drawn from a generator
    log_likelihood    log p(n | theta), without terms that do not depend on theta; Tensors too
    covariance        C(theta), shape (N, N); Tensors too
    curvature_information    what C's own dependence on theta tells, beyond f' C^-1 f'

Poisson counts have variance f, and log p = sum_i n_i log f_i - f_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...autodiff import Tensor, expand_dims, log, square
from ...autodiff import sum as sum_over
from .checks import require_number
from .tuning import Responses


class Noise(Protocol):
    """How responses scatter about the tuning curves."""

    def sample(self, tuning: Responses, theta: Any, rng: np.random.Generator) -> np.ndarray: ...

    def log_likelihood(self, tuning: Responses, theta: Any, responses: Any) -> Any: ...

    def covariance(self, tuning: Responses, theta: Any) -> Any: ...

    def curvature_information(self, tuning: Responses, theta: Any) -> float: ...


@dataclass(frozen=True, slots=True)
class PoissonNoise:
    """Independent Poisson counts: n_i has mean and variance f_i(theta)."""

    def sample(self, tuning: Responses, theta: Any, rng: np.random.Generator) -> np.ndarray:
        """Draw counts.

        Parameters
        ----------
        tuning : Responses
        theta : array_like, of any shape, radians
            One stimulus per trial.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (*theta.shape, units), float64

        Raises
        ------
        ValueError
            If a mean is negative.
        """
        return rng.poisson(self._means(tuning, theta, "sample")).astype(np.float64)

    def log_likelihood(self, tuning: Responses, theta: Any, responses: Any) -> Any:
        """Return sum_i n_i log f_i(theta) - f_i(theta).

        Parameters
        ----------
        tuning : Responses
        theta : array or Tensor, of any shape
            Broadcast against the responses' leading axes.
        responses : ndarray, shape (..., units)

        Returns
        -------
        array or Tensor, of the broadcast shape

        Raises
        ------
        ValueError
            If a mean is not positive: its logarithm does not exist.
        """
        means = self._means(tuning, theta, "log_likelihood", positive=True)
        return sum_over(responses * log(means), axis=-1) - sum_over(means, axis=-1)

    def covariance(self, tuning: Responses, theta: Any) -> Any:
        """Return diag(f(theta)), shape (*theta.shape, units, units)."""
        return expand_dims(tuning(theta), -1) * np.eye(tuning.units)

    def curvature_information(self, tuning: Responses, theta: Any) -> float:
        """Return 0: f' C^-1 f' is all the information that Poisson counts have."""
        return 0.0

    def _means(self, tuning: Responses, theta: Any, what: str, positive: bool = False) -> Any:
        means = tuning(theta)
        least = (means.numpy() if isinstance(means, Tensor) else means).min(initial=np.inf)
        if least < 0.0 or (positive and least == 0.0):
            needed = "positive" if positive else "no negative"
            raise ValueError(
                f"PoissonNoise: {what} needs {needed} means, but a tuning curve reaches {least:.3g}. "
                "Raise the baseline, or use Gaussian noise"
            )
        return means


@dataclass(frozen=True, slots=True)
class GaussianNoise:
    """Independent Gaussian noise, C = sigma^2 I.

    Parameters
    ----------
    deviation : float
        sigma, positive, in counts.

    Raises
    ------
    TypeError, ValueError
        If it is no number, or not positive and finite.
    """

    deviation: float = 1.0

    def __post_init__(self) -> None:
        require_number("GaussianNoise", "deviation", self.deviation, above=0.0)

    def sample(self, tuning: Responses, theta: Any, rng: np.random.Generator) -> np.ndarray:
        """Draw responses, shape (*theta.shape, units), as ``PoissonNoise.sample``."""
        means = tuning(theta)
        return means + self.deviation * rng.standard_normal(means.shape)

    def log_likelihood(self, tuning: Responses, theta: Any, responses: Any) -> Any:
        """Return -|n - f(theta)|^2 / (2 sigma^2), as ``PoissonNoise.log_likelihood``."""
        return sum_over(square(responses - tuning(theta)), axis=-1) * (-0.5 / self.deviation**2)

    def covariance(self, tuning: Responses, theta: Any) -> np.ndarray:
        """Return sigma^2 I, shape (units, units), whatever the stimulus."""
        return self.deviation**2 * np.eye(tuning.units)

    def curvature_information(self, tuning: Responses, theta: Any) -> float:
        """Return 0: C does not depend on the stimulus."""
        return 0.0
