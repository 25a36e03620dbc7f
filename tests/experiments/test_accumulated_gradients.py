"""A forgotten zero turns descent into an oscillator without friction."""

import numpy as np
import pytest

from learndyn.experiments import accumulated_gradients as acc


@pytest.mark.parametrize(("curvature", "relative"), [(1.0, 0.2), (5.0, 1.3), (0.3, 3.7)])
def test_a_step_is_the_predicted_matrix_of_determinant_one(curvature, relative):
    result = acc.run(relative, curvature=curvature, steps=1)
    step = acc.Step(curvature, relative / curvature, accumulate=True)
    measured = np.column_stack([step(e) for e in np.eye(2)])
    np.testing.assert_allclose(measured, result.matrix, rtol=1e-14, atol=1e-15)
    assert np.linalg.det(result.matrix) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("relative", [1e-3, 0.5, 2.0, 3.9])
def test_below_four_the_eigenvalues_lie_on_the_unit_circle_and_the_energy_is_conserved(relative):
    result = acc.run(relative, steps=3000)
    values = np.linalg.eigvals(result.matrix)
    np.testing.assert_allclose(np.abs(values), 1.0, rtol=1e-13)
    np.testing.assert_allclose(values.real, 1.0 - relative / 2, rtol=0, atol=1e-14)
    np.testing.assert_allclose(result.energy, result.energy[0], rtol=1e-10)


@pytest.mark.parametrize("relative", [0.1, 0.5, 1.0, 2.0, 3.0, 3.9])
def test_the_period_is_two_pi_over_arccos(relative):
    result = acc.run(relative, steps=4000)
    assert result.measured_period == pytest.approx(result.predicted_period, rel=1e-3)


def test_beyond_four_it_explodes_where_plain_descent_explodes_beyond_two():
    between = acc.run(3.0, steps=200)
    assert abs(between.replaced[-1]) > 1e30
    assert np.max(np.abs(between.accumulated[:, 0])) < 3.0
    beyond = acc.run(4.1, steps=200)
    assert np.max(np.abs(beyond.accumulated[:, 0])) > 1e10
    assert np.isnan(beyond.predicted_period)


def test_the_sweep_of_periods_lies_on_the_curve():
    sweep = acc.periods((0.2, 1.0, 3.5))
    expected = np.interp(sweep.relative_steps, sweep.fine, sweep.predicted)
    np.testing.assert_allclose(sweep.measured, expected, rtol=2e-3)


def test_replacing_gives_plain_gradient_descent():
    result = acc.run(0.2, curvature=2.0)
    np.testing.assert_allclose(result.replaced, 0.8**result.steps, rtol=1e-13)
