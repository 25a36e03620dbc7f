"""XOR: what an affine model cannot do, what two hidden units can, and how often descent finds it."""

import numpy as np
import pytest

from learndyn.autodiff.tree import leaves
from learndyn.experiments import xor
from learndyn.learning import MLP, Layer, standard_normal

# Success rates that an independent program in plain NumPy gave over several seeds.
REFERENCE = {2: (0.76, 0.81), 3: (0.96, 0.98), 4: (0.997, 1.0), 8: (1.0, 1.0)}


@pytest.fixture(scope="module")
def results():
    return {width: xor.run(width, every=1000) for width in REFERENCE}


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
    low, high = REFERENCE[width]
    n = results[width].solved.size
    assert n == 400
    slack = 3 * np.sqrt([low * (1 - low) / n, high * (1 - high) / n])
    # A rate of one has no spread of its own: allow the one failure in 400 of the row before.
    assert low - max(slack[0], 1 / n) <= results[width].success_rate <= high + slack[1]


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
