"""Laws of convolution: the sum written out, its adjoints, and what special kernels do."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn.autodiff import TABLE, Tensor, check_grads, grad, hvp, jvp, tanh, vjp
from learndyn.autodiff.rules.convolution import conv1d, conv2d

from .cases.convolution import geometries
from .cases.drawing import values

RNG = np.random.default_rng(0)
X1, W1 = RNG.standard_normal((2, 3, 9)), RNG.standard_normal((4, 3, 3))
X2, W2 = RNG.standard_normal((2, 3, 6, 5)), RNG.standard_normal((4, 3, 3, 2))


def written_out(x, w, stride, padding, dilation, groups):
    """The defining sum, in loops over every index."""
    x = np.pad(x, ((0, 0), (0, 0), *padding))
    outputs, channels, *kernel = w.shape
    places = [
        range(0, n - d * (k - 1), s)
        for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True)
    ]
    y = np.zeros((x.shape[0], outputs, *map(len, places)))
    for n, o in np.ndindex(y.shape[:2]):
        first = o // (outputs // groups) * channels
        for place in np.ndindex(y.shape[2:]):
            for c, offset in product(range(channels), np.ndindex(*kernel)):
                at = tuple(
                    r[i] + k * d for r, i, k, d in zip(places, place, offset, dilation, strict=True)
                )
                y[n, o, *place] += w[o, c, *offset] * x[n, first + c, *at]
    return y


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data())
def test_convolution_is_the_sum_in_its_definition(axes, data):
    x_shape, w_shape, window = data.draw(geometries(axes))
    x, w = data.draw(values(x_shape)), data.draw(values(w_shape))
    options = {"stride": window.stride, "dilation": window.dilation, "groups": window.groups}
    ours = (conv1d, conv2d)[axes - 1](x, w, padding=window.padding, **options)
    theirs = written_out(x, w, padding=window.padding, **options)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-13)


@given(data=st.data())
@settings(max_examples=30)
def test_one_channel_is_numpys_convolution_with_the_kernel_flipped(data):
    x, w = data.draw(values((7,))), data.draw(st.integers(1, 7).flatmap(lambda k: values((k,))))
    for mode, padding in (("valid", 0), ("full", len(w) - 1)):
        ours = conv1d(x[None, None], w[None, None, ::-1], padding=padding)[0, 0]
        np.testing.assert_allclose(ours, np.convolve(x, w, mode), rtol=1e-13, atol=1e-13)


# --- special kernels and inputs -----------------------------------------------------------


def test_a_delta_kernel_gives_the_input_and_a_delta_input_the_flipped_kernel():
    delta = np.zeros((1, 1, 3, 3))
    delta[0, 0, 1, 1] = 1.0
    image = RNG.standard_normal((1, 1, 3, 3))
    np.testing.assert_array_equal(conv2d(image, delta, padding="same"), image)
    np.testing.assert_array_equal(conv2d(delta, image, padding="same"), image[:, :, ::-1, ::-1])


def test_a_kernel_of_one_place_mixes_channels_only():
    mix = RNG.standard_normal((4, 3, 1, 1))
    expected = np.einsum("oc,nchw->nohw", mix[:, :, 0, 0], X2)
    np.testing.assert_allclose(conv2d(X2, mix), expected, rtol=1e-13)


def test_a_kernel_as_large_as_the_input_is_a_dense_layer():
    w = RNG.standard_normal((5, *X2.shape[1:]))
    expected = X2.reshape(2, -1) @ w.reshape(5, -1).T
    np.testing.assert_allclose(conv2d(X2, w)[:, :, 0, 0], expected, rtol=1e-12)


def test_a_shifted_input_gives_a_shifted_output():
    full = conv1d(X1, W1)
    np.testing.assert_allclose(conv1d(X1[:, :, 1:], W1), full[:, :, 1:], rtol=1e-13)


def test_a_stride_keeps_every_nth_place():
    full = conv2d(X2, W2, padding=1)
    some = conv2d(X2, W2, padding=1, stride=(2, 3))
    np.testing.assert_allclose(some, full[:, :, ::2, ::3], rtol=1e-12, atol=1e-14)


def test_a_dilation_is_a_kernel_with_zeros_between():
    wide = np.zeros((4, 3, 5))
    wide[:, :, ::2] = W1
    np.testing.assert_allclose(conv1d(X1, W1, dilation=2), conv1d(X1, wide), rtol=1e-13)


def test_groups_are_convolutions_side_by_side():
    x, w = RNG.standard_normal((2, 4, 9)), RNG.standard_normal((6, 2, 3))
    halves = [conv1d(x[:, :2], w[:3]), conv1d(x[:, 2:], w[3:])]
    np.testing.assert_allclose(conv1d(x, w, groups=2), np.concatenate(halves, 1), rtol=1e-13)
    depthwise = conv1d(x, w[:4, :1], groups=4)
    for c in range(4):
        alone = conv1d(x[:, c : c + 1], w[c : c + 1, :1])
        np.testing.assert_allclose(depthwise[:, c : c + 1], alone, rtol=1e-13)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_padding_keeps_the_length(length, dilation):
    w = RNG.standard_normal((4, 3, length))
    same = conv1d(X1, w, padding="same", dilation=dilation)
    total = dilation * (length - 1)
    pair = (total // 2, total - total // 2)
    assert same.shape == (2, 4, 9)
    np.testing.assert_array_equal(same, conv1d(X1, w, padding=pair, dilation=dilation))


def test_padding_is_one_number_one_per_axis_or_pairs():
    ends = ((1, 1), (2, 2))
    by_hand = conv2d(np.pad(X2, ((0, 0), (0, 0), *ends)), W2)
    np.testing.assert_array_equal(conv2d(X2, W2, padding=(1, 2)), by_hand)
    np.testing.assert_array_equal(conv2d(X2, W2, padding=ends), by_hand)
    np.testing.assert_array_equal(conv2d(X2, W2, padding=1), conv2d(X2, W2, padding=(1, 1)))
    np.testing.assert_array_equal(conv2d(X2, W2, padding="valid"), conv2d(X2, W2))
    np.testing.assert_array_equal(conv1d(X1, W1, padding=2), conv1d(X1, W1, padding=((2, 2),)))
    np.testing.assert_array_equal(conv1d(X1, W1, padding=(2,)), conv1d(X1, W1, padding=[2, 2]))


# --- derivatives --------------------------------------------------------------------------


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data())
def test_the_three_rows_are_derivatives_of_one_trilinear_form(axes, data):
    """<g, conv(x, w)> = <to_input(g, w), x> = <to_kernel(x, g), w>."""
    x_shape, w_shape, window = data.draw(geometries(axes))
    rows = [TABLE[f"conv{axes}d{part}"] for part in ("", "_to_input", "_to_kernel")]
    x, w = data.draw(values(x_shape)), data.draw(values(w_shape))
    y = rows[0](x, w, window=window)
    g = np.random.default_rng(0).standard_normal(y.shape)
    form = np.vdot(g, y)
    back = rows[1](g, w, window=window, size=x_shape[2:])
    kernel = rows[2](x, g, window=window, kernel=w_shape[2:])
    size = max(1.0, float(np.sum(np.abs(g * y))))
    assert abs(np.vdot(back, x) - form) <= 1e-13 * size
    assert abs(np.vdot(kernel, w) - form) <= 1e-13 * size


def test_the_gradient_of_a_summed_convolution_counts_the_windows():
    """With a kernel of ones, an element's derivative is the number of windows over it."""
    gradient = grad(lambda x: conv1d(x, np.ones((1, 1, 3))).sum())(np.ones((1, 1, 6)))
    np.testing.assert_array_equal(gradient[0, 0], [1, 2, 3, 3, 2, 1])
    strided = grad(lambda x: conv1d(x, np.ones((1, 1, 2)), stride=3).sum())(np.ones((1, 1, 6)))
    np.testing.assert_array_equal(strided[0, 0], [1, 1, 0, 1, 1, 0])


