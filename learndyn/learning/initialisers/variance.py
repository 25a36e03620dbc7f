"""Independent weights whose variance is chosen so that signals keep their size.

A layer h = x W with independent weights of mean 0 and variance s^2 has, averaged over W,

    E h_j^2 = fan_in s^2 (mean of x_i^2)        on the way forward
    E g_i^2 = fan_out s^2 (mean of g_j^2)       on the way back, g the cotangent

so s^2 = 1/fan_in keeps the forward size, s^2 = 1/fan_out the backward one. A relu halves the
mean square of a symmetric input and of the cotangent, which costs a factor 2. All this is said
of averages over the weights, in the first step of training only.

The distribution, normal or uniform, does not matter for averages; biases are zero.

References
----------
LeCun, Y., Bottou, L., Orr, G. B. and Mueller, K.-R. (1998). Efficient BackProp.
Glorot, X. and Bengio, Y. (2010). Understanding the difficulty of training deep feedforward
neural networks. AISTATS.
He, K., Zhang, X., Ren, S. and Sun, J. (2015). Delving deep into rectifiers. ICCV.
Hanin, B. and Nica, M. (2020). Products of many large random matrices and gradients in deep
neural networks. Communications in Mathematical Physics 376, 287-322.
"""

from __future__ import annotations

import numpy as np

from .signature import normal_weight, uniform_weight, zero_bias


def zeros(
    rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return zeros and draw nothing: a critical point of many losses, and a symmetry trap.

    All units of a hidden layer are the same and stay the same under every rule that treats
    them alike.
    """
    return np.zeros((*ensemble, fan_in, fan_out)), zero_bias(ensemble, fan_out)


def standard_normal(
    rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights and biases from N(0, 1)."""
    weight = rng.standard_normal((*ensemble, fan_in, fan_out))
    return weight, rng.standard_normal((*ensemble, 1, fan_out))


def lecun_normal(
    rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights from N(0, 1 / fan_in), biases zero (LeCun et al., 1998).

    Keeps the mean square of the signal of a *linear* layer. A tanh layer shrinks it, since
    tanh is flatter than its tangent: after many layers of a wide net it is about 1 / (2 l).
    """
    deviation = np.sqrt(1.0 / fan_in)
    weight = normal_weight(rng, ensemble, fan_in, fan_out, deviation)
    return weight, zero_bias(ensemble, fan_out)


def xavier_normal(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    *,
    places: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights from N(0, 2 / (fan_in + fan_out)), biases zero (Glorot and Bengio, 2010).

    A compromise between 1/fan_in (forward) and 1/fan_out (backward), for linear units and for
    tanh near 0. Both sizes are kept only where fan_in = fan_out; otherwise neither is.

    Parameters
    ----------
    rng : numpy.random.Generator
    ensemble : tuple of int
        Leading axes, one net each.
    fan_in, fan_out : int
    places : int, optional
        Of a convolution: entries of the kernel, by which ``fan_out`` channels are multiplied,
        because each input reaches so many places. (``fan_in`` counts them already.)
    """
    scale = np.sqrt(2.0 / (fan_in + places * fan_out))
    weight = normal_weight(rng, ensemble, fan_in, fan_out, scale)
    return weight, zero_bias(ensemble, fan_out)


def xavier_uniform(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    *,
    places: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights uniformly within sqrt(6 / (fan_in + fan_out)), biases zero.

    The variance and all that is said of it are those of ``xavier_normal``.
    """
    scale = np.sqrt(2.0 / (fan_in + places * fan_out))
    weight = uniform_weight(rng, ensemble, fan_in, fan_out, scale)
    return weight, zero_bias(ensemble, fan_out)


def he_normal(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    *,
    negative_slope: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights from N(0, 2 / ((1 + a^2) fan_in)), biases zero (He et al., 2015).

    For relu (a = 0) and leaky relu of negative slope a. It keeps the mean square of the
    pre-activations from layer to layer *on average over the weights*. The typical net does
    not do what the average does: after L relu layers of N units the logarithm of the mean
    square has a variance of about 5 L / N, so that a few nets carry the average, and the
    median falls like exp(-5 L / (2 N)) (Hanin and Nica, 2020).

    The first layer sees the input itself, not the output of a relu, and doubles its mean
    square (for a = 0); all later ones keep that.

    Parameters
    ----------
    rng : numpy.random.Generator
    ensemble : tuple of int
        Leading axes, one net each.
    fan_in, fan_out : int
    negative_slope : float, optional
        a.
    """
    weight = normal_weight(rng, ensemble, fan_in, fan_out, _he_deviation(fan_in, negative_slope))
    return weight, zero_bias(ensemble, fan_out)


def he_uniform(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    *,
    negative_slope: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights uniformly within sqrt(6 / ((1 + a^2) fan_in)), biases zero.

    The variance and all that is said of it are those of ``he_normal``.
    """
    weight = uniform_weight(rng, ensemble, fan_in, fan_out, _he_deviation(fan_in, negative_slope))
    return weight, zero_bias(ensemble, fan_out)


def _he_deviation(fan_in: int, negative_slope: float) -> float:
    return float(np.sqrt(2.0 / ((1.0 + negative_slope**2) * fan_in)))
