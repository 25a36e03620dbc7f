"""Descent is at distances of order 1, 2 and 3 from the three flows."""

import numpy as np
import pytest

from learndyn.experiments import descent_errors


@pytest.fixture(scope="module")
def result():
    return descent_errors.run(*descent_errors.sine_net(), step_counts=(80, 160))


def test_the_orders_are_one_two_and_three(result):
    for n, hold in enumerate((0.05, 0.05, 0.08)):
        assert result.orders[n] == pytest.approx(n + 1, abs=hold)


def test_each_further_term_brings_the_flow_closer(result):
    assert np.all(np.diff(result.errors, axis=0) < 0)


def test_extrapolation_cancels_the_first_order(result):
    """2 theta(eta/2) - theta(eta) misses by far less than theta(eta/2) does."""
    assert result.extrapolated[0] < 0.1 * result.errors[0, 1]
