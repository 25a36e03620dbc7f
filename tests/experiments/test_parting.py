"""Descent leaves gradient flow when an oscillation has grown from rounding to visible size."""

import numpy as np
import pytest

from learndyn.experiments import parting


@pytest.fixture(scope="module", params=[(0, 84.0), (2, 60.0)], ids=["seed 0", "seed 2"])
def result(request):
    seed, duration = request.param
    return parting.run(((0.1, 0.0), (0.1, 1e-5)), duration=duration, seed=seed)


def test_the_sharpness_of_the_flow_predicts_when_descent_leaves_it(result):
    for course in result.courses:
        delay = course.measured - course.crossing
        assert delay == pytest.approx(course.predicted - course.crossing, rel=0.15)


def test_a_kick_at_the_crossing_brings_the_parting_forward(result):
    plain, kicked = result.courses
    assert kicked.crossing == plain.crossing
    assert kicked.measured < plain.measured - 4.0


def test_before_it_they_are_close_and_after_it_descent_stays_near_two_over_eta(result):
    course = result.courses[0]
    assert result.early_distance(course) < parting.PARTED
    assert course.distances[-1] > 10 * result.early_distance(course)
    assert course.sharpness[-1] < 1.25 * 20.0 < result.flow_sharpness[-1]


def test_the_flow_is_stiff_along_its_sharpest_direction(result):
    """Sharpness holds the steps of the explicit integrator, too: about int S dt / 3.31."""
    assert result.flow_steps == pytest.approx(result.stiff_steps, rel=0.2)


def test_the_prediction_agrees_with_constant_growth():
    """Sharpness 3/eta multiplies by 2 a step."""
    times = np.array([0.0, 1.0, 1.1, 100.0])
    sharpness = np.array([1.0, 1.0, 3.0, 3.0])
    crossing, predicted = parting.predict(times, sharpness, 1.0, parting.PARTED / 2**10)
    assert (crossing, predicted) == (2.0, 11.0)


def test_a_run_without_a_crossing_says_what_to_do():
    with pytest.raises(ValueError, match=r"ends at 1, below 2/eta = 20. Use a longer duration"):
        parting.predict(np.array([0.0, 1.0]), np.ones(2), 0.1, 1e-16)
