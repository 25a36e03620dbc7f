"""The best constant coefficients on quadratics with curvatures from l_min to l_max.

With k = l_max / l_min, all modes together shrink by the rate rho each step:

    method               eta                                beta                        rho
    gradient descent     2 / (l_min + l_max)                -                           (k-1) / (k+1)
    heavy ball           4 / (sqrt(l_max) + sqrt(l_min))^2  [(sqrt k-1)/(sqrt k+1)]^2   sqrt(beta)
    Nesterov, standard   1 / l_max                          (sqrt k-1)/(sqrt k+1)       1 - 1/sqrt k
    Nesterov, tuned      4 / (3 l_max + l_min)              (r-2)/(r+2)                 1 - 2/r

where r = sqrt(3k + 1). The slowest mode of the heavy ball and of both Nesterov tunings has a
double eigenvalue: its error is rho^t times a factor that grows like t. These rates hold on
quadratics; on other convex functions the optimal heavy ball need not converge (Lessard et al.).

References
----------
Polyak, B. T. (1964). USSR Computational Mathematics and Mathematical Physics 4(5), 1-17.
Lessard, L., Recht, B. and Packard, A. (2016). SIAM Journal on Optimization 26, 57-95, table 1.
"""

from __future__ import annotations

import math


def optimal_step_size(l_min: float, l_max: float) -> float:
    """Return the step size with which gradient descent converges fastest, 2 / (l_min + l_max).

    Parameters
    ----------
    l_min, l_max : float
        Smallest and largest eigenvalue of the Hessian, 0 < l_min <= l_max.

    Raises
    ------
    ValueError
        If they are not in this order, positive and finite.
    """
    _require_interval("optimal_step_size", l_min, l_max)
    return 2.0 / (l_min + l_max)


def optimal_heavy_ball(l_min: float, l_max: float) -> tuple[float, float]:
    """Return the (eta, beta) with which the heavy ball converges fastest (Polyak, 1964).

    Parameters and errors are those of ``optimal_step_size``.
    """
    _require_interval("optimal_heavy_ball", l_min, l_max)
    low, high = math.sqrt(l_min), math.sqrt(l_max)
    return 4.0 / (high + low) ** 2, ((high - low) / (high + low)) ** 2


def standard_nesterov(l_min: float, l_max: float) -> tuple[float, float]:
    """Return Nesterov's (eta, beta) for strongly convex functions, with eta = 1 / l_max.

    Parameters and errors are those of ``optimal_step_size``.
    """
    _require_interval("standard_nesterov", l_min, l_max)
    low, high = math.sqrt(l_min), math.sqrt(l_max)
    return 1.0 / l_max, (high - low) / (high + low)


def optimal_nesterov(l_min: float, l_max: float) -> tuple[float, float]:
    """Return the (eta, beta) with which Nesterov's method is fastest on quadratics.

    Parameters and errors are those of ``optimal_step_size``. (Lessard et al., 2016)
    """
    _require_interval("optimal_nesterov", l_min, l_max)
    root = math.sqrt(3.0 * l_max / l_min + 1.0)
    return 4.0 / (3.0 * l_max + l_min), (root - 2.0) / (root + 2.0)


def optimal_rate(method: str, condition_number: float) -> float:
    """Return rho, the factor by which the error shrinks each step with the tunings above.

    Parameters
    ----------
    method : {"gradient descent", "heavy ball", "standard nesterov", "optimal nesterov"}
    condition_number : float
        k = l_max / l_min, at least 1.

    Raises
    ------
    ValueError
        If the method is unknown, or k is below 1 or not finite.
    """
    k = condition_number
    if not (math.isfinite(k) and k >= 1):
        raise ValueError(f"optimal_rate: condition_number must be at least 1 and finite, got {k}")
    root = math.sqrt(k)
    rates = {
        "gradient descent": (k - 1.0) / (k + 1.0),
        "heavy ball": (root - 1.0) / (root + 1.0),
        "standard nesterov": 1.0 - 1.0 / root,
        "optimal nesterov": 1.0 - 2.0 / math.sqrt(3.0 * k + 1.0),
    }
    if method not in rates:
        raise ValueError(f"optimal_rate: unknown method {method!r}. Choose from {sorted(rates)}")
    return rates[method]


def _require_interval(caller: str, l_min: float, l_max: float) -> None:
    if not (0 < l_min <= l_max and math.isfinite(l_max)):
        raise ValueError(
            f"{caller}: needs eigenvalues 0 < l_min <= l_max, finite, got l_min={l_min}, "
            f"l_max={l_max}"
        )
