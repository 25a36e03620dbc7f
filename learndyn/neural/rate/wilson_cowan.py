r"""Wilson and Cowan's pair: a population that excites and one that inhibits, a flow in the plane.

    tau_e dE/dt = -E + (k_e - r_e E) S_e(c1 E - c2 I + P)
    tau_i dI/dt = -I + (k_i - r_i I) S_i(c3 E - c4 I + Q)

    S(x) = sigma(a (x - theta)) - sigma(-a theta),   sigma(y) = 1 / (1 + e^{-y})

E and I are the parts of each population that fire per unit of time. S is shifted so that
S(0) = 0, and rest without input is E = I = 0. r is the refractory period in units of tau: a
neuron that has just fired cannot fire again.

Four versions are in use, and they oscillate with different periods. With the constants of the
paper's limit cycle and P = 1.25:

    period / tau                              k = 1        k = max S = 1 - sigma(-a theta)
    refractory, S(0) = 0  (the paper)         5.0034       4.9959
    not refractory (r = 0), S(0) = 0          7.8503       7.8966

The defaults are the first: k = 1 is what most who repeat the figure take; the paper's text has
k = max S, so that E cannot pass its saturation.

Wilson, H. R. and Cowan, J. D. (1972). Excitatory and inhibitory interactions in localized
populations of model neurons. Biophysical Journal 12, 1-24.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import sigmoid, stack
from .checks import require_finite, require_positive

Drive = float | Callable[[float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class WilsonCowan:
    """The flow of an excitatory and an inhibitory population; the state is (E, I).

    Parameters
    ----------
    P, Q : float or callable, optional
        Input to the excitatory and to the inhibitory population; a function of time makes
        the flow depend on it.
    c1, c2, c3, c4 : float, optional
        Strength of the connections E to E, I to E, E to I, I to I.
    a_e, theta_e, a_i, theta_i : float, optional
        Steepness and position of the response of each population.
    r_e, r_i : float, optional
        Refractory periods, in units of tau; 0 for none.
    k_e, k_i : float, optional
        Saturation: 1, or the paper's ``saturation(a, theta)``.
    tau_e, tau_i : float, optional
        Time constants, in the unit of time.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    P: Drive = 0.0
    Q: Drive = 0.0
    c1: float = 16.0
    c2: float = 12.0
    c3: float = 15.0
    c4: float = 3.0
    a_e: float = 1.3
    theta_e: float = 4.0
    a_i: float = 2.0
    theta_i: float = 3.7
    r_e: float = 1.0
    r_i: float = 1.0
    k_e: float = 1.0
    k_i: float = 1.0
    tau_e: float = 1.0
    tau_i: float = 1.0

    def __post_init__(self) -> None:
        require_positive(
            "WilsonCowan",
            **{
                name: getattr(self, name) for name in ("a_e", "a_i", "k_e", "k_i", "tau_e", "tau_i")
            },
        )
        require_finite(
            "WilsonCowan",
            **{
                name: getattr(self, name) for name in ("c1", "c2", "c3", "c4", "theta_e", "theta_i")
            },
        )
        if self.r_e < 0.0 or self.r_i < 0.0:
            raise ValueError(
                f"WilsonCowan: a refractory period is at least 0, got r_e={self.r_e}, r_i={self.r_i}"
            )

    def __call__(self, t: float, z: Any) -> Any:
        """Return (dE/dt, dI/dt) at the state (E, I), shape (2,)."""
        e, i = z[0], z[1]
        s_e = response(self.c1 * e - self.c2 * i + _at(self.P, t), self.a_e, self.theta_e)
        s_i = response(self.c3 * e - self.c4 * i + _at(self.Q, t), self.a_i, self.theta_i)
        return stack(
            [
                (-e + (self.k_e - self.r_e * e) * s_e) / self.tau_e,
                (-i + (self.k_i - self.r_i * i) * s_i) / self.tau_i,
            ]
        )

    def excitatory_nullcline(self, e: Any, *, t: float = 0.0) -> np.ndarray:
        """Return the I for which dE/dt = 0, for each E; NaN where there is none."""
        e = np.asarray(e, dtype=np.float64)
        x = _inverse_response(_needed(e, self.k_e, self.r_e), self.a_e, self.theta_e)
        return (self.c1 * e + _at(self.P, t) - x) / self.c2

    def inhibitory_nullcline(self, i: Any, *, t: float = 0.0) -> np.ndarray:
        """Return the E for which dI/dt = 0, for each I; NaN where there is none."""
        i = np.asarray(i, dtype=np.float64)
        x = _inverse_response(_needed(i, self.k_i, self.r_i), self.a_i, self.theta_i)
        return (self.c4 * i - _at(self.Q, t) + x) / self.c3


def response(x: Any, a: float, theta: float) -> Any:
    """Return S(x) = sigma(a (x - theta)) - sigma(-a theta): the part that an input x makes fire."""
    return sigmoid(a * (x - theta)) - float(sigmoid(-a * theta))


def saturation(a: float, theta: float) -> float:
    """Return max S = 1 - sigma(-a theta), the k of the paper."""
    return float(sigmoid(a * theta))


def _at(drive: Drive, t: float) -> Any:
    return drive(t) if callable(drive) else drive


def _needed(activity: np.ndarray, k: float, r: float) -> np.ndarray:
    """S = x / (k - r x), what the response must be at rest."""
    free = k - r * activity
    return np.divide(activity, free, out=np.full_like(activity, np.nan), where=free > 0.0)


def _inverse_response(s: np.ndarray, a: float, theta: float) -> np.ndarray:
    p = s + float(sigmoid(-a * theta))
    inside = (p > 0.0) & (p < 1.0)
    p = np.where(inside, p, 0.5)
    return np.where(inside, theta + np.log(p / (1.0 - p)) / a, np.nan)
