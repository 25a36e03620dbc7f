r"""What a random net at criticality does to single directions, and single nets to one direction.

Where the mean squared signal is kept, each direction is not: the singular values of the Jacobian
of L layers spread with depth, the largest squared one as (L + 1)^(L + 1) / L^L in wide Gaussian
nets, unless the weights are orthogonal and phi is close to linear. Nor is each net like the mean:
ln |J v|^2 has a variance over nets of about 2 L/N (linear) or 5 L/N (relu) for L layers of N
units, so the median falls where the mean is kept.

References
----------
Saxe, A., McClelland, J. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
Pennington, J., Schoenholz, S. and Ganguli, S. (2017). Resurrecting the sigmoid in deep learning
through dynamical isometry: theory and practice. NeurIPS.
Hanin, B. and Nica, M. (2020). Products of many large random matrices and gradients in deep
neural networks. Communications in Mathematical Physics 376, 287-322.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..autodiff import jvp
from ..dynamics import LinearOperator, dominant_modes
from ..learning import MLP, he_normal, lecun_normal, mean_field, orthogonal
from ..learning.signal import (
    LogNormMoments,
    jacobian_singular_values,
    largest_squared_singular_value,
    log_norm_moments,
)

_BLOCK = 500  # nets at a time


@dataclass(frozen=True, slots=True)
class Isometry:
    """Singular values of the input-output Jacobian, Gaussian against orthogonal weights.

    Attributes
    ----------
    depths : tuple of int
        L.
    gaussian, orthogonal : ndarray, shape (depths, width)
        ln of the singular values, decreasing.
    """

    depths: tuple[int, ...]
    gaussian: np.ndarray
    orthogonal: np.ndarray


def isometry(
    depths: Sequence[int] = (2, 8, 32),
    *,
    activation: str = "linear",
    gain: float = 1.0,
    width: int = 64,
    input_std: float = 1.0,
    seed: int = 0,
) -> Isometry:
    """Compute all singular values of the Jacobian of random nets without biases.

    Parameters
    ----------
    depths : sequence of int, optional
        L, increasing; a deeper net continues the shallower one.
    activation : str, optional
        After every layer, the last one too.
    gain : float, optional
        Factor of the weights: Gaussian ones are N(0, gain^2 / N), orthogonal ones keep lengths.
    width : int, optional
        N.
    input_std : float, optional
        Of the components of the input.
    seed : int, optional

    Returns
    -------
    Isometry
    """
    rng = np.random.default_rng(seed)
    x = input_std * rng.standard_normal((1, width))
    spectra = []
    for initialiser in (mean_field(gain**2, 0.0), partial(orthogonal, gain=gain)):
        widths = (width,) * (max(depths) + 1)
        theta = MLP(widths, "linear", bias=False).init(rng, initialiser=initialiser)
        rows = []
        for depth in depths:
            model = MLP(widths[: depth + 1], activation, output_activation=activation, bias=False)
            rows.append(jacobian_singular_values(model, theta[:depth], x)[0])
        spectra.append(np.array(rows))
    return Isometry(tuple(depths), *spectra)


@dataclass(frozen=True, slots=True)
class LargestStretch:
    """The largest squared singular value of products of Gaussian matrices.

    Attributes
    ----------
    depths : tuple of int
        L, the number of factors.
    measured : ndarray, shape (depths, nets)
        Of one product each.
    predicted : ndarray, shape (depths,)
        (L + 1)^(L + 1) / L^L, for infinite width. A finite product is below it by a share of
        about N^(-2/3).
    """

    depths: tuple[int, ...]
    measured: np.ndarray
    predicted: np.ndarray


def largest_stretch(
    depths: Sequence[int] = (1, 2, 3, 5), *, width: int = 400, nets: int = 4, seed: int = 0
) -> LargestStretch:
    """Measure how much a deep linear net stretches the direction that it stretches most.

    Parameters
    ----------
    depths : sequence of int, optional
        L.
    width, nets : int, optional
        N, and how many nets of each depth.
    seed : int, optional

    Returns
    -------
    LargestStretch
    """
    rng = np.random.default_rng(seed)
    measured = np.empty((len(depths), nets))
    for row, depth in enumerate(depths):
        for net in range(nets):
            factors = [lecun_normal(rng, (), width, width)[0] for _ in range(depth)]

            def stretch(v: np.ndarray, factors: list[np.ndarray] = factors) -> np.ndarray:
                for a in factors:
                    v = a @ v
                for a in reversed(factors):
                    v = v @ a
                return v

            gram = LinearOperator(width, stretch, stretch, symmetric=True)
            measured[row, net] = np.real(dominant_modes(gram, 1).values[0])
    predicted = np.array([largest_squared_singular_value(depth) for depth in depths])
    return LargestStretch(tuple(depths), measured, predicted)


@dataclass(frozen=True, slots=True)
class LogNorms:
    """How much random nets that preserve the mean square stretch a vector, net by net.

    Attributes
    ----------
    activation : str
    width, depth : int
        N and L.
    logs : ndarray, shape (nets,)
        ln(|J v|^2 / |v|^2); -inf for a net with a layer of which all units are cut off.
    moments : LogNormMoments
        Predicted.
    """

    activation: str
    width: int
    depth: int
    logs: np.ndarray
    moments: LogNormMoments

    @property
    def variance(self) -> float:
        """Measured variance over the nets that are not cut off."""
        return float(np.var(self.logs[np.isfinite(self.logs)], ddof=1))

    @property
    def mean_square(self) -> float:
        """Mean of |J v|^2 / |v|^2 over nets, predicted to be 1."""
        return float(np.mean(np.exp(self.logs)))

    @property
    def median(self) -> float:
        """Median of |J v|^2 / |v|^2 over nets."""
        return float(np.exp(np.median(self.logs)))


def log_norms(
    activation: str = "relu",
    *,
    width: int = 30,
    depth: int = 10,
    nets: int = 4000,
    seed: int = 0,
) -> LogNorms:
    """Send one random tangent through each of many nets.

    Parameters
    ----------
    activation : str, optional
        "relu", initialised as by He et al. (2015), or "linear", as by LeCun et al. (1998).
    width, depth : int, optional
        N and L. Every layer ends in the activation.
    nets : int, optional
    seed : int, optional

    Returns
    -------
    LogNorms
    """
    moments = log_norm_moments(activation, width, depth)
    rng = np.random.default_rng(seed)
    model = MLP((width,) * (depth + 1), activation, output_activation=activation, bias=False)
    initialiser = he_normal if activation == "relu" else lecun_normal
    logs = []
    for start in range(0, nets, _BLOCK):
        block = min(_BLOCK, nets - start)
        theta = model.init(rng, ensemble=(block,), initialiser=initialiser)
        x, v = rng.standard_normal((2, block, 1, width))
        image = jvp(lambda x, theta=theta: model(theta, x), (x,), (v,))[1]
        with np.errstate(divide="ignore"):  # ln 0 = -inf: the net is cut off
            logs.append(np.log(np.sum(image**2, axis=(1, 2)) / np.sum(v**2, axis=(1, 2))))
    return LogNorms(activation, width, depth, np.concatenate(logs), moments)