def test_the_mixed_second_derivative_is_the_convolution_of_the_directions():
    """f = <g, conv(x, w)> is bilinear: H (u, v) = (dT(v) / dx, dT(u) / dw), nothing else."""
    g = RNG.standard_normal(conv2d(X2, W2).shape)
    u, v = RNG.standard_normal(X2.shape), RNG.standard_normal(W2.shape)

    def f(p):
        return (conv2d(*p) * g).sum()

    along_x, along_w = hvp(f, (X2, W2), (u, v))
    np.testing.assert_allclose(along_x, vjp(lambda x: conv2d(x, v), X2)[1](g)[0], rtol=1e-12)
    np.testing.assert_allclose(along_w, vjp(lambda w: conv2d(u, w), W2)[1](g)[0], rtol=1e-12)


def test_a_small_network_is_right_to_second_order():
    x, w, b, v = (
        0.4 * RNG.standard_normal(shape)
        for shape in ((2, 2, 5, 4), (2, 1, 3, 2), (2,), (3, 2, 2, 2))
    )

    def network(x, w, b, v):
        hidden = tanh(conv2d(x, w, padding=1, groups=2) + b[:, None, None])
        return tanh(conv2d(hidden, v, stride=2, dilation=(1, 2)))

    check_grads(network, x, w, b, v)


