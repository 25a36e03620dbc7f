r"""Mean-field theory of a wide random net: two maps of one variable that layers iterate.

Weights N(0, sw2 / fan_in) and biases N(0, sb2), sw2 = ``weight_variance``, sb2 =
``bias_variance``. When the width goes to infinity, pre-activations are Gaussian, and their mean
square q and the correlation c of two inputs of equal q obey, with u, v of ``averages``,

    q_{l+1} = sw2 E phi(u)^2 + sb2
    c_{l+1} = (sw2 E phi(u) phi(v) + sb2) / q

Each layer multiplies the mean squared cotangent, on the way back, and the mean squared distance
of two close inputs, on the way forward, by

    chi = sw2 E phi'(u)^2    at the fixed point q* .

chi = 1 is the critical line. For chi < 1 all inputs become one (ordered), for chi > 1 inputs that
are close part (chaotic). Distances from the fixed points shrink as exp(-l / xi), l counting
layers, with 1/xi_q = -ln dq_{l+1}/dq_l and 1/xi_c = -ln dc_{l+1}/dc_l.

References
----------
Poole, B., Lahiri, S., Raghu, M., Sohl-Dickstein, J. and Ganguli, S. (2016). Exponential
expressivity in deep neural networks through transient chaos. NeurIPS.
Schoenholz, S. S., Gilmer, J., Ganguli, S. and Sohl-Dickstein, J. (2017). Deep information
propagation. ICLR.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import Tensor
from ..initialisers.signature import require_at_least
from ..models.activations import Activation
from .averages import gaussian_averages

_INFINITE = 1e30  # a variance beyond this one is taken for infinite
NEUTRAL = 1e-12  # a relative change below this one is rounding
_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class MeanFieldMap:
    """The map q -> sw2 E phi(sqrt(q) z)^2 + sb2, with all that follows from it.

    A ``Map``: it takes a vector of variances, array or Tensor, element by element, so that
    ``simulate(map, [q_1], layers)`` is the prediction for a net. (At q = 0 the derivative through
    a Tensor may be undefined, since sqrt(q) is inside; ``slope`` is defined there.)

    Parameters
    ----------
    activation : str or callable
        phi. In closed form for the names erf, relu, leaky_relu and linear.
    weight_variance, bias_variance : float
        sw2 and sb2.

    Raises
    ------
    ValueError
        If the activation is unknown, or a variance is negative or not finite; by a call, if a
        q is.
    """

    activation: Activation
    weight_variance: float
    bias_variance: float = 0.0

    def __post_init__(self) -> None:
        require_at_least(self.weight_variance, 0.0, "mean_field_map", "weight_variance")
        require_at_least(self.bias_variance, 0.0, "mean_field_map", "bias_variance")
        gaussian_averages(self.activation, "mean_field_map")

    def __call__(self, q: Any) -> Any:
        """Return the variances in the next layer, of the shape of q."""
        averages = gaussian_averages(self.activation, "mean_field_map")
        return self.weight_variance * averages.square(_variances(q)) + self.bias_variance

    def slope(self, q: Any) -> Any:
        """Return dq_{l+1}/dq_l at a variance, of the shape of q."""
        averages = gaussian_averages(self.activation, "mean_field_map")
        return self.weight_variance * averages.square_slope(_variances(q))[()]

    def chi(self, q: Any) -> Any:
        """Return sw2 E phi'(sqrt(q) z)^2 at a variance, of the shape of q."""
        averages = gaussian_averages(self.activation, "mean_field_map")
        return self.weight_variance * averages.slope_square(_variances(q))[()]

    def fixed_point(self, *, start: float = 1.0) -> float:
        """Return the variance q* to which the map leads.

        Parameters
        ----------
        start : float, optional
            Where it starts. It matters where there are several fixed points: for relu with
            sw2 = 2 and sb2 = 0 every variance is one.

        Returns
        -------
        float
            The first fixed point met on the way from the start; inf if there is none.

        Notes
        -----
        The map is taken to increase with q, as it does for every activation that is monotone.
        """
        require_at_least(start, 0.0, "MeanFieldMap.fixed_point", "start")
        change = self._change(start)
        if change == 0.0:
            return start
        if abs(change) <= NEUTRAL * start and abs(float(self.slope(start)) - 1.0) <= NEUTRAL:
            return start  # every variance near it stays where it is
        if change > 0.0:
            low, high = start, max(2.0 * start, float(self(start)))
            while self._change(high) > 0.0:
                low, high = high, 2.0 * high
                if high > _INFINITE:
                    return math.inf
            if abs(self._change(high)) <= NEUTRAL * high and self.slope(high) >= 1.0 - NEUTRAL:
                return math.inf  # it grows by a constant, of which rounding left nothing
        else:
            low, high = self.bias_variance, start
        q = root(lambda q: -self._change(q), low, high)
        # Where 0 is a fixed point too, what is left of a bisection towards it is rounding.
        return 0.0 if q < 1e-14 and float(self(0.0)) == 0.0 else q

    def correlation(self, c: Any, *, variance: float | None = None) -> Any:
        """Return the correlation in the next layer of two inputs of equal variance.

        Parameters
        ----------
        c : float or array_like
            Their correlation in this layer, from -1 to 1.
        variance : float, optional
            q; the fixed point by default.

        Returns
        -------
        float or ndarray, of the shape of c

        Raises
        ------
        ValueError
            If c is out of range, or the variance is not positive and finite.
        """
        q, averages = self._proper(variance), gaussian_averages(self.activation, "correlation")
        total = float(self(q))
        return _each(
            lambda c: (self.weight_variance * averages.product(q, c) + self.bias_variance) / total,
            c,
        )

    def correlation_slope(self, c: Any, *, variance: float | None = None) -> Any:
        """Return dc_{l+1}/dc_l; parameters and errors are those of ``correlation``.

        At c = 1 and the fixed point it is chi.
        """
        q, averages = self._proper(variance), gaussian_averages(self.activation, "correlation")
        factor = self.weight_variance * q / float(self(q))
        return _each(lambda c: factor * averages.slope_product(q, c), c)

    def correlation_fixed_point(self) -> float:
        """Return the correlation c* to which all pairs of inputs tend.

        1 where chi <= 1. Where chi > 1, the other root of the map between 0 and 1, which is
        convex there.

        Raises
        ------
        ValueError
            If q* is 0 or infinite.
        """
        q = self._proper(None)
        near = 1.0 - 1e-9
        if float(self.chi(q)) <= 1.0 or self.correlation(near, variance=q) >= near:
            return 1.0
        return root(lambda c: c - float(self.correlation(c, variance=q)), 0.0, near)

    def _change(self, q: float) -> float:
        return float(self(q)) - q

    def _proper(self, variance: float | None) -> float:
        q = self.fixed_point() if variance is None else variance
        if not 0.0 < q < math.inf:
            raise ValueError(
                f"MeanFieldMap.correlation: the variance is {q}, and a correlation needs one that "
                "is positive and finite. Pass variance="
            )
        return q


