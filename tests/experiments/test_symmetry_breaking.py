"""Two equal units on a saddle: nothing, or a noise that both see alike, does not part them."""

import numpy as np
import pytest

from learndyn import GradientDescent, grad
from learndyn.autodiff.tree import leaves
from learndyn.experiments import symmetry_breaking
from learndyn.learning import HeavyBall

ALIKE = ("none", "minibatches")
ESCAPES = ("noise", "bottleneck", "unstable mode", "random initialisation")


@pytest.fixture(scope="module")
def results():
    return symmetry_breaking.run_all(steps=600)


def test_the_start_is_a_critical_point_of_both_nets_and_a_saddle():
    theta, loss, block = symmetry_breaking.saddle()
    x, y = symmetry_breaking.data()
    slope = grad(lambda theta: symmetry_breaking.mean_squared_error(
        symmetry_breaking.LARGE(theta, x), y))(theta)
    assert max(np.abs(part).max() for part in leaves(slope)) < 1e-14
    assert block.mu > 0.3
    assert 0.1 < loss < np.mean((y - y.mean()) ** 2)


@pytest.mark.parametrize("way", ALIKE)
def test_what_both_units_see_alike_does_not_part_them(results, way):
    """A matrix product may split them by 1e-16; in 600 steps that stays far from a parting."""
    result = results[way]
    assert not result.escaped
    assert result.splits.max() < 1e-6
    assert np.isnan(result.escape_step)
    assert result.losses.min() > 0.99 * result.saddle_loss
    assert result.stopped is None


@pytest.mark.parametrize("way", ESCAPES)
def test_each_of_the_four_ways_parts_them_and_the_loss_falls(results, way):
    result = results[way]
    assert result.escaped
    assert result.losses[-1] < 0.2 * result.saddle_loss


def test_the_unstable_mode_escapes_when_it_should(results):
    result = results["unstable mode"]
    assert result.factor == pytest.approx(1.0 + 0.1 * result.mu, rel=1e-12)
    assert result.escape_step == pytest.approx(result.predicted_escape_step, rel=0.03)


def test_noise_is_an_initial_split_in_disguise(results):
    """eta s / sqrt(f^2 - 1), times |N(0, 1)|, which moves the time by a few 1 / ln(f)."""
    result = results["noise"]
    scatter = 1.0 / np.log(result.factor)
    assert abs(result.escape_step - result.predicted_escape_step) < 3.0 * scatter


def test_momentum_shortens_the_way_by_the_factor_of_its_root():
    rule = HeavyBall(0.1, 0.5)
    result = symmetry_breaking.run(sigma=1e-5, rule=rule, steps=400)
    s = 0.1 * result.mu
    assert result.factor == pytest.approx(np.roots([1.0, -(1.5 + s), 0.5]).max(), rel=1e-9)
    # The split starts at rest, so part of it belongs to the other root: a constant number of steps.
    assert result.escape_step == pytest.approx(result.predicted_escape_step, abs=12)
    assert np.isnan(symmetry_breaking.run(noise=1e-4, rule=rule, steps=1).predicted_escape_step)


def test_switches_are_recorded_and_a_seed_gives_the_same_bits():
    first, second = (
        symmetry_breaking.run(noise=1e-3, batch_size=5, steps=20, seed=3) for _ in range(2)
    )
    assert first.switches == {"noise": 1e-3, "batch_size": 5}
    np.testing.assert_array_equal(first.losses, second.losses)
    np.testing.assert_array_equal(first.splits, second.splits)
    assert first.splits[-1] > 0.0
    other = symmetry_breaking.run(noise=1e-3, batch_size=5, steps=20, seed=4)
    assert not np.array_equal(first.losses, other.losses)


def test_a_switch_out_of_its_range_is_named():
    with pytest.raises(ValueError, match="1 <= batch_size <= 40, got 0.0, 0.0 and 41"):
        symmetry_breaking.run(batch_size=41)
    with pytest.raises(ValueError, match="needs noise >= 0"):
        symmetry_breaking.run(noise=-1.0, rule=GradientDescent(0.1))
