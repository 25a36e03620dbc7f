"""Convolutional layers: shifts, one-place kernels, ensembles, borders, messages."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import MLP, Tensor, check_grads, grad, mean_squared_error, ravel, square
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.learning import (
    ConvNet,
    Convolution,
    Layer,
    count_parameters,
    he_normal,
    orthogonal,
    scaled,
    standard_normal,
    xavier_normal,
)

RNG = np.random.default_rng(0)
SIGNAL = RNG.standard_normal((3, 2, 8))  # batch, channels, places
IMAGE = RNG.standard_normal((3, 2, 6, 5))
KERNELS = [(1,), (3,), (4,), (1, 1), (3, 3), (2, 3)]


def data(kernel):
    return SIGNAL if len(kernel) == 1 else IMAGE


def parameters(model, seed=1, ensemble=()):
    return model.init(np.random.default_rng(seed), ensemble=ensemble, initialiser=standard_normal)


def windows(x, w, b):
    """The equation, one place after the other, without padding."""
    lengths = w.shape[2:]
    sizes = [n - k + 1 for n, k in zip(x.shape[2:], lengths, strict=True)]
    y = np.empty((x.shape[0], w.shape[0], *sizes))
    for place in np.ndindex(*sizes):
        window = tuple(slice(i, i + k) for i, k in zip(place, lengths, strict=True))
        part = x[(slice(None), slice(None), *window)]
        y[(slice(None), slice(None), *place)] = (
            part.reshape(len(x), -1) @ w.reshape(len(w), -1).T + b
        )
    return y


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_layer_is_its_equation(kernel):
    model, x = Convolution(2, 4, kernel), data(kernel)
    theta = parameters(model)
    np.testing.assert_allclose(model(theta, x), windows(x, *theta), rtol=1e-12, atol=1e-13)
    assert isinstance(model(tree_map(Tensor, theta), x), Tensor)
    np.testing.assert_array_equal(model(theta, x.tolist()), model(theta, x))


@pytest.mark.parametrize("kernel", KERNELS)
@given(shift=st.integers(-9, 9), seed=st.integers(0, 1000))
def test_on_a_ring_a_shifted_input_gives_a_shifted_output(kernel, shift, seed):
    model, x = Convolution(2, 3, kernel, padding="circular"), data(kernel)
    theta = parameters(model, seed)
    for axis in range(-len(kernel), 0):
        np.testing.assert_allclose(
            model(theta, np.roll(x, shift, axis)),
            np.roll(model(theta, x), shift, axis),
            rtol=1e-12,
            atol=1e-13,
        )


def test_with_a_stride_shifts_by_multiples_of_it_are_kept_and_others_are_not():
    model = Convolution(2, 3, (3,), padding="circular", stride=2)
    theta = parameters(model)
    y = model(theta, SIGNAL)
    assert y.shape == (3, 3, 4)
    np.testing.assert_allclose(model(theta, np.roll(SIGNAL, 2, -1)), np.roll(y, 1, -1), rtol=1e-12)
    one = model(theta, np.roll(SIGNAL, 1, -1))
    assert all(not np.allclose(one, np.roll(y, shift, -1)) for shift in range(4))


@pytest.mark.parametrize("padding", ["valid", "same", 1])
def test_away_from_the_border_shifts_are_kept_under_every_padding(padding):
    model = Convolution(2, 3, (3,), padding=padding)
    theta = parameters(model)
    there, here = model(theta, np.roll(SIGNAL, 1, -1)), model(theta, SIGNAL)
    np.testing.assert_allclose(there[..., 3:-2], here[..., 2:-3], rtol=1e-12)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("padding", ["same", "circular"])
def test_both_keep_the_lengths_and_agree_away_from_the_border(kernel, padding):
    x, valid = data(kernel), Convolution(2, 3, kernel)
    model = Convolution(2, 3, kernel, padding=padding)
    theta = parameters(model)
    y = model(theta, x)
    assert y.shape == (3, 3, *x.shape[2:])
    interior = tuple(
        slice((k - 1) // 2, n - k // 2) for k, n in zip(kernel, x.shape[2:], strict=True)
    )
    np.testing.assert_allclose(y[(..., *interior)], valid(theta, x), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kernel", [(1,), (1, 1)])
@pytest.mark.parametrize("bias", [True, False])
def test_a_net_of_one_place_kernels_is_an_mlp_at_every_place(kernel, bias):
    net, mlp = ConvNet((2, 5, 3), kernel, "tanh", bias=bias), MLP((2, 5, 3), "tanh", bias=bias)
    theta = parameters(net)
    flat = [Layer(w.reshape(w.shape[:2]).T, b if b is None else b.reshape(1, -1)) for w, b in theta]
    x = data(kernel)
    np.testing.assert_allclose(
        np.moveaxis(net(theta, x), 1, -1), mlp(flat, np.moveaxis(x, 1, -1)), rtol=1e-12, atol=1e-13
    )


@pytest.mark.parametrize("kernel", [(3,), (3, 2)])
@given(shift=st.integers(-9, 9))
def test_a_readout_of_the_mean_over_places_does_not_see_shifts(kernel, shift):
    model, x = ConvNet((2, 4, 4), kernel, outputs=3), data(kernel)
    theta = parameters(model)
    y = model(theta, x)
    assert y.shape == (3, 3)
    np.testing.assert_allclose(model(theta, np.roll(x, shift, -1)), y, rtol=1e-11, atol=1e-12)


def test_the_readout_is_the_mean_of_the_active_maps_through_an_affine_layer():
    model = ConvNet((2, 4, 4), (3,), outputs=3)
    theta = parameters(model)
    maps = np.maximum(ConvNet((2, 4, 4), (3,))(theta[:2], SIGNAL), 0)
    expected = maps.mean(axis=-1) @ theta[2].weight + theta[2].bias
    np.testing.assert_allclose(model(theta, SIGNAL), expected, rtol=1e-12)


@pytest.mark.parametrize("kernel", [(2,), (2, 2)])
@pytest.mark.parametrize("own_input", [False, True])
def test_an_ensemble_is_its_members_one_by_one(kernel, own_input):
    model = ConvNet((2, 4, 3), kernel, "tanh", outputs=2, padding="same")
    theta, x = parameters(model, ensemble=(2, 3)), data(kernel)
    if own_input:
        x = np.random.default_rng(1).standard_normal((2, 3, *x.shape))
    together = model(theta, x)

    def total(theta):
        return square(model(theta, x)).sum()

    slopes = grad(total)(theta)
    for i in np.ndindex(2, 3):
        member, own = tree_map(lambda leaf, i=i: leaf[i], theta), x[i] if own_input else x
        np.testing.assert_allclose(together[i], model(member, own), rtol=1e-13, atol=1e-13)
        alone = grad(lambda theta, own=own: square(model(theta, own)).sum())(member)
        for a, b in zip(leaves(slopes), leaves(alone), strict=True):
            np.testing.assert_allclose(a[i], b, rtol=1e-11, atol=1e-12)


def test_one_kernel_may_serve_many_batches():
    model = Convolution(2, 3, (3,))
    theta = parameters(model)
    many = RNG.standard_normal((4, 3, 2, 8))
    for x, y in zip(many, model(theta, many), strict=True):
        np.testing.assert_allclose(y, model(theta, x), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("padding", ["valid", "same", "circular", 2])
def test_gradients_agree_with_finite_differences(padding):
    model = ConvNet((1, 2, 1), (2,), "tanh", outputs=1, padding=padding)
    x, y = RNG.standard_normal((2, 1, 4)), RNG.standard_normal((2, 1))
    check_grads(
        lambda theta, x: mean_squared_error(model(theta, x), y), parameters(model), x, directions=2
    )


def test_gradients_of_an_ensemble_on_images_agree_with_finite_differences():
    model = Convolution(2, 1, (2, 2), padding="circular", stride=2)
    theta = parameters(model, ensemble=(2,))
    check_grads(lambda theta: square(model(theta, IMAGE[:1])), theta, directions=2)


# --- initial kernels -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "initialiser, variance",
    [
        (he_normal, 2 / (4 * 15)),
        (xavier_normal, 2 / (15 * (4 + 6))),
        (scaled(xavier_normal, 3.0), 9 * 2 / (15 * (4 + 6))),
        (partial(xavier_normal), 2 / (15 * (4 + 6))),
        (standard_normal, 1.0),
    ],
)
def test_fans_count_the_places_of_the_kernel(initialiser, variance):
    """fan_in = in channels times places, and for Xavier fan_out = out channels times places."""
    model = Convolution(4, 6, (3, 5))
    theta = model.init(np.random.default_rng(0), ensemble=(100,), initialiser=initialiser)
    assert theta.weight.shape == (100, 6, 4, 3, 5)
    assert theta.bias.shape == (100, 1, 6)
    assert np.var(theta.weight) == pytest.approx(variance, rel=4 * np.sqrt(2 / theta.weight.size))


def test_an_orthogonal_kernel_has_orthonormal_filters():
    theta = Convolution(4, 6, (3,)).init(np.random.default_rng(0), initialiser=orthogonal)
    filters = theta.weight.reshape(6, 12)
    np.testing.assert_allclose(filters @ filters.T, np.eye(6), atol=1e-13)


def test_he_kernels_keep_the_mean_square_on_a_ring_on_average():
    model = ConvNet((8,) * 5, (3,), "relu")
    x = np.random.default_rng(0).standard_normal((1, 8, 16))
    theta = model.init(np.random.default_rng(1), ensemble=(500,))
    q = [np.mean(x**2)]
    for depth in range(1, 5):
        maps = ConvNet((8,) * (depth + 1), (3,), "relu")(theta[:depth], x)
        samples = np.mean(maps**2, axis=(-3, -2, -1))
        q.append(np.mean(samples))
        error = np.std(samples) / np.sqrt(500)
        assert abs(q[-1] - 2 * q[0]) < 4 * error


# --- description and bad input ---------------------------------------------------------------


def test_models_count_and_describe_their_parameters():
    assert Convolution(2, 4, (3, 3)).parameter_count == 2 * 4 * 9 + 4
    for model in (
        ConvNet((1, 8, 4), (3, 3), outputs=10),
        ConvNet((1, 8), (5,), bias=False),
        ConvNet((3, 2), (1,), outputs=1, bias=False),
    ):
        theta = model.init(np.random.default_rng(0))
        assert model.parameter_count == count_parameters(theta) == ravel(theta)[0].size
    assert ConvNet((1, 8, 4), (3, 3), outputs=10).summary().splitlines() == [
        "ConvNet((1, 8, 4), (3, 3), 'relu', outputs=10, padding='circular')",
        "layer          weight        bias     parameters",
        "0 convolution  (8, 1, 3, 3)  (1, 8)           80",
        "1 convolution  (4, 8, 3, 3)  (1, 4)          292",
        "2 readout      (4, 10)       (1, 10)          50",
        "total                                        422",
    ]
    model = ConvNet((1, 2), (3,), bias=False, stride=2, padding=0)
    assert repr(model) == "ConvNet((1, 2), (3,), 'relu', padding=0, stride=2, bias=False)"
    assert repr(Convolution(2, 4, (3,))).startswith("Convolution(channels_in=2, channels_out=4")


def test_the_same_seed_gives_the_same_parameters():
    model = ConvNet((1, 2, 2), (3,), outputs=1)
    for a, b in zip(leaves(parameters(model)), leaves(parameters(model)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_bad_input_says_what_is_wrong():
    layer, net = Convolution(2, 4, (3,)), ConvNet((2, 4), (3,), outputs=1)
    theta, thetas = parameters(layer), parameters(net)
    cases = {
        r"Convolution: needs positive channels in, channels out and stride, got \(0, 1, 1\)": (
            lambda: Convolution(0, 1, (3,))
        ),
        r"Convolution: needs .* got \(1, 1, 0\)": lambda: Convolution(1, 1, (3,), stride=0),
        r"Convolution: needs a kernel of one or two positive lengths.* got 3": (
            lambda: Convolution(1, 1, 3)
        ),
        r"Convolution: needs a kernel .* got \(3, 3, 3\)": lambda: Convolution(1, 1, (3, 3, 3)),
        r"ConvNet: needs a kernel .* got \(0,\)": lambda: ConvNet((1, 1), (0,)),
        r"Convolution: unknown padding 'full'\. Choose from \['valid', 'same', 'circular'\]": (
            lambda: Convolution(1, 1, (3,), padding="full")
        ),
        r"ConvNet: unknown padding -1\.": lambda: ConvNet((1, 1), (3,), padding=-1),
        r"ConvNet: unknown padding True\.": lambda: ConvNet((1, 1), (3,), padding=True),
        r"ConvNet: unknown padding \(1, 1\)\.": lambda: ConvNet((1, 1), (3,), padding=(1, 1)),
        r"ConvNet: needs two or more positive numbers of channels, got \(1,\)": (
            lambda: ConvNet((1,), (3,))
        ),
        r"ConvNet: needs a positive number of outputs, got \(0,\)": (
            lambda: ConvNet((1, 1), (3,), outputs=0)
        ),
        r"ConvNet: needs a positive stride, got \(0,\)": lambda: ConvNet((1, 1), (3,), stride=0),
        r"ConvNet: unknown activation 'swish'": lambda: ConvNet((1, 1), (3,), "swish"),
        r"Convolution: the input has shape \(3, 1, 8\), expected \(\.\.\., batch, 2 channels, 1": (
            lambda: layer(theta, SIGNAL[:, :1])
        ),
        r"Convolution: the input has shape \(2, 8\)": lambda: layer(theta, SIGNAL[0]),
        r"layer of theta: the weight has shape \(4, 2\), expected \(\.\.\., 4, 2, 3\)": (
            lambda: layer(Layer(theta.weight[..., 0], theta.bias), SIGNAL)
        ),
        r"Convolution: layer of theta: the bias has shape \(4, 1\), expected \(\.\.\., 1, 4\)": (
            lambda: layer(Layer(theta.weight, theta.bias.T), SIGNAL)
        ),
        r"ConvNet: \(2, 4\) has 2 layers, got 1": lambda: net(thetas[:1], SIGNAL),
        r"ConvNet: layer 1: the weight has shape \(1, 4\), expected \(\.\.\., 4, 1\)": lambda: net(
            [thetas[0], Layer(thetas[1].weight.T, thetas[1].bias)], SIGNAL
        ),
        r"conv1d: .*a kernel of lengths \(3,\).*does not fit": lambda: layer(
            theta, SIGNAL[..., :2]
        ),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
