"""Descent keeps to its flows with the powers of the step size that the theory says, and leaves them beyond."""

import numpy as np
import pytest

from learndyn.experiments import descent_beside_flow

STEPS = (0.05, 0.25, 0.8, 1.1)
CURVATURES = np.array([0.5, 2.0])


@pytest.fixture(scope="module")
def result():
    return descent_beside_flow.run(STEPS)


def test_all_three_are_the_closed_forms_of_a_quadratic(result):
    for eta, points, path in zip(STEPS, result.points, result.modified, strict=True):
        steps = np.arange(len(points))[:, None]
        np.testing.assert_allclose(points, (1.0 - eta * CURVATURES) ** steps, rtol=1e-12)
        bent = CURVATURES * (1.0 + eta * CURVATURES / 2.0)
        np.testing.assert_allclose(path, np.exp(-bent * result.times[:, None]), atol=1e-5)
    np.testing.assert_allclose(result.flow, np.exp(-CURVATURES * result.times[:, None]), atol=1e-5)


def test_distances_are_taken_at_equal_times(result):
    for k, (eta, points) in enumerate(zip(STEPS, result.points, strict=True)):
        apart = np.linalg.norm(points - np.exp(-CURVATURES * eta * np.arange(len(points))[:, None]), axis=1)
        assert result.errors[0, k] == pytest.approx(apart.max(), abs=1e-5)
        assert result.worst[k] == np.argmax(apart)
        np.testing.assert_allclose(
            result.worst_flow[k], np.exp(-CURVATURES * eta * result.worst[k]), atol=1e-5
        )


def test_short_steps_show_the_first_and_the_second_power(result):
    np.testing.assert_allclose(result.orders[:, 0], [1.0, 2.0], atol=0.05)


def test_the_last_point_is_not_after_the_end(result):
    for eta, points in zip(STEPS, result.points, strict=True):
        last = eta * (len(points) - 1)
        assert last <= result.duration + 1e-9 < last + eta + 1e-8


@pytest.mark.parametrize("etas", [(), (0.0,), (5.0,)])
def test_step_sizes_outside_the_time_are_refused(etas):
    with pytest.raises(ValueError, match="step sizes must lie in"):
        descent_beside_flow.run(etas)


def test_a_valley_has_two_axes():
    with pytest.raises(ValueError, match="two curvatures"):
        descent_beside_flow.run((0.1,), curvatures=(1.0,))
