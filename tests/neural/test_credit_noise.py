"""Laws of the rules that learn from noise and one number: node and weight perturbation, three factors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn.autodiff.tree import tree_map
from learndyn.dynamics import ravel
from learndyn.learning import MLP, Layer
from learndyn.neural.credit import (
    Backprop,
    NodePerturbation,
    ThreeFactor,
    WeightPerturbation,
    firing_patterns,
    log_probability,
    measure_update,
)

from .credit_cases import case, flat, linear_case

SEEDS = st.integers(0, 10**6)


def node_basis(model, example, batch):
    """Orthogonal noise for one example: sqrt(n) times each unit vector of its n units."""
    widths = model.widths[1:]
    n = sum(widths)
    for row in np.sqrt(n) * np.eye(n):
        xi = [np.zeros((batch, units)) for units in widths]
        for layer, part in zip(xi, np.split(row, np.cumsum(widths)[:-1]), strict=True):
            layer[example] = part
        yield xi


@given(SEEDS, st.booleans())
@settings(max_examples=10)
def test_node_perturbation_over_an_orthogonal_basis_is_the_gradient(seed, symmetric):
    """The mean of xi xi' is 1 over the basis and its negative, so the mean update is exact."""
    rule = NodePerturbation(noise=1e-4, symmetric=symmetric)
    model, theta, x, y = case(rule, seed=seed, batch=1)
    updates = [
        flat(rule.update_for(model, theta, x, y, [sign * part for part in xi]))
        for xi in node_basis(model, 0, 1)
        for sign in (1.0, -1.0)
    ]
    gradient = flat(rule.gradient(model, theta, x, y))
    # Both averages over +-xi cancel the second order; the third is left, of order sigma^2.
    np.testing.assert_allclose(np.mean(updates, axis=0), -gradient, rtol=0, atol=1e-6)


@given(SEEDS)
@settings(max_examples=10)
def test_weight_perturbation_over_an_orthogonal_basis_is_the_gradient(seed):
    rule = WeightPerturbation(noise=1e-4, symmetric=True)
    model, theta, x, y = case(rule, seed=seed)
    z, unravel = ravel(theta)
    basis = np.sqrt(z.size) * np.eye(z.size)
    mean = np.mean([flat(rule.update_for(model, theta, x, y, unravel(row))) for row in basis], axis=0)
    np.testing.assert_allclose(mean, -flat(rule.gradient(model, theta, x, y)), rtol=0, atol=1e-5)


