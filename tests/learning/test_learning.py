"""Models, losses, gradient descent, and training as a map."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import (
    MLP,
    GradientDescent,
    Tensor,
    check_grads,
    grad,
    jvp,
    mean_squared_error,
    relu,
    simulate,
    square,
    training_map,
)
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.learning import standard_normal, xavier_normal

RNG = np.random.default_rng(0)
A = np.diag([1.0, 4.0, 10.0])


def quadratic(theta):
    return 0.5 * (theta @ A @ theta)


@pytest.mark.parametrize("step_size", [0.01, 0.15, 0.19])
def test_descent_on_a_quadratic_multiplies_each_mode_by_one_minus_eta_lambda(step_size):
    start = np.array([1.0, -2.0, 3.0])
    training = training_map(quadratic, GradientDescent(step_size), start)
    run = simulate(training, training.initial_state, 60)
    factors = 1.0 - step_size * np.diag(A)
    expected = start * factors ** np.arange(61)[:, None]
    scale = np.max(np.abs(expected), axis=1, keepdims=True)
    assert np.max(np.abs(run.states - expected) / scale) < 1e-12


def test_the_jacobian_of_a_training_step_is_identity_minus_eta_hessian():
    training = training_map(quadratic, GradientDescent(0.1), np.ones(3))
    columns = [jvp(training, (np.ones(3),), (e,))[1] for e in np.eye(3)]
    np.testing.assert_allclose(np.stack(columns, axis=1), np.eye(3) - 0.1 * A, rtol=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_gradient_of_a_net_agrees_with_finite_differences(activation):
    model = MLP((2, 3, 2), activation)
    theta = model.init(np.random.default_rng(1))
    x, y = RNG.standard_normal((4, 2)), RNG.standard_normal((4, 2))
    check_grads(lambda theta: mean_squared_error(model(theta, x), y), theta)


def test_a_net_without_hidden_layer_is_affine():
    model = MLP((3, 2))
    theta = model.init(np.random.default_rng(0), initialiser=standard_normal)
    x = RNG.standard_normal((5, 3))
    np.testing.assert_allclose(model(theta, x), x @ theta[0].weight + theta[0].bias, rtol=1e-15)


@given(seed=st.integers(0, 1000), networks=st.integers(1, 4))
def test_nets_in_an_ensemble_do_not_feel_one_another(seed, networks):
    """Each net of an ensemble steps exactly as it would alone."""
    model = MLP((2, 3, 1))
    ensemble = model.init(np.random.default_rng(seed), ensemble=(networks,))
    x, y = np.random.default_rng(1).standard_normal((4, 2)), np.ones((4, 1))

    def total(theta):
        return mean_squared_error(model(theta, x), y, axis=(-2, -1)).sum()

    together = grad(total)(ensemble)
    for i in range(networks):
        alone = grad(lambda theta: mean_squared_error(model(theta, x), y))(
            tree_map(lambda leaf, i=i: leaf[i], ensemble)
        )
        for a, b in zip(leaves(together), leaves(alone), strict=True):
            np.testing.assert_allclose(a[i], b, rtol=1e-12, atol=1e-15)


def test_the_same_seed_gives_the_same_parameters():
    model = MLP((2, 4, 1))
    first, second = (model.init(np.random.default_rng(7)) for _ in range(2))
    for a, b in zip(leaves(first), leaves(second), strict=True):
        np.testing.assert_array_equal(a, b)


def test_initialisers_have_the_variance_they_state():
    rng = np.random.default_rng(0)
    weight, bias = xavier_normal(rng, (200,), 30, 20)
    assert np.var(weight) == pytest.approx(2 / 50, rel=0.02)
    assert not bias.any()
    weight, bias = standard_normal(rng, (500,), 30, 20)
    assert np.var(weight) == pytest.approx(1.0, rel=0.02)
    assert np.var(bias) == pytest.approx(1.0, rel=0.05)


def test_the_mean_squared_error_does_not_broadcast_targets():
    with pytest.raises(ValueError, match=r"predictions have shape \(4, 1\), targets \(4,\)"):
        mean_squared_error(np.ones((4, 1)), np.ones(4))
    assert mean_squared_error(Tensor([[1.0], [3.0]]), [[0.0], [0.0]]).item() == 5.0


def test_a_net_that_learns_lowers_its_loss():
    model = MLP((1, 16, 1))
    x = np.linspace(-1, 1, 21)[:, None]
    theta = model.init(np.random.default_rng(0))
    training = training_map(
        lambda theta: mean_squared_error(model(theta, x), np.sin(2 * x)), GradientDescent(0.1), theta
    )
    run = simulate(
        training,
        training.initial_state,
        500,
        observe={"loss": lambda z: training.loss(training.parameters(z))},
    )
    losses = run.observables["loss"]
    assert np.all(np.diff(losses) < 0)
    assert losses[-1] < 0.1 * losses[0]


def test_bad_models_and_rules_say_what_is_wrong():
    cases = {
        r"MLP: needs two or more positive widths, got \(2,\)": lambda: MLP((2,)),
        r"MLP: needs two or more positive widths, got \(2, 0, 1\)": lambda: MLP((2, 0, 1)),
        r"MLP: unknown activation 'swish'\. Choose from": lambda: MLP((2, 1), "swish"),
        r"its last axis must hold 2 features": lambda: MLP((2, 1))(
            MLP((2, 1)).init(RNG), np.ones((4, 3))
        ),
        r"MLP: \(2, 1\) has 1 layers, got 2": lambda: MLP((2, 1))(
            MLP((2, 2, 1)).init(RNG), np.ones((4, 2))
        ),
        r"GradientDescent: step_size must be positive and finite, got 0": lambda: GradientDescent(0),
        r"got nan": lambda: GradientDescent(float("nan")),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_a_rule_is_a_pure_step():
    rule = GradientDescent(0.5)
    theta = np.ones(2)
    after = rule.step(rule.init(theta), np.array([1.0, -1.0]))
    np.testing.assert_array_equal(after.theta, [0.5, 1.5])
    np.testing.assert_array_equal(theta, [1.0, 1.0])


def test_relu_units_that_are_off_get_no_gradient():
    np.testing.assert_array_equal(
        grad(lambda x: square(relu(x)).sum())(np.array([-1.0, 2.0])), [0.0, 4.0]
    )
