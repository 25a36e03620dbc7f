"""Checkpoints keep s + n / s results alive instead of n, and run each step twice."""

import numpy as np
import pytest

from learndyn.autodiff import Parameter, tanh
from learndyn.experiments import checkpointing
from learndyn.experiments.live_tensors import LiveTensors


@pytest.mark.parametrize("length", [1, 12, 97, 100, 400])
def test_the_peak_is_the_number_of_cuts_and_the_length_of_a_segment(length):
    result = checkpointing.run(length)
    np.testing.assert_array_equal(result.peaks, result.predicted_peaks)
    assert result.plain_peak == length
    np.testing.assert_array_equal(result.evaluations, 2 * length)
    assert result.plain_evaluations == length
    np.testing.assert_allclose(result.slopes, result.plain_slope, rtol=1e-13)


@pytest.mark.parametrize("root", [3, 10, 20])
def test_the_best_peak_of_a_square_length_is_twice_its_root(root):
    result = checkpointing.run(root * root)
    assert result.best == result.predicted_best == 2 * root
    assert result.segments[np.argmin(result.peaks)] == root


def test_a_chain_without_a_step_is_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        checkpointing.run(0)


def test_live_tensors_are_counted_up_and_down():
    alive = LiveTensors()
    x = Parameter(0.5)
    y = alive(tanh(alive(tanh(x))))
    assert (alive.now, alive.peak) == (2, 2)
    del y
    assert (alive.now, alive.peak) == (0, 2)
