r"""Which unit of a population learns most: at the peak of its tuning curve, or on the flank?

It depends on what learns, and for what. With y = sum_i w_i f(D_i), D_i = theta - phi_i, error
e = target - y and L = e^2 / 2, one stimulus gives unit i the credit -dL/dparameter:

    readout weight w_i                        e f(D_i)              the peak, D = 0
    w_i, to tell theta + d from theta - d     f(D_i + d) - f(D_i - d) -> 2 d f'(D_i)    the flank
    preferred direction phi_i                 -e w_i f'(D_i)        the flank
    share in the Fisher information           f'^2 / f (Poisson)    the flank, further out

for targets +1 and -1 at w = 0 in the second row. There the unit at the peak gets nothing: it
answers both stimuli alike, and what the first teaches its weight the second takes back. For von
Mises tuning |f'| is largest where

    cos D = (sqrt(1 + 4 kappa^2) - 1) / (2 kappa)     (f'' = 0)

and f'^2 / f where cos D = (sqrt(1 + kappa^2) - 1) / kappa, at a larger |D|, since Poisson noise is
small where responses are. For cosine tuning these are cos D = 0 and -(1 - sqrt(1 - m^2)) / m: the
most informative units fire below their baseline. "The unit with most credit sits on the flank" is
true of telling neighbours apart and of moving tuning curves, and false of a readout that must give
a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import expand_dims, grad, square
from ...autodiff import sum as sum_over
from .checks import require_number
from .ring import wrap
from .tuning import Tuning


@dataclass(frozen=True, slots=True)
class UnitCredit:
    """How one stimulus distributes credit over the units; arrays of shape (units,).

    Attributes
    ----------
    offsets : ndarray
        D_i = theta - phi_i in [-pi, pi), radians.
    readout : ndarray
        -dL/dw_i for an error of 1.
    discrimination : ndarray
        -dL/dw_i at w = 0 for targets +1 and -1 at theta + d and theta - d.
    preferred : ndarray
        -dL/dphi_i for an error of 1, per radian.
    information : ndarray
        f'^2 / f, 1/rad^2: the units' shares in the information of Poisson counts. NaN where f is not
        positive.
    """

    offsets: np.ndarray
    readout: np.ndarray
    discrimination: np.ndarray
    preferred: np.ndarray
    information: np.ndarray

    def largest(self, kind: str) -> float:
        """Return |D| of the unit whose credit is largest in size, radians.

        Parameters
        ----------
        kind : {"readout", "discrimination", "preferred", "information"}

        Raises
        ------
        ValueError
            If the kind is unknown.
        """
        if kind not in ("readout", "discrimination", "preferred", "information"):
            raise ValueError(
                f"UnitCredit: unknown kind {kind!r}. Choose readout, discrimination, preferred or information"
            )
        return float(np.abs(self.offsets[np.nanargmax(np.abs(getattr(self, kind)))]))


def unit_credit(
    tuning: Tuning, theta: float, *, weights: Any | None = None, separation: float = 1e-3
) -> UnitCredit:
    """Return the credit of each unit at one stimulus, from derivatives of the loss.

    Parameters
    ----------
    tuning : Tuning
    theta : float
        The stimulus, radians.
    weights : array_like, shape (units,), optional
        w, of the readout whose error credits the preferred directions; 1 for all by default.
    separation : float, optional
        2 d, between the two stimuli to be told apart, positive, radians.

    Returns
    -------
    UnitCredit

    Raises
    ------
    TypeError, ValueError
        If the separation is no positive number, or the weights have another shape.
    """
    require_number("unit_credit", "separation", separation, above=0.0)
    units = tuning.units
    w = np.ones(units) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (units,):
        raise ValueError(f"unit_credit: weights must have shape ({units},), got {w.shape}")
    phi, target = tuning.preferred, 1.0 + float(tuning(theta) @ w)

    def value_loss(parameters: tuple[Any, Any]) -> Any:
        w, phi = parameters
        return 0.5 * square(target - sum_over(w * tuning.response(theta - phi)))

    pair = np.array([theta + 0.5 * separation, theta - 0.5 * separation])

    def pair_loss(w: Any) -> Any:
        outputs = sum_over(w * tuning.response(expand_dims(pair, -1) - phi), axis=-1)
        return 0.5 * sum_over(square(np.array([1.0, -1.0]) - outputs))

    readout, preferred = (-g for g in grad(value_loss)((w, phi)))
    offsets = wrap(theta - phi)
    means = tuning.response(offsets)
    positive = means > 0.0
    share = np.where(positive, tuning.slope(offsets) ** 2 / np.where(positive, means, 1.0), np.nan)
    return UnitCredit(offsets, readout, -grad(pair_loss)(np.zeros(units)), preferred, share)