def test_a_large_batch_is_its_samples_one_by_one():
    """Columns are laid out for a part of the batch at a time: no seam may show."""
    x, w = RNG.standard_normal((7, 8, 40, 40)), RNG.standard_normal((2, 8, 3, 3))
    g = RNG.standard_normal((7, 2, 38, 38))

    def back(x, g):
        return vjp(conv2d, x, w)[1](g)

    together = back(x, g)
    apart = [back(x[i : i + 1], g[i : i + 1]) for i in range(7)]
    np.testing.assert_allclose(together[0], np.concatenate([b[0] for b in apart]), rtol=1e-11)
    np.testing.assert_allclose(together[1], sum(b[1] for b in apart), rtol=1e-11)
    ones = [conv2d(x[i : i + 1], w) for i in range(7)]
    np.testing.assert_allclose(conv2d(x, w), np.concatenate(ones), rtol=1e-11)


def test_forward_mode_is_the_product_rule():
    t, s = RNG.standard_normal(X1.shape), RNG.standard_normal(W1.shape)
    _, tangent = jvp(conv1d, (X1, W1), (t, s))
    np.testing.assert_allclose(tangent, conv1d(t, W1) + conv1d(X1, s), rtol=1e-12, atol=1e-13)


def test_float32_stays_float32():
    x, w = X2.astype(np.float32), W2.astype(np.float32)
    assert conv2d(x, w, padding=1).dtype == conv2d(Tensor(x), Tensor(w)).dtype == np.float32
    for g in grad(lambda p: conv2d(*p, stride=2).sum())((x, w)):
        assert g.dtype == np.float32


def test_the_layout_of_memory_does_not_change_the_result():
    y = conv2d(X2, W2, padding=1)
    for x, w in ((np.asfortranarray(X2), np.asfortranarray(W2)), (np.repeat(X2, 2, 0)[::2], W2)):
        np.testing.assert_array_equal(conv2d(x, w, padding=1), y)


def test_an_empty_batch_has_an_empty_result_and_no_gradient_for_the_kernel():
    gradient = grad(lambda w: conv1d(X1[:0], w).sum())(W1)
    assert conv1d(X1[:0], W1).shape == (0, 4, 7)
    np.testing.assert_array_equal(gradient, np.zeros(W1.shape))


# --- errors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (
            ValueError,
            r"conv1d: received shape \(3, 9\) and .*need 3 axes",
            lambda: conv1d(X1[0], W1),
        ),
        (ValueError, r"conv2d: received .*need 4 axes", lambda: conv2d(X1, W1, padding="same")),
        (ValueError, r"conv1d: .*3 input channels in 1 groups", lambda: conv1d(X1, W1[:, :2])),
        (ValueError, r"conv1d: .*in 3 groups", lambda: conv1d(X1, W1[:, :1], groups=3)),
        (ValueError, r"conv1d: .*does not fit into", lambda: conv1d(X1, W1, dilation=5)),
        (ValueError, r"conv1d: .*does not fit into", lambda: conv1d(X1, W1[:, :, :0])),
        (ValueError, r"conv1d: stride: .*at least 1, got 0", lambda: conv1d(X1, W1, stride=0)),
        (ValueError, r"conv2d: stride: needs 2 of", lambda: conv2d(X2, W2, stride=(1, 1, 1))),
        (TypeError, r"conv2d: dilation: needs integers", lambda: conv2d(X2, W2, dilation=1.5)),
        (ValueError, r"conv2d: padding: .*at least 0", lambda: conv2d(X2, W2, padding=-1)),
        (ValueError, r"conv2d: padding: needs 2 pairs", lambda: conv2d(X2, W2, padding=((1, 1),))),
        (TypeError, r"conv2d: padding: .*'full'", lambda: conv2d(X2, W2, padding="full")),
        (
            ValueError,
            r"conv1d: padding 'same' needs",
            lambda: conv1d(X1, W1, stride=2, padding="same"),
        ),
        (ValueError, r"conv1d: groups: .*at least 1", lambda: conv1d(X1, W1, groups=0)),
        (TypeError, r"conv1d: received an operand", lambda: conv1d(X1 * 1j, W1)),
    ],
)
def test_errors_name_the_operation_and_what_it_received(error, message, call):
    with pytest.raises(error, match=message):
        call()
