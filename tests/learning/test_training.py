"""The training map: one step of any rule as a system on the whole state."""

import numpy as np
import pytest

from learndyn import (
    MLP,
    GradientDescent,
    Parameter,
    Tensor,
    grad,
    jacobian,
    jvp,
    mean_squared_error,
    simulate,
    training_map,
)
from learndyn.autodiff.tree import leaves, paths, tree_map
from learndyn.dynamics.state import flatten
from learndyn.learning import Adam, HeavyBall, Minibatches, Scheduled, StepDecay

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((8, 2)), RNG.standard_normal((8, 1))
MODEL = MLP((2, 3, 1))
THETA = MODEL.init(np.random.default_rng(1))


def loss(theta, x=X, y=Y):
    return mean_squared_error(MODEL(theta, x), y)


TREES = {
    "list of named tuples": (THETA, loss),
    "array": (np.array([1.0, 2.0]), lambda w: (w * w).sum()),
    "0-d": (np.array(3.0), lambda w: w * w),
    "dict in tuple": (
        ({"b": np.ones(2), "a": [np.ones((2, 2)), None]}, np.array(1.0)),
        lambda p: (p[0]["b"] @ p[0]["a"][0] * p[1]).sum(),
    ),
    "empty branch": (([], [np.ones(2)], ()), lambda p: (p[1][0] ** 3).sum()),
}


@pytest.mark.parametrize("name", TREES)
def test_the_map_of_descent_is_the_loop_over_the_tree(name):
    theta, f = TREES[name]
    training = training_map(f, GradientDescent(0.01), theta)
    z, tree = training.initial_state, theta
    for _ in range(5):
        z = training(z)
        tree = tree_map(lambda p, g: p - 0.01 * g, tree, grad(f)(tree))
    found = training.parameters(z)
    assert paths(found) == paths(theta)
    assert type(found) is type(theta)
    for a, b in zip(leaves(found), leaves(tree), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", TREES)
def test_value_and_gradient_are_those_of_the_loss(name):
    theta, f = TREES[name]
    training = training_map(f, HeavyBall(0.1), theta)
    value, gradient = training.value_and_gradient(training.initial_state)
    assert float(value) == float(f(tree_map(Tensor, theta)).item())
    np.testing.assert_array_equal(gradient, flatten(grad(f)(theta)))


def test_the_parameters_come_first_and_the_memory_after_them():
    training = training_map(loss, Adam(0.1), THETA)
    n = 13
    assert training.initial_state.shape == (3 * n + 1,)
    np.testing.assert_array_equal(training.initial_state[:n], flatten(THETA))
    np.testing.assert_array_equal(training.initial_state[n:], 0.0)
    assert simulate(training, training.initial_state, 4).final_state[-1] == 4.0


def test_a_step_does_not_change_the_state_that_it_is_given():
    training = training_map(loss, Adam(0.1), THETA)
    z = training.initial_state.copy()
    training(z)
    np.testing.assert_array_equal(z, training.initial_state)


def test_the_jacobian_of_heavy_ball_is_its_block_matrix():
    """[[1 - eta H, beta], [-eta H, beta]] on (theta, velocity)."""
    eta, beta, h = 0.1, 0.7, np.array([[2.0, 0.5], [0.5, 1.0]])
    training = training_map(lambda w: 0.5 * (w @ h @ w), HeavyBall(eta, beta), np.ones(2))
    expected = np.block([[np.eye(2) - eta * h, beta * np.eye(2)], [-eta * h, beta * np.eye(2)]])
    np.testing.assert_allclose(jacobian(training)(np.ones(4)), expected, rtol=1e-14)


def test_with_batches_the_map_is_autonomous_and_counts_its_steps():
    batches = Minibatches(X, Y, batch_size=3, rng=0)
    training = training_map(loss, GradientDescent(0.1), THETA, batches=batches)
    z = training.initial_state
    theta = flatten(THETA)
    for t in range(7):
        assert z[-1] == t
        slope = grad(loss)(training.parameters(z), *batches(t))
        theta = theta - 0.1 * flatten(slope)
        z = training(z)
        np.testing.assert_array_equal(z[:-1], theta)


def test_with_batches_the_jacobian_is_that_of_the_batch_and_the_count_is_neutral():
    batches = Minibatches(X, Y, batch_size=3, rng=0)
    training = training_map(loss, GradientDescent(0.1), THETA, batches=batches)
    z = simulate(training, training.initial_state, 4).final_state
    alone = training_map(lambda theta: loss(theta, *batches(4)), GradientDescent(0.1), THETA)
    whole = jacobian(training)(z)
    np.testing.assert_allclose(whole[:-1, :-1], jacobian(alone)(z[:-1]), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(whole[-1], np.eye(14)[-1])
    np.testing.assert_array_equal(whole[:-1, -1], 0.0)


def test_a_step_can_be_differentiated_by_the_step_size_and_by_a_parameter_of_the_loss():
    """Hypergradients: d theta' / d eta = -g, and d theta' / dc through the loss."""
    w = np.array([1.0, -2.0])

    def step(eta):
        training = training_map(lambda w: (w * w).sum(), GradientDescent(eta), w)
        return training(training.initial_state)

    np.testing.assert_allclose(jvp(step, (0.1,), (1.0,))[1], -2 * w, rtol=1e-15)
    c = Parameter(3.0)
    training = training_map(lambda w: (c * w * w).sum(), GradientDescent(0.1), w)
    after = training(training.initial_state)
    after.sum().backward()
    assert c.grad == pytest.approx(-0.1 * 2 * w.sum(), rel=1e-14)
    np.testing.assert_array_equal(simulate(training, training.initial_state, 1).final_state, after.numpy())


def test_a_state_of_another_model_and_a_class_in_the_place_of_a_rule_are_refused():
    training = training_map(loss, Scheduled(Adam(0.1), StepDecay(3)), THETA)
    message = r"received a state of shape \(13,\), but Scheduled on 13 parameters has .* \(41,\)"
    with pytest.raises(ValueError, match=message):
        training(np.ones(13))
    with pytest.raises(ValueError, match=message):
        training.parameters(np.ones(13))
    with pytest.raises(TypeError, match="GradientDescent is no update rule. Pass an instance"):
        training_map(loss, GradientDescent, THETA)
    with pytest.raises(TypeError, match="float is no update rule"):
        training_map(loss, 0.1, THETA)


def test_a_loss_that_is_no_number_or_does_not_depend_on_theta_says_so():
    z = np.ones(2)
    with pytest.raises(ValueError, match=r"grad: needs a result with one element, got shape \(2,\)"):
        training_map(lambda w: w * w, GradientDescent(0.1), z)(z)
    with pytest.raises(ValueError, match="grad: the result does not depend on argument 0"):
        training_map(lambda w: Tensor(1.0), GradientDescent(0.1), z)(z)
