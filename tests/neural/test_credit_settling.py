"""Laws of the rules whose activities settle: predictive coding and equilibrium propagation."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import learndyn as ld
from learndyn.autodiff.tree import tree_map
from learndyn.dynamics import linearise, simulate
from learndyn.learning import MLP, GradientDescent
from learndyn.neural.credit import (
    Backprop,
    EquilibriumPropagation,
    LayeredHopfield,
    PredictionFlow,
    PredictiveCoding,
    Settling,
    ZeroDivergence,
    credit_map,
    squared_error,
)

from .credit_cases import case, flat, linear_case

SEEDS = st.integers(0, 10**6)


def error(rule, arguments):
    """Relative distance of an update to minus the gradient of the rule's own objective."""
    gradient = flat(rule.gradient(*arguments))
    update = flat(rule.propose(*arguments).update)
    return np.linalg.norm(update + gradient) / np.linalg.norm(gradient)


@pytest.mark.parametrize("nudging", [None, 0.0, 0.7])
def test_the_velocity_of_the_activities_is_minus_the_slope_of_their_energy(nudging):
    """The local form against the derivative engine; the Jacobian is symmetric then."""
    model, theta, x, y = case(Backprop())
    if nudging is None:
        flow = PredictionFlow(model, theta, x, y, 0.3, squared_error)
    else:
        flow = LayeredHopfield(model, theta, x, y, nudging, squared_error)
    z = np.random.default_rng(1).standard_normal(flow.initial_state.size)
    np.testing.assert_allclose(flow(0.0, z), -ld.grad(flow.energy)(z), rtol=0, atol=1e-13)
    jacobian = linearise(flow, z, t=0.0).to_matrix()
    np.testing.assert_allclose(jacobian, jacobian.T, atol=1e-12)


@given(SEEDS, st.integers(1, 5))
def test_zero_divergence_inference_is_backprop(seed, depth):
    """To 1e-12 at any depth (Song, 2020)."""
    rng = np.random.default_rng(seed)
    model = MLP(tuple(int(n) for n in rng.integers(1, 6, depth + 1)))
    theta = tree_map(lambda leaf: rng.standard_normal(leaf.shape), model.init(rng))
    x, y = rng.standard_normal((3, model.widths[0])), rng.standard_normal((3, model.widths[-1]))
    exact = flat(Backprop().gradient(model, theta, x, y))
    update = flat(ZeroDivergence().propose(model, theta, x, y).update)
    assert np.linalg.norm(update + exact) <= 1e-12 * np.linalg.norm(exact)


@pytest.mark.parametrize("deep", [False, True])
def test_predictive_coding_tends_to_backprop_as_one_over_the_output_variance(deep):
    rng = np.random.default_rng(0)
    model = MLP((3, 4, 3, 4, 2) if deep else (3, 4, 2))
    arguments = model, model.init(rng), rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    variances = np.array([1e2, 1e3, 1e4])
    errors = [error(PredictiveCoding(output_variance=v), arguments) for v in variances]
    order = np.diff(np.log(errors)) / np.diff(np.log(variances))
    np.testing.assert_allclose(order, -1.0, atol=0.05)


def test_predictive_coding_does_not_tend_to_backprop_as_the_loss_becomes_small():
    """Update and gradient shrink together: their relative distance tends to a number that is not 0."""
    model, theta, x, y = case(PredictiveCoding())
    rule, prediction = PredictiveCoding(settling=Settling(tolerance=1e-14)), model(theta, x)
    targets = [prediction + size * (y - prediction) for size in (1e-3, 1e-5)]
    assert rule.objective(model, theta, x, targets[1]) < 1e-9
    first, second = (error(rule, (model, theta, x, target)) for target in targets)
    assert second > 0.1
    assert second == pytest.approx(first, rel=1e-2)


@given(SEEDS, st.floats(0.05, 20.0), st.integers(1, 4))
def test_predictive_coding_of_a_linear_net_weighs_the_error_by_the_variance_that_reaches_the_output(
    seed, variance, hidden
):
    """Its rest is that of Gaussian conditioning: error (1 + sum_l P_l'P_l / v)^{-1}, then as usual."""
    rng = np.random.default_rng(seed)
    widths = (3, *(int(n) for n in rng.integers(1, 5, hidden)), 2)
    model, theta, x, y = linear_case(rng, widths, 3)
    rule = PredictiveCoding(output_variance=variance)
    z, _ = rule.settling(flow := rule.flow(model, theta, x, y), flow.initial_state, "test")
    activities = [x]
    paths = [np.eye(2)]
    for layer in theta:
        activities.append(activities[-1] @ layer.weight)
    for layer in reversed(theta[1:]):
        paths.insert(0, layer.weight @ paths[0])
    gain = np.eye(2) + sum(p.T @ p for p in paths[:-1]) / variance
    weighed = (y - activities[-1]) @ np.linalg.inv(gain)
    update = rule.propose(model, theta, x, y).update
    before = [x, *flow.activities.layers(z)]
    for layer, pre, path in zip(update, before, paths, strict=True):
        np.testing.assert_allclose(layer.weight, pre.T @ weighed @ path.T / 3, rtol=0, atol=1e-8)
    # The energy at rest is that of the outputs alone, under their total variance.
    at_rest = 0.5 / variance * np.sum(weighed * (y - activities[-1]))
    assert float(flow.energy(z)) == pytest.approx(at_rest, rel=1e-8, abs=1e-14)


