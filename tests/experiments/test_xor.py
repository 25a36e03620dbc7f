"""XOR: what an affine model cannot do, what two hidden units can, and how often descent finds it."""

import numpy as np
import pytest

from learndyn.autodiff.tree import leaves
from learndyn.experiments import xor, xor_budget
from learndyn.learning import MLP, Layer, standard_normal

# Success rates that an independent program in plain NumPy gave over several seeds.
REFERENCE = {2: (0.76, 0.81), 3: (0.96, 0.98), 4: (0.997, 1.0), 8: (1.0, 1.0)}
RELU_REFERENCE = {2: (0.21, 0.27), 3: (0.48, 0.53), 4: (0.65, 0.69), 8: (0.93, 0.96)}


@pytest.fixture(scope="module")
def results():
    found = xor_budget.run((2, 3, 4)) + xor_budget.run((8,))
    return {result.width: result for result in found}


@pytest.fixture(scope="module")
def rectified():
    found = xor_budget.run(tuple(RELU_REFERENCE), activation="relu", step_size=0.05, steps=5000)
    return {result.width: result for result in found}


def assert_within_three_standard_errors(result, low, high):
    n = result.solved.size
    assert n == 400
    slack = 3 * np.sqrt([low * (1 - low) / n, high * (1 - high) / n])
    # A rate of one has no spread of its own: allow the one failure in 400 of the row before.
    assert low - max(slack[0], 1 / n) <= result.success_rate <= high + slack[1]


def test_the_best_affine_model_is_the_constant_half_with_error_a_quarter():
    coefficients, error = xor.best_affine()
    np.testing.assert_allclose(coefficients, [0.0, 0.0, 0.5], atol=1e-15)
    assert error == pytest.approx(0.25, abs=1e-15)


def test_two_hidden_units_represent_xor():
    """OR minus AND, with steep units: tanh(20 (s - 1/2)) - tanh(20 (s - 3/2)), s = x1 + x2."""
    theta = [
        Layer(np.full((2, 2), 20.0), np.array([[-10.0, -30.0]])),
        Layer(np.array([[0.5], [-0.5]]), np.zeros((1, 1))),
    ]
    np.testing.assert_allclose(MLP((2, 2, 1))(theta, xor.INPUTS), xor.TARGETS, atol=1e-8)


@pytest.mark.parametrize("width", REFERENCE)
def test_the_success_rate_agrees_with_the_reference_within_three_standard_errors(results, width):
    assert_within_three_standard_errors(results[width], *REFERENCE[width])


@pytest.mark.parametrize("width", RELU_REFERENCE)
def test_the_success_rate_of_rectifiers_agrees_with_the_reference(rectified, width):
    assert_within_three_standard_errors(rectified[width], *RELU_REFERENCE[width])


def test_a_net_that_leaves_the_ensemble_changes_nothing_for_the_others():
    """Padding and early ends: the same losses as from the plain run, up to where a net leaves."""
    plain = [xor.run(width, networks=40, steps=1500) for width in (2, 3)]
    budget = xor_budget.run((2, 3), networks=40, steps=1500)
    for one, other in zip(plain, budget, strict=True):
        assert one.width == other.width
        np.testing.assert_array_equal(one.steps, other.steps)
        np.testing.assert_array_equal(one.solved, other.solved)
        left = np.cumsum(other.losses < xor.SOLVED_BELOW, axis=0) > 1
        np.testing.assert_allclose(other.losses[~left], one.losses[~left], rtol=1e-7)
        assert np.all(np.diff(other.losses, axis=0)[left[1:]] == 0.0)
        assert other.model == one.model
        assert leaves(other.theta)[0].shape == leaves(one.theta)[0].shape


def test_a_budget_run_says_what_it_cannot_do():
    with pytest.raises(ValueError, match="'tanh' or 'relu'"):
        xor_budget.run((2,), activation="sigmoid")
    with pytest.raises(ValueError, match="divide"):
        xor_budget.run((2,), steps=150)


def test_success_against_the_budget_rises_and_is_later_for_narrow_nets(results):
    curves = {width: result.success_curve for width, result in results.items()}
    for width, curve in curves.items():
        assert np.all(np.diff(curve) >= 0.0)
        assert curve[-1] == results[width].success_rate
    early = results[2].steps == 1000
    assert curves[2][early] < curves[3][early] < curves[4][early] < curves[8][early]
    assert curves[2][-1] > curves[2][50]  # still rising


def test_a_wider_net_succeeds_more_often(results):
    rates = [results[width].success_rate for width in sorted(results)]
    assert rates == sorted(rates)


def test_nets_that_fail_sit_in_a_valley_at_one_eighth_or_one_sixth(results):
    """The infima of the valleys that lead to infinity: two or three examples are merged."""
    failed = results[2].losses[-1][~results[2].solved]
    assert failed.size > 50
    nearest = np.min(np.abs(failed[:, None] - [1 / 8, 1 / 6]), axis=1)
    assert np.mean(nearest < 0.01) > 0.9


def test_training_equals_the_formulas_written_out_by_hand():
    """Fifty steps of plain NumPy with the chain rule written out, for each net."""
    result = xor.run(3, networks=5, steps=50, every=50)
    theta = MLP((2, 3, 1)).init(
        np.random.default_rng(0), ensemble=(5,), initialiser=standard_normal
    )
    for net in range(5):
        (w1, b1), (w2, b2) = ((layer.weight[net], layer.bias[net]) for layer in theta)
        for _ in range(50):
            h = np.tanh(xor.INPUTS @ w1 + b1)
            error = h @ w2 + b2 - xor.TARGETS
            g_out = 2 * error / 4
            g_hidden = (g_out @ w2.T) * (1 - h * h)
            w1, b1, w2, b2 = (
                w1 - 0.1 * xor.INPUTS.T @ g_hidden,
                b1 - 0.1 * g_hidden.sum(axis=0),
                w2 - 0.1 * h.T @ g_out,
                b2 - 0.1 * g_out.sum(axis=0),
            )
        for ours, by_hand in zip(leaves(result.network(net)), (w1, b1, w2, b2), strict=True):
            np.testing.assert_allclose(ours, by_hand.reshape(ours.shape), rtol=1e-12, atol=1e-14)


def test_the_same_seed_gives_the_same_bits():
    first, second = (xor.run(2, networks=8, steps=100, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.losses, second.losses)
    assert not np.array_equal(first.losses, xor.run(2, networks=8, steps=100, seed=4).losses)


def test_results_describe_themselves(results):
    result = results[2]
    assert result.width == 2
    p = result.success_rate
    assert result.standard_error == pytest.approx(np.sqrt(p * (1 - p) / 400))
    np.testing.assert_array_equal(result.losses[-1] < xor.SOLVED_BELOW, result.solved)
    with pytest.raises(AttributeError):
        result.losses = None


def test_the_decision_surface_passes_through_the_answers(results):
    result = results[2]
    theta = result.network(int(np.argmin(result.losses[-1])))
    axis, output = xor.decision_surface(result.model, theta, low=0.0, high=1.0, points=3)
    np.testing.assert_array_equal(axis, [0.0, 0.5, 1.0])
    corners = output[[0, 2, 0, 2], [0, 0, 2, 2]]  # rows are x2, columns x1
    np.testing.assert_allclose(corners, xor.TARGETS[[0, 1, 2, 3], 0], atol=0.2)
    by_hand = np.asarray(result.model(theta, np.array([[1.0, 0.0]])))
    assert output[0, 2] == pytest.approx(by_hand[0, 0])
