"""Descent for one time with several step sizes stays below the edge, hovers at it, or is lost."""

import numpy as np
import pytest

from learndyn.experiments import edge_of_stability, edge_steps
from learndyn.learning import GradientDescent

STEPS = (0.05, 0.1, 0.4)


@pytest.fixture(scope="module")
def result():
    return edge_steps.run(STEPS, duration=60.0, records=20)


def test_each_run_ends_within_one_step_of_the_same_time(result):
    for k in (0, 1):
        assert 0.0 <= result.duration - result.times(k)[-1] < STEPS[k]


def test_the_edge_is_two_over_the_step_size(result):
    np.testing.assert_allclose(result.edges * np.array(STEPS), 2.0, rtol=1e-15)


def test_the_three_outcomes_are_told_apart(result):
    assert result.reached.tolist() == [False, True, True]
    assert result.lost.tolist() == [False, False, True]


def test_records_are_an_odd_number_of_steps_apart_but_for_the_last(result):
    for one in result.runs:
        assert np.all(np.diff(one.steps)[:-1] % 2 == 1)


def test_a_run_is_that_of_its_step_size_alone(result):
    every = int(result.runs[1].steps[1])
    alone = edge_of_stability.run(GradientDescent(0.1), degree=4, steps=600, every=every)
    np.testing.assert_array_equal(alone.losses, result.runs[1].losses)


@pytest.mark.parametrize("etas", [(), (0.1, -0.1), (0.1, 2.0)])
def test_steps_that_leave_no_records_are_refused(etas):
    with pytest.raises(ValueError, match="at least two steps a record"):
        edge_steps.run(etas)
