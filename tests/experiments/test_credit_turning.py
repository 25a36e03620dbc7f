"""Feedback at any angle: the law of the weights' angle, and the sign of what a step does to the loss."""

import numpy as np
import pytest

from learndyn.experiments import credit_turning
from learndyn.neural.credit import angle


@pytest.fixture(scope="module")
def result():
    return credit_turning.run((0, 90, 150), every=20)


def test_feedback_is_at_the_angle_asked_for_and_as_long_as_drawn():
    rng = np.random.default_rng(0)
    weight, drawn = rng.standard_normal((2, 20, 10))
    for degrees in (0.0, 30.0, 90.0, 150.0, 180.0):
        feedback = credit_turning.feedback_at(weight, drawn, degrees)
        assert angle(weight, feedback.T) == pytest.approx(degrees, abs=1e-6)
        assert np.linalg.norm(feedback) == pytest.approx(np.linalg.norm(drawn))


def test_feedback_that_is_the_forward_weights_gives_the_gradient(result):
    np.testing.assert_allclose(result.hidden[0, 0], 0.0, atol=1e-6)
    np.testing.assert_allclose(result.weights[:, 0], result.starts, atol=1e-6)


def test_the_weights_follow_the_conservation_law_up_to_the_step_size(result):
    np.testing.assert_allclose(result.law, result.weights, atol=2.0)
    half = credit_turning.run((150,), step_size=0.001, steps=800, every=40)
    gap = [np.abs(each.law[-1] - each.weights[-1]).max() for each in (result, half)]
    assert gap[0] / gap[1] == pytest.approx(2.0, abs=0.3)


def test_a_step_changes_the_loss_as_the_first_order_says(result):
    np.testing.assert_allclose(result.changes, result.predicted_changes, atol=5e-5)
    assert np.abs(result.changes).max() > 1e-3


def test_the_loss_rises_while_the_whole_update_is_above_90_degrees(result):
    assert np.array_equal(result.predicted_changes > 0.0, result.whole > 90.0)
    assert (result.whole[2, 0] > 90.0) and (result.losses[2].max() > 1.01)


def test_every_start_ends_downhill(result):
    assert result.hidden[:, -1].max() < 50.0 and result.weights[:, -1].max() < 40.0
    assert result.losses[:, -1].max() < 0.15
