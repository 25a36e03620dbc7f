"""The pictures of flow and descent draw what a result says."""

import numpy as np

from learndyn.experiments import descent_errors, mode_rates, nesterov_limit, stiff_steps
from learndyn.plots.descent_errors import descent_errors as draw_errors
from learndyn.plots.mode_rates import mode_rates as draw_rates
from learndyn.plots.nesterov_limit import scheme_on_flow
from learndyn.plots.stiff_steps import stiff_steps as draw_steps


def test_points_of_descent_end_where_no_flow_exists():
    picture = draw_rates(mode_rates.run([0.5, 1.5]))
    (points,) = [line for line in picture.figure.axes[0].lines if line.get_label() == "descent"]
    np.testing.assert_allclose(points.get_xydata(), [[0.5, np.log(2.0)]])


def test_the_lines_through_the_errors_have_the_predicted_slopes():
    result = descent_errors.DescentErrors(
        4.0, np.array([0.2, 0.1]), np.array([[2.0, 1.0], [4.0, 1.0], [8.0, 1.0]]), np.array([0.1])
    )
    for points, line in zip(*[iter(draw_errors(result).figure.axes[0].lines)] * 2, strict=True):
        np.testing.assert_allclose(points.get_ydata(), line.get_ydata())


def test_iterates_are_drawn_at_k_root_s():
    result = nesterov_limit.run((25, 50, 100))
    picture = scheme_on_flow(result)
    last = picture.figure.axes[0].lines[-1].get_xdata()
    np.testing.assert_allclose(last[[0, -1]], [0.0, result.duration])


def test_the_level_of_the_implicit_method_is_drawn():
    result = stiff_steps.run((3.0, 10.0, 30.0))
    levels = [line.get_ydata()[0] for line in draw_steps(result).figure.axes[0].lines]
    assert 50 in levels