def test_following_the_flow_comes_to_the_rest_that_newton_finds():
    for kind in (PredictiveCoding, EquilibriumPropagation):
        model, theta, x, y = case(kind())
        solved = kind().propose(model, theta, x, y)
        followed = kind(settling=Settling(time=60.0, tolerance=1e-9)).propose(model, theta, x, y)
        np.testing.assert_allclose(flat(followed.update), flat(solved.update), atol=1e-6)
        assert followed.cost.settling > solved.cost.settling > 0
        hurried = kind(settling=Settling(time=0.5)).propose(model, theta, x, y)
        assert np.abs(flat(hurried.update) - flat(solved.update)).max() > 1e-3


@pytest.mark.parametrize(("symmetric", "order"), [(False, 1), (True, 2)])
@pytest.mark.parametrize("widths", [(3, 4, 2), (3, 4, 3, 2)])
def test_the_bias_of_equilibrium_propagation_has_its_order_in_the_nudging(symmetric, order, widths):
    rng = np.random.default_rng(2)
    model = MLP(widths)
    theta = tree_map(lambda leaf: 0.5 * leaf, model.init(rng))
    arguments = model, theta, rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    nudgings = np.array([4.0, 2.0, 1.0]) * (5e-3 if symmetric else 1e-3)
    errors = [error(EquilibriumPropagation(nudging=b, symmetric=symmetric), arguments) for b in nudgings]
    measured = [np.log2(a / b) for a, b in pairwise(errors)]
    np.testing.assert_allclose(measured, order, atol=0.08)


@given(SEEDS)
@settings(max_examples=3)
def test_the_gradient_at_rest_is_that_of_the_loss_of_a_network_that_settles_again(seed):
    """Implicit differentiation against central differences in every parameter."""
    rule = EquilibriumPropagation()
    rng = np.random.default_rng(seed)
    model = MLP((2, 2, 1))
    theta = tree_map(lambda leaf: 0.5 * rng.standard_normal(leaf.shape), model.init(rng))
    x, y = rng.standard_normal((2, 2)), rng.standard_normal((2, 1))
    z, unravel = ld.dynamics.ravel(theta)
    h = 1e-4
    slopes = [
        (
            rule.objective(model, unravel(z + h * unit), x, y)
            - rule.objective(model, unravel(z - h * unit), x, y)
        )
        / (2 * h)
        for unit in np.eye(z.size)
    ]
    np.testing.assert_allclose(flat(rule.gradient(model, theta, x, y)), slopes, rtol=0, atol=1e-6)


def test_a_large_network_settles_without_writing_out_its_jacobian():
    rng = np.random.default_rng(0)
    model = MLP((4, 12, 8))
    theta = tree_map(lambda leaf: 0.3 * leaf, model.init(rng))
    x, y = rng.standard_normal((24, 4)), rng.standard_normal((24, 8))
    rule = EquilibriumPropagation(nudging=1e-3, symmetric=True)
    assert LayeredHopfield(model, theta, x, y, 0.0, squared_error).initial_state.size == 480
    assert error(rule, (model, theta, x, y)) < 1e-5
    halves = [flat(rule.gradient(model, theta, x[i::2], y[i::2])) for i in (0, 1)]
    np.testing.assert_allclose(flat(rule.gradient(model, theta, x, y)), np.mean(halves, axis=0), atol=1e-9)


def test_the_free_rest_does_not_depend_on_targets_and_is_a_minimum_of_the_energy():
    model, theta, x, y = case(EquilibriumPropagation())
    rule = EquilibriumPropagation()
    network, rest, _ = rule.free(model, theta, x)
    np.testing.assert_array_equal(rest, rule.free(model, theta, x, y)[1])
    assert np.linalg.eigvalsh(linearise(network, rest, t=0.0).to_matrix()).max() < 0
    assert np.linalg.norm(network(0.0, rest)) < 1e-10


def test_no_saddle_is_taken_for_a_rest():
    """Between two basins the flow lingers at a saddle, which Newton's method alone would return."""
    model, theta, x, y = case(EquilibriumPropagation(), seed=3)
    system = credit_map(EquilibriumPropagation(), GradientDescent(0.05), model, theta, (x, y))
    theta = system.parameters(simulate(system, system.initial_state, 7).final_state)
    rule = EquilibriumPropagation()
    network, rest, _ = rule.free(model, theta, x)
    assert np.linalg.eigvalsh(linearise(network, rest, t=0.0).to_matrix()).max() < 0
    followed = EquilibriumPropagation(settling=Settling(time=200.0)).free(model, theta, x)[1]
    np.testing.assert_allclose(rest, followed, atol=1e-7)


def test_networks_that_cannot_settle_say_so():
    rng = np.random.default_rng(0)
    model, theta, x, y = linear_case(rng, (2, 3, 2), 2, size=9.0)  # its energy has no minimum
    for settling in (Settling(), Settling(time=500.0, tolerance=1e-3)):
        with pytest.raises(RuntimeError, match="did not settle"):
            EquilibriumPropagation(settling=settling).propose(model, theta, x, y)
    with pytest.raises(ValueError, match="must be positive"):
        Settling(time=0.0)
    with pytest.raises(ValueError, match="output_variance must be positive"):
        PredictiveCoding(output_variance=-1.0)
    with pytest.raises(ValueError, match="nudging must be positive"):
        EquilibriumPropagation(nudging=0.0)
    recorded = ld.dynamics.ravel(theta)[1](ld.Parameter(ld.dynamics.ravel(theta)[0]))
    for rule in (PredictiveCoding(), ZeroDivergence(), EquilibriumPropagation()):
        with pytest.raises(TypeError, match="Pass arrays"):
            rule.propose(model, recorded, x, y)
