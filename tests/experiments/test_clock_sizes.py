"""A plateau lasts as long as the logarithm of the first split says, down to where rounding takes the steps."""

import numpy as np
import pytest

from learndyn.experiments import clock_sizes

SIGMAS = (1e-2, 1e-4, 1e-6, 1e-16)


@pytest.fixture(scope="module")
def result():
    return clock_sizes.run(SIGMAS, steps=400)


def test_each_factor_of_a_hundred_costs_the_same_number_of_steps(result):
    cost = np.log(100.0) / np.log(result.factor)
    np.testing.assert_allclose(np.diff(result.predicted[:3]), cost, rtol=1e-12)
    np.testing.assert_allclose(np.diff(result.escape_steps[:3]), cost, atol=1.0)


def test_the_units_part_within_two_steps_of_the_prediction(result):
    np.testing.assert_allclose(
        result.predicted, np.log(0.1 / result.sigmas) / np.log(result.factor), rtol=1e-12
    )
    late = (result.escape_steps - result.predicted)[:3]
    assert np.all((late > 0.0) & (late < 2.0))


def test_the_split_grows_by_the_factor_until_it_is_a_hundredth(result):
    for sigma, splits in zip(result.sigmas[1:3], result.splits[1:3], strict=True):
        small = splits < 1e-2
        np.testing.assert_allclose(splits[small], sigma * result.factor ** result.times[small], rtol=1e-3)


def test_a_split_below_the_dead_zone_never_grows(result):
    assert result.sigmas[3] < result.zone < result.sigmas[2]
    assert np.isnan(result.escape_steps[3])
    assert result.splits[3, -1] == result.splits[3, 0]
    assert result.losses[3, -1] == pytest.approx(result.saddle_loss, rel=1e-14)


def test_the_loss_is_level_until_the_units_part(result):
    for k in range(3):
        before = result.times < result.escape_steps[k] - 10
        assert np.all(result.losses[k][before] > 0.99 * result.saddle_loss)
        assert result.losses[k, -1] < 0.8 * result.saddle_loss


@pytest.mark.parametrize(("sigmas", "every"), [((), 10), ((1e-3, 0.0), 10), ((1e-3,), 7)])
def test_what_cannot_be_run_is_refused(sigmas, every):
    with pytest.raises(ValueError, match="clock_sizes: needs positive sizes"):
        clock_sizes.run(sigmas, steps=400, every=every)