@given(SEEDS, st.floats(0.1, 10.0))
def test_symmetric_node_perturbation_of_a_linear_layer_is_exact_at_any_size(seed, noise):
    """The loss is quadratic in h, so the difference is the directional derivative: (g . xi) xi."""
    rng = np.random.default_rng(seed)
    model, theta, x, y = linear_case(rng, (3, 4), 1)
    xi = rng.standard_normal((1, 4))
    update = NodePerturbation(noise=noise, symmetric=True).update_for(model, theta, x, y, [xi])
    g = x @ theta[0].weight - y
    np.testing.assert_allclose(update[0].weight, -(g @ xi.T).item() * x.T @ xi, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", [NodePerturbation, WeightPerturbation])
def test_the_squared_cosine_of_perturbation_is_1_over_n_and_its_square_n_plus_2(kind):
    """E cos^2 = 1/n and E|update|^2 = (n + 2)|g|^2; n counts units, or weights (Werfel, 2005)."""
    rng = np.random.default_rng(0)
    model, theta, x, y = linear_case(rng, (2, 10), 1)
    found = measure_update(
        kind(symmetric=True, noise=0.1), model, theta, x, y, draws=20_000, rng=np.random.default_rng(2)
    )
    n = 10 if kind is NodePerturbation else 20
    assert found.squared_cosine == pytest.approx(1 / n, rel=0.05)
    assert found.second_moment == pytest.approx(n + 2, rel=0.05)
    assert found.variance == pytest.approx(n + 1, rel=0.05)
    assert found.bias < 2 * found.standard_error


@pytest.mark.parametrize(("symmetric", "order"), [(False, 1), (True, 2)])
def test_the_error_of_a_perturbation_falls_with_the_noise_at_its_order(symmetric, order):
    model, theta, x, y = case(NodePerturbation())
    rng = np.random.default_rng(3)
    xi = [rng.standard_normal((4, units)) for units in model.widths[1:]]

    def update(noise):
        rule = NodePerturbation(noise=noise, symmetric=symmetric)
        return flat(rule.update_for(model, theta, x, y, xi))

    exact = flat(NodePerturbation(noise=1e-5, symmetric=True).update_for(model, theta, x, y, xi))
    errors = [np.linalg.norm(update(noise) - exact) for noise in (2e-2, 1e-2)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.08)


def stochastic_net(seed):
    model = MLP((3, 3, 2), "sigmoid", output_activation="sigmoid")
    rng = np.random.default_rng(seed)
    theta = [Layer(*(rng.standard_normal(a.shape) for a in layer)) for layer in model.init(rng)]
    return model, theta, rng.standard_normal((2, 3)), rng.standard_normal((2, 2))


def patterns(model, theta, x):
    """Each pattern of firing, for all examples alike, with its probability for each."""
    for pattern in firing_patterns(model):
        spikes = [np.tile(s, (len(x), 1)) for s in pattern]
        yield spikes, np.exp(log_probability(theta, x, spikes))


@given(SEEDS, st.floats(-2.0, 2.0))
@settings(max_examples=10)
def test_the_three_factor_rule_is_the_gradient_of_the_mean_reward(seed, baseline):
    """The mean of the update over all firing is grad E[R], whatever the baseline (Williams, 1992)."""
    model, theta, x, y = stochastic_net(seed)
    rule, mean = ThreeFactor(), 0.0
    for i in range(len(x)):  # patterns of different examples are independent: one example at a time
        row, target = x[i : i + 1], y[i : i + 1]
        for spikes, chance in patterns(model, theta, row):
            update = rule.update_for(model, theta, row, target, spikes, baseline=baseline)
            mean = mean + chance[0] * flat(update) / len(x)
    gradient = flat(rule.gradient(model, theta, x, y))
    assert np.linalg.norm(gradient) > 1e-3
    np.testing.assert_allclose(mean, -gradient, rtol=0, atol=1e-8 * np.linalg.norm(gradient))


def test_the_probabilities_of_all_firing_add_up_to_1():
    model, theta, x, _ = stochastic_net(4)
    total = sum(chance for _, chance in patterns(model, theta, x))
    np.testing.assert_allclose(total, 1.0, rtol=1e-14)
    with pytest.raises(ValueError, match=r"have 2\^20 patterns"):
        firing_patterns(MLP((1, 10, 10), "sigmoid", output_activation="sigmoid"))


def test_drawn_firing_has_the_mean_that_enumeration_gives():
    """``propose`` draws from the probabilities of the model, and moves the baseline as it says."""
    model, theta, x, y = stochastic_net(1)
    rule = ThreeFactor(baseline_rate=0.25)
    found = measure_update(rule, model, theta, x, y, np.zeros(()), draws=4000, rng=np.random.default_rng(2))
    assert found.bias < 2 * found.standard_error
    assert found.standard_error < 0.5
    calm = [tree_map(np.zeros_like, layer)._replace(bias=np.full_like(layer.bias, 50.0)) for layer in theta]
    after = rule.propose(model, calm, x, y, np.array(1.0), np.random.default_rng(0)).state
    reward = -0.5 * ((1.0 - y) ** 2).sum(1).mean()  # all units fire
    assert after == pytest.approx(1.0 + 0.25 * (reward - 1.0), rel=1e-12)


def test_a_baseline_near_the_mean_reward_lowers_the_variance():
    model, theta, x, y = stochastic_net(1)
    rule = ThreeFactor()
    mean_reward = -float(rule.objective(model, theta, x, y))
    without, with_baseline = (
        measure_update(rule, model, theta, x, y, b, draws=1000, rng=np.random.default_rng(0)).variance
        for b in (np.zeros(()), np.array(mean_reward))
    )
    assert with_baseline < 0.8 * without


def test_statistics_need_draws_and_a_gradient():
    model, theta, x, y = case(Backprop())
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="2 or more draws"):
        measure_update(NodePerturbation(), model, theta, x, y, draws=1, rng=rng)
    with pytest.raises(ValueError, match="the gradient is 0"):
        measure_update(NodePerturbation(), model, theta, x, model(theta, x), draws=2, rng=rng)
    exact = measure_update(Backprop(), model, theta, x, y, draws=2, rng=rng)
    assert (exact.bias, exact.variance) == (0.0, 0.0)
    assert exact.squared_cosine == pytest.approx(1.0, rel=1e-14)
