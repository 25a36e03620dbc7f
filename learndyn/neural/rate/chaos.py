r"""Chaos in a random network: what mean-field theory says of its largest Lyapunov exponent.

    dx/dt = -x + W phi(x),    W from N(0, g^2 / n), n to infinity, phi odd; time in units of tau

Each neuron is driven by a sum of many others, a Gaussian process whose autocorrelation is the one
that the neurons themselves produce. With D(s) = <x(t) x(t + s)>, q = D(0), and
C(D) = <phi(u) phi(v)> over Gaussian u, v of variance q and covariance D:

1. Self-consistency, d^2 D / ds^2 = D - g^2 C(D), is Newton's law of a particle at D in the
   potential V(D) = -D^2/2 + g^2 integral_0^D C. The solution that decays starts at rest at q and
   just comes to rest at 0, so that V(q) = V(0) = 0, which fixes q.
2. Two copies of the network that start close to each other part as e^{lambda t}, with

       [-d^2/ds^2 + 1 - g^2 C'(D(s))] psi = E psi,    lambda = -1 + sqrt(1 - E_0)

   E_0 is the lowest level of a particle in one dimension. dD/ds solves the same equation with
   E = 0 (differentiate 1.) and has one zero, so that it is the first excited state: the level
   below it is negative, and lambda > 0. Any such decaying fluctuation is chaotic.

For g < 1 there is none: the network rests at 0, and the largest real part of the Jacobian's
eigenvalues is lambda = g - 1 (circular law). Near g = 1, lambda goes as (g - 1)^2 / 2; for large g
it is proportional to ln g. A network of finite n is below the theory: at n = 300 by a third for
g = 2 and by a quarter for g = 3.

Sompolinsky, H., Crisanti, A. and Sommers, H.-J. (1988). Chaos in random neural networks. Physical
Review Letters 61, 259-262.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev

from ...autodiff import stack
from ...dynamics import DormandPrince, Event, integrate
from ...dynamics.events import find_root
from ...learning.models.activations import Activation, activation_function, check_activation
from ...learning.signal.averages import gaussian_averages
from .checks import require_count, require_positive

_DEGREE = 48  # of the polynomial through C: from 32 to 64, lambda changes by 2e-8 at g = 3
_TAIL = 1e-5  # D/q at which the tail is taken as zero: C'(D) is even, so the error is its square
_LONGEST = 1e5  # in units of tau: for g = 1.001 the autocorrelation needs about 1e4


@dataclass(frozen=True, slots=True)
class MeanFieldChaos:
    """Autocorrelation and chaos of an infinite random network.

    Attributes
    ----------
    gain : float
        g.
    variance : float
        q, of the input x; 0 for g <= 1.
    times : ndarray, shape (2 points + 1,)
        s, in units of tau, symmetric about 0.
    autocorrelation : ndarray, of the shape of times
        D(s).
    potential : ndarray, of the shape of times
        1 - g^2 C'(D(s)).
    levels : ndarray, shape (2,)
        The lowest two levels E. The second is 0 in theory, and how far it is from 0 shows the
        error: 6e-12 at g = 2, 3e-8 at g = 3, 9e-4 at g = 10, where tanh is nearly a step.
    exponent : float
        The largest Lyapunov exponent, per tau.
    """

    gain: float
    variance: float
    times: np.ndarray
    autocorrelation: np.ndarray
    potential: np.ndarray
    levels: np.ndarray
    exponent: float


def mean_field_chaos(
    gain: float, *, activation: Activation = "tanh", points: int = 150
) -> MeanFieldChaos:
    """Solve the mean-field theory of a chaotic random network.

    Parameters
    ----------
    gain : float
        g > 1 / phi'(0); for tanh g > 1.
    activation : str or callable, optional
        phi, odd, with its largest slope at 0 and bounded.
    points : int, optional
        Of the grid of s on each side of 0.

    Returns
    -------
    MeanFieldChaos

    Raises
    ------
    ValueError
        If the gain is not in the chaotic phase, the activation is not odd, or its variance has no
        finite fixed point.

    References
    ----------
    Sompolinsky, H., Crisanti, A. and Sommers, H.-J. (1988). Chaos in random neural networks.
    Physical Review Letters 61, 259-262.
    """
    require_positive("mean_field_chaos", gain=gain)
    require_count("mean_field_chaos", 10, points=points)
    _require_odd(activation)
    averages = gaussian_averages(activation, "mean_field_chaos")
    q = _variance(averages, gain)
    c = _correlation(averages, q)
    slope = c.deriv()
    strength = gain * gain / q  # of C as a function of D / q
    s_end, curve = _decay(c, strength)
    times = np.linspace(-1.5 * s_end, 1.5 * s_end, 2 * points + 1)
    past = np.abs(times)
    d = np.where(past < s_end, curve(np.minimum(past, s_end))[:, 0], 0.0)
    potential = 1.0 - strength * slope(d)
    levels = bound_levels(times, potential)[:2]
    exponent = -1.0 + math.sqrt(1.0 - float(levels[0]))
    return MeanFieldChaos(gain, q, times, q * d, potential, levels, exponent)


def bound_levels(x: np.ndarray, potential: np.ndarray) -> np.ndarray:
    """Return the levels E of -psi'' + W(x) psi = E psi, increasing, on an even grid.

    The second derivative is that of the interpolation by sinc functions: for a smooth W and states
    that have decayed at the ends, the error falls faster than any power of the spacing.

    Parameters
    ----------
    x, potential : ndarray, shape (m,)

    References
    ----------
    Colbert, D. T. and Miller, W. H. (1992). A novel discrete variable representation for quantum
    mechanical reactive scattering via the S-matrix Kohn method. Journal of Chemical Physics 96,
    1982-1991.
    """
    h = (x[-1] - x[0]) / (len(x) - 1)
    k = np.subtract.outer(np.arange(len(x)), np.arange(len(x)))
    squares = np.where(k == 0, 1, k * k)
    kinetic = np.where(k == 0, np.pi**2 / 3.0, 2.0 * np.where(k % 2, -1.0, 1.0) / squares)
    return np.linalg.eigvalsh(kinetic / (h * h) + np.diag(potential))


def _variance(averages: Any, gain: float) -> float:
    """The q at which the particle has just the energy to come to rest at 0."""

    def energy(q: float) -> float:
        integral = _correlation(averages, q).integ()
        return gain * gain * (integral(1.0) - integral(0.0)) - 0.5 * q  # V(q) / q

    least = 1e-12
    # C(D) = phi'(0)^2 D for small q, so this is g^2 phi'(0)^2 > 1.
    if not gain**2 * averages.product(least, 1.0) > least * (1.0 + 1e-9):
        raise ValueError(
            f"mean_field_chaos: at gain {gain} the network rests at 0. Chaos needs "
            "gain > 1 / phi'(0), for tanh gain > 1; below, the exponent is gain * phi'(0) - 1"
        )
    low, high = 1e-8, 1.0
    while energy(high) > 0.0:
        low, high = high, 4.0 * high
        if high > 1e8:
            raise ValueError(
                f"mean_field_chaos: at gain {gain} the variance has no finite fixed point. "
                "Use a bounded activation"
            )
    while energy(low) <= 0.0:
        low /= 16.0
        if low < 1e-16:
            raise ValueError(
                f"mean_field_chaos: gain {gain} is too close to the transition to be resolved"
            )
    return find_root(energy, low, high, energy(low), energy(high))


def _correlation(averages: Any, q: float) -> Chebyshev:
    """C as a polynomial in D / q, from 0 to 1."""
    return Chebyshev.interpolate(
        np.vectorize(lambda c: averages.product(q, float(c))), _DEGREE, domain=[0.0, 1.0]
    )


def _decay(c: Chebyshev, strength: float) -> tuple[float, Any]:
    """Where D / q has fallen to ``_TAIL``, and the run that leads there.

    The saddle at 0 throws errors of the integration out as fast as D falls: _TAIL is where they
    are still small.
    """

    def newton(s: float, z: np.ndarray) -> np.ndarray:
        return stack([z[1], z[0] - strength * c(z[0])])

    run = integrate(
        newton,
        [1.0, 0.0],
        [0.0, _LONGEST],
        method=DormandPrince(rtol=1e-12, atol=1e-14),
        events={
            "tail": Event(lambda s, z: z[0] - _TAIL, terminal=True),
            "turned": Event(lambda s, z: z[1], direction=1, terminal=True),
        },
        dense=True,
        progress=False,
    )
    if not len(run.events["tail"].times):
        raise ArithmeticError(f"mean_field_chaos: the autocorrelation did not decay, {run.stopped}")
    return float(run.times[-1]), run


def _require_odd(activation: Activation) -> None:
    check_activation(activation, "mean_field_chaos")
    phi = activation_function(activation)
    x = np.linspace(0.0, 4.0, 33)
    if not np.allclose(phi(-x), -phi(x), atol=1e-12):
        raise ValueError(
            f"mean_field_chaos: the activation {activation!r} is not odd. Use tanh or erf: this "
            "theory has neurons without a mean"
        )
