r"""The input-output Jacobian of a net, layer by layer or step by step, never as a long product.

    J = J_L ... J_1,     J_l = dx_l / dx_{l-1} = diag(phi'(h_l)) W_l'

For an RNN, L is the number of time steps and J is dh_T / dh_0 along the driven run. Its largest
exponent is also the growth of the backward signal, since J and J' have the same singular values.

References
----------
Saxe, A., McClelland, J. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
Pennington, J., Schoenholz, S. and Ganguli, S. (2017). Resurrecting the sigmoid in deep learning
through dynamical isometry: theory and practice. NeurIPS.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..models import MLP, RNN
from .products import ProductExponents, log_singular_values, product_exponents
from .stages import Stages, run_stages


def jacobian_exponents(
    model: MLP | RNN,
    theta: Any,
    x: Any,
    *,
    initial: Any = None,
    count: int | None = None,
    burn_in: int = 0,
    rng: int | np.random.Generator = 0,
) -> ProductExponents:
    """Compute the growth of orthonormal directions through a net, and the Lyapunov spectrum.

    Parameters
    ----------
    model : MLP or RNN
    theta : list of Layer, or RNNParameters
        Leading axes are an ensemble.
    x : array_like
        Of shape (..., batch, n_0) for an MLP, (..., time, batch, inputs) for an RNN.
    initial : array_like, shape (..., batch, hidden), optional
        Of an RNN: the hidden state at the start; zero by default.
    count : int, optional
        How many directions; by default as many as the narrowest layer has units.
    burn_in : int, optional
        Layers or steps before the average.
    rng : int or numpy.random.Generator, optional
        For the first directions.

    Returns
    -------
    ProductExponents
        ``growth`` has the shape (L, ..., batch, count). Directions that relu units cut off have
        -inf.

    Raises
    ------
    TypeError
        If the model is neither an MLP nor an RNN.
    ValueError
        If a shape does not fit, or an option is out of range.
    ArithmeticError
        If a pre-activation is not finite; the message says in which layer or at which step.
    """
    stages = run_stages(model, theta, x, initial, "jacobian_exponents")
    count = min(h.shape[-1] for h in stages.after) if count is None else count
    jacobians = (stages.jacobian(stage) for stage in range(len(stages.before)))
    return product_exponents(jacobians, count=count, burn_in=burn_in, rng=rng)


def jacobian_singular_values(
    model: MLP | RNN, theta: Any, x: Any, *, initial: Any = None
) -> np.ndarray:
    """Compute the logarithms of all singular values of the input-output Jacobian.

    Parameters
    ----------
    model, theta, x, initial
        As in ``jacobian_exponents``. Nets and samples are treated one after the other.

    Returns
    -------
    ndarray, shape (..., batch, min(n_0, n_L))
        ln s_i, decreasing, each to high relative accuracy; -inf for those that are zero because
        of a narrow layer, or of units whose slope is exactly zero.

    Raises
    ------
    TypeError
        If the model is neither an MLP nor an RNN.
    ValueError
        If a shape does not fit.
    ArithmeticError
        If a pre-activation is not finite; the message says in which layer or at which step.
    """
    stages = run_stages(model, theta, x, initial, "jacobian_singular_values")
    samples = stages.before[-1].shape[:-1]
    count = min(stages.after[0].shape[-1], stages.before[-1].shape[-1])
    values = np.full((*samples, count), -np.inf)
    for index in np.ndindex(samples):
        found = log_singular_values(_active_factors(stages, samples, index))
        values[index][: len(found)] = found
    return values


def _active_factors(
    stages: Stages, samples: tuple[int, ...], index: tuple[int, ...]
) -> list[np.ndarray]:
    """The Jacobians of one sample, without the units that nothing passes: they have full rank."""
    kept: slice | np.ndarray = slice(None)
    factors = []
    for weight, slope in zip(stages.weights, stages.slopes, strict=True):
        w = np.broadcast_to(weight, (*samples[:-1], *weight.shape[-2:]))[index[:-1]]
        d = np.broadcast_to(slope, (*samples, slope.shape[-1]))[index]
        active = np.flatnonzero(d)
        factors.append((w[kept][:, active] * d[active]).T)
        kept = active
    return factors
