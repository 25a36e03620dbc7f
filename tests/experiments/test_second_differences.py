"""A second derivative is checked by differencing the gradient: three digits better."""

import numpy as np
import pytest

from learndyn import exp, tanh
from learndyn.experiments import second_differences


@pytest.fixture(scope="module", params=[0.3, 0.8])
def result(request):
    return second_differences.run(lambda x: exp(tanh(x) * 2.0), request.param)


def test_errors_follow_both_predictions(result):
    for branch in (result.twice, result.once):
        truncated = (branch.truncation > 100 * branch.rounding) & (result.steps < 0.03)
        assert truncated.sum() > 5
        np.testing.assert_allclose(branch.errors[truncated], branch.truncation[truncated], rtol=0.1)
        rounded = branch.rounding > 100 * branch.truncation
        assert np.all(branch.errors[rounded] < 4 * branch.rounding[rounded])


def test_the_best_steps_are_where_the_predicted_sum_is_smallest(result):
    for branch in (result.twice, result.once):
        total = branch.truncation + branch.rounding
        assert result.steps[np.argmin(total)] == pytest.approx(branch.best_step, rel=0.2)
        assert total.min() == pytest.approx(branch.best_error, rel=0.05)


def test_differencing_the_gradient_is_hundreds_of_times_sharper(result):
    ratio = result.near_best(result.twice) / result.near_best(result.once)
    assert ratio > 100
