"""digamma and trigamma: the first two derivatives of the logarithm of the gamma function.

    psi(x) = d ln Gamma / dx,      psi'(x) = d psi / dx

They are the mean and the variance of the logarithm of a chi-square variable of k degrees of
freedom: E ln = ln 2 + psi(k/2), Var ln = psi'(k/2). The recurrences psi(x) = psi(x + 1) - 1/x and
psi'(x) = psi'(x + 1) + 1/x^2 lead to x >= 12, where the asymptotic series in 1/x^2 have all digits.

References
----------
Abramowitz, M. and Stegun, I. A. (1964). Handbook of Mathematical Functions, 6.3.18 and 6.4.12.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Bernoulli numbers B_2, B_4, ..., B_16.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_FAR = 12  # the first term left out is below 1e-17 of the result from here on


def digamma(x: Any) -> np.ndarray:
    """Return psi(x) for x > 0.

    Parameters
    ----------
    x : array_like
        Positive.

    Returns
    -------
    ndarray, of the shape of x
        To about 1e-15, absolute where psi is small.

    Raises
    ------
    ValueError
        If an element is not positive and finite.
    """
    x = _positive(x, "digamma")
    shift = np.zeros_like(x)
    # Smallest terms first, so that the sum keeps its digits.
    for k in reversed(range(_FAR)):
        shift += np.where(x < _FAR, 1.0 / (x + k), 0.0)
    y = np.where(x < _FAR, x + _FAR, x)
    t = 1.0 / (y * y)
    series = np.zeros_like(y)
    for n in range(len(_BERNOULLI), 0, -1):
        series = t * (_BERNOULLI[n - 1] / (2 * n) + series)
    return np.log(y) - 0.5 / y - series - shift


def trigamma(x: Any) -> np.ndarray:
    """Return psi'(x) for x > 0.

    Parameters
    ----------
    x : array_like
        Positive.

    Returns
    -------
    ndarray, of the shape of x
        To about 1e-15, relative.

    Raises
    ------
    ValueError
        If an element is not positive and finite.
    """
    x = _positive(x, "trigamma")
    shift = np.zeros_like(x)
    for k in reversed(range(_FAR)):
        shift += np.where(x < _FAR, 1.0 / (x + k) ** 2, 0.0)
    y = np.where(x < _FAR, x + _FAR, x)
    t = 1.0 / (y * y)
    series = np.zeros_like(y)
    for bernoulli in reversed(_BERNOULLI):
        series = t * (bernoulli + series)
    return 1.0 / y + 0.5 * t + series / y + shift


def _positive(x: Any, caller: str) -> np.ndarray:
    x = np.asarray(x, dtype=np.float64)
    if not ((x > 0) & np.isfinite(x)).all():
        raise ValueError(f"{caller}: needs positive finite numbers, got {x}")
    return x
