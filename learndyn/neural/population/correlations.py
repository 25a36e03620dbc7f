r"""Correlated Gaussian noise: correlations of limited range, and those that limit information.

Limited range (Abbott and Dayan, 1999): units that prefer similar directions share noise,

    C_ij = sigma^2 [ (1 - c) delta_ij + c e^(-|phi_i - phi_j| / l) ] .

C is circulant, so that Fourier modes are its eigenvectors, C w_k = s_k w_k. For cosine tuning all of
f' is in mode 1, and the information is J = N a^2 / (2 s_1) exactly. For many units

    s_1 -> sigma^2 c N rho_1,    rho_1 = (1/pi) l (1 + e^(-pi/l)) / (1 + l^2),

so J tends to a^2 / (2 sigma^2 c rho_1), whatever N: 1/J is the inverse of that limit plus the inverse
of N a^2 / (2 sigma^2 (1 - c)), the information under the units' own noise alone. It saturates because
all tuning curves have one shape; the correlations that limit any population are the next.

Differential correlations (Moreno-Bote et al., 2014): noise that looks like a moved stimulus,

    C(theta) = sigma^2 I + epsilon f'(theta) f'(theta)',       f' C^-1 f' = J0 / (1 + epsilon J0),

never above 1 / epsilon. That is the *linear* information, the best that a locally linear readout
can do. Read as a Gaussian model to the letter, C varies with theta and adds tr((C^-1 C')^2) / 2,

    epsilon^2 (|f''|^2 / sigma^2) J0 / (1 + epsilon J0),

which grows with N without bound. It is an artefact of the model: where the stimulus itself is
jittered with variance epsilon, C is its covariance to first order only, and no readout whatever
gets above 1 / epsilon, by the data processing inequality.

References
----------
Abbott, L. F. and Dayan, P. (1999). The effect of correlated variability on the accuracy of a
population code. Neural Computation 11, 91-101.
Moreno-Bote, R. et al. (2014). Information-limiting correlations. Nature Neuroscience 17, 1410-1417.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import expand_dims, jvp, log1p, square
from ...autodiff import sum as sum_over
from .checks import require_number
from .ring import wrap
from .tuning import Responses


@dataclass(frozen=True, slots=True)
class LimitedRangeNoise:
    """Gaussian noise whose correlation falls with the distance of preferred directions.

    Parameters
    ----------
    deviation : float
        sigma, positive, in counts.
    correlation : float
        c, at least 0 and below 1: the correlation of two units of the same preference.
    length : float
        l, positive, radians.

    Raises
    ------
    TypeError, ValueError
        If a parameter is no number, or out of range.
    """

    deviation: float = 1.0
    correlation: float = 0.2
    length: float = 1.0

    def __post_init__(self) -> None:
        require_number("LimitedRangeNoise", "deviation", self.deviation, above=0.0)
        require_number("LimitedRangeNoise", "correlation", self.correlation, above=0.0, or_equal=True)
        require_number("LimitedRangeNoise", "length", self.length, above=0.0)
        if self.correlation >= 1.0:
            raise ValueError(
                f"LimitedRangeNoise: correlation must be below 1, got {self.correlation}. "
                "At 1 no unit has noise of its own"
            )

    def sample(self, tuning: Responses, theta: Any, rng: np.random.Generator) -> np.ndarray:
        """Draw responses, shape (*theta.shape, units), as ``PoissonNoise.sample``."""
        means = tuning(theta)
        root = np.linalg.cholesky(self.covariance(tuning, theta))
        return means + rng.standard_normal(means.shape) @ root.T

    def log_likelihood(self, tuning: Responses, theta: Any, responses: Any) -> Any:
        """Return -(n - f)' C^-1 (n - f) / 2, as ``PoissonNoise.log_likelihood``."""
        precision = np.linalg.inv(self.covariance(tuning, theta))
        error = responses - tuning(theta)
        return -0.5 * sum_over(error * (error @ precision), axis=-1)

    def covariance(self, tuning: Responses, theta: Any) -> np.ndarray:
        """Return C, shape (units, units), whatever the stimulus."""
        apart = np.abs(wrap(tuning.preferred[:, None] - tuning.preferred))
        shared = self.correlation * np.exp(-apart / self.length)
        return self.deviation**2 * ((1.0 - self.correlation) * np.eye(tuning.units) + shared)

    def curvature_information(self, tuning: Responses, theta: Any) -> float:
        """Return 0: C does not depend on the stimulus."""
        return 0.0

    def mode_variance(self, units: int, mode: int) -> float:
        """Return the eigenvalue s_k of C on N units, from a geometric sum in closed form.

        Parameters
        ----------
        units : int
            N, even.
        mode : int
            k.

        Returns
        -------
        float
            sigma^2 [1 - c + c (1 - q^2) (1 - (-1)^k q^(N/2)) / (1 - 2 q cos(2 pi k / N) + q^2)],
            q = e^(-2 pi / (N l)).

        Raises
        ------
        ValueError
            If N is odd.
        """
        if units % 2:
            raise ValueError(f"LimitedRangeNoise: mode_variance needs an even number of units, got {units}")
        q = math.exp(-2.0 * math.pi / (units * self.length))
        below = 1.0 - 2.0 * q * math.cos(2.0 * math.pi * mode / units) + q * q
        wave = (1.0 - q * q) * (1.0 - (-1.0) ** mode * q ** (units // 2)) / below
        return self.deviation**2 * (1.0 - self.correlation + self.correlation * wave)


@dataclass(frozen=True, slots=True)
class DifferentialNoise:
    """Gaussian noise with differential correlations, covariance sigma^2 I + epsilon f'(theta) f'(theta)'.

    Parameters
    ----------
    deviation : float
        sigma, positive, in counts.
    epsilon : float
        Variance of the apparent stimulus, rad^2; not negative.

    Raises
    ------
    TypeError, ValueError
        If a parameter is no number, or out of range.
    """

    deviation: float = 1.0
    epsilon: float = 0.01

    def __post_init__(self) -> None:
        require_number("DifferentialNoise", "deviation", self.deviation, above=0.0)
        require_number("DifferentialNoise", "epsilon", self.epsilon, above=0.0, or_equal=True)

    def sample(self, tuning: Responses, theta: Any, rng: np.random.Generator) -> np.ndarray:
        """Draw responses, shape (*theta.shape, units), as ``PoissonNoise.sample``."""
        means, slopes = tuning(theta), self._slopes(tuning, theta)
        own = self.deviation * rng.standard_normal(means.shape)
        moved = math.sqrt(self.epsilon) * rng.standard_normal((*means.shape[:-1], 1))
        return means + own + moved * slopes

    def log_likelihood(self, tuning: Responses, theta: Any, responses: Any) -> Any:
        """Return -(n - f)' C^-1 (n - f) / 2 - log(det C) / 2, as ``PoissonNoise.log_likelihood``.

        By the rank-one formulas of Sherman and Morrison, so that no matrix is made.
        """
        error, slopes = responses - tuning(theta), self._slopes(tuning, theta)
        variance = self.deviation**2
        gain = (self.epsilon / variance) * sum_over(square(slopes), axis=-1)  # epsilon J0
        along = sum_over(error * slopes, axis=-1)
        square_error = sum_over(square(error), axis=-1) / variance
        explained = (self.epsilon / variance**2) * square(along) / (1.0 + gain)
        return -0.5 * (square_error - explained + log1p(gain))

    def covariance(self, tuning: Responses, theta: Any) -> Any:
        """Return C(theta), shape (*theta.shape, units, units)."""
        slopes = self._slopes(tuning, theta)
        outer = expand_dims(slopes, -1) * expand_dims(slopes, -2)
        return self.deviation**2 * np.eye(tuning.units) + self.epsilon * outer

    def curvature_information(self, tuning: Responses, theta: Any) -> float:
        """Return tr((C^-1 C')^2) / 2 at one stimulus, C' by forward differentiation."""
        at = np.asarray(theta, dtype=np.float64)
        matrix, rate = jvp(lambda t: self.covariance(tuning, t), (at,), (np.ones_like(at),))
        relative = np.linalg.solve(matrix, rate)
        return 0.5 * float(np.sum(relative * relative.T))

    def _slopes(self, tuning: Responses, theta: Any) -> Any:
        return tuning.slope(tuning.offsets(theta))


def differential_information(independent: float, epsilon: float) -> float:
    """Return J0 / (1 + epsilon J0), what differential correlations leave of the information J0.

    Parameters
    ----------
    independent : float
        J0, 1/rad^2, not negative.
    epsilon : float
        Variance of the apparent stimulus, rad^2, not negative.

    Raises
    ------
    TypeError, ValueError
        If a number is no number, or negative.

    References
    ----------
    Moreno-Bote, R. et al. (2014). Nature Neuroscience 17, 1410-1417.
    """
    require_number("differential_information", "independent", independent, above=0.0, or_equal=True)
    require_number("differential_information", "epsilon", epsilon, above=0.0, or_equal=True)
    return independent / (1.0 + epsilon * independent)
