"""Population codes: many noisy units with tuning curves, and what can be read from them.

Reading order: ``ring`` (directions), ``bessel`` (the integrals of a von Mises bump), ``tuning`` (cosine
and von Mises curves), ``noise`` and ``correlations`` (how responses scatter), ``fisher`` (what they
tell), ``population_vector`` and ``maximum_likelihood`` (two readouts), ``decoding`` (their bias and
variance); then learning: ``layer`` (a population code inside a net), ``generalisation`` (what one
stimulus teaches about another), ``credit`` (which unit learns most); and ``bump`` (activity that moves).
"""

from .bessel import scaled_bessel_i
from .bump import BumpTrack, track_bump
from .correlations import DifferentialNoise, LimitedRangeNoise, differential_information
from .credit import UnitCredit, unit_credit
from .decoding import DecodingErrors, measure_decoder
from .fisher import cramer_rao_bound, fisher_information, linear_information
from .generalisation import credit_kernel, generalisation, lattice_mode_rates, mode_rates
from .layer import PopulationCode, PopulationParameters
from .maximum_likelihood import MaximumLikelihood, maximum_likelihood
from .noise import GaussianNoise, Noise, PoissonNoise
from .population_vector import (
    PopulationVector,
    cosine_efficiency,
    population_vector,
    population_vector_variance,
)
from .ring import preferred_directions, wrap
from .tuning import CosineTuning, Tuning, VonMisesTuning

__all__ = [
    "BumpTrack", "cosine_efficiency", "CosineTuning", "cramer_rao_bound", "credit_kernel",
    "DecodingErrors", "differential_information", "DifferentialNoise", "fisher_information",
    "GaussianNoise", "generalisation", "lattice_mode_rates", "LimitedRangeNoise", "linear_information",
    "maximum_likelihood", "MaximumLikelihood", "measure_decoder", "mode_rates", "Noise", "PoissonNoise",
    "population_vector", "population_vector_variance", "PopulationCode", "PopulationParameters",
    "PopulationVector", "preferred_directions", "scaled_bessel_i", "track_bump", "Tuning",
    "unit_credit", "UnitCredit", "VonMisesTuning", "wrap",
]  # fmt: skip
