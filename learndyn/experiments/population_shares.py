r"""Which unit gets most credit: four answers to one question, each from derivatives of a loss.

With D = theta - phi_i the distance of the stimulus from a unit's preferred direction, the largest credit
goes, for von Mises tuning, to the units at

    readout weight, for a value                  D = 0, the peak
    readout weight, to tell neighbours apart     cos D = (sqrt(1 + 4 kappa^2) - 1) / (2 kappa), the flank
    preferred direction                          the same flank
    share in the Poisson information             cos D = (sqrt(1 + kappa^2) - 1) / kappa, further out
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..neural.population import UnitCredit, VonMisesTuning, unit_credit

KINDS = ("readout", "discrimination", "preferred", "information")


@dataclass(frozen=True, slots=True)
class PopulationShares:
    """Credit of the units of a dense ring.

    Attributes
    ----------
    kappa : float
    credit : UnitCredit
    largest : dict of str to float
        |D| of the unit with most credit of each kind, radians.
    predicted : dict of str to float
    spacing : float
        Between neighbouring units, radians.
    """

    kappa: float
    credit: UnitCredit
    largest: dict[str, float]
    predicted: dict[str, float]
    spacing: float

    def profile(self, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return D in increasing order and the credit, largest 1 in size.

        Parameters
        ----------
        kind : {"readout", "discrimination", "preferred", "information"}

        Returns
        -------
        offsets, credit : ndarray, shape (units,)
        """
        order = np.argsort(self.credit.offsets)
        values = getattr(self.credit, kind)[order]
        return self.credit.offsets[order], values / np.abs(values).max()


def run(kappa: float = 2.0, *, units: int = 720) -> PopulationShares:
    """Compute the credit of each unit at one stimulus.

    Parameters
    ----------
    kappa : float, optional
    units : int, optional
        N, many, so that the place of the largest credit is resolved.

    Returns
    -------
    PopulationShares
    """
    tuning = VonMisesTuning(units, 1.0, kappa)
    credit = unit_credit(tuning, 0.0)
    flank = tuning.steepest_offset
    predicted = dict(zip(KINDS, (0.0, flank, flank, tuning.most_informative_offset), strict=True))
    largest = {kind: credit.largest(kind) for kind in KINDS}
    return PopulationShares(kappa, credit, largest, predicted, 2.0 * np.pi / units)
