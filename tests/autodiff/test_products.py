"""Products over named axes, against explicit loops and against each other."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.autodiff import Parameter, Tensor, check_grads, grad, hvp, jvp, matmul, vjp
from learndyn.autodiff.rules.linalg import diag, diagonal, trace
from learndyn.autodiff.rules.products import dot, einsum, inner, outer, tensordot, vdot

from .cases.linalg import subscripts_and_shapes


def looped(subscripts, *operands):
    """The Einstein sum, term by term; explicit subscripts without ellipses."""
    left, _, result = subscripts.partition("->")
    terms = left.split(",")
    length = {}
    for term, x in zip(terms, operands, strict=True):
        length.update(zip(term, x.shape, strict=True))
    out = np.zeros([length[i] for i in result])
    for values in itertools.product(*(range(n) for n in length.values())):
        at = dict(zip(length, values, strict=True))
        product = 1.0
        for term, x in zip(terms, operands, strict=True):
            product = product * x[tuple(at[i] for i in term)]
        out[tuple(at[i] for i in result)] += product
    return out


@st.composite
def explicit(draw):
    """Explicit subscripts without ellipses, and operands."""
    subscripts, shapes = draw(
        subscripts_and_shapes(broadcast=False).filter(lambda c: "->" in c[0] and "." not in c[0])
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return subscripts, [rng.standard_normal(shape) for shape in shapes]


@given(explicit())
def test_einsum_is_the_sum_term_by_term(case):
    subscripts, operands = case
    expected = looped(subscripts, *operands)
    np.testing.assert_allclose(einsum(subscripts, *operands), expected, atol=1e-13)


@given(explicit(), st.booleans())
def test_the_derivatives_of_einsum_are_sums_term_by_term(case, optimize):
    """Forward mode replaces one operand; reverse mode is its adjoint, element by element."""
    subscripts, operands = case
    value, back = vjp(lambda *xs: einsum(subscripts, *xs, optimize=optimize), *operands)
    cotangent = np.random.default_rng(0).standard_normal(value.shape)
    for place, (x, gradient) in enumerate(zip(operands, back(cotangent), strict=True)):
        for index in np.ndindex(x.shape):
            unit = np.zeros(x.shape)
            unit[index] = 1.0
            replaced = looped(subscripts, *operands[:place], unit, *operands[place + 1 :])
            assert gradient[index] == pytest.approx(np.vdot(cotangent, replaced), abs=1e-12)


@given(subscripts_and_shapes(broadcast=True))
def test_implicit_results_ellipses_and_broadcasting_are_numpys(case):
    subscripts, shapes = case
    operands = [np.random.default_rng(1).standard_normal(shape) for shape in shapes]
    got, expected = einsum(subscripts, *operands), np.einsum(subscripts, *operands)
    assert np.shape(got) == np.shape(expected)
    np.testing.assert_allclose(got, expected, atol=1e-13)


@pytest.mark.parametrize(
    ("subscripts", "other"),
    [
        ("ij,jk->ik", matmul),
        ("ij,jk", matmul),
        ("bij,bjk->bik", matmul),
        ("...ij,...jk->...ik", matmul),
        ("ij,kj->ik", inner),
        ("i,j->ij", outer),
        ("ij,ij", vdot),
        ("ij,ji", lambda a, b: trace(a @ b)),
        ("ii,jj->", lambda a, b: trace(a) * trace(b)),
        ("ii,i->i", lambda a, b: diagonal(a) * b),
    ],
)
def test_einsum_agrees_with_the_product_of_that_name(subscripts, other):
    rng = np.random.default_rng(2)
    sides = {"i": 3, "j": 3, "k": 3, "b": 2}
    terms = subscripts.replace("...", "b").partition("->")[0].split(",")
    operands = [rng.standard_normal([sides[i] for i in term]) for term in terms]
    results = []
    for f in (lambda *xs: einsum(subscripts, *xs), other):
        value, back = vjp(f, *operands)
        weight = np.random.default_rng(3).standard_normal(value.shape)

        def weighted(x, f=f, weight=weight):
            return (f(x, operands[1]) * x.sum() * weight).sum()

        results.append([value, *back(weight), hvp(weighted, operands[0], operands[0] - 1.0)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_a_quadratic_form_has_the_symmetrised_matrix_as_hessian():
    a, x = np.random.default_rng(4).standard_normal((4, 4)), np.arange(1.0, 5.0)
    f = lambda x: einsum("i,ij,j", x, a, x)
    np.testing.assert_allclose(grad(f)(x), (a + a.T) @ x)
    for v in np.eye(4):
        np.testing.assert_allclose(hvp(f, x, v), (a + a.T) @ v)
    np.testing.assert_allclose(grad(lambda a: einsum("i,ij,j", x, a, x))(a), np.outer(x, x))


def test_the_trace_of_a_cube_has_derivatives_of_all_orders():
    """f = tr A^3: grad = 3 (A^2)^T, and H[V] = 3 (AV + VA)^T."""
    a, v = np.random.default_rng(5).standard_normal((2, 3, 3))
    f = lambda a: einsum("ij,jk,ki", a, a, a)
    np.testing.assert_allclose(grad(f)(a), 3 * (a @ a).T, atol=1e-13)
    np.testing.assert_allclose(hvp(f, a, v), 3 * (a @ v + v @ a).T, atol=1e-13)


def test_a_constant_number_can_be_an_operand():
    x = np.arange(3.0)
    np.testing.assert_array_equal(grad(lambda x: einsum("i,->", x, 2.0))(x), [2, 2, 2])
    np.testing.assert_array_equal(grad(lambda x: dot(x, 2.0).sum())(x), [2, 2, 2])
    np.testing.assert_array_equal(grad(lambda x: dot(2.0, x).sum())(x), [2, 2, 2])
    np.testing.assert_array_equal(grad(lambda x: inner(x, 2.0).sum())(x), [2, 2, 2])
    np.testing.assert_array_equal(grad(lambda x: outer(x, 2.0).sum())(x), [2, 2, 2])


def test_changing_a_constant_operand_after_its_use_does_not_change_the_gradient():
    for f in (lambda w, x: einsum("i,i", w, x), dot, vdot, lambda w, x: tensordot(w, x, 1)):
        w, x = Parameter([1.0, 2.0]), np.array([3.0, 4.0])
        y = f(w, x)
        x[:] = 0.0
        y.backward()
        np.testing.assert_array_equal(w.grad, [3.0, 4.0])


@pytest.mark.parametrize(
    ("subscripts", "shapes", "message"),
    [
        ("ij,jk->ik", [(2, 3)], "2 terms, but there are 1 operands"),
        ("ij->i", [(2, 3, 4)], "'ij' does not fit an operand with 3 axes"),
        ("i...->i", [(2, 3)], "has no ..."),
        ("i->ii", [(2,)], "and there once"),
        ("i->j", [(2,)], "must be in an operand"),
        ("i1->i", [(2, 3)], "'i1' is not made of letters"),
        ("i..->i", [(2,)], "not made of letters"),
        ("ijk...->...", [(2, 3)], "The operands have"),
        ("ij,jk->ik", [(2, 3), (4, 5)], "equally long"),
        ("ii->i", [(2, 3)], "equally long"),
    ],
)
def test_wrong_subscripts_are_an_error_that_names_einsum(subscripts, shapes, message):
    with pytest.raises(ValueError, match=f"einsum: received .*{message}"):
        einsum(subscripts, *(Tensor(np.ones(shape)) for shape in shapes))


def test_subscripts_as_lists_are_refused():
    with pytest.raises(TypeError, match="einsum: received subscripts of type ndarray"):
        einsum(np.ones(2), [0], [0])


def test_an_order_of_contraction_is_refused():
    with pytest.raises(TypeError, match=r"einsum: received optimize=\['einsum_path', \(0, 1\)\]"):
        einsum("i,i", np.ones(2), np.ones(2), optimize=["einsum_path", (0, 1)])


# --- tensordot, dot, inner, outer, vdot -----------------------------------------------------


@pytest.mark.parametrize(
    ("axes", "a_shape", "b_shape", "subscripts"),
    [
        (0, (2,), (3, 2), "a,bc->abc"),
        (1, (2, 3), (3, 4), "ai,ib->ab"),
        (2, (2, 3, 4), (3, 4, 5), "aij,ijb->ab"),
        ((1, 0), (2, 3), (3, 4), "ai,ib->ab"),
        ((-1, -2), (2, 3, 4), (5, 4, 2), "abi,cid->abcd"),
        (((1, 2), (0, 1)), (2, 3, 4), (3, 4, 5), "aij,ijb->ab"),
        (([-1, 0], [1, -1]), (2, 3, 4), (5, 4, 2), "jai,bij->ab"),
        (((), ()), (2,), (3,), "a,b->ab"),
    ],
)
def test_tensordot_agrees_with_einsum_for_negative_axes_too(axes, a_shape, b_shape, subscripts):
    rng = np.random.default_rng(6)
    a, b = rng.standard_normal(a_shape), rng.standard_normal(b_shape)
    results = []
    for f in (lambda a, b: tensordot(a, b, axes), lambda a, b: einsum(subscripts, a, b)):
        value, back = vjp(f, a, b)
        weight = np.random.default_rng(7).standard_normal(value.shape)
        results.append([value, *back(weight)])
    np.testing.assert_array_equal(results[0][0], np.tensordot(a, b, axes))
    for x, y in zip(*results, strict=True):
        np.testing.assert_allclose(x, y, atol=1e-13)


@pytest.mark.parametrize("axes", [3, (0, 5), ((0, 0), (0, 1)), "ab", (1,), ((0, 1), (0,)), (0, 0)])
def test_axes_that_do_not_pair_up_are_an_error_that_names_tensordot(axes):
    with pytest.raises(ValueError, match="tensordot: received"):
        tensordot(Tensor(np.ones((2, 3))), Tensor(np.ones((3, 2))), axes)


@pytest.mark.parametrize(
    ("f", "numpys"), [(dot, np.dot), (inner, np.inner), (outer, np.outer), (vdot, np.vdot)]
)
def test_operands_of_any_number_of_axes_give_numpys_result(f, numpys):
    rng = np.random.default_rng(8)
    shapes = [(), (3,), (3, 3), (2, 3, 3)]
    for a_shape, b_shape in itertools.product(shapes, repeat=2):
        if f is vdot and np.prod(a_shape) != np.prod(b_shape):
            continue
        a, b = rng.standard_normal(a_shape), rng.standard_normal(b_shape)
        np.testing.assert_array_equal(f(Tensor(a), b).numpy(), numpys(a, b))
        check_grads(f, a, b, order=1)


@pytest.mark.parametrize("f", [dot, inner, vdot])
def test_lengths_that_do_not_match_are_an_error_that_names_the_operation(f):
    with pytest.raises(ValueError, match=rf"{f.__name__}: received shape \(2,\) and \(3,\)"):
        f(Tensor(np.ones(2)), np.ones(3))


# --- matmul and diagonals -------------------------------------------------------------------


def test_one_matrix_for_a_whole_batch_gets_the_sum_of_the_batchs_cotangents():
    rng = np.random.default_rng(9)
    a, b, g = (rng.standard_normal(s) for s in ((5, 2, 3), (3, 4), (5, 2, 4)))
    _, back = vjp(matmul, a, b)
    left, right = back(g)
    np.testing.assert_allclose(left, np.stack([x @ b.T for x in g]), atol=1e-14)
    np.testing.assert_allclose(right, sum(x.T @ y for x, y in zip(a, g, strict=True)), atol=1e-14)


def test_an_empty_batch_of_products_has_zero_gradient():
    _, back = vjp(matmul, np.ones((0, 2, 3)), np.ones((3, 0)))
    assert [x.shape for x in back(np.ones((0, 2, 0)))] == [(0, 2, 3), (3, 0)]
    np.testing.assert_array_equal(
        vjp(matmul, np.ones((0, 2, 3)), np.ones((3, 4)))[1](np.ones((0, 2, 4)))[1], np.zeros((3, 4))
    )


@pytest.mark.parametrize("shape", [(0,), (1,), (3,), (3, 3), (2, 4), (4, 2), (0, 0), (1, 1)])
@pytest.mark.parametrize("k", [-2, -1, 0, 1, 3])
def test_diag_goes_both_ways_and_its_derivative_the_other(shape, k):
    x = np.random.default_rng(10).standard_normal(shape)
    value, back = vjp(lambda x: diag(x, k), x)
    np.testing.assert_array_equal(value, np.diag(x, k))
    g = np.random.default_rng(11).standard_normal(value.shape)
    expected = np.diagonal(g, k) if len(shape) == 1 else np.zeros(shape)
    if len(shape) == 2:
        for i, cotangent in enumerate(g):
            expected[i + max(0, -k), i + max(0, k)] = cotangent
    np.testing.assert_array_equal(back(g)[0], expected)


def test_the_trace_has_the_identity_as_gradient():
    np.testing.assert_array_equal(grad(trace)(np.ones((3, 3))), np.eye(3))
    above = grad(lambda x: trace(x, offset=1))(np.ones((2, 4)))
    np.testing.assert_array_equal(above, np.eye(2, 4, 1))
    batch = grad(lambda x: trace(x, axis1=-2, axis2=-1).sum())(np.ones((2, 3, 3)))
    np.testing.assert_array_equal(batch, np.stack([np.eye(3)] * 2))


def test_diagonals_of_anything_but_two_axes_are_refused():
    with pytest.raises(ValueError, match=r"diag: received shape \(2, 2, 2\)"):
        diag(np.ones((2, 2, 2)))
    with pytest.raises(ValueError, match=r"trace: received shape \(2,\)"):
        trace(Tensor(np.ones(2)))
    with pytest.raises(ValueError, match="diagonal: received .*two different axes"):
        diagonal(Tensor(np.ones((2, 2))), axis1=1, axis2=-1)


def test_forward_mode_through_products_is_the_product_rule():
    rng = np.random.default_rng(12)
    a, b, da, db = rng.standard_normal((4, 3, 3))
    for f in (dot, inner, outer, vdot, lambda a, b: einsum("ij,jk->ki", a, b)):
        _, tangent = jvp(f, (a, b), (da, db))
        np.testing.assert_allclose(tangent, f(da, b) + f(a, db), atol=1e-14)
