"""A signal through depth: what is measured follows mean-field theory, and captions say what is drawn."""

import numpy as np
import pytest

from learndyn.experiments import signal_depth
from learndyn.explorables.signal_depth import signal_through_depth

VARIANCES = (0.8, 1.761, 2.0, 3.0)


@pytest.fixture(scope="module")
def result():
    return signal_depth.run(VARIANCES, width=200)


@pytest.fixture(scope="module")
def explorable(result):
    return signal_through_depth(result)


def test_a_layer_multiplies_the_mean_squared_gradient_by_chi(result):
    assert np.allclose(result.ratios, result.chi, rtol=0.06)


def test_a_rectifier_has_the_factor_of_half_the_weight_variance_both_ways(result):
    assert np.allclose(result.chi[1], np.array(VARIANCES) / 2, rtol=1e-12)
    q = np.exp(result.forward_predicted[1])
    assert np.allclose(q[:, 1:], q[:, :-1] * result.chi[1][:, None] + 0.05, rtol=1e-12)


def test_with_tanh_the_forward_signal_settles_whatever_the_gradient_does(result):
    q = np.exp(result.forward_predicted[0])
    assert np.allclose(q[:, -1], q[:, -4], rtol=1e-3)
    assert np.abs(result.forward[0] - result.forward_predicted[0]).max() < 0.5


def test_the_same_seed_gives_the_same_bits(result):
    again = signal_depth.run(VARIANCES, width=200)
    assert np.array_equal(again.forward, result.forward) and np.array_equal(again.backward, result.backward)


def test_too_many_skipped_layers_are_refused():
    with pytest.raises(ValueError, match="skip=3 at either end of 7 layers"):
        signal_depth.run((1.0,), width=5, depth=7, skip=3)


def test_a_caption_names_the_side_of_the_critical_line_and_both_factors(result, explorable):
    sides = {
        (0, 0): "Vanishing",
        (0, 1): "Critical",
        (0, 3): "Exploding",
        (1, 1): "Vanishing",
        (1, 2): "Critical",
    }
    for (i, j), side in sides.items():
        caption = explorable.caption(i, j)
        assert side in caption
        assert f"χ = {result.chi[i, j]:.3f}, measured {result.ratios[i, j]:.3f}" in caption


def test_the_same_result_gives_the_same_bytes(result, explorable):
    assert signal_through_depth(result).html() == explorable.html()
