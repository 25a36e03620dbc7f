"""The time average of descent at the edge follows the central flow."""

import numpy as np
import pytest

from learndyn.experiments import central_path


@pytest.fixture(scope="module")
def result():
    return central_path.run(steps=2800, window=120)


def test_averaged_descent_stays_near_the_central_flow_and_leaves_gradient_flow(result):
    near, far = (np.mean(distance[result.late]) for distance in (result.to_central, result.to_flow))
    assert near < 0.4 * far


def test_the_mean_loss_is_that_on_the_path_plus_the_variance_over_eta(result):
    mean, predicted, alone = (
        np.mean(values[result.late]) for values in (result.loss, result.predicted_loss, result.path_loss)
    )
    assert predicted == pytest.approx(mean, rel=0.15)
    assert alone < 0.8 * mean


def test_before_the_edge_both_paths_are_the_same(result):
    np.testing.assert_array_equal(result.to_central[:2], result.to_flow[:2])
    assert np.max(result.to_flow[1:3]) < 0.1


def test_a_window_that_does_not_fit_says_so():
    with pytest.raises(ValueError, match="got window=100"):
        central_path.run(window=100)
