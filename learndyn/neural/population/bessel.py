r"""Modified Bessel functions of whole order: the Fourier coefficients of a von Mises bump.

    e^(x cos t) = sum_k I_k(x) e^(i k t),        I_k(x) = (1/pi) int_0^pi e^(x cos t) cos(k t) dt

Computed are the scaled functions e^-|x| I_k(x), which neither overflow nor lose digits. The ratios
of neighbours obey Gauss's continued fraction, of positive terms (Gautschi and Slavik, 1978),

    rho_k = I_k / I_(k-1) = x / (2 k + x rho_(k+1)),

which forgets where it was started, and the sum I_0 + 2 (I_1 + I_2 + ...) = e^x gives the scale.
Nothing cancels, so each order is right to a few units in its own last place. (The trapezoidal rule
on the integral is exact to rounding too, but relative to I_0: at x = 2 nothing is left of I_12.)

References
----------
Gautschi, W. and Slavik, J. (1978). On the computation of modified Bessel function ratios.
Mathematics of Computation 32, 865-875.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def scaled_bessel_i(order: Any, x: Any) -> np.ndarray:
    """Return e^-|x| I_k(x).

    Parameters
    ----------
    order : int or array_like of int
        k; orders k and -k give the same.
    x : float or array_like
        Broadcast against the order. The cost grows as max |k| + 9 sqrt(max |x|).

    Returns
    -------
    ndarray, of the broadcast shape
        Relative error about 1e-14.

    Raises
    ------
    TypeError
        If an order is not a whole number.
    ValueError
        If an x is not finite.
    """
    k, x = np.broadcast_arrays(np.asarray(order), np.asarray(x, dtype=np.float64))
    if k.dtype.kind not in "iu":
        raise TypeError(f"scaled_bessel_i: the order must be a whole number, got dtype {k.dtype}")
    if not np.isfinite(x).all():
        raise ValueError("scaled_bessel_i: x must be finite, but some of it is NaN or infinite")
    k, size = np.abs(k), np.abs(x)
    # From here on I_k is below 1e-17 of the orders wanted: I_m / I_0 falls as exp(-m^2 / 2x).
    last = int(k.max(initial=0)) + 30 + math.ceil(9.0 * math.sqrt(size.max(initial=0.0)))
    ratio = np.zeros((last + 1, *size.shape))
    for m in range(last, 0, -1):
        following = ratio[m + 1] if m < last else 0.0
        ratio[m] = size / (2.0 * m + size * following)
    ratio[0] = 1.0
    relative = np.cumprod(ratio, axis=0)  # I_m / I_0
    wanted = np.take_along_axis(relative, k[None], axis=0)[0]
    sign = np.where((x < 0.0) & (k % 2 == 1), -1.0, 1.0)
    return sign * wanted / (1.0 + 2.0 * relative[:0:-1].sum(axis=0))
