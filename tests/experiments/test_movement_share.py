"""Before the edge descent avoids the sharpest directions; at the edge it jumps along them."""

import numpy as np
import pytest

from learndyn.experiments import movement_share


@pytest.fixture(scope="module")
def result():
    return movement_share.run(steps=2000)


def test_smooth_descent_does_not_happen_in_a_tiny_subspace(result):
    assert result.smooth.sum() >= 5
    assert np.median(result.step_share[result.smooth]) < 0.01
    assert np.median(result.window_share[result.smooth]) < 0.01


def test_at_the_edge_single_steps_do_and_what_they_add_up_to_does_not(result):
    assert np.median(result.step_share[result.late]) > 0.9
    assert np.median(result.window_share[result.late]) < 0.1


def test_the_phases_are_told_by_the_sharpness(result):
    assert np.all(result.relative[result.smooth] < 0.9)
    assert np.mean(result.relative[result.late]) == pytest.approx(1.0, abs=0.05)
    assert not np.any(result.smooth & result.late)
    assert result.chance == 2 / result.size
