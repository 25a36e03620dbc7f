"""The multilayer perceptron: its equation, its traces, its ensembles, its messages."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import (
    MLP,
    GradientDescent,
    Tensor,
    check_grads,
    cos,
    grad,
    mean_squared_error,
    ravel,
    simulate,
    training_map,
)
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.learning import (
    ACTIVATIONS,
    Layer,
    count_parameters,
    deep_linear_network,
    he_normal,
    standard_normal,
)

SMOOTH = sorted(set(ACTIVATIONS) - {"relu", "leaky_relu"})
X = np.random.default_rng(0).standard_normal((4, 2))
Y = np.random.default_rng(1).standard_normal((4, 2))


def parameters(model, seed=1, ensemble=()):
    """Weights and biases that are all different from zero, if the model has them."""
    return model.init(np.random.default_rng(seed), ensemble=ensemble, initialiser=standard_normal)


@pytest.mark.parametrize("activation", [*SMOOTH, cos])
def test_gradients_agree_with_finite_differences(activation):
    model = MLP((2, 3, 2), activation)
    check_grads(lambda theta: mean_squared_error(model(theta, X), Y), parameters(model))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_gradients_agree_with_finite_differences_away_from_kinks(activation):
    model = MLP((2, 3, 2), activation)
    theta = parameters(model)
    assert np.min(np.abs(model.trace(theta, X).preactivations[0])) > 1e-3
    check_grads(lambda theta: mean_squared_error(model(theta, X), Y), theta)


def test_gradients_without_biases_and_with_an_output_activation_agree_with_finite_differences():
    model = MLP((2, 3, 2), "tanh", output_activation="sigmoid", bias=False)
    check_grads(lambda theta: mean_squared_error(model(theta, X), Y), parameters(model))


def test_the_net_is_its_equation():
    model = MLP((2, 5, 3, 1), "tanh", output_activation="softplus")
    (w1, b1), (w2, b2), (w3, b3) = theta = parameters(model)
    by_hand = np.logaddexp(0, np.tanh(np.tanh(X @ w1 + b1) @ w2 + b2) @ w3 + b3)
    np.testing.assert_allclose(model(theta, X), by_hand, rtol=1e-14)
    assert isinstance(model(tree_map(Tensor, theta), X), Tensor)
    np.testing.assert_array_equal(model(theta, X.tolist()), model(theta, X))


@given(seed=st.integers(0, 1000), name=st.sampled_from(sorted(ACTIVATIONS)), bias=st.booleans())
def test_a_trace_holds_what_each_layer_did_to_the_bit(seed, name, bias):
    """h_l = x_{l-1} W_l + b_l and x_l = phi(h_l); the last x is the output."""
    model = MLP((2, 4, 3, 2), name, output_activation="sin", bias=bias)
    theta = parameters(model, seed)
    trace = model.trace(theta, X)
    assert [h.shape for h in trace.preactivations] == [(4, 4), (4, 3), (4, 2)]
    assert trace.activations[0] is X
    for l, layer in enumerate(theta):
        h = trace.activations[l] @ layer.weight
        np.testing.assert_array_equal(trace.preactivations[l], h + layer.bias if bias else h)
        phi = ACTIVATIONS["sin" if l == 2 else name]
        np.testing.assert_array_equal(trace.activations[l + 1], phi(trace.preactivations[l]))
    np.testing.assert_array_equal(trace.activations[-1], model(theta, X))


def test_the_gradient_with_respect_to_every_layer_comes_from_a_trace():
    """The chain rule by hand: g_{l-1} = phi'(h_{l-1}) (g_l W_l')."""
    model = MLP((2, 3, 4, 1), "tanh")
    theta = parameters(model)
    trace = model.trace(theta, X)
    slope = np.ones((4, 1))
    for layer, h in zip(theta[:0:-1], trace.preactivations[-2::-1], strict=True):
        slope = (slope @ layer.weight.T) * (1 - np.tanh(h) ** 2)
    np.testing.assert_allclose(
        grad(lambda b: model([Layer(theta[0].weight, b), *theta[1:]], X).sum())(theta[0].bias),
        slope.sum(axis=0, keepdims=True),
        rtol=1e-13,
    )


@pytest.mark.parametrize("model", [MLP((2, 3, 1)), MLP((2, 4, 4, 2), "gelu", bias=False)])
@given(seed=st.integers(0, 1000))
def test_an_ensemble_is_its_members_one_by_one(model, seed):
    theta = parameters(model, seed, ensemble=(2, 3))
    together = model(theta, X)
    traced = model.trace(theta, X).preactivations
    for i in np.ndindex(2, 3):
        member = tree_map(lambda leaf, i=i: leaf[i], theta)
        np.testing.assert_allclose(together[i], model(member, X), rtol=1e-13, atol=1e-13)
        for all_nets, one in zip(traced, model.trace(member, X).preactivations, strict=True):
            np.testing.assert_allclose(all_nets[i], one, rtol=1e-13, atol=1e-13)


def test_each_net_of_an_ensemble_may_have_its_own_batch():
    model = MLP((2, 3, 1))
    theta = parameters(model, ensemble=(3,))
    batches = np.random.default_rng(2).standard_normal((3, 5, 2))
    for i, out in enumerate(model(theta, batches)):
        member = tree_map(lambda leaf, i=i: leaf[i], theta)
        np.testing.assert_allclose(out, model(member, batches[i]), rtol=1e-13)


def test_a_deep_linear_network_is_the_product_of_its_weights():
    model = deep_linear_network((2, 5, 4, 3))
    theta = parameters(model)
    assert all(layer.bias is None for layer in theta)
    product = theta[0].weight @ theta[1].weight @ theta[2].weight
    np.testing.assert_allclose(model(theta, X), X @ product, rtol=1e-13)
    a, b = X[:1], X[1:2]
    np.testing.assert_allclose(
        model(theta, 2 * a - 3 * b), 2 * model(theta, a) - 3 * model(theta, b), rtol=1e-12
    )


@given(factor=st.floats(0.1, 10), seed=st.integers(0, 1000))
def test_a_relu_net_without_biases_is_homogeneous_in_its_input_and_in_each_layer(factor, seed):
    model = MLP((2, 6, 5, 2), "relu", bias=False)
    theta = parameters(model, seed)
    expected = factor * model(theta, X)
    np.testing.assert_allclose(model(theta, factor * X), expected, rtol=1e-12, atol=1e-12)
    larger = [theta[0], Layer(factor * theta[1].weight, None), theta[2]]
    np.testing.assert_allclose(model(larger, X), expected, rtol=1e-12, atol=1e-12)


def test_permuting_hidden_units_does_not_change_the_function():
    model = MLP((2, 6, 1), "erf")
    first, second = parameters(model)
    p = np.random.default_rng(3).permutation(6)
    permuted = [Layer(first.weight[:, p], first.bias[:, p]), Layer(second.weight[p], second.bias)]
    np.testing.assert_allclose(model(permuted, X), model([first, second], X), rtol=1e-13)


def test_parameters_without_biases_travel_through_a_flat_vector_and_train():
    """None is an empty branch of the tree: it takes no place in the state."""
    model = MLP((2, 4, 1), bias=False)
    theta = model.init(np.random.default_rng(0))
    z, unravel = ravel(theta)
    assert z.shape == (12,) == (model.parameter_count,)
    np.testing.assert_array_equal(model(unravel(z), X), model(theta, X))
    target = X[:, :1] * X[:, 1:]
    training = training_map(
        lambda theta: mean_squared_error(model(theta, X), target), GradientDescent(0.1), theta
    )
    run = simulate(training, training.initial_state, 200)
    losses = [training.loss(training.parameters(z)) for z in run.states[[0, -1]]]
    assert losses[1] < 0.5 * losses[0]


def test_leaving_biases_out_keeps_the_weights_of_the_draw():
    with_biases = MLP((2, 3, 1)).init(np.random.default_rng(5))
    without = MLP((2, 3, 1), bias=False).init(np.random.default_rng(5))
    for a, b in zip(with_biases, without, strict=True):
        np.testing.assert_array_equal(a.weight, b.weight)


# --- description -----------------------------------------------------------------------------


@given(widths=st.lists(st.integers(1, 9), min_size=2, max_size=5), bias=st.booleans())
def test_the_count_of_parameters_is_the_length_of_the_state(widths, bias):
    model = MLP(tuple(widths), bias=bias)
    theta = model.init(np.random.default_rng(0))
    assert model.parameter_count == count_parameters(theta) == ravel(theta)[0].size
    assert model.parameter_count == sum(leaf.size for leaf in leaves(theta))
    last = model.summary().splitlines()[-1]
    assert last.split() == ["total", str(model.parameter_count)]


def test_an_ensemble_holds_so_many_times_the_parameters():
    model = MLP((2, 8, 1))
    theta = model.init(np.random.default_rng(0), ensemble=(7,))
    assert count_parameters(theta) == 7 * model.parameter_count == 7 * 33
    assert count_parameters({"a": 1.0, "b": [2.0, Tensor([1.0, 2.0])]}) == 4


def test_a_summary_is_a_table_of_the_layers():
    assert MLP((2, 8, 1)).summary().splitlines() == [
        "MLP((2, 8, 1), 'tanh')",
        "layer     weight  bias    parameters",
        "0 tanh    (2, 8)  (1, 8)          24",
        "1 linear  (8, 1)  (1, 1)           9",
        "total                             33",
    ]


def test_what_is_printed_does_not_depend_on_addresses_in_memory():
    def swish(x):
        return x / (1 + np.exp(-x))

    model = MLP((2, 1), swish, output_activation="sin", bias=False)
    assert repr(model) == "MLP((2, 1), 'swish', output_activation='sin', bias=False)"
    assert "0x" not in model.summary()
    assert MLP((np.int64(2), 1)) == MLP([2, 1])


# --- bad input -------------------------------------------------------------------------------


def changed(theta, i, layer):
    return [*theta[:i], layer, *theta[i + 1 :]]


def test_misshapen_parameters_name_the_layer_and_both_shapes():
    model = MLP((2, 3, 1))
    theta = parameters(model)
    (w0, b0), (w1, b1) = theta
    bare = MLP((2, 3, 1), bias=False)
    cases = [
        (
            model,
            0,
            Layer(w0.T, b0),
            "MLP: layer 0: the weight has shape (3, 2), expected (..., 2, 3)",
        ),
        (model, 1, Layer(w1[:, 0], b1), "layer 1: the weight has shape (3,), expected (..., 3, 1)"),
        (
            model,
            1,
            Layer(3.0, b1),
            "layer 1: the weight has shape none (float), expected (..., 3, 1)",
        ),
        # One that would broadcast in silence, over the batch:
        (
            model,
            0,
            Layer(w0, np.ones((4, 3))),
            "layer 0: the bias has shape (4, 3), expected (..., 1, 3)",
        ),
        (
            model,
            0,
            Layer(w0, np.ones((1, 1))),
            "layer 0: the bias has shape (1, 1), expected (..., 1, 3)",
        ),
        (model, 0, Layer(w0, None), "layer 0: the bias has shape none, expected (..., 1, 3)"),
        (
            model,
            0,
            Layer(w0, 1.0),
            "layer 0: the bias has shape none (float), expected (..., 1, 3)",
        ),
        (model, 1, w1, "layer 1 must be a pair Layer(weight, bias), got ndarray"),
        (model, 1, None, "layer 1 must be a pair Layer(weight, bias), got NoneType"),
        (
            bare,
            0,
            Layer(w0, b0),
            "layer 0: the bias has shape (1, 3), expected none, since the model has bias=False",
        ),
    ]
    for described, i, layer, message in cases:
        given_theta = changed(theta, i, layer)
        for call in (described, described.trace):
            with pytest.raises(ValueError, match=re.escape(message)) as caught:
                call(given_theta, X)
            assert "Take theta from the model's own init" in str(caught.value)


def test_a_vector_is_a_bias_too():
    model = MLP((2, 3))
    ((w, b),) = theta = parameters(model)
    np.testing.assert_array_equal(model([Layer(w, b[0])], X), model(theta, X))


def test_bad_descriptions_say_what_is_wrong():
    cases = {
        r"MLP: needs two or more positive widths, got \(\)": lambda: MLP(()),
        r"MLP: needs two or more positive widths, got \(2\.5, 1\)": lambda: MLP((2.5, 1)),
        r"MLP: unknown activation 'swish'\. Choose from \['erf', 'gelu'": lambda: MLP(
            (2, 1), "swish"
        ),
        r"MLP: unknown activation 3\. .*or pass a function": lambda: MLP((2, 1), 3),
        r"MLP: unknown activation 'x'": lambda: MLP((2, 1), output_activation="x"),
        r"MLP: the input has shape \(\); its last axis must hold 2 features": lambda: MLP((2, 1))(
            parameters(MLP((2, 1))), 1.0
        ),
        r"MLP: the input has shape \(4, 2\); its last axis must hold 3": lambda: MLP((3, 1)).trace(
            parameters(MLP((3, 1))), X
        ),
        r"MLP: \(2, 1\) has 1 layers, got 0": lambda: MLP((2, 1))([], X),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_a_model_is_plain_immutable_data():
    model = MLP((2, 3, 1), "relu", bias=False)
    assert model == MLP((2, 3, 1), "relu", bias=False)
    assert hash(model) == hash(MLP((2, 3, 1), "relu", bias=False))
    with pytest.raises(AttributeError):
        model.bias = True
    theta = model.init(np.random.default_rng(0), initialiser=he_normal)
    before = [leaf.copy() for leaf in leaves(theta)]
    grad(lambda theta: model(theta, X).sum())(theta)
    for leaf, old in zip(leaves(theta), before, strict=True):
        np.testing.assert_array_equal(leaf, old)
