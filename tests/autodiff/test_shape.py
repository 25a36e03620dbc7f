"""Laws of rearranging, repeating and joining; values are NumPy's, derivatives are exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import Tensor, check_grads, exp, grad, hvp, tanh, vjp
from learndyn.autodiff.rules.joining import concatenate, pad, repeat, split, stack, tile
from learndyn.autodiff.rules.shape import (
    broadcast_to,
    cumsum,
    diff,
    expand_dims,
    flip,
    moveaxis,
    ravel,
    reshape,
    roll,
    squeeze,
    sum_to,
    swapaxes,
    transpose,
)

from .cases.drawing import nonempty, values

X = np.arange(24.0).reshape(2, 1, 3, 4)

CALLS = [
    (reshape, (X, (4, -1))),
    (reshape, (X, [3, 8])),
    (ravel, (X,)),
    (ravel, (2.0,)),
    (expand_dims, (X, -1)),
    (expand_dims, (X, (0, -2))),
    (squeeze, (X,)),
    (squeeze, (X, (1,))),
    (swapaxes, (X, -1, 0)),
    (moveaxis, (X, -1, 1)),
    (moveaxis, (X, [0, 1], [-1, -2])),
    (transpose, (X,)),
    (transpose, (X, (-1, 0, -2, 1))),
    (transpose, (X, [3, 1, 0, 2])),
    (broadcast_to, (np.ones(3), (4, 3))),
    (broadcast_to, (2.0, 3)),
    (flip, (X,)),
    (flip, (X, (0, 3))),
    (roll, (X, 5)),
    (roll, (X, -1, 3)),
    (roll, (X, (1, 2), (0, -1))),
    (cumsum, (X,)),
    (cumsum, (X, -1)),
    (cumsum, (2.0,)),
    (diff, (X,)),
    (diff, (X, 2, 2)),
    (diff, (X, 0)),
    (diff, (X, 9)),
    (concatenate, ([X, 2 * X],)),
    (concatenate, ((X, X[:, :, 1:]), -2)),
    (concatenate, ([X, 1.0, [2.0]], None)),
    (concatenate, (X,)),
    (stack, ([X, X],)),
    (stack, ([X, X, X], -1)),
    (stack, ([1.0, 2.0],)),
    (repeat, (X, 2)),
    (repeat, (X, 3, -2)),
    (repeat, (X, [0, 3, 1], 2)),
    (repeat, (X, [2], 2)),
    (repeat, (5.0, 3)),
    (tile, (X[0, 0], (2, 1, 3))),
    (tile, (5.0, (2, 2))),
    (tile, (X, ())),
    (pad, (X, 1)),
    (pad, (X[0, 0], (1, 2))),
    (pad, (X[0, 0], ((0, 1), (2, 0)))),
    (pad, (5.0, 1)),
    *[
        (pad, (X[0, 0], ((4, 1), (2, 5)), mode))
        for mode in ("wrap", "reflect", "symmetric", "edge")
    ],
]


@pytest.mark.parametrize(("function", "args"), CALLS)
def test_values_are_those_of_the_numpy_function_of_the_same_name(function, args):
    first, *rest = args
    expected = getattr(np, function.__name__)(*args)
    if isinstance(first, list | tuple):
        tensors = [Tensor(x) for x in first]
    else:
        tensors = Tensor(first)
    for result in (function(*args), function(tensors, *rest).numpy()):
        np.testing.assert_array_equal(result, expected)
        assert np.shape(result) == expected.shape


@pytest.mark.parametrize("sections", [3, 1, [1], [1, 4], [0, 2, 9], np.array([2, 1]), []])
def test_split_is_numpys_and_concatenation_undoes_it(sections):
    x = np.arange(12.0).reshape(6, 2)
    for ours, theirs in zip(split(Tensor(x), sections), np.split(x, sections), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs)
    parts = split(x.T, 2, axis=-1)
    np.testing.assert_array_equal(concatenate(parts, axis=-1), x.T)


# --- exact derivatives ------------------------------------------------------------------


def test_a_broadcast_operand_gets_the_sum_over_the_new_axis():
    gradient = grad(lambda x: broadcast_to(x, (4, 3)).sum())(np.ones(3))
    np.testing.assert_array_equal(gradient, [4.0, 4.0, 4.0])


def test_each_gradient_has_the_shape_of_its_own_operand():
    """(1,) times (1, 2)."""
    gradients = grad(lambda p: (p[0] * p[1]).sum())([np.array([3.0]), np.array([[5.0, 7.0]])])
    np.testing.assert_array_equal(gradients[0], [12.0])
    np.testing.assert_array_equal(gradients[1], [[3.0, 3.0]])


@given(data=st.data())
def test_broadcasting_is_tiling_with_the_gradient_summed(data):
    """f(x broadcast) = f(x tiled), and the gradient is the sum over the tiles."""
    pair = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
    small, weights = (data.draw(values(s)) for s in (pair.input_shapes[0], pair.result_shape))
    lead = (1,) * (weights.ndim - small.ndim)
    reps = tuple(n // m for n, m in zip(weights.shape, lead + small.shape, strict=True))

    def f(x):
        return (tanh(x * weights) * weights).sum()

    tiled = np.tile(small, reps)
    np.testing.assert_array_equal(f(small), f(tiled))
    np.testing.assert_allclose(
        grad(f)(small), sum_to(grad(f)(tiled), small.shape), rtol=1e-14, atol=1e-14
    )
    np.testing.assert_allclose(
        grad(f)(small), grad(lambda x: f(tile(x, reps)))(small), rtol=1e-14, atol=1e-14
    )


@given(data=st.data())
def test_sum_to_after_broadcast_to_counts_the_copies(data):
    pair = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
    x = data.draw(values(pair.input_shapes[0]))
    copies = np.prod(pair.result_shape) / x.size
    np.testing.assert_allclose(
        sum_to(broadcast_to(x, pair.result_shape), x.shape), copies * x, rtol=1e-14
    )


def test_sum_to_keeps_equal_columns_equal():
    """Bias gradients of twin units must stay twins to the last bit."""
    column = np.random.default_rng(0).standard_normal((37, 1))
    total = sum_to(np.tile(column, (1, 9)), (9,))
    assert len(set(total.tolist())) == 1


def test_negative_axes_are_counted_from_the_end():
    w = np.random.default_rng(0).standard_normal((4, 2, 3))
    negative = grad(lambda x: (transpose(x, (-1, 0, -2)) * w).sum())(np.ones((2, 3, 4)))
    np.testing.assert_array_equal(negative, np.transpose(w, (1, 2, 0)))


def test_a_running_sum_counts_each_element_once_for_each_later_place():
    np.testing.assert_array_equal(grad(lambda x: cumsum(x).sum())(np.ones(4)), [4, 3, 2, 1])


def test_differences_telescope():
    np.testing.assert_array_equal(grad(lambda x: diff(x).sum())(np.ones(4)), [-1, 0, 0, 1])
    np.testing.assert_array_equal(grad(lambda x: diff(x, 2).sum())(np.ones(4)), [1, -1, -1, 1])


@given(x=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4).flatmap(values), data=st.data())
def test_differences_undo_running_sums_and_shifts_and_flips_undo_themselves(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    tail = tuple(slice(1, None) if i == axis % x.ndim else slice(None) for i in range(x.ndim))
    np.testing.assert_allclose(diff(cumsum(x, axis), axis=axis), x[tail], rtol=0, atol=1e-14)
    np.testing.assert_array_equal(flip(flip(x, axis), axis), x)
    np.testing.assert_array_equal(roll(roll(x, 2, axis), -2, axis), x)


def test_each_copy_sends_its_cotangent_back():
    x, w = np.array([1.0, 2.0, 3.0]), np.arange(1.0, 7.0)
    np.testing.assert_array_equal(grad(lambda x: (repeat(x, 2) * w).sum())(x), [3, 7, 11])
    np.testing.assert_array_equal(grad(lambda x: (repeat(x, [1, 0, 5]) * w).sum())(x), [1, 0, 20])
    np.testing.assert_array_equal(grad(lambda x: (tile(x, 2) * w).sum())(x), [5, 7, 9])


@pytest.mark.parametrize(
    ("mode", "counts"),
    [
        ("constant", [1, 1, 1]),
        ("edge", [3, 1, 3]),
        ("wrap", [2, 3, 2]),
        ("symmetric", [2, 3, 2]),
        ("reflect", [2, 3, 2]),
    ],
)
def test_an_element_gets_back_the_cotangents_of_its_copies_in_the_border(mode, counts):
    gradient = grad(lambda x: pad(x, 2, mode).sum())(np.ones(3))
    np.testing.assert_array_equal(gradient, counts)


def test_a_constant_border_is_numpys_and_carries_no_derivative():
    x = np.arange(6.0).reshape(2, 3)
    for constant in (3.0, (1.0, 2.0), ((1.0, 2.0), (3.0, 4.0))):
        ours = pad(Tensor(x), ((1, 2), (0, 1)), constant_values=constant)
        theirs = np.pad(x, ((1, 2), (0, 1)), constant_values=constant)
        np.testing.assert_array_equal(ours.numpy(), theirs)
    gradient = grad(lambda x: (pad(x, 1, constant_values=5.0) ** 2).sum())(x)
    np.testing.assert_array_equal(gradient, 2 * x)


def test_joined_operands_get_their_own_part_of_the_cotangent():
    a, b, w = np.ones((2, 1)), np.ones((2, 2)), np.arange(6.0).reshape(2, 3)
    gradients = grad(lambda p: (concatenate(p, axis=1) * w).sum())([a, b])
    np.testing.assert_array_equal(gradients[0], w[:, :1])
    np.testing.assert_array_equal(gradients[1], w[:, 1:])
    rows = grad(lambda p: (stack(p, axis=-1) * w.T).sum())([np.ones(3), np.ones(3)])
    np.testing.assert_array_equal(rows, w)


def test_one_operand_joined_twice_gets_both_parts_and_constants_get_none():
    x = np.array([1.0, 2.0])
    w = np.arange(1.0, 7.0)
    gradient = grad(lambda x: (concatenate([x, np.array([9.0, 9.0]), x]) * w).sum())(x)
    np.testing.assert_array_equal(gradient, [1 + 5, 2 + 6])


def test_second_derivatives_pass_through_joining_and_cutting():
    """f = sum of the cubes of a joined vector: H v = 6 x v for each part, twice for x."""
    x, v = np.array([1.0, -2.0]), np.array([0.5, 3.0])

    def f(x):
        head, tail = split(x, 2)
        return (stack([concatenate([tail, head]), x]) ** 3).sum()

    np.testing.assert_allclose(hvp(f, x, v), 12 * x * v, rtol=1e-14)


@pytest.mark.parametrize("mode", ["constant", "wrap", "reflect", "symmetric", "edge"])
def test_public_functions_of_several_rows_are_right_to_second_order(mode):
    x = np.random.default_rng(3).standard_normal((2, 3))
    check_grads(lambda x: exp(pad(x, ((1, 2), (2, 1)), mode)), x)
    check_grads(lambda x: tanh(repeat(x, [2, 0, 1], axis=1)) * 2.0, x)
    check_grads(lambda x: tanh(cumsum(x)) * diff(ravel(x), 2).sum(), x)


# --- memory layouts, empty arrays and scalars ---------------------------------------------


@given(x=nonempty.filter(len).flatmap(values))
def test_the_layout_of_memory_does_not_change_a_gradient(x):
    def f(x):
        turned = concatenate([flip(x, -1), roll(x, 1)], axis=0)
        return (tanh(ravel(turned)) * np.arange(1.0, 2 * x.size + 1)).sum()

    expected = grad(f)(np.ascontiguousarray(x))
    reversed_twice = np.ascontiguousarray(x[..., ::-1])[..., ::-1]
    for view in (np.asfortranarray(x), reversed_twice, np.repeat(x, 2, axis=0)[::2]):
        np.testing.assert_array_equal(grad(f)(view), expected)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 3), (1, 1)])
def test_empty_and_size_1_axes_pass_through(shape):
    x = np.ones(shape)
    for f in (
        ravel,
        transpose,
        squeeze,
        flip,
        lambda x: roll(x, 1),
        lambda x: cumsum(x, -1),
        lambda x: diff(x, axis=-1),
        lambda x: pad(x, 1),
        lambda x: tile(x, (2, 2)),
        lambda x: repeat(x, 2, axis=0),
        lambda x: concatenate([x, x]),
        lambda x: broadcast_to(x, (3, *x.shape)),
    ):
        value, back = vjp(f, x)
        (gradient,) = back(np.ones(value.shape))
        assert gradient.shape == shape
        assert np.sum(gradient) == np.sum(value)  # each f is linear: <f*(1), 1> = <1, f(1)>


def test_a_0d_operand_stays_0d():
    t = Tensor(2.0, requires_grad=True)
    for y in (
        transpose(t),
        squeeze(t),
        flip(t),
        roll(t, 1),
        tile(t, ()),
        pad(t, 1),
        reshape(t, ()),
    ):
        assert y.shape == ()
    for f in (
        ravel,
        cumsum,
        lambda x: stack([x, x]),
        lambda x: expand_dims(x, 0),
        lambda x: repeat(x, 2),
    ):
        gradient = grad(lambda x, f=f: f(x).sum())(2.0)
        assert np.shape(gradient) == ()
        assert gradient == f(np.float64(2.0)).size


@pytest.mark.parametrize(
    "f",
    [
        lambda x: concatenate([x, x]),
        lambda x: pad(x, 1),
        lambda x: pad(x, 1, "wrap"),
        lambda x: pad(x, 1, constant_values=2.0),
        lambda x: diff(x),
        lambda x: cumsum(x),
        lambda x: repeat(x, [1, 2, 0]),
        lambda x: tile(x, 2),
    ],
)
def test_float32_stays_float32(f):
    x = np.ones(3, np.float32)
    assert f(x).dtype == f(Tensor(x)).dtype == np.float32
    assert grad(lambda x: (f(x) * f(x)).sum())(x).dtype == np.float32


def test_lists_of_axes_and_counts_are_copied():
    x = Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    axes, shape, counts = [1, 0], [3, 2], np.array([1, 2])
    results = [transpose(x, axes), reshape(x, shape), repeat(x, counts, axis=0)]
    axes[:], shape[:], counts[:] = [0, 1], [6, 1], 0
    c = np.arange(6.0)
    for y, cotangent, expected in zip(
        results,
        [c.reshape(3, 2), c.reshape(3, 2), np.tile(c[:3], (3, 1))],
        [c.reshape(3, 2).T, c.reshape(2, 3), [c[:3], 2 * c[:3]]],
        strict=True,
    ):
        y.backward(cotangent)
        np.testing.assert_array_equal(x.grad, expected)


# --- errors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (
            ValueError,
            r"reshape: received shape \(6,\), shape=\(4,\)\. The number",
            lambda x: reshape(x, (4,)),
        ),
        (ValueError, r"broadcast_to: .*stretched from 1", lambda x: broadcast_to(x, (3,))),
        (ValueError, r"sum_to: .*shape=\(5,\)", lambda x: sum_to(x, (5,))),
        (ValueError, r"squeeze: .*axis=0\. Only axes", lambda x: squeeze(x, 0)),
        (ValueError, r"expand_dims: .*axis=5", lambda x: expand_dims(x, 5)),
        (ValueError, r"swapaxes: .*axis2=3", lambda x: swapaxes(x, 0, 3)),
        (ValueError, r"moveaxis: .*as many destinations", lambda x: moveaxis(x, (0,), (0, 1))),
        (ValueError, r"transpose: .*axes=\(0, 1\)", lambda x: transpose(x, (0, 1))),
        (ValueError, r"flip: .*axis=1", lambda x: flip(x, 1)),
        (ValueError, r"roll: .*axis=2", lambda x: roll(x, 1, 2)),
        (ValueError, r"cumsum: .*axis=1", lambda x: cumsum(x, 1)),
        (ValueError, r"diff: .*axis=1", lambda x: diff(x, axis=1)),
        (ValueError, r"diff: .*n=-1.*n >= 0", lambda x: diff(x, -1)),
        (ValueError, r"concatenate: .*\(6,\) and \(1, 1\)", lambda x: concatenate([x, [[1.0]]])),
        (ValueError, r"concatenate: received no arrays", lambda x: concatenate([])),
        (TypeError, r"concatenate: axis is a .*concatenate\(\[a, b\]", lambda x: concatenate(x, x)),
        (TypeError, r"stack: received a generator", lambda x: stack(t for t in [x])),
        (ValueError, r"stack: .*All shapes", lambda x: stack([x, 1.0])),
        (ValueError, r"split: .*4 parts", lambda x: split(x, 4)),
        (ValueError, r"split: .*axis=1", lambda x: split(x, 2, axis=1)),
        (ValueError, r"repeat: received the count -1", lambda x: repeat(x, -1)),
        (ValueError, r"repeat: .*Pass one count, or 6", lambda x: repeat(x, [1, 2])),
        (TypeError, r"repeat: .*dtype float64", lambda x: repeat(x, 1.5)),
        (TypeError, r"tile: the counts are a Tensor", lambda x: tile(x, Tensor(1.0))),
        (ValueError, r"pad: .*a pair per axis", lambda x: pad(x, ((1, 1), (1, 1)))),
        (ValueError, r"pad: .*cannot be negative", lambda x: pad(x, -1)),
        (TypeError, r"pad: .*Widths are integers", lambda x: pad(x, 0.5)),
        (ValueError, r"pad: received mode 'mean'.*'reflect'", lambda x: pad(x, 1, "mean")),
        (ValueError, r"pad: .*axis 0 is empty", lambda x: pad(x[:0], 1, "wrap")),
        (
            TypeError,
            r"pad: constant_values is a Tensor",
            lambda x: pad(x, 1, constant_values=Tensor(1.0)),
        ),
    ],
)
@pytest.mark.parametrize("wrap", [np.asarray, Tensor], ids=["array", "tensor"])
def test_errors_name_the_operation_and_what_it_received(error, message, call, wrap):
    with pytest.raises(error, match=message):
        call(wrap(np.arange(6.0)))
