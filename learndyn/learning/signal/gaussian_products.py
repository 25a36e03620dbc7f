r"""Random linear and relu nets in closed form: products of Gaussian matrices.

J = A_L ... A_1 with independent entries from N(0, 1/N): each factor preserves mean squares.

- The squared length of J v, for any v, is a product of independent chi^2_N / N, so ln |J v|^2 has
  the mean L (psi(N/2) - ln(N/2)), about -L/N, and the variance L psi'(N/2), about 2 L/N.
- The i-th Lyapunov exponent is 1/2 [ln(2/N) + psi((N - i)/2)], i = 0, ..., N - 1: a factor
  stretches volumes in the first i + 1 directions by the lengths of what is orthogonal to them.
- For N to infinity and L fixed, the largest squared singular value is (L + 1)^(L + 1) / L^L.

With relu and variance 2/N (He), each unit is cut off with probability 1/2, independently of how
large the signal through it is, and chi^2_N becomes 2 chi^2_K with K binomial: the variance is
about 5 L/N, the mean about -5 L/(2N), while the mean square itself stays 1.

References
----------
Newman, C. M. (1986). The distribution of Lyapunov exponents: exact results for random matrices.
Communications in Mathematical Physics 103, 121-126.
Pennington, J., Schoenholz, S. and Ganguli, S. (2017). Resurrecting the sigmoid in deep learning
through dynamical isometry: theory and practice. NeurIPS.
Hanin, B. and Nica, M. (2020). Products of many large random matrices and gradients in deep
neural networks. Communications in Mathematical Physics 376, 287-322.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import numpy as np

from .polygamma import digamma, trigamma


@dataclass(frozen=True, slots=True)
class LogNormMoments:
    """Mean and variance, over random nets, of ln(|J v|^2 / |v|^2).

    Attributes
    ----------
    mean, variance : float
        The median net's |J v|^2 is about exp(mean); the average net's is 1.
    extinction : float
        Probability that J v is zero, because a whole layer is cut off. The moments are those of
        the other nets.
    """

    mean: float
    variance: float
    extinction: float = 0.0


def gaussian_product_exponents(n: int) -> np.ndarray:
    """Return the Lyapunov exponents of products of n x n matrices with entries from N(0, 1/n).

    Parameters
    ----------
    n : int
        N.

    Returns
    -------
    ndarray, shape (n,)
        1/2 [ln(2/N) + psi((N - i)/2)], decreasing. For entries from N(0, s^2 / n) add ln s.

    Raises
    ------
    ValueError
        If n is not a positive whole number.

    References
    ----------
    Newman, C. M. (1986). The distribution of Lyapunov exponents: exact results for random
    matrices. Communications in Mathematical Physics 103, 121-126.
    """
    n = _count(n, "gaussian_product_exponents", "n")
    return 0.5 * (math.log(2.0 / n) + digamma(0.5 * (n - np.arange(n))))


def largest_squared_singular_value(depth: int) -> float:
    """Return the largest squared singular value of a product of wide Gaussian matrices.

    Parameters
    ----------
    depth : int
        L, the number of factors, square, with entries from N(0, 1/N), N to infinity.

    Returns
    -------
    float
        (L + 1)^(L + 1) / L^L, about e (L + 1/2). Where all factors are orthogonal it is 1.

    Raises
    ------
    ValueError
        If the depth is not a positive whole number.

    References
    ----------
    Pennington, J., Schoenholz, S. and Ganguli, S. (2017). Resurrecting the sigmoid in deep
    learning through dynamical isometry: theory and practice. NeurIPS.
    """
    depth = _count(depth, "largest_squared_singular_value", "depth")
    return (depth + 1) * (1.0 + 1.0 / depth) ** depth


def log_norm_moments(activation: str, width: int, depth: int) -> LogNormMoments:
    """Return mean and variance of ln |J v|^2 over random nets that preserve the mean square.

    Parameters
    ----------
    activation : str
        "linear", with weights from N(0, 1/N), or "relu", with weights from N(0, 2/N).
    width, depth : int
        N, of the input too, and L: every layer ends in its activation.

    Returns
    -------
    LogNormMoments
        Exact for a random tangent v that is independent of the input.

    Raises
    ------
    ValueError
        If the activation is another one, or a number is not a positive whole one.

    References
    ----------
    Hanin, B. and Nica, M. (2020). Products of many large random matrices and gradients in deep
    neural networks. Communications in Mathematical Physics 376, 287-322.
    """
    n = _count(width, "log_norm_moments", "width")
    depth = _count(depth, "log_norm_moments", "depth")
    if activation in ("linear", "identity"):
        mean = float(digamma(0.5 * n)) - math.log(0.5 * n)
        return LogNormMoments(depth * mean, depth * float(trigamma(0.5 * n)))
    if activation != "relu":
        raise ValueError(f"log_norm_moments: needs 'linear' or 'relu', got {activation!r}")
    k = np.arange(1, n + 1)
    log_binomial = [math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1) for j in k]
    share = np.exp(np.array(log_binomial) - n * math.log(2.0))  # underflows to 0 for wide nets
    share = share / share.sum()
    inside = digamma(0.5 * k)  # E ln chi^2_k - ln 2
    mean = float(share @ inside)
    variance = float(share @ trigamma(0.5 * k) + share @ (inside - mean) ** 2)
    return LogNormMoments(
        depth * (mean + math.log(4.0 / n)),
        depth * variance,
        -math.expm1(depth * math.log1p(-(2.0**-n))),
    )


def _count(number: int, caller: str, name: str) -> int:
    try:
        whole = operator.index(number)
    except TypeError:
        whole = 0
    if whole < 1:
        raise ValueError(f"{caller}: {name} must be a positive whole number, got {number!r}")
    return whole
