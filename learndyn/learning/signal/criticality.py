"""Where gradients vanish and explode, and how deep a signal reaches, in a wide random net.

chi = sw2 E phi'(sqrt(q*) z)^2 is the factor of the mean squared gradient in each layer, q* the
fixed point of the variance map. The line chi = 1 in the plane of sw2 = ``weight_variance`` and
sb2 = ``bias_variance`` is critical. Distances from fixed points shrink as exp(-l / xi), l
counting layers.

References
----------
Schoenholz, S. S., Gilmer, J., Ganguli, S. and Sohl-Dickstein, J. (2017). Deep information
propagation. ICLR.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..initialisers.signature import require_at_least
from ..models.activations import Activation
from .averages import gaussian_averages
from .mean_field import NEUTRAL, mean_field_map, root


def chi(activation: Activation, weight_variance: float, bias_variance: float = 0.0) -> float:
    """Return the factor by which a layer multiplies the mean squared gradient of a wide net.

    Parameters and errors are those of ``mean_field_map``.

    Returns
    -------
    float
        chi at q*: below 1 gradients vanish, above 1 they explode, as chi^depth.

    Raises
    ------
    ValueError
        If the variance grows without bound and chi depends on it.
    """
    mapping = mean_field_map(activation, weight_variance, bias_variance)
    q = mapping.fixed_point()
    if math.isinf(q):
        if float(mapping.chi(1.0)) != float(mapping.chi(2.0)):
            raise ValueError(
                f"chi: the variance of {activation!r} with weight_variance={weight_variance}, "
                f"bias_variance={bias_variance} grows without bound. Lower weight_variance"
            )
        q = 1.0  # chi is the same for every variance, as it is for relu
    return float(mapping.chi(q))


def critical_weight_variance(activation: Activation, bias_variance: float) -> float:
    """Return the weight variance at which chi = 1.

    Along the line, q = q* is a parameter: sw2 = 1 / E phi'^2 and sb2 = q - E phi^2 / E phi'^2.

    Parameters
    ----------
    activation : str or callable
        phi.
    bias_variance : float
        sb2.

    Returns
    -------
    float
        sw2. For relu 2 whatever the bias variance, though with biases the variance of its
        pre-activations then grows by sb2 in each layer.

    Raises
    ------
    ValueError
        If the variance is negative or not finite, the activation is unknown, or there is no
        critical point with q* below 1e4 to which the variance map leads.
    """
    require_at_least(bias_variance, 0.0, "critical_weight_variance", "bias_variance")
    averages = gaussian_averages(activation, "critical_weight_variance")

    def weight_variance(q: float) -> float:
        slope = float(averages.slope_square(np.float64(q)))
        return 1.0 / slope if slope > 0.0 else math.inf

    def short(q: float) -> float:
        """How far the bias variance that belongs to q is above the one wanted."""
        return q - weight_variance(q) * float(averages.square(np.float64(q))) - bias_variance

    if weight_variance(1.0) == weight_variance(2.0):
        return weight_variance(1.0)  # two straight pieces
    at_zero = short(0.0)
    if abs(at_zero) <= NEUTRAL:
        return weight_variance(0.0)
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 61)])
    for low, high in pairwise(grid.tolist()):
        if short(low) < 0.0 <= short(high):
            q = root(short, low, high)
            found = mean_field_map(activation, weight_variance(q), bias_variance)
            if float(found.slope(q)) <= 1.0 + 1e-9:
                return found.weight_variance
    raise ValueError(
        f"critical_weight_variance: {activation!r} with bias_variance={bias_variance} has no "
        "critical point that the variance map leads to"
    )


@dataclass(frozen=True, slots=True)
class DepthScales:
    """How many layers it takes to come closer to a fixed point by a factor e.

    Attributes
    ----------
    variance : float
        xi_q, layers. 0 if one layer is enough; inf where the slope of the map is 1 or more.
    correlation : float
        xi_c, layers. inf on the critical line, and where q* is 0 or infinite: correlations then
        do not tend exponentially to one value that is the same for all inputs.
    gradient : float
        1 / |ln chi|, layers: the mean squared gradient falls or grows by a factor e.
    chi : float
        At q*.
    """

    variance: float
    correlation: float
    gradient: float
    chi: float


def depth_scale(
    activation: Activation, weight_variance: float, bias_variance: float = 0.0
) -> DepthScales:
    """Return the depth scales of a wide net: how deep a signal and a gradient reach.

    Parameters and errors are those of ``chi``.

    Returns
    -------
    DepthScales

    References
    ----------
    Schoenholz, S. S. et al. (2017). Deep information propagation. ICLR.
    """
    factor = chi(activation, weight_variance, bias_variance)
    mapping = mean_field_map(activation, weight_variance, bias_variance)
    q = mapping.fixed_point()
    proper = 0.0 < q < math.inf
    c_slope = mapping.correlation_slope(mapping.correlation_fixed_point()) if proper else 1.0
    q_slope = float(mapping.slope(q)) if q < math.inf else 1.0
    return DepthScales(_scale(q_slope), _scale(float(c_slope)), _gradient_scale(factor), factor)


def _scale(slope: float) -> float:
    """-1 / ln |slope|, and inf where the slope is 1 up to rounding, or more."""
    slope = abs(slope)
    if slope >= 1.0 - NEUTRAL:
        return math.inf
    return 0.0 if slope == 0.0 else -1.0 / math.log(slope)


def _gradient_scale(factor: float) -> float:
    if factor == 0.0:
        return 0.0
    return math.inf if abs(factor - 1.0) <= NEUTRAL else 1.0 / abs(math.log(factor))
