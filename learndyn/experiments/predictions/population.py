"""Population codes: how much they tell, what reads it, and how credit is spread over them."""

from __future__ import annotations

import numpy as np

from ...neural.population import PoissonNoise, VonMisesTuning, fisher_information
from .. import (
    population_correlations,
    population_lesions,
    population_modes,
    population_shares,
    population_transfer,
    population_votes,
)
from .prediction import Prediction

_PAGE = "neuroai/population_codes"
_CREDIT = "experiments/population_credit"


def population() -> tuple[Prediction, ...]:
    """Predict the information in a population and the efficiency of readouts."""
    tuning = VonMisesTuning(64, rate=3.0, kappa=2.0)
    information = fisher_information(tuning, PoissonNoise(), 0.4)
    votes, noise = population_votes.run(), population_correlations.run()
    rows = [
        Prediction(
            "Fisher information N r k e^-k I1(k)", "Seung 1993", _PAGE,
            tuning.poisson_information, information, 1e-12, True,
        ),
        Prediction(
            "efficiency of maximum likelihood, cosine, m = 5/6", "Seung 1993", _PAGE,
            1.0, float(votes.likely[2]), 0.06,
        ),
        Prediction(
            "linear information, differential correlations", "Moreno-Bote 2014", _PAGE,
            float(noise.differential_predicted[-1]), float(noise.differential[-1]), 1e-9, True,
        ),
    ]  # fmt: skip
    rows += [
        Prediction(
            f"efficiency of votes, {case.tuning}, {case.noise}", "derived", _PAGE,
            case.predicted, case.measured, 0.04, True,
        )
        for case in population_votes.four_cases()
    ]  # fmt: skip
    return tuple(rows)


def population_credit() -> tuple[Prediction, ...]:
    """Predict how credit is spread over a population, and what is learned first."""
    transfer, modes = population_transfer.run(), population_modes.run()
    shares, lesions = population_shares.run(), population_lesions.run()
    kinds = ("readout", "discrimination", "preferred", "information")
    return (
        Prediction(
            "transfer minus I0(2k |cos D/2|) / I0(2k)", "Donchin 2003", _CREDIT,
            0.0, transfer.error, 1e-10,
        ),
        Prediction(
            "learning rates of Fourier modes minus (e^-k I_k)^2", "derived", _CREDIT,
            0.0, float(np.abs(modes.rates - modes.rates_predicted).max()), 1e-9,
        ),
        *(
            Prediction(
                f"degrees to the unit of largest credit, {kind}", "derived", _CREDIT,
                float(np.degrees(shares.predicted[kind])), float(np.degrees(shares.largest[kind])), 0.5,
            )
            for kind in kinds
        ),
        Prediction(
            "error after losing half of the units", "derived", _CREDIT,
            float(lesions.population_predicted[-1]), float(lesions.population[-1]), 0.06, True,
        ),
    )  # fmt: skip
