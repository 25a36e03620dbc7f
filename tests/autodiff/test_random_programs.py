"""Random programs: whatever graph is drawn, its derivatives agree with finite differences.

A program is a list of steps. Each step applies one operation to values made before, so that
values are used several times, or never, as in any real computation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import Tensor, check_grads, grad, hvp, jvp, sigmoid, tanh, where
from learndyn.autodiff.rules.joining import concatenate, stack
from learndyn.autodiff.rules.shape import broadcast_to, flip, ravel

from .cases.drawing import seeds
from .cases.indexing import indices

Step = tuple[Callable[..., Any], tuple[int, ...]]  # an operation, and which values it takes

BINARY: list[Callable[..., Any]] = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (2.0 + b * b),
    lambda a, b: tanh(a * b) * a,
]
UNARY: list[Callable[..., Any]] = [
    tanh,
    sigmoid,
    lambda x: x * x,
    lambda x: x.T,
    lambda x: x.sum(),
    lambda x: x.mean() if x.size else x.sum(),
    ravel,
    flip,
    lambda x: x[None],
    lambda x: concatenate([x[None], 2.0 * x[None]]),
    lambda x: stack([x, x * x], axis=-1),
    lambda x: broadcast_to(x, (2, *x.shape)),
]


def _fits(shapes: tuple[tuple[int, ...], ...]) -> bool:
    """True if the shapes broadcast to something small."""
    try:
        return np.prod(np.broadcast_shapes(*shapes)) <= 24
    except ValueError:
        return False


@st.composite
def _step(draw: st.DrawFn, shapes: list[tuple[int, ...]]) -> Step:
    """An operation that the shapes of some values allow."""
    i = draw(st.integers(0, len(shapes) - 1))
    shape = shapes[i]
    choices: list[st.SearchStrategy[Step]] = [st.sampled_from([(f, (i,)) for f in UNARY])]
    partners = [j for j, other in enumerate(shapes) if _fits((shape, other))]
    choices.append(
        st.tuples(st.sampled_from(BINARY), st.sampled_from(partners).map(lambda j: (i, j)))
    )
    inner = [j for j, other in enumerate(shapes) if shape and other and len(other) <= 2
             and other[-2 if len(other) == 2 else 0] == shape[-1] and len(shape) <= 2]  # fmt: skip
    if inner:
        choices.append(st.sampled_from(inner).map(lambda j: (lambda a, b: a @ b, (i, j))))
    choices.append(indices(shape).map(lambda index: (lambda x: x[index], (i,))))
    if shape:
        axis = draw(st.integers(-len(shape), len(shape) - 1))
        choices.append(st.just((lambda x: x.sum(axis=axis), (i,))))
        mask = np.random.default_rng(draw(seeds)).random(shape) < 0.5
        choices.append(st.just((lambda x: where(mask, x, tanh(x)), (i,))))
    return draw(st.one_of(choices))


@st.composite
def programs(draw: st.DrawFn) -> tuple[Callable[..., Any], list[np.ndarray]]:
    """A function of a few arrays, made of random steps, and a point."""
    inputs = []
    for _ in range(draw(st.integers(1, 3))):
        shape = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=3))
        inputs.append(np.asarray(np.random.default_rng(draw(seeds)).uniform(-1, 1, shape)))
    values, steps = list(inputs), []
    for _ in range(draw(st.integers(1, 6))):
        operation, places = draw(_step([np.shape(v) for v in values]))
        result = np.asarray(operation(*(values[k] for k in places)))
        if result.size <= 24 and result.ndim <= 3:
            steps.append((operation, places))
            values.append(result)

    def program(*inputs: Any) -> Any:
        """The last value and the sum of all others: every step counts."""
        seen = list(inputs)
        for operation, places in steps:
            seen.append(operation(*(seen[k] for k in places)))
        return concatenate([ravel(seen[-1]), stack([(0.5 * v).sum() for v in seen])])

    return program, inputs


@given(drawn=programs())
def test_both_modes_and_orders_agree_with_finite_differences(drawn):
    program, inputs = drawn
    check_grads(program, *inputs, order=2)


@given(drawn=programs())
def test_tensors_and_arrays_give_the_same_numbers(drawn):
    program, inputs = drawn
    on_arrays, on_tensors = program(*inputs), program(*map(Tensor, inputs))
    assert not isinstance(on_arrays, Tensor)
    np.testing.assert_array_equal(on_arrays, on_tensors.numpy())


@given(drawn=programs())
def test_both_ways_to_a_hessian_vector_product_agree(drawn):
    program, inputs = drawn
    rng = np.random.default_rng(0)
    weights = rng.standard_normal(program(*inputs).shape)
    v = [rng.standard_normal(x.shape) for x in inputs]

    def scalar(inputs):
        return (tanh(program(*inputs)) * weights).sum()

    reverse = hvp(scalar, inputs, v)
    for i, expected in enumerate(reverse):
        forward = jvp(lambda *parts, i=i: grad(scalar)(list(parts))[i], tuple(inputs), tuple(v))[1]
        size = max(1.0, float(np.max(np.abs(expected))))
        np.testing.assert_allclose(forward, expected, rtol=1e-9, atol=1e-12 * size)
