"""A net on a symmetric saddle tells the size of its first asymmetry by the time of its escape."""

import numpy as np
import pytest

from learndyn.experiments import (
    clock_noise,
    clock_readings,
    clock_rounding,
    clock_ticks,
    clock_times,
    clock_zone,
    symmetry_breaking,
)
from learndyn.learning import GradientDescent, HeavyBall, Layer, RMSProp
from learndyn.learning.symmetry import antisymmetric_hessian, dead_zone


@pytest.fixture(scope="module")
def noisy():
    return clock_noise.run(1e-4), clock_noise.run(1e-7)


def test_each_rule_ticks_by_its_predicted_factor():
    ticks = clock_ticks.rules()
    assert ticks.names == tuple(clock_ticks.RULES)
    np.testing.assert_allclose(ticks.measured, ticks.predicted, rtol=1e-9)
    s, beta = 0.1 * ticks.mu, 0.9
    assert ticks.predicted[0] == pytest.approx(1.0 + s, rel=1e-12)
    roots = np.roots([1.0, -(1.0 + beta + s), beta])
    assert ticks.predicted[1] == pytest.approx(roots.max(), rel=1e-9)


def test_the_split_is_a_straight_line_while_the_loss_shows_nothing():
    run = symmetry_breaking.run(sigma=1e-8, steps=400)
    np.testing.assert_allclose(run.splits, 1e-8 * run.factor**run.times, rtol=1e-3)
    assert run.losses[-1] == pytest.approx(run.saddle_loss, rel=1e-3)
    # Seen against the height of the plateau, the loss falls by mu split^2 / 2.
    fallen = run.saddle_loss - run.losses[-1]
    assert fallen == pytest.approx(0.5 * run.mu * run.splits[-1] ** 2, rel=0.01)


def test_momentum_acts_as_a_longer_step_only_while_it_is_small_and_is_bounded():
    result = clock_ticks.momentum()
    np.testing.assert_allclose(result.measured, result.predicted, rtol=1e-8)
    assert np.all(np.diff(result.predicted) > 0.0)
    assert np.all(result.curve[1] <= result.effective + 1e-12)
    assert np.all(result.curve[1] < result.limit)
    near = result.curve[0] < 0.3
    np.testing.assert_allclose(result.curve[1][near], result.effective[near], rtol=0.03)
    assert result.effective[-1] > 10.0 * result.curve[1][-1]
    # beta = 1: z^2 - (2 + s) z + 1.
    root = np.roots([1.0, -(2.0 + result.rate), 1.0]).max()
    assert result.limit == pytest.approx(np.log(root), rel=1e-12)
    assert result.limit == pytest.approx(np.sqrt(result.rate), rel=result.rate)


def test_the_escape_time_is_linear_in_the_logarithm_of_the_split():
    result = clock_times.run()
    np.testing.assert_allclose(result.slopes, result.predicted_slopes, rtol=1e-3)
    measured = np.array([clock.times for clock in result.clocks])
    np.testing.assert_allclose(measured, result.predicted, atol=0.5)
    # threshold / sigma is 10, 10^3, 10^5, ...: equal steps.
    np.testing.assert_allclose(np.diff(measured, 2), 0.0, atol=0.02)


def test_a_learning_curve_tells_the_size_of_a_hidden_perturbation():
    """The fourth order of the loss makes each reading a little low, and all by the same part."""
    result = clock_readings.hidden(count=6)
    assert np.ptp(np.log10(result.hidden)) > 3.0
    np.testing.assert_allclose(result.ratios, 0.985, atol=0.01)
    assert np.all(result.hidden < result.lengths)


def test_reading_inverts_the_law_that_it_is_made_of():
    losses = 2.0 - 0.5 * 0.3 * (1e-6 * 1.05 ** np.arange(300)) ** 2
    step, split = clock_readings.read_losses(losses, saddle_loss=2.0, mu=0.3, factor=1.05)
    assert split == pytest.approx(1e-6, rel=1e-3)
    assert step == pytest.approx(np.log(np.sqrt(0.04 / 0.3) / 1e-6) / np.log(1.05), abs=0.02)
    level = clock_readings.read_losses(np.ones(5), saddle_loss=1.0, mu=0.3, factor=1.05)
    assert np.isnan(level).all()
    with pytest.raises(ValueError, match=r"a factor above 1 and 0 < fall < 1, got 1\.0 and 0\.01"):
        clock_readings.read_losses(losses, saddle_loss=2.0, mu=0.3, factor=1.0)


def test_noise_is_a_first_split_times_a_normal_number(noisy):
    for result in noisy:
        error = result.predicted_spread / np.sqrt(result.times.size)
        assert result.times.mean() == pytest.approx(result.predicted_mean, abs=3.0 * error)
        assert result.times.std() == pytest.approx(result.predicted_spread, rel=0.15)
        assert result.sigma == pytest.approx(result.read_sigma, rel=0.15)
        # Half of all |N| are below 0.6745.
        median = np.log(result.threshold / (0.6745 * result.sigma)) / np.log(result.factor)
        assert np.median(result.times) == pytest.approx(median, abs=4.0 * error)


def test_a_thousandth_of_the_noise_moves_the_times_and_leaves_their_spread(noisy):
    loud, quiet = noisy
    later = np.log(1e3) / np.log(loud.factor)
    assert quiet.times.mean() - loud.times.mean() == pytest.approx(later, rel=0.01)
    assert quiet.times.std() == pytest.approx(loud.times.std(), rel=0.02)


