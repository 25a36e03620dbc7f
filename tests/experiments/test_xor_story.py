"""XOR's full story: the quartic saddle, merged examples, and valleys that lead to infinity."""

import numpy as np
import pytest

from learndyn.autodiff.tree import tree_map
from learndyn.experiments import xor, xor_budget, xor_saddle, xor_valleys
from learndyn.learning import MLP, Layer, standard_normal
from learndyn.plots import xor_story


@pytest.fixture(scope="module")
def narrow():
    return xor_budget.run((2,))[0]  # the nets of the page


@pytest.fixture(scope="module")
def merged(narrow):
    return xor_valleys.merged(narrow)


@pytest.fixture(scope="module")
def plateau():
    return xor_saddle.run(scales=(0.14, 0.1, 0.07))


@pytest.mark.parametrize("hidden", [1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_loss_beside_the_saddle_is_the_quartic_form_up_to_order_six(hidden, seed):
    model = MLP((2, hidden, 1))
    direction = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    form = float(xor_saddle.quartic(direction))
    gaps = []
    for eps in (0.08, 0.04):
        near = tree_map(lambda leaf, eps=eps: eps * leaf, direction)
        answers = np.asarray(model(near, xor.INPUTS))
        gaps.append((0.5 * np.var(answers - xor.TARGETS) - 0.125) / eps**4 - form)
    assert abs(gaps[1]) < 2e-2 * max(1.0, abs(form))
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.1)  # the next term is of order eps^2


def test_the_quartic_form_is_homogeneous_of_degree_four():
    direction = MLP((2, 3, 1)).init(np.random.default_rng(5), initialiser=standard_normal)
    doubled = tree_map(lambda leaf: 2.0 * leaf, direction)
    ratio = float(xor_saddle.quartic(doubled)) / float(xor_saddle.quartic(direction))
    assert ratio == pytest.approx(16.0, rel=1e-12)


def test_the_flow_of_the_quartic_form_predicts_the_plateau(plateau):
    assert plateau.measured[-1] == pytest.approx(plateau.quartic, rel=0.005)
    assert plateau.measured_constant == pytest.approx(plateau.predicted_constant, rel=0.03)
    assert plateau.offset > 0.0  # why the measured power is below 2
    assert plateau.saddle.exponent < 2.0


def test_levels_are_variances_of_targets_within_merged_groups():
    levels = {(0, 1, 2, 3): 0.0, (0, 1, 1, 0): 0.0, (0, 0, 1, 2): 1 / 8, (0, 1, 1, 1): 1 / 6, (0, 0, 0, 0): 1 / 4}
    for groups, level in levels.items():
        assert xor_valleys.merged_level(groups) == pytest.approx(level, abs=1e-15)


def test_codes_alone_tell_which_nets_fail_and_at_which_loss(narrow, merged):
    """But for the few that the end of the budget catches on their way."""
    told = np.isclose(merged.levels, 0.0) == narrow.solved
    assert np.mean(told) > 0.99
    failed = ~narrow.solved
    assert failed.sum() > 50
    assert np.mean(np.abs(merged.losses - merged.levels)[failed] < 0.005) > 0.97
    assert merged.count(1 / 8) > 5 * merged.count(1 / 6) > 0
    assert np.all(merged.levels[merged.sharing(1)] == 1 / 8)
    either = merged.sharing(0).astype(int) + merged.sharing(1)
    assert either.sum() == merged.count(1 / 8)


def test_no_unit_that_answers_monotonically_does_better_than_one_sixth():
    """All orders of the corners along a line, all cuts of a monotone step: pooled means by brute force."""
    rng = np.random.default_rng(0)
    orders = {tuple(np.argsort(xor.INPUTS @ w)) for w in rng.standard_normal((500, 2))}
    assert len(orders) == 8
    for order in orders:
        targets = xor.TARGETS[list(order), 0]
        errors = []
        for sign in (1.0, -1.0):
            for cuts in np.ndindex(2, 2, 2):
                groups = np.concatenate([[0], np.cumsum(cuts)])
                means = np.array([targets[groups == g].mean() for g in range(groups[-1] + 1)])
                if np.all(np.diff(sign * means) >= 0.0):
                    errors.append(np.mean((targets - means[groups]) ** 2))
        assert min(errors) == pytest.approx(1 / 6, abs=1e-15)


def test_one_unit_or_two_identical_ones_tend_to_one_sixth_and_stay_above():
    valley = xor_valleys.one_unit()
    assert np.all(valley.losses > 1 / 6)
    assert valley.losses[-1] == pytest.approx(1 / 6, abs=5e-3)
    assert valley.level == 1 / 6
    assert valley.exponent == pytest.approx(-1.0, abs=0.05)


def test_two_identical_units_answer_as_one_with_the_sum_of_their_output_weights():
    one = MLP((2, 1, 1)).init(np.random.default_rng(1), initialiser=standard_normal)
    pair = [
        Layer(np.repeat(one[0].weight, 2, axis=1), np.repeat(one[0].bias, 2, axis=1)),
        Layer(np.repeat(one[1].weight / 2, 2, axis=0), one[1].bias),
    ]
    np.testing.assert_allclose(MLP((2, 2, 1))(pair, xor.INPUTS), MLP((2, 1, 1))(one, xor.INPUTS), rtol=1e-14)


@pytest.mark.parametrize(("value", "cost"), [(1, 2.0), (0, 4.0)])
def test_the_excess_over_the_level_is_the_cost_over_four_tau(narrow, merged, value, cost):
    """kappa is 1 for pairs merged at an input of 1, 1/2 for pairs merged at an input of 0."""
    excess = merged.losses - merged.levels
    alike = np.flatnonzero(merged.sharing(value) & ~narrow.solved)
    place = alike.size // 2 if value else -1  # of the few at 0, the one that no term leads out
    net = int(alike[np.argsort(excess[alike])][place])
    valley = xor_valleys.follow(narrow.model, narrow.network(net))
    assert valley.level == 1 / 8
    assert valley.exponent == pytest.approx(-1.0, abs=0.05)
    assert valley.scaled_excess == pytest.approx(cost, rel=0.15)
    assert valley.weight_growth == pytest.approx(0.5, abs=0.1)


def test_the_median_failed_net_is_half_over_tau_above_one_eighth(narrow, merged):
    tau = 0.1 * narrow.steps[-1]
    eighth = np.isclose(merged.levels, 1 / 8)
    assert np.median(merged.losses[eighth] - 1 / 8) == pytest.approx(0.5 / tau, rel=0.15)


def test_a_net_below_its_level_leaves(narrow, merged):
    below = np.flatnonzero((merged.losses < merged.levels) & ~narrow.solved)
    assert below.size
    valley = xor_valleys.follow(narrow.model, narrow.network(int(below[0])), end=1e4)
    assert valley.losses[-1] < merged.levels[below[0]] - 0.01
    assert np.all(np.diff(valley.losses) < 1e-12)


def test_failed_rectifier_nets_are_at_rest():
    result = xor_budget.run((2,), networks=100, steps=5000, activation="relu", step_size=0.05)[0]
    failed = ~result.solved
    moved = np.abs(result.losses[-1] - result.losses[-11])[failed]
    assert np.median(moved) < 1e-12
    nearest = np.min(np.abs(result.losses[-1][failed][:, None] - xor_valleys.LEVELS), axis=1)
    assert np.mean(nearest < 0.003) > 0.95


def test_figures_say_in_words_what_they_show(narrow, plateau):
    code = xor_valleys.hidden_codes(narrow.model, narrow.network(0))
    assert code.shape == (4, 2)
    figures = [
        xor_story.plateau_lengths(plateau),
        xor_story.codes([("one", code), ("the same", code)]),
        xor_story.budgets([narrow] * 4),
    ]
    assert len({figure.name for figure in figures}) == 3
    assert "input 01 at" in figures[1].alt
