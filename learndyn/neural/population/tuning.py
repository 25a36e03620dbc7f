r"""Tuning curves: what a unit's mean response is, as a function of the stimulus.

Unit i of N prefers the direction phi_i = 2 pi i / N, and D = theta - phi_i is its offset from the
stimulus theta:

    cosine       f(D) = b + a cos D                      (Georgopoulos et al., 1982)
    von Mises    f(D) = r e^(kappa (cos D - 1))          (r at the peak; Seung and Sompolinsky, 1993)

Responses are expected counts in one window: rate times duration. With c_k the Fourier coefficients
of f, c_k = (1/2pi) int f(D) e^(-i k D) dD, a dense ring has in closed form

    information of independent Poisson counts      J = N (1/2pi) int f'^2 / f
    overlap of the responses to two stimuli        K(D) = sum_i f(theta - phi_i) f(theta + D - phi_i)
                                                        = N sum_k c_k^2 e^(i k D) .

A ring of N units is dense as soon as its lattice cannot resolve f any more: the closed forms are
off by terms c_(N - k), which for kappa = 2 and N = 32 are below rounding.

References
----------
Georgopoulos, A. P., Kalaska, J. F., Caminiti, R. and Massey, J. T. (1982). On the relations between
the direction of two-dimensional arm movements and cell discharge in primate motor cortex. Journal
of Neuroscience 2, 1527-1537.
Seung, H. S. and Sompolinsky, H. (1993). Simple models for reading neuronal population codes. PNAS
90, 10749-10753.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...autodiff import cos, exp, expand_dims, sin
from .bessel import scaled_bessel_i
from .checks import as_angles, require_number
from .ring import check_units, preferred_directions


class Responses(Protocol):
    """A ring of units with tuning curves, which need not be alike. All methods take Tensors too."""

    @property
    def units(self) -> int: ...

    @property
    def preferred(self) -> np.ndarray: ...

    def __call__(self, theta: Any) -> Any: ...

    def offsets(self, theta: Any) -> Any: ...

    def response(self, offset: Any) -> Any: ...

    def slope(self, offset: Any) -> Any: ...


class Tuning(Responses, Protocol):
    """A ring of units with tuning curves of one shape, so that a dense ring has closed forms."""

    @property
    def poisson_information(self) -> float: ...

    @property
    def steepest_offset(self) -> float: ...

    @property
    def most_informative_offset(self) -> float: ...

    def fourier_coefficient(self, mode: Any) -> np.ndarray: ...

    def overlap(self, offset: Any) -> np.ndarray: ...


class _Ring:
    """What all tuning curves on an even ring share."""

    __slots__ = ()

    @property
    def preferred(self: Responses) -> np.ndarray:
        """Preferred directions phi_i, shape (units,), radians."""
        return preferred_directions(self.units)

    def __call__(self: Responses, theta: Any) -> Any:
        """Return the mean responses of all units.

        Parameters
        ----------
        theta : float, array or Tensor, of any shape, radians

        Returns
        -------
        array or Tensor, shape (*theta.shape, units)
        """
        return self.response(self.offsets(theta))

    def offsets(self: Responses, theta: Any) -> Any:
        """Return theta - phi_i, shape (*theta.shape, units)."""
        return expand_dims(as_angles(type(self).__name__, theta), -1) - self.preferred


@dataclass(frozen=True, slots=True)
class VonMisesTuning(_Ring):
    """f(D) = r exp(kappa (cos D - 1)), a bump of peak r on the ring.

    Parameters
    ----------
    units : int
        N, three or more.
    rate : float
        r, the expected count at the preferred direction; positive.
    kappa : float
        Concentration, positive. For large kappa the bump is a Gaussian of width 1/sqrt(kappa).

    Raises
    ------
    TypeError
        If the rate or kappa is not a number.
    ValueError
        If one of them is out of range.
    """

    units: int
    rate: float = 1.0
    kappa: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", check_units("VonMisesTuning", self.units))
        require_number("VonMisesTuning", "rate", self.rate, above=0.0)
        require_number("VonMisesTuning", "kappa", self.kappa, above=0.0)

    def response(self, offset: Any) -> Any:
        """Return f(D) of offsets D in radians, of any shape."""
        return self.rate * exp(self.kappa * (cos(offset) - 1.0))

    def slope(self, offset: Any) -> Any:
        """Return f'(D) = -kappa sin D f(D), counts per radian."""
        return (-self.kappa) * sin(offset) * self.response(offset)

    def fourier_coefficient(self, mode: Any) -> np.ndarray:
        """Return c_k = r e^-kappa I_k(kappa) of whole modes k."""
        return self.rate * scaled_bessel_i(mode, self.kappa)

    def overlap(self, offset: Any) -> np.ndarray:
        """Return K(D) = N r^2 e^(-2 kappa) I_0(2 kappa |cos(D/2)|) of a dense ring."""
        x = 2.0 * self.kappa * np.abs(np.cos(0.5 * np.asarray(offset, dtype=np.float64)))
        return self.units * self.rate**2 * np.exp(x - 2.0 * self.kappa) * scaled_bessel_i(0, x)

    @property
    def poisson_information(self) -> float:
        """N r kappa e^-kappa I_1(kappa): the Fisher information of Poisson counts, 1/rad^2."""
        return float(self.units * self.rate * self.kappa * scaled_bessel_i(1, self.kappa))

    @property
    def steepest_offset(self) -> float:
        """|D| at which |f'| is largest: cos D = (sqrt(1 + 4 kappa^2) - 1) / (2 kappa)."""
        return math.acos(_flank(2.0 * self.kappa))

    @property
    def most_informative_offset(self) -> float:
        """|D| at which f'^2 / f is largest: cos D = (sqrt(1 + kappa^2) - 1) / kappa."""
        return math.acos(_flank(self.kappa))


