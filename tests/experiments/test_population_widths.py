"""Information over the stimulus: constant on a dense ring, rippled where the lattice resolves the bump."""

import numpy as np
import pytest

from learndyn.experiments import population_widths
from learndyn.neural.population import VonMisesTuning


@pytest.fixture(scope="module")
def result():
    return population_widths.run(trials=400)


def test_broad_bumps_tell_as_much_everywhere(result):
    np.testing.assert_allclose(result.information[:6], 1.0, atol=1e-6)


def test_narrow_bumps_ripple_as_the_first_harmonic_says(result):
    np.testing.assert_allclose(result.ripple, result.predicted_ripple, atol=0.01)
    assert result.ripple[-1] > 0.5


def test_the_information_is_least_at_a_preferred_direction_and_repeats_with_the_spacing(result):
    profile = result.information[-1]
    assert profile.argmin() % 12 == 0 and profile[:12].argmax() == 6
    np.testing.assert_allclose(profile[:12], profile[12:24], rtol=1e-9)


def test_its_mean_over_the_stimulus_is_that_of_a_dense_ring(result):
    # The ripple has no constant part, whatever the width.
    np.testing.assert_allclose(result.information[:, :-1].mean(axis=1), 1.0, rtol=1e-9)


def test_the_curves_are_those_of_units_with_a_peak_of_1(result):
    for kappa, curve in zip(result.errors.kappas, result.curves, strict=True):
        np.testing.assert_allclose(curve, VonMisesTuning(3, 1.0, kappa).response(result.offsets))
    np.testing.assert_allclose(result.curves[:, 72], 1.0)
