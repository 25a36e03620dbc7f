"""What is measured of each stage equals what automatic differentiation says of the whole net."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.learning import MLP, RNN, half_squared_error, standard_normal
from learndyn.learning.signal import (
    backward_norms,
    forward_norms,
    jacobian_exponents,
    jacobian_singular_values,
)

ACTIVATION = st.sampled_from(["tanh", "relu", "erf", "sigmoid", "linear"])


def net(widths, activation, seed=0, ensemble=()):
    model = MLP(widths, activation, output_activation="tanh")
    return model, model.init(
        np.random.default_rng(seed), ensemble=ensemble, initialiser=standard_normal
    )


def norms(x):
    return np.linalg.norm(x, axis=-1)


def recurrent(seed=0, hidden=6, time=5, batch=2, ensemble=(), gain=1.3):
    rng = np.random.default_rng(seed)
    model = RNN(3, hidden, 1)
    theta = model.init(rng, ensemble=ensemble, gain=gain, initialiser=standard_normal)
    return model, theta, rng.standard_normal((time, batch, 3)), rng


@given(
    widths=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    activation=ACTIVATION,
    seed=st.integers(0, 99),
)
def test_backward_norms_are_those_of_the_gradient(widths, activation, seed):
    model, theta = net(tuple(widths), activation, seed)
    rng = np.random.default_rng(seed)
    x, cotangent = rng.standard_normal((1, widths[0])), rng.standard_normal((1, widths[-1]))
    gradient = ld.vjp(lambda theta, x: model(theta, x), theta, x)[1](cotangent)
    found = backward_norms(model, theta, x, cotangent)
    for l, layer in enumerate(gradient[0]):
        # One sample: the gradient of a bias is that of the pre-activation.
        assert np.exp(found.log_preactivations[l, 0]) == pytest.approx(
            norms(layer.bias)[0], rel=1e-12
        )
        assert np.exp(found.log_weights[l, 0]) == pytest.approx(
            np.linalg.norm(layer.weight), rel=1e-12
        )
    assert np.exp(found.log_activations[0, 0]) == pytest.approx(norms(gradient[1])[0], rel=1e-12)
    assert np.exp(found.log_activations[-1, 0]) == pytest.approx(norms(cotangent)[0], rel=1e-12)


def test_forward_norms_are_those_of_the_trace_and_ensembles_broadcast():
    model, theta = net((4, 5, 3), "tanh", ensemble=(2,))
    x = np.random.default_rng(1).standard_normal((7, 4))
    trace, found = model.trace(theta, x), forward_norms(model, theta, x)
    assert found.preactivations.shape == (2, 2, 7)
    assert found.activations.shape == (3, 2, 7)
    for l in range(2):
        np.testing.assert_allclose(
            found.preactivations[l], norms(trace.preactivations[l]), rtol=1e-14
        )
        np.testing.assert_allclose(
            found.activations[l + 1], norms(trace.activations[l + 1]), rtol=1e-14
        )
    np.testing.assert_allclose(
        found.mean_squares[0], np.mean(trace.preactivations[0] ** 2, axis=-1)
    )
    one = forward_norms(model, [ld.learning.Layer(w[1], b[1]) for w, b in theta], x)
    np.testing.assert_allclose(one.preactivations, found.preactivations[:, 1], rtol=1e-13)


def test_the_backward_signal_of_a_recurrent_net_is_that_of_backpropagation_through_time():
    model, theta, x, rng = recurrent()
    initial, cotangent = rng.standard_normal((2, 2, 6))

    def last(initial, x):
        return model.hidden_states(theta, x, initial=initial)[-1]

    to_initial, to_input = ld.vjp(last, initial, x)[1](cotangent)
    found = backward_norms(model, theta, x, cotangent, initial=initial)
    np.testing.assert_allclose(np.exp(found.log_activations[0]), norms(to_initial), rtol=1e-12)
    # dL/dx_t = dL/dh_t U' for the pre-activation h_t: with three inputs it determines no more
    # than that the signal is the same, up to U.
    square = theta._replace(input_weight=np.eye(6))
    model = RNN(6, 6, 1)
    x = rng.standard_normal((5, 2, 6))
    to_input = ld.vjp(lambda x: model.hidden_states(square, x, initial=initial)[-1], x)[1](
        cotangent
    )[0]
    found = backward_norms(model, square, x, cotangent, initial=initial)
    np.testing.assert_allclose(np.exp(found.log_preactivations), norms(to_input), rtol=1e-12)
    states = model.hidden_states(square, x, initial=initial)
    measured = forward_norms(model, square, x, initial=initial)
    np.testing.assert_allclose(measured.activations[1:], norms(states), rtol=1e-13)
    np.testing.assert_allclose(measured.activations[0], norms(initial), rtol=1e-13)


def test_a_signal_may_vanish_further_than_a_float_can_hold():
    model = MLP((2,) * 1201, "linear", bias=False)
    theta = [ld.learning.Layer(0.1 * np.eye(2), None) for _ in range(1200)]
    found = backward_norms(model, theta, np.zeros((1, 2)), np.ones((1, 2)))
    np.testing.assert_allclose(found.growth_rate(skip=3), np.log(0.1), rtol=1e-12)
    np.testing.assert_allclose(found.growth, np.log(0.1), rtol=1e-9)
    assert found.log_activations[0, 0] < -2700
    assert np.isneginf(found.log_weights).all()  # the input is zero


@given(
    widths=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    activation=ACTIVATION,
    seed=st.integers(0, 99),
)
def test_singular_values_are_those_of_the_whole_jacobian(widths, activation, seed):
    model, theta = net(tuple(widths), activation, seed)
    x = np.random.default_rng(seed).standard_normal((1, widths[0]))
    whole = ld.jacobian(lambda x: model(theta, x[None])[0])(x[0])
    exact = np.linalg.svd(whole, compute_uv=False)
    found = np.exp(jacobian_singular_values(model, theta, x)[0])
    np.testing.assert_allclose(found, exact, rtol=1e-8, atol=1e-12 * max(1.0, exact[0]))


def test_singular_values_of_an_ensemble_and_a_batch():
    model, theta = net((3, 4, 3), "tanh", ensemble=(2,))
    x = np.random.default_rng(3).standard_normal((2, 3))
    values = jacobian_singular_values(model, theta, x)
    assert values.shape == (2, 2, 3)
    single = [ld.learning.Layer(w[1], b[1]) for w, b in theta]
    exact = np.linalg.svd(ld.jacobian(lambda x: model(single, x[None])[0])(x[0]), compute_uv=False)
    np.testing.assert_allclose(np.exp(values[1, 0]), exact, rtol=1e-12)


def test_growth_along_all_directions_sums_to_the_logarithm_of_the_determinant():
    model, theta = net((4, 4, 4, 4), "tanh")
    x = np.random.default_rng(2).standard_normal((2, 4))
    found = jacobian_exponents(model, theta, x)
    assert found.growth.shape == (3, 2, 4)
    whole = ld.jacobian(lambda x: model(theta, x[None])[0])(x[1])
    assert found.growth[:, 1].sum() == pytest.approx(np.linalg.slogdet(whole)[1], rel=1e-12)


def test_relu_units_that_are_cut_off_give_exact_zeros():
    model = MLP((4, 4, 4), "relu", output_activation="relu", bias=False)
    theta = [ld.learning.Layer(np.eye(4), None)] * 2
    x = np.array([[1.0, 2.0, -1.0, -2.0]])
    assert jacobian_singular_values(model, theta, x)[0].tolist() == [0.0, 0.0, -np.inf, -np.inf]
    found = np.sort(jacobian_exponents(model, theta, x).growth.sum(axis=0)[0])
    assert np.isneginf(found[:2]).all() and np.isfinite(found[2:]).all()


def test_exponents_of_a_driven_net_are_those_of_its_steps():
    model, theta, x, _ = recurrent(time=30, batch=1, gain=1.0)
    found = jacobian_exponents(model, theta, x)
    states = model.hidden_states(theta, x)

    def last(h):
        return model.hidden_states(theta, x, initial=h[None])[-1, 0]

    befores = [np.zeros(6), *states[:-1, 0]]
    steps = [
        ld.jacobian(lambda h, t=t: model.step(theta, h[None], x[t])[0])(h)
        for t, h in enumerate(befores)
    ]
    logs = np.linalg.slogdet(np.array(steps))[1]
    np.testing.assert_allclose(found.growth[:, 0].sum(axis=-1), logs, rtol=1e-9, atol=1e-9)
    exact = np.linalg.norm(ld.jacobian(last)(np.zeros(6)), 2)
    assert jacobian_singular_values(model, theta, x)[0, 0] == pytest.approx(
        np.log(exact), rel=1e-10
    )


def test_the_gradient_of_a_loss_is_a_cotangent():
    model, theta = net((3, 4, 2), "tanh")
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((1, 3)), rng.standard_normal((1, 2))
    slope = ld.grad(lambda theta: half_squared_error(model(theta, x), y))(theta)
    cotangent = ld.grad(lambda out: half_squared_error(out, y))(model(theta, x))
    found = backward_norms(model, theta, x, cotangent)
    np.testing.assert_allclose(
        np.exp(found.log_weights[:, 0]),
        [np.linalg.norm(layer.weight) for layer in slope],
        rtol=1e-12,
    )


def test_errors_say_what_to_do():
    model, theta = net((3, 4, 2), "tanh")
    x = np.zeros((1, 3))
    with pytest.raises(TypeError, match="needs an MLP or an RNN, got str"):
        forward_norms("MLP", theta, x)
    with pytest.raises(TypeError, match="no initial state"):
        forward_norms(model, theta, x, initial=x)
    with pytest.raises(ValueError, match="cotangent has shape"):
        backward_norms(model, theta, x, np.ones((1, 3)))
    with pytest.raises(ValueError, match="not finite"):
        backward_norms(model, theta, x, np.full((1, 2), np.nan))
    with pytest.raises(ValueError, match="fewer than two"):
        backward_norms(model, theta, x, np.ones((1, 2))).growth_rate(skip=1)
    deep = MLP((1,) * 801, "linear", bias=False)
    wild = [ld.learning.Layer(np.full((1, 1), 10.0), None)] * 800
    with pytest.raises(ArithmeticError, match="layer 309 of 800"):
        forward_norms(deep, wild, np.ones((1, 1)))
