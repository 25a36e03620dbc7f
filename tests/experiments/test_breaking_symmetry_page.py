"""What parts equal units: noise of one's own, an instability, and the sign of the first difference."""

import numpy as np
import pytest

from learndyn import ravel
from learndyn.experiments import (
    equal_starts,
    exchange_plane,
    noise_kinds,
    split_growth,
    start_sizes,
    unit_jobs,
)
from learndyn.learning.symmetry import (
    equivariance_defect,
    exchange_actions,
    state_action,
)


@pytest.fixture(scope="module")
def fork():
    return exchange_plane.pitchfork()


@pytest.mark.parametrize("kind", noise_kinds.KINDS)
def test_noise_parts_units_exactly_if_they_do_not_share_it(kind):
    run = noise_kinds.run(kind, steps=100)
    assert np.ptp(run.weights[30:, 0]) > 1e-3  # it does shake them
    if kind in noise_kinds.SHARED:
        assert run.split == 0.0
        np.testing.assert_array_equal(run.weights[:, 0], run.weights[:, 1])
    else:
        assert run.split > 1e-3


@pytest.mark.parametrize("kind", noise_kinds.KINDS)
def test_a_noisy_step_is_equivariant_draw_by_draw_or_with_its_draws_exchanged(kind):
    theta = equal_starts.start("random", 2)
    plain = noise_kinds.noisy_step(kind, theta)
    swapped = noise_kinds.noisy_step(kind, theta, exchanged=True)
    action = state_action(plain, exchange_actions(theta, (0, 0, 1))[0])
    z = plain.initial_state
    np.testing.assert_allclose(swapped(action(z)), action(plain(z)), atol=1e-15)
    alike = equivariance_defect(plain, action, z)
    assert (alike < 1e-15) == (kind in noise_kinds.SHARED)


def test_the_same_seed_gives_the_same_noise():
    first, second = (noise_kinds.run("unit dropout", steps=20, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.weights, second.weights)
    other = noise_kinds.run("unit dropout", steps=20, seed=6)
    assert not np.array_equal(first.weights, other.weights)
    with pytest.raises(ValueError, match="unknown kind 'tea'. Choose one of minibatches"):
        noise_kinds.run("tea")


def test_a_split_grows_by_the_root_of_each_rule():
    """Descent 1 + s, heavy ball z^2 - (1 + b + s) z + b, Nesterov with (1 + b)(1 + s), b (1 + s)."""
    found = split_growth.run()
    s = 0.1 * found["gradient descent"].mu
    roots = {
        "gradient descent": 1.0 + s,
        "heavy ball": np.roots([1.0, -(1.9 + s), 0.9]).max(),
        "Nesterov": np.roots([1.0, -1.9 * (1.0 + s), 0.9 * (1.0 + s)]).max(),
    }
    for name, run in found.items():
        assert run.predicted == pytest.approx(roots[name], rel=1e-12)
        assert run.measured == pytest.approx(run.predicted, rel=2e-7)
        np.testing.assert_allclose(run.splits, run.predicted_splits, rtol=1e-5)


def test_a_split_grows_or_dies_by_1_plus_eta_mu_whatever_the_sign(fork):
    np.testing.assert_allclose(fork.factors, fork.predicted_factors, atol=1e-6)
    assert (
        np.sign(fork.mu[fork.targets != 0.0]) == np.sign(fork.targets[fork.targets != 0.0])
    ).all()
    assert fork.mu[fork.targets == 0.0] == pytest.approx(0.0, abs=1e-13)


def test_below_the_fork_units_merge_and_above_it_they_part_to_either_side(fork):
    stable, unstable = fork.targets < -0.05, fork.targets > 0.05
    assert np.abs(fork.branches[stable]).max() < 1e-4
    assert np.abs(fork.merged[stable]).max() < 1e-4
    assert (fork.branches[unstable, 0] > 0.2).all()
    np.testing.assert_allclose(fork.branches[:, 0], -fork.branches[:, 1], atol=1e-9)


def test_many_targets_at_once_are_descended_as_each_alone():
    many = exchange_plane.descent(np.array([0.5, -1.0]))
    z = np.array([0.7, 0.9, 1.4, 0.2])
    alone = [exchange_plane.descent(c)(z[2 * i : 2 * i + 2]) for i, c in enumerate((0.5, -1.0))]
    np.testing.assert_allclose(many(z), np.concatenate(alone), rtol=1e-13)


def test_small_random_starts_part_at_the_price_of_a_logarithm_and_large_ones_strand():
    result = start_sizes.run((1e-6, 0.3, 3.0), nets=20, steps=1500)
    assert (result.solved[-1, :2] > 0.85).all()
    assert result.solved[-1, 2] < 0.5
    assert np.mean(result.losses[-1, 2] > 0.5 * result.one_unit) > 0.4
    assert result.median_time[0] < 3.0 * result.median_time[1]
    assert np.isnan(result.median_time[2])


def test_after_the_break_each_unit_has_its_input():
    run = unit_jobs.run()
    np.testing.assert_allclose(run.incoming[0, :, 0], run.incoming[0, :, 1], atol=1e-3)
    first, second = run.incoming[-1].T
    assert abs(first[0]) > 20.0 * abs(first[1]) and abs(second[1]) > 20.0 * abs(second[0])
    assert run.losses[-1] < 0.01 * run.losses[0]
    assert run.splits[0] == pytest.approx(1e-4, rel=1e-9)


def test_the_mirrored_split_gives_the_mirrored_run():
    plus, minus = (unit_jobs.run(sigma=sign * 1e-4) for sign in (1.0, -1.0))
    np.testing.assert_allclose(minus.incoming[..., ::-1], plus.incoming, atol=1e-9)
    np.testing.assert_allclose(minus.outgoing[:, ::-1], plus.outgoing, atol=1e-9)
    np.testing.assert_allclose(minus.losses, plus.losses, atol=1e-9)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_sign_of_the_first_split_foretells_who_gets_which_input(seed):
    result = unit_jobs.choices(seed=seed)
    assert result.foretold > 0.99
    assert abs(result.share - 0.5) < 3.0 * 0.5 / np.sqrt(result.kicks.size)
    assert result.losses.max() < 0.1 * 0.1232


def test_a_unit_that_is_minus_the_other_is_bound_to_it():
    """The exchange composed with sign flips: an odd activation has that symmetry too."""
    hidden, out = equal_starts.start("one constant", 2)
    signs = np.array([1.0, -1.0])
    theta = [
        hidden._replace(weight=hidden.weight * signs, bias=hidden.bias * signs),
        out._replace(weight=out.weight * signs[:, None]),
    ]
    step = equal_starts.training_map(equal_starts.loss, equal_starts.DESCENT, theta)
    z = step.initial_state
    for _ in range(200):
        z = step(z)
    end = step.parameters(z)
    np.testing.assert_array_equal(end[0].weight[:, 0], -end[0].weight[:, 1])
    assert not np.allclose(ravel(end)[0], ravel(theta)[0])