def mean_field_map(
    activation: Activation, weight_variance: float, bias_variance: float = 0.0
) -> MeanFieldMap:
    """Return the map that the mean square of the pre-activations follows from layer to layer.

    Parameters
    ----------
    activation : str or callable
        phi, as in ``MLP``.
    weight_variance, bias_variance : float
        sw2 and sb2, as in ``learndyn.learning.mean_field``, which draws such a net.

    Returns
    -------
    MeanFieldMap

    Raises
    ------
    ValueError
        If the activation is unknown, or a variance is negative or not finite.

    References
    ----------
    Poole, B. et al. (2016). Exponential expressivity in deep neural networks through transient
    chaos. NeurIPS.
    """
    return MeanFieldMap(activation, weight_variance, bias_variance)


def _variances(q: Any) -> Any:
    """Take variances, and refuse those that are negative or not finite."""
    values = q.numpy() if isinstance(q, Tensor) else np.asarray(q, dtype=np.float64)
    if not ((values >= 0.0) & np.isfinite(values)).all():
        raise ValueError(f"mean_field_map: a variance must be finite and at least 0, got {values}")
    return q if isinstance(q, Tensor) else values


def _each(f: Callable[[float], float], c: Any) -> Any:
    given = np.asarray(c, dtype=np.float64)
    if not (np.abs(given) <= 1.0).all():
        raise ValueError(f"MeanFieldMap.correlation: c must be from -1 to 1, got {given}")
    found = np.array([f(float(number)) for number in given.ravel()]).reshape(given.shape)
    return float(found) if given.ndim == 0 else found


def root(f: Callable[[float], float], low: float, high: float) -> float:
    """Bisect a function that is not positive at ``low`` and not negative at ``high``."""
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if f(middle) <= 0.0:
            low = middle
        else:
            high = middle
        if high < 1e-16:
            break
    return 0.5 * (low + high)