def test_the_density_of_the_times_is_one():
    result = clock_noise.run(1e-4, members=2, steps=1)
    assert np.isnan(result.times).all()  # too short a run
    times = np.linspace(0.0, 900.0, 9001)
    density = result.density(times)
    mean = (times * density).sum() * 0.1
    assert density.sum() * 0.1 == pytest.approx(1.0, abs=1e-4)
    assert mean == pytest.approx(result.predicted_mean, rel=1e-4)
    spread = np.sqrt(((times - mean) ** 2 * density).sum() * 0.1)
    assert spread == pytest.approx(result.predicted_spread, rel=2e-3)
    with pytest.raises(ValueError, match=r"noise must be positive, got 0\.0"):
        clock_noise.run(0.0)


def test_the_same_seed_gives_the_same_bits():
    first, second = (clock_noise.run(1e-2, members=5, steps=120, seed=2) for _ in range(2))
    np.testing.assert_array_equal(first.times, second.times)
    other = clock_noise.run(1e-2, members=5, steps=120, seed=3)
    assert not np.array_equal(first.times, other.times)


def test_the_dead_zone_is_half_a_spacing_over_the_gain_of_the_rule():
    result = clock_zone.pair((0.02, 0.005))
    np.testing.assert_allclose(result.gains[0], result.rates)
    np.testing.assert_allclose(result.gains[1], result.rates / 0.1)
    np.testing.assert_allclose(result.gains[2], result.rates * 4.0)
    expected = np.sqrt(2.0) * np.spacing(1.5) / (2.0 * result.gains)
    np.testing.assert_allclose(result.predicted, expected, rtol=1e-12)
    # A split is a whole number of spacings, and the search stops at 2 %.
    room = 1.1 * np.sqrt(2.0) * np.spacing(1.5) + 0.02 * expected
    assert np.all(np.abs(result.growing - expected) <= room)


def test_the_dead_zone_of_the_net_is_predicted_within_a_small_factor():
    result = clock_zone.net((0.01, 0.003))
    assert np.all((result.ratios > 0.2) & (result.ratios < 4.0))
    assert np.all(result.growing[0] > result.growing[1])


@pytest.mark.parametrize("rule", [GradientDescent(0.1), HeavyBall(0.1, 0.9)])
def test_equal_units_with_equal_arithmetic_stay_equal_to_the_bit(rule):
    result = clock_rounding.run(clock_rounding.same_order, rule, steps=1000)
    assert np.isnan([result.first_step, result.escape_step, result.read_split]).all()


@pytest.mark.parametrize("rule", [GradientDescent(0.1), HeavyBall(0.1, 0.9)])
def test_another_order_of_addition_starts_the_clock_at_a_spacing(rule):
    result = clock_rounding.run(clock_rounding.other_order, rule)
    assert 0.0 < result.first_split < 1e-15
    assert 1e-20 < result.read_split < 1e-14  # the last bits, so the times, depend on the machine
    if isinstance(rule, GradientDescent):
        # In motion the dead zone is open: at rest this split would never grow.
        theta, _, block = symmetry_breaking.saddle()
        z = np.concatenate([part.ravel() for layer in theta for part in layer])
        assert result.first_split < dead_zone(rule, block.mu, z, block.direction)


def test_both_orders_are_the_same_function():
    theta = symmetry_breaking.saddle()[0]
    expected = float(clock_ticks.net_loss(theta))
    assert float(clock_rounding.same_order(theta)) == pytest.approx(expected, rel=1e-13)
    assert float(clock_rounding.other_order(theta)) == pytest.approx(expected, rel=1e-13)


def test_the_curvature_across_is_shared_by_all_units():
    """mu of a net of n equal units is 2 / n of that of two: the outgoing weight is shared."""
    theta, _, block = symmetry_breaking.saddle()
    (w, b), (a, c) = theta
    wide = [
        Layer(np.repeat(w[:, :1], 5, axis=1), np.repeat(b[:, :1], 5, axis=1)),
        Layer(np.repeat(a[:1] * 2.0 / 5.0, 5, axis=0), c),
    ]
    pairs = [(0, 0, k) for k in range(1, 5)]
    found = antisymmetric_hessian(clock_rounding.same_order, wide, pairs)
    assert found.mu == pytest.approx(block.mu * 2.0 / 5.0, rel=1e-9)


def test_units_that_a_matrix_product_parts_leave_when_the_clock_says():
    """Which widths these are depends on the machine; here all are given an answer."""
    result = clock_rounding.widths((2, 5, 6), steps=600)
    assert result.widths.tolist() == [2, 5, 6]
    assert np.all(np.diff(result.factors) < 0.0)
    left = np.isfinite(result.escape_steps)
    assert np.all(result.escape_steps[left] > result.predicted(1e-11)[left])
    assert np.all(result.escape_steps[left] <= 600)


def test_what_has_no_clock_is_named():
    with pytest.raises(ValueError, match=r"each beta must be in \[0, 1\)"):
        clock_ticks.momentum((1.0,))
    with pytest.raises(ValueError, match="width must be at least 2, got 1"):
        clock_rounding.run(clock_rounding.same_order, HeavyBall(0.1, 0.9), width=1)
    assert isinstance(clock_ticks.RULES["RMSProp"], RMSProp)
