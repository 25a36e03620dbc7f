"""Regimes over step size and momentum: a quadratic, and a net around its minimum."""

import numpy as np
import pytest

from learndyn.experiments import regime_map
from learndyn.experiments.regime_map import EXPLODES, RETURNS, SETTLES


@pytest.fixture(scope="module")
def quadratic():
    return regime_map.quadratic(sizes=24, rows=7)


@pytest.fixture(scope="module", params=[0, 2])
def net(request):
    return regime_map.net(sizes=20, rows=4, seed=request.param)


def test_the_measured_regime_is_the_one_of_the_multipliers(quadratic):
    assert quadratic.agreement > 0.98


def test_the_multipliers_change_regime_at_the_two_closed_forms(quadratic):
    s, b = quadratic.scaled_steps[None, :], quadratic.momenta[:, None]
    leaves, smooth = s > 2 * (1 + b), s < (1 - np.sqrt(b)) ** 2
    # Between 0 and 1 descent without momentum is smooth too: its second multiplier is zero.
    smooth[0] = quadratic.scaled_steps < 1
    expected = np.where(leaves, 2, np.where(smooth, 0, 1))
    np.testing.assert_array_equal(quadratic.predicted, expected)


def test_a_net_returns_to_its_minimum_up_to_two_times_one_plus_beta(net):
    off = np.abs(net.boundary - net.predicted_boundary)
    assert np.all(off <= 0.51 * net.spacing)
    inside = net.scaled_steps[None, :] < net.predicted_boundary[:, None] - net.spacing
    assert np.all(net.outcomes[inside] == RETURNS)
    assert np.all(net.outcomes[net.scaled_steps[None, :] > net.predicted_boundary[:, None] + net.spacing])


def test_a_net_that_leaves_and_settles_does_so_where_it_is_stable(net):
    settles = net.outcomes == SETTLES
    assert settles.sum() > 5
    assert np.all(net.settled[settles] < 1.0)
    assert np.isnan(net.settled[~settles]).all()
    # Settling comes before exploding: a band next to the boundary.
    assert np.all(np.argmax(net.outcomes == SETTLES, axis=1) < np.argmax(net.outcomes == EXPLODES, axis=1))