@dataclass(frozen=True, slots=True)
class CosineTuning(_Ring):
    """f(D) = b + a cos D, the broadest tuning there is on the ring.

    Parameters
    ----------
    units : int
        N, three or more.
    baseline : float
        b, the expected count averaged over directions. Not negative.
    amplitude : float
        a, positive. Above b some responses are negative: with Gaussian noise that is allowed.

    Raises
    ------
    TypeError
        If a parameter is not a number.
    ValueError
        If one of them is out of range.
    """

    units: int
    baseline: float = 1.0
    amplitude: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", check_units("CosineTuning", self.units))
        require_number("CosineTuning", "baseline", self.baseline, above=0.0, or_equal=True)
        require_number("CosineTuning", "amplitude", self.amplitude, above=0.0)

    @property
    def modulation(self) -> float:
        """m = a / b, the depth of modulation; infinite without a baseline."""
        return self.amplitude / self.baseline if self.baseline else math.inf

    def response(self, offset: Any) -> Any:
        """Return f(D) of offsets D in radians, of any shape."""
        return self.baseline + self.amplitude * cos(offset)

    def slope(self, offset: Any) -> Any:
        """Return f'(D) = -a sin D, counts per radian."""
        return (-self.amplitude) * sin(offset)

    def fourier_coefficient(self, mode: Any) -> np.ndarray:
        """Return b for the mode 0, a/2 for the modes 1 and -1, and 0 for all other whole modes."""
        k = np.abs(np.asarray(mode))
        return np.where(k == 0, self.baseline, np.where(k == 1, 0.5 * self.amplitude, 0.0))

    def overlap(self, offset: Any) -> np.ndarray:
        """Return K(D) = N (b^2 + a^2 cos(D) / 2), exact for three units or more."""
        wave = np.cos(np.asarray(offset, dtype=np.float64))
        return self.units * (self.baseline**2 + 0.5 * self.amplitude**2 * wave)

    @property
    def poisson_information(self) -> float:
        """N (b - sqrt(b^2 - a^2)): the Fisher information of Poisson counts, 1/rad^2.

        Raises
        ------
        ValueError
            If the amplitude is above the baseline: no count has a negative mean.
        """
        root = self._root("poisson_information")
        return self.units * self.amplitude**2 / (self.baseline + root)

    @property
    def steepest_offset(self) -> float:
        """|D| at which |f'| is largest: a right angle."""
        return 0.5 * math.pi

    @property
    def most_informative_offset(self) -> float:
        """|D| at which f'^2 / f is largest: cos D = -(1 - sqrt(1 - m^2)) / m, beyond a right angle.

        Raises
        ------
        ValueError
            If the amplitude is above the baseline.
        """
        return math.acos(-self.amplitude / (self.baseline + self._root("most_informative_offset")))

    def _root(self, what: str) -> float:
        """sqrt(b^2 - a^2)."""
        if self.amplitude > self.baseline:
            raise ValueError(
                f"CosineTuning: {what} is that of Poisson counts, but amplitude {self.amplitude} above "
                f"baseline {self.baseline} gives negative means. Raise the baseline"
            )
        return math.sqrt((self.baseline - self.amplitude) * (self.baseline + self.amplitude))


def _flank(x: float) -> float:
    """(sqrt(1 + x^2) - 1) / x, written so that nothing cancels for small x."""
    return x / (math.sqrt(1.0 + x * x) + 1.0)
