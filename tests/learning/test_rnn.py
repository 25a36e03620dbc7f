"""The simple recurrent network: a loop, its derivative through time, and a map of its state."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import MLP, Tensor, check_grads, grad, jacobian, mean_squared_error, ravel, simulate
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.learning import (
    RNN,
    Layer,
    RNNParameters,
    count_parameters,
    orthogonal,
    standard_normal,
)

MODEL = RNN(2, 4, 3)
RNG = np.random.default_rng(0)
X = RNG.standard_normal((6, 5, 2))  # time, batch, features
H0 = RNG.standard_normal((5, 4))


def parameters(model=MODEL, seed=1, ensemble=(), gain=0.5):
    return model.init(
        np.random.default_rng(seed), ensemble=ensemble, gain=gain, initialiser=standard_normal
    )


def by_hand(theta, x, h):
    """The two equations, with plain NumPy."""
    u, w, b, v, c = theta
    states = []
    for frame in x:
        h = np.tanh(frame @ u + h @ w + b)
        states.append(h)
    return np.array([h @ v + c for h in states]), np.array(states)


@given(seed=st.integers(0, 1000), length=st.integers(1, 6))
def test_the_network_is_its_loop(seed, length):
    theta = parameters(seed=seed)
    outputs, states = MODEL(theta, X[:length], initial=H0, return_hidden=True)
    expected_outputs, expected_states = by_hand(theta, X[:length], H0)
    np.testing.assert_allclose(states, expected_states, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(outputs, expected_outputs, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(MODEL(theta, X[:length], initial=H0), outputs)


def test_steps_one_by_one_are_the_network():
    theta, h = parameters(), H0
    states = MODEL.hidden_states(theta, X, initial=H0)
    for t, frame in enumerate(X):
        h = MODEL.step(theta, h, frame)
        np.testing.assert_array_equal(h, states[t])


def test_it_starts_from_zero_and_may_be_stopped_and_resumed():
    theta = parameters()
    outputs, states = MODEL(theta, X, return_hidden=True)
    np.testing.assert_array_equal(MODEL(theta, X, initial=np.zeros((5, 4))), outputs)
    rest = MODEL(theta, X[3:], initial=states[2])
    np.testing.assert_allclose(rest, outputs[3:], rtol=1e-14, atol=1e-14)


def test_the_past_does_not_see_the_future():
    theta, later = parameters(), X.copy()
    later[4] += 1.0
    a, b = MODEL(theta, X), MODEL(theta, later)
    np.testing.assert_array_equal(a[:4], b[:4])
    assert np.all(np.any(a[4:] != b[4:], axis=-1))


def test_without_recurrent_weights_it_is_a_net_with_one_hidden_layer():
    theta = parameters()._replace(recurrent_weight=np.zeros((4, 4)))
    net = [Layer(theta.input_weight, theta.bias), Layer(theta.output_weight, theta.output_bias)]
    np.testing.assert_allclose(
        MODEL(theta, X, initial=H0), MLP((2, 4, 3), "tanh")(net, X), rtol=1e-14, atol=1e-14
    )


def test_gradients_through_time_agree_with_finite_differences():
    model = RNN(1, 3, 1)
    target = np.random.default_rng(3).standard_normal((4, 2, 1))

    def loss(theta, x, h):
        return mean_squared_error(model(theta, x, initial=h), target)

    check_grads(loss, parameters(model), X[:4, :2, :1].copy(), H0[:2, :3].copy(), directions=2)


def test_the_gradient_through_time_is_the_sum_that_is_written_in_textbooks():
    """dL/dW = sum_t h_{t-1}' d_t, with d_t = (e_t V' + d_{t+1} W') phi'_t (Werbos, 1990)."""
    theta = parameters()
    outputs, states = by_hand(theta, X, H0)
    slopes = {}
    later = np.zeros((5, 4))
    for t in reversed(range(6)):
        later = (outputs[t] @ theta.output_weight.T + later) * (1 - states[t] ** 2)
        slopes[t] = later
        later = later @ theta.recurrent_weight.T
    before = [H0, *states[:-1]]
    expected = sum(before[t].T @ slopes[t] for t in range(6))
    gradient = grad(lambda theta: 0.5 * (MODEL(theta, X, initial=H0) ** 2).sum())(theta)
    np.testing.assert_allclose(gradient.recurrent_weight, expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(
        gradient.bias, sum(slopes.values()).sum(axis=0, keepdims=True), rtol=1e-11, atol=1e-12
    )


@pytest.mark.parametrize("model", [MODEL, RNN(2, 4, 3, "softplus", bias=False)])
@pytest.mark.parametrize("own_input", [False, True])
def test_an_ensemble_is_its_members_one_by_one(model, own_input):
    theta = parameters(model, ensemble=(2, 3))
    x = np.random.default_rng(4).standard_normal((2, 3, 6, 5, 2)) if own_input else X
    outputs, states = model(theta, x, initial=H0, return_hidden=True)
    assert states.shape == (2, 3, 6, 5, 4)
    for i in np.ndindex(2, 3):
        member = tree_map(lambda leaf, i=i: leaf[i], theta)
        alone = model(member, x[i] if own_input else x, initial=H0, return_hidden=True)
        np.testing.assert_allclose(outputs[i], alone[0], rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(states[i], alone[1], rtol=1e-13, atol=1e-13)


# --- the state map ---------------------------------------------------------------------------


def test_the_jacobian_of_the_state_map_is_slope_times_weight():
    """dh'_j / dh_i = phi'_j W_ij: in column convention, diag(phi') W'."""
    theta = parameters()
    drive, h = X[0, :1], H0[0]
    step = MODEL.state_map(theta, drive)
    slope = 1 - step(h) ** 2
    expected = slope[:, None] * theta.recurrent_weight.T
    np.testing.assert_allclose(jacobian(step)(h), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("ensemble, batch", [((), 1), ((), 5), ((3,), 5)])
def test_iterating_the_state_map_is_the_network_under_a_constant_input(ensemble, batch):
    theta = parameters(ensemble=ensemble)
    drive = X[0, :batch]
    start = np.zeros((*ensemble, batch, 4))
    run = simulate(MODEL.state_map(theta, drive), start.ravel(), 6)
    states = MODEL.hidden_states(theta, np.broadcast_to(drive, (6, batch, 2)))
    for t in range(6):
        np.testing.assert_allclose(
            run.states[t + 1].reshape(start.shape), states[..., t, :, :], rtol=1e-13, atol=1e-14
        )


@pytest.mark.parametrize("gain, alive", [(0.5, False), (2.0, True)])
def test_the_undriven_network_dies_below_gain_one_and_lives_above(gain, alive):
    model = RNN(1, 100, 1)
    theta = model.init(np.random.default_rng(0), gain=gain)
    start = np.random.default_rng(1).standard_normal(100)
    final = simulate(model.state_map(theta), start, 200).final_state
    assert (np.sqrt(np.mean(final**2)) > 0.1) == alive
    if not alive:
        assert np.max(np.abs(final)) < 1e-20


def test_recurrent_weights_have_variance_gain_squared_over_units():
    theta = RNN(3, 100, 2).init(np.random.default_rng(0), ensemble=(10,), gain=1.5)
    w = theta.recurrent_weight
    assert np.var(w) == pytest.approx(1.5**2 / 100, rel=4 * np.sqrt(2 / w.size))
    assert np.var(theta.input_weight) == pytest.approx(1 / 3, rel=4 * np.sqrt(2 / 3000))
    radius = np.max(np.abs(np.linalg.eigvals(w)), axis=-1)  # the circular law
    assert np.mean(radius) == pytest.approx(1.5, rel=0.1)


def test_an_orthogonal_linear_network_forgets_nothing():
    model = RNN(1, 8, 1, "linear", bias=False)
    theta = model.init(np.random.default_rng(0), recurrent_initialiser=orthogonal)
    h = np.random.default_rng(1).standard_normal((3, 8))
    states = model.hidden_states(theta, np.zeros((50, 3, 1)), initial=h)
    lengths = np.linalg.norm(states, axis=-1)
    np.testing.assert_allclose(
        lengths, np.broadcast_to(np.linalg.norm(h, axis=-1), (50, 3)), rtol=1e-13
    )


# --- description and bad input ---------------------------------------------------------------


def test_it_counts_and_describes_its_parameters():
    assert MODEL.parameter_count == 2 * 4 + 4 * 4 + 4 + 4 * 3 + 3
    for model in (MODEL, RNN(2, 4, 3, bias=False)):
        theta = model.init(np.random.default_rng(0))
        assert model.parameter_count == count_parameters(theta) == ravel(theta)[0].size
    assert repr(MODEL) == "RNN(2, 4, 3, 'tanh')"
    assert repr(RNN(2, 4, 3, np.tanh, bias=False)) == "RNN(2, 4, 3, 'tanh', bias=False)"
    assert MODEL.summary().splitlines()[1:] == [
        "layer           weight  bias    parameters",
        "input           (2, 4)  -                8",
        "recurrent tanh  (4, 4)  (1, 4)          20",
        "output          (4, 3)  (1, 3)          15",
        "total                                   43",
    ]


def test_the_same_seed_gives_the_same_parameters():
    for a, b in zip(leaves(parameters()), leaves(parameters()), strict=True):
        np.testing.assert_array_equal(a, b)
    assert isinstance(MODEL(tree_map(Tensor, parameters()), X), Tensor)
    np.testing.assert_array_equal(MODEL(parameters(), X.tolist()), MODEL(parameters(), X))


def test_bad_input_says_what_is_wrong():
    theta = parameters()
    bare = RNN(2, 4, 3, bias=False)
    cases = {
        r"RNN: needs positive numbers of inputs, hidden units and outputs, got \(2, 0, 1\)": (
            lambda: RNN(2, 0, 1)
        ),
        r"RNN: unknown activation 'swish'": lambda: RNN(2, 4, 1, "swish"),
        r"RNN: the input has shape \(6, 5, 3\); its last axis must hold 2 features": lambda: MODEL(
            theta, np.ones((6, 5, 3))
        ),
        r"RNN: the input has shape \(5, 2\); .* it needs 3 axes or more": lambda: MODEL(
            theta, X[0]
        ),
        r"RNN: the input has shape \(2,\); .* it needs 2 axes": lambda: MODEL.step(
            theta, H0, X[0, 0]
        ),
        r"RNN: the input has shape \(0, 5, 2\), without a time step": lambda: MODEL(theta, X[:0]),
        r"RNN: the hidden state has shape \(5, 3\), expected \(\.\.\., batch, 4\)": lambda: MODEL(
            theta, X, initial=H0[:, :3]
        ),
        r"RNN: the hidden state has shape \(4,\)": lambda: MODEL.step(theta, H0[0], X[0]),
        r"RNN: theta must be RNNParameters, got list": lambda: MODEL([1, 2], X),
        r"RNN: input_weight has shape \(4, 2\), expected \(\.\.\., 2, 4\)": lambda: MODEL(
            theta._replace(input_weight=theta.input_weight.T), X
        ),
        r"RNN: recurrent_weight has shape \(4, 3\), expected \(\.\.\., 4, 4\)": lambda: MODEL(
            theta._replace(recurrent_weight=theta.recurrent_weight[:, :3]), X
        ),
        r"RNN: bias has shape \(5, 4\), expected \(\.\.\., 1, 4\)": lambda: MODEL.step(
            theta._replace(bias=np.ones((5, 4))), H0, X[0]
        ),
        r"RNN: output_weight has shape \(3, 4\)": lambda: MODEL(
            theta._replace(output_weight=theta.output_weight.T), X
        ),
        r"RNN: output_bias has shape none, expected \(\.\.\., 1, 3\)": lambda: MODEL.state_map(
            theta._replace(output_bias=None)
        ),
        r"RNN: bias has shape \(1, 4\), expected none, since the model has bias=False": (
            lambda: bare(RNNParameters(*theta), X)
        ),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
