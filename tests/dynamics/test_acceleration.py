"""A growth rate that grows is an explosion, a steady one is not, and a zigzag on top of either changes neither."""

import numpy as np
import pytest

from learndyn.dynamics.observed_regime import _accelerates, _slope

TIMES = np.arange(60.0)


@pytest.mark.parametrize("zigzag", [0.0, 0.5, 2.0])
def test_a_growth_rate_that_grows_is_seen_under_a_zigzag(zigzag):
    y = 0.01 * TIMES**2 + zigzag * (-1.0) ** TIMES
    assert _accelerates(TIMES, y)


@pytest.mark.parametrize("zigzag", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("rate", [0.05, 1.0])
def test_a_steady_growth_rate_is_no_acceleration(rate, zigzag):
    assert not _accelerates(TIMES, rate * TIMES + zigzag * (-1.0) ** TIMES)


@pytest.mark.parametrize("count", [4, 5, 11, 12, 13])
def test_few_records_are_enough_if_the_rate_grows_fast(count):
    t = np.arange(float(count))
    assert _accelerates(t, 3.0 * 1.8**t)
    assert not _accelerates(t, 3.0 * t)


def test_three_records_are_too_few():
    assert not _accelerates(np.arange(3.0), np.array([0.0, 1.0, 100.0]))


@pytest.mark.parametrize(("factor", "explodes"), [(99.5, False), (100.5, True)])
def test_the_end_must_be_a_hundred_times_beyond_what_the_first_third_foretells(factor, explodes):
    y = TIMES**2
    first, _ = _slope(TIMES[:20], y[:20])
    excess = y[-1] - y[0] - first * (TIMES[-1] - TIMES[0])
    assert _accelerates(TIMES, y * np.log(factor) / excess) == explodes
