r"""Vanishing and exploding gradients through depth.

In a wide random net each layer multiplies the mean squared backward signal by

    chi = sw2 E phi'(sqrt(q*) z)^2 ,

sw2 the variance of a weight times the width, q* the stationary mean square of pre-activations.
The mean says nothing of single directions and single nets: see ``gradient_isometry``.

References
----------
Schoenholz, S. S., Gilmer, J., Ganguli, S. and Sohl-Dickstein, J. (2017). Deep information
propagation. ICLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import MLP, mean_field
from ..learning.signal import (
    BackwardNorms,
    MeanFieldMap,
    backward_norms,
    critical_weight_variance,
    mean_field_map,
)


@dataclass(frozen=True, slots=True)
class GradientDepth:
    """The backward signal in each layer, for several weight variances.

    Attributes
    ----------
    weight_variances : ndarray, shape (settings,)
        sw2.
    bias_variance : float
        sb2.
    log_mean_squares : ndarray, shape (settings, depth)
        ln of |dL/dh_l|^2, averaged over samples, relative to the last layer.
    chi : ndarray, shape (settings,)
        Predicted factor a layer.
    skip : int
        Layers at either end that ``ratios`` leaves out.
    """

    weight_variances: np.ndarray
    bias_variance: float
    log_mean_squares: np.ndarray
    chi: np.ndarray
    skip: int

    @property
    def layers(self) -> np.ndarray:
        """l = 1, ..., depth."""
        return np.arange(1, self.log_mean_squares.shape[1] + 1)

    @property
    def predicted(self) -> np.ndarray:
        """(L - l) ln chi, shape (settings, depth)."""
        return np.log(self.chi)[:, None] * (self.layers[-1] - self.layers)

    @property
    def ratios(self) -> np.ndarray:
        """Measured factor of the mean squared signal a layer, on the way back: (settings,)."""
        kept = slice(self.skip, len(self.layers) - self.skip)
        return np.exp(-np.polyfit(self.layers[kept], self.log_mean_squares[:, kept].T, 1)[0])


def run(
    weight_variances: Sequence[float] = (0.8, 1.761, 3.0),
    *,
    bias_variance: float = 0.05,
    activation: str = "tanh",
    width: int = 500,
    depth: int = 40,
    samples: int = 16,
    skip: int = 3,
    seed: int = 0,
) -> GradientDepth:
    """Send random cotangents back through random nets and measure their length in each layer.

    Parameters
    ----------
    weight_variances : sequence of float, optional
        sw2, one net each.
    bias_variance : float, optional
        sb2.
    activation : str, optional
    width, depth : int, optional
        N and L.
    samples : int, optional
        Inputs, each with its own random cotangent.
    skip : int, optional
        Layers at either end that the measured ratio leaves out.
    seed : int, optional

    Returns
    -------
    GradientDepth
    """
    rng = np.random.default_rng(seed)
    logs, factors = [], []
    for variance in weight_variances:
        mapping = mean_field_map(activation, variance, bias_variance)
        norms = _random_net(mapping, width, depth, samples, rng)
        mean = np.log(np.mean(np.exp(2.0 * _relative(norms)), axis=-1))
        logs.append(mean)
        factors.append(float(mapping.chi(mapping.fixed_point())))
    return GradientDepth(
        np.array(weight_variances), bias_variance, np.array(logs), np.array(factors), skip
    )


@dataclass(frozen=True, slots=True)
class CriticalityMap:
    """The growth of the backward signal over the plane of weight and bias variance.

    Attributes
    ----------
    weight_variances : ndarray, shape (columns,)
        sw2.
    bias_variances : ndarray, shape (rows,)
        sb2.
    measured, predicted : ndarray, shape (rows, columns)
        Growth of ln |dL/dh_l| a layer, on the way back; predicted is 1/2 ln chi.
    critical : ndarray, shape (rows,)
        sw2 at which chi = 1.
    """

    weight_variances: np.ndarray
    bias_variances: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray
    critical: np.ndarray

    @property
    def crossings(self) -> np.ndarray:
        """sw2 at which the measured growth is zero, shape (rows,); nan where it is not on the grid.

        Between neighbours on the grid the growth is taken to be linear in ln sw2.
        """
        logs, found = np.log(self.weight_variances), []
        for row in self.measured:
            (places,) = np.nonzero((row[:-1] < 0) & (row[1:] >= 0))
            if len(places) == 0:
                found.append(np.nan)
                continue
            i = places[0]
            share = row[i] / (row[i] - row[i + 1])
            found.append(float(np.exp(logs[i] + share * (logs[i + 1] - logs[i]))))
        return np.array(found)


def criticality_map(
    weight_variances: Sequence[float] = tuple(np.geomspace(0.5, 4.0, 10)),
    bias_variances: Sequence[float] = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4),
    *,
    activation: str = "tanh",
    width: int = 200,
    depth: int = 24,
    samples: int = 8,
    skip: int = 2,
    seed: int = 0,
) -> CriticalityMap:
    """Measure how the backward signal grows, for a grid of random nets.

    Parameters
    ----------
    weight_variances, bias_variances : sequence of float, optional
        sw2, increasing, and sb2.
    activation : str, optional
    width, depth, samples, skip, seed : int, optional
        As in ``run``.

    Returns
    -------
    CriticalityMap
    """
    rng = np.random.default_rng(seed)
    shape = (len(bias_variances), len(weight_variances))
    measured, predicted = np.empty(shape), np.empty(shape)
    for row, sb2 in enumerate(bias_variances):
        for column, sw2 in enumerate(weight_variances):
            mapping = mean_field_map(activation, sw2, sb2)
            norms = _random_net(mapping, width, depth, samples, rng)
            measured[row, column] = norms.growth_rate(skip=skip).mean()
            predicted[row, column] = 0.5 * np.log(mapping.chi(mapping.fixed_point()))
    critical = np.array([critical_weight_variance(activation, sb2) for sb2 in bias_variances])
    return CriticalityMap(
        np.array(weight_variances), np.array(bias_variances), measured, predicted, critical
    )


def _random_net(
    mapping: MeanFieldMap, width: int, depth: int, samples: int, rng: np.random.Generator
) -> BackwardNorms:
    """The backward signal of one net that is stationary from its first layer on."""
    sw2, sb2 = mapping.weight_variance, mapping.bias_variance
    model = MLP((width,) * (depth + 1), mapping.activation)
    theta = model.init(rng, initialiser=mean_field(sw2, sb2))
    x, cotangent = rng.standard_normal((2, samples, width))
    # With this mean square of the input, pre-activations have the variance q* at once.
    square = (mapping.fixed_point() - sb2) / sw2
    x *= np.sqrt(square * width) / np.linalg.norm(x, axis=-1, keepdims=True)
    return backward_norms(model, theta, x, cotangent)


def _relative(norms: BackwardNorms) -> np.ndarray:
    """ln |dL/dh_l| of each sample, relative to the root mean square in the last layer."""
    logs = norms.log_preactivations
    return logs - 0.5 * np.log(np.mean(np.exp(2.0 * logs[-1])))
