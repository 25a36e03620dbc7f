"""Laws that hold for every row of the operation table, whatever rows there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn.autodiff import TABLE, Tensor, check_grads, grad, jvp, vjp

from .cases import SPECIAL, cases

every_row = pytest.mark.parametrize("name", sorted(TABLE))
LINEAR = sorted(name for name, row in TABLE.items() if row.op.kind == "linear")


def test_every_row_has_a_way_to_be_drawn():
    special = {name for name, row in TABLE.items() if row.op.kind != "elementwise"}
    assert special == set(SPECIAL)


@every_row
@given(data=st.data())
def test_derivatives_of_both_orders_and_modes_agree_with_finite_differences(name, data):
    call, operands = data.draw(cases(name))
    check_grads(call, *operands, order=2)


@every_row
@given(data=st.data())
def test_reverse_mode_is_the_adjoint_of_forward_mode(name, data):
    call, operands = data.draw(cases(name))
    rng = np.random.default_rng(0)
    tangents = tuple(rng.standard_normal(x.shape) for x in operands)
    value, forward = jvp(call, tuple(operands), tangents)
    cotangent = rng.standard_normal(value.shape)
    back = vjp(call, *operands)[1](cotangent)
    terms = [(g * t).ravel() for g, t in zip(back, tangents, strict=True)]
    scale = max(1.0, float(np.sum(np.abs(np.concatenate(terms)))))
    assert abs(np.vdot(cotangent, forward) - np.sum(np.concatenate(terms))) <= 1e-12 * scale


@every_row
@given(data=st.data())
def test_an_array_gives_an_array_and_a_tensor_the_same_numbers(name, data):
    call, operands = data.draw(cases(name))
    before = [x.copy() for x in operands]
    # A tensor holds a contiguous copy, and BLAS may round a strided operand otherwise.
    plain = call(*(np.array(x) for x in operands))
    tensor = call(*(Tensor(x) for x in operands))
    assert not isinstance(plain, Tensor)
    assert isinstance(tensor, Tensor)
    np.testing.assert_array_equal(tensor.numpy(), plain)
    assert tensor.shape == np.shape(plain)
    for x, old in zip(operands, before, strict=True):
        np.testing.assert_array_equal(x, old)


@every_row
@given(data=st.data())
def test_each_cotangent_has_the_shape_of_its_operand_and_is_nobody_elses_memory(name, data):
    call, operands = data.draw(cases(name))
    value, back = vjp(call, *operands)
    gradients = back(np.ones(np.shape(value)))
    assert [g.shape for g in gradients] == [x.shape for x in operands]
    for i, g in enumerate(gradients):
        others = [*operands, *gradients[:i], value]
        assert not any(np.shares_memory(g, other) for other in others)


@every_row
@given(data=st.data())
def test_the_hessian_of_every_row_is_symmetric(name, data):
    call, operands = data.draw(cases(name))
    rng = np.random.default_rng(1)
    weight = rng.standard_normal(np.shape(call(*operands)))

    def scalar(parts):
        return (call(*parts) * weight).sum() + 0.0 * sum(part.sum() for part in parts)

    u, v = ([rng.standard_normal(x.shape) for x in operands] for _ in range(2))

    def along(direction):
        def slope(parts):
            inner = grad(scalar)(parts)
            return sum((g * d).sum() for g, d in zip(inner, direction, strict=True))

        return grad(slope)(list(operands))

    left = sum(np.vdot(a, b) for a, b in zip(along(u), v, strict=True))
    right = sum(np.vdot(a, b) for a, b in zip(along(v), u, strict=True))
    assert left == pytest.approx(right, rel=1e-10, abs=1e-10)


@every_row
@given(data=st.data())
def test_both_routes_to_a_hessian_vector_product_agree(name, data):
    """Forward over reverse against reverse over reverse, on <weight, f(x)>."""
    call, operands = data.draw(cases(name))
    rng = np.random.default_rng(3)
    weight = rng.standard_normal(np.shape(call(*operands)))
    v = tuple(rng.standard_normal(x.shape) for x in operands)

    def pulled(*xs):
        return vjp(call, *xs)[1](weight)

    def slope(*xs):
        return sum((g * d).sum() for g, d in zip(pulled(*xs), v, strict=True))

    reverse = vjp(slope, *operands)[1](np.ones(()))
    for i, product in enumerate(reverse):
        forward = jvp(lambda *xs, i=i: pulled(*xs)[i], tuple(operands), v)[1]
        scale = max(1.0, float(np.max(np.abs(product), initial=0.0)))
        np.testing.assert_allclose(forward, product, rtol=1e-10, atol=1e-11 * scale)


@every_row
@given(data=st.data())
def test_the_memory_layout_of_an_operand_does_not_matter(name, data):
    """C order, Fortran order, and a view that runs backwards give the same result and gradient."""
    call, operands = data.draw(cases(name))

    def outcome(xs):
        value, back = vjp(call, *xs)
        return [value, *back(np.random.default_rng(4).standard_normal(np.shape(value)))]

    def reversed_view(x):
        flipped = x[(slice(None, None, -1),) * x.ndim].copy()
        return flipped[(slice(None, None, -1),) * x.ndim]

    expected = outcome([np.ascontiguousarray(x).reshape(x.shape) for x in operands])
    for layout in (np.asfortranarray, reversed_view):
        for a, b in zip(outcome([layout(x).reshape(x.shape) for x in operands]), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@every_row
@given(data=st.data())
@settings(max_examples=10)
def test_float32_in_gives_float32_out_and_back(name, data):
    call, operands = data.draw(cases(name))
    singles = [x.astype(np.float32) for x in operands]
    value, back = vjp(call, *singles)
    assert value.dtype == np.float32
    gradients = back(np.ones(value.shape, np.float32))
    assert [g.dtype for g in gradients] == [np.float32] * len(singles)


@pytest.mark.parametrize("name", LINEAR)
@given(data=st.data())
@settings(max_examples=20)
def test_a_linear_row_is_linear(name, data):
    call, (x,) = data.draw(cases(name))
    other = np.random.default_rng(2).standard_normal(x.shape)
    np.testing.assert_allclose(
        call(2.0 * x - 3.0 * other), 2.0 * call(x) - 3.0 * call(other), rtol=1e-12, atol=1e-12
    )
