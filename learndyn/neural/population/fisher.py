r"""Fisher information: how well the best readout can tell neighbouring stimuli apart.

    J(theta) = E[(d log p / d theta)^2],      Var(estimate) >= (1 + b'(theta))^2 / J(theta)

with b the bias (Cramer, 1946; Rao, 1945). For Poisson counts and for Gaussian noise whose
covariance does not vary, J = f' C^-1 f' (Seung and Sompolinsky, 1993); a covariance that varies adds
tr((C^-1 C')^2) / 2. The first term alone is the *linear* information: the inverse of the variance
of the best locally linear unbiased readout, whatever the noise.

The bound is one for estimates on a line. On the ring no error is above pi, so that a variance stays
below pi^2 even where J -> 0; the bound speaks where 1 / J is small against that.

References
----------
Seung, H. S. and Sompolinsky, H. (1993). Simple models for reading neuronal population codes. PNAS
90, 10749-10753.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .checks import require_number
from .noise import Noise
from .tuning import Responses, Tuning


def linear_information(tuning: Responses, noise: Noise, theta: float) -> float:
    """Return f'(theta)' C(theta)^-1 f'(theta), 1/rad^2.

    Parameters
    ----------
    tuning : Responses
    noise : Noise
    theta : float
        One stimulus, radians.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If theta is not one number, or the covariance is singular, as that of counts with mean 0 is.
    """
    at = _one(theta, "linear_information")
    slopes = tuning.slope(tuning.offsets(at))
    try:
        return float(slopes @ np.linalg.solve(noise.covariance(tuning, at), slopes))
    except np.linalg.LinAlgError:
        raise ValueError(
            "linear_information: the covariance is singular at this stimulus, so that some "
            "combination of responses has no noise. Raise the baseline of the tuning curves"
        ) from None


def fisher_information(tuning: Tuning, noise: Noise, theta: float) -> float:
    """Return the Fisher information J at one stimulus, 1/rad^2.

    Parameters and errors are those of ``linear_information``.

    Returns
    -------
    float
        f' C^-1 f', plus what a covariance that varies with the stimulus adds.
    """
    at = _one(theta, "fisher_information")
    return linear_information(tuning, noise, at) + noise.curvature_information(tuning, at)


def cramer_rao_bound(information: float, *, bias_slope: float = 0.0) -> float:
    """Return (1 + b')^2 / J, the least variance of an estimate, rad^2.

    Parameters
    ----------
    information : float
        J, positive, 1/rad^2.
    bias_slope : float, optional
        b', the derivative of the bias; 0 for unbiased estimates.

    Raises
    ------
    TypeError, ValueError
        If the information is no number, or not positive.
    """
    require_number("cramer_rao_bound", "information", information, above=0.0)
    return (1.0 + bias_slope) ** 2 / information


def _one(theta: Any, caller: str) -> float:
    array = np.asarray(theta, dtype=np.float64)
    if array.shape != ():
        raise ValueError(f"{caller}: takes one stimulus, got shape {array.shape}. Call it for each")
    return float(array)
