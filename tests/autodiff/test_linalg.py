"""Inverses, determinants and factorisations: closed forms, conventions, singular matrices."""

import numpy as np
import pytest

from learndyn.autodiff import Parameter, Tensor, check_grads, grad, hvp, jvp, log, no_grad, square
from learndyn.autodiff.rules.decompositions import (
    cholesky,
    det,
    eigh,
    eigvalsh,
    inv,
    slogdet,
    solve,
)
from learndyn.autodiff.rules.linalg import diagonal, trace
from learndyn.autodiff.rules.products import einsum, outer

RNG = np.random.default_rng(0)
A = RNG.standard_normal((4, 4)) + 3 * np.eye(4)
S = A @ A.T / 4
V, U = RNG.standard_normal((2, 4, 4))


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


# --- inv and solve --------------------------------------------------------------------------


def test_the_derivative_of_the_inverse_is_minus_inverse_change_inverse():
    b = np.linalg.inv(A)
    value, tangent = jvp(inv, (A,), (V,))
    np.testing.assert_allclose(value, b)
    np.testing.assert_allclose(tangent, -b @ V @ b, atol=1e-14)
    second = jvp(lambda a: jvp(inv, (a,), (V,))[1], (A,), (V,))[1]
    np.testing.assert_allclose(second, 2 * b @ V @ b @ V @ b, atol=1e-14)


def test_solve_is_the_product_with_the_inverse_with_all_its_derivatives():
    b = RNG.standard_normal((4, 2))
    w = RNG.standard_normal((4, 2))
    for f in (lambda a: (solve(a, b) * w).sum(), lambda a: (inv(a) @ b * w).sum()):
        x = np.linalg.solve(A, b)
        back = np.linalg.solve(A.T, w)
        np.testing.assert_allclose(grad(f)(A), -back @ x.T, atol=1e-14)
        y = np.linalg.solve(A, V)
        expected = np.linalg.solve(A.T, V.T @ back) @ x.T + back @ (y @ x).T
        np.testing.assert_allclose(hvp(f, A, V), expected, atol=1e-13)
    np.testing.assert_allclose(grad(lambda b: (solve(A, b) * w).sum())(b), np.linalg.solve(A.T, w))


@pytest.mark.parametrize(
    ("a", "b", "x"),
    [
        ((3, 3), (3,), (3,)),
        ((2, 3, 3), (3,), (2, 3)),
        ((3, 3, 3), (3, 3), (3, 3, 3)),
        ((3, 3), (2, 3, 1), (2, 3, 1)),
        ((2, 1, 3, 3), (4, 3, 2), (2, 4, 3, 2)),
        ((0, 0), (0,), (0,)),
        ((2, 3, 3), (3, 0), (2, 3, 0)),
    ],
)
def test_a_right_hand_side_is_a_vector_only_if_it_has_one_axis(a, b, x):
    """A (3, 3) right-hand side with a batch of 3 matrices is one matrix, as in NumPy 2."""
    matrices = RNG.uniform(-0.5, 0.5, a) + 2 * np.eye(a[-1])
    right = RNG.standard_normal(b)
    value = solve(matrices, right)
    assert value.shape == x
    np.testing.assert_array_equal(value, np.linalg.solve(matrices, right))
    check_grads(solve, matrices, right)


def test_a_singular_matrix_is_an_error_that_names_the_operation():
    with pytest.raises(np.linalg.LinAlgError, match=r"inv: received shape \(2, 2\).*singular"):
        inv(Tensor(np.ones((2, 2))))
    with pytest.raises(np.linalg.LinAlgError, match=r"solve: received shape \(2, 2\) and \(2,\)"):
        solve(Tensor(np.ones((2, 2))), np.ones(2))


@pytest.mark.parametrize("f", [inv, det, slogdet, cholesky, eigh, eigvalsh])
@pytest.mark.parametrize("shape", [(2, 3), (2,), (), (2, 3, 2)])
def test_a_matrix_that_is_not_square_is_an_error_that_names_the_operation(f, shape):
    for x in (np.ones(shape), Tensor(np.ones(shape))):
        with pytest.raises(np.linalg.LinAlgError, match=rf"{f.__name__}: received shape .*square"):
            f(x)


def test_text_and_complex_matrices_are_refused():
    for f in (inv, det, slogdet, cholesky, eigh):
        with pytest.raises(TypeError, match=f"{f.__name__}: received an operand"):
            f(np.eye(2) * 1j)


# --- det and slogdet ------------------------------------------------------------------------


def test_the_gradient_of_the_determinant_is_det_times_inverse_transposed():
    cofactors = np.linalg.det(A) * np.linalg.inv(A).T
    np.testing.assert_allclose(grad(det)(A), cofactors, rtol=1e-12)
    b = np.linalg.inv(A)
    expected = np.linalg.det(A) * (np.trace(b @ V) * b.T - (b @ V @ b).T)
    np.testing.assert_allclose(hvp(det, A, V), expected, rtol=1e-11)


def test_the_determinant_of_a_two_by_two_matrix_is_ad_minus_bc():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(grad(det)(x), [[4, -3], [-2, 1]], atol=1e-14)
    np.testing.assert_allclose(hvp(det, x, np.array([[1.0, 2.0], [3.0, 5.0]])), [[5, -3], [-2, 1]])


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_the_gradient_of_the_determinant_of_a_singular_matrix_is_its_cofactors(rank):
    x = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]])
    u, s, v = np.linalg.svd(x)
    s[rank:] = 0
    x = (u * s) @ v
    minors = [
        [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) for j in range(3)]
        for i in range(3)
    ]
    np.testing.assert_allclose(grad(det)(x), minors, atol=1e-12)


def test_the_second_derivative_of_a_singular_determinant_is_an_error():
    with pytest.raises(np.linalg.LinAlgError, match="inv: .*singular"):
        hvp(det, np.ones((2, 2)), np.eye(2))


def test_the_gradient_of_the_log_determinant_is_the_inverse_transposed():
    for x in (A, -A[:3, :3]):  # determinants of both signs
        f = lambda a: slogdet(a).logabsdet
        b, v = np.linalg.inv(x), V[: len(x), : len(x)]
        np.testing.assert_allclose(grad(f)(x), b.T, atol=1e-14)
        np.testing.assert_allclose(hvp(f, x, v), -(b @ v @ b).T, atol=1e-14)


def test_the_sign_of_a_determinant_is_a_constant():
    sign, logabsdet = slogdet(Parameter(-np.eye(3)))
    assert not sign.requires_grad
    assert logabsdet.requires_grad
    assert sign.item() == -1.0
    assert slogdet(np.zeros((2, 2))) == (0.0, -np.inf)
    with pytest.raises(np.linalg.LinAlgError, match="inv: .*singular"):
        grad(lambda a: slogdet(a).logabsdet)(np.zeros((2, 2)))


def test_log_det_of_a_large_matrix_does_not_overflow():
    x = 100.0 * np.eye(400)
    assert slogdet(x).logabsdet == pytest.approx(400 * np.log(100))
    np.testing.assert_allclose(grad(lambda a: slogdet(a).logabsdet)(x), np.eye(400) / 100)


# --- cholesky -------------------------------------------------------------------------------


def test_the_factor_is_numpys_and_its_tangent_solves_the_product_rule():
    """S = L L^T, hence dS = dL L^T + L dL^T with dL lower triangular."""
    ds = symmetric(V)
    value, tangent = jvp(cholesky, (S,), (ds,))
    np.testing.assert_allclose(value, np.linalg.cholesky(S), rtol=1e-14)
    np.testing.assert_array_equal(np.triu(tangent, 1), 0)
    np.testing.assert_allclose(tangent @ value.T + value @ tangent.T, ds, atol=1e-13)
    np.testing.assert_array_equal(cholesky(S, upper=True), cholesky(S).T)


def test_a_function_of_l_l_transposed_has_the_derivatives_of_its_matrix():
    def through(s):
        factor = cholesky(s)
        return (factor @ factor.T * V).sum()

    np.testing.assert_allclose(grad(through)(S), symmetric(V), atol=1e-13)
    np.testing.assert_allclose(hvp(through, S, U), np.zeros((4, 4)), atol=1e-11)


@pytest.mark.parametrize(
    "f", [lambda s: cholesky(s).sum(), lambda s: square(eigh(s).eigenvalues).sum()]
)
def test_the_symmetric_part_is_what_counts_and_the_gradient_is_symmetric(f):
    skew = V - V.T
    assert f(S + skew) == pytest.approx(f(S), rel=1e-13)
    slope = grad(f)(S + skew)
    np.testing.assert_allclose(slope, slope.T, atol=1e-14)
    assert abs(np.vdot(slope, skew)) < 1e-12


def test_an_indefinite_matrix_is_an_error_that_names_cholesky():
    with pytest.raises(np.linalg.LinAlgError, match=r"cholesky: .*positive definite"):
        cholesky(Tensor(np.diag([1.0, -1.0])))


def test_the_gaussian_log_likelihood_has_its_closed_gradient_and_hessian():
    """l = -log det S / 2 - x^T S^-1 x / 2: grad = (q q^T - S^-1) / 2 with q = S^-1 x, and

    H[D] = (S^-1 D S^-1 - p q^T - q p^T) / 2 with p = S^-1 D q.
    """
    x, b = RNG.standard_normal(4), np.linalg.inv(S)

    def by_cholesky(s):
        factor = cholesky(s)
        return -log(diagonal(factor)).sum() - square(solve(factor, x)).sum() / 2

    def by_slogdet(s):
        return -slogdet(s).logabsdet / 2 - (solve(s, x) * x).sum() / 2

    q, d = b @ x, symmetric(V)
    p = b @ d @ q
    for f in (by_cholesky, by_slogdet):
        np.testing.assert_allclose(grad(f)(S), (np.outer(q, q) - b) / 2, atol=1e-13)
        expected = (b @ d @ b - np.outer(p, q) - np.outer(q, p)) / 2
        np.testing.assert_allclose(hvp(f, S, d), expected, atol=1e-12)


# --- eigh -----------------------------------------------------------------------------------


def test_each_eigenvalue_has_the_projection_on_its_eigenvector_as_gradient():
    w, v = np.linalg.eigh(S)
    np.testing.assert_allclose(eigvalsh(S), w, rtol=1e-14)
    for i in range(4):
        slope = grad(lambda s, i=i: eigvalsh(s)[i])(S)
        np.testing.assert_allclose(slope, np.outer(v[:, i], v[:, i]), atol=1e-14)


def test_the_second_derivative_of_an_eigenvalue_is_repulsion_from_the_others():
    """d2 w_i [D, D] = 2 sum_{j != i} (v_i^T D v_j)^2 / (w_i - w_j)."""
    w, v = np.linalg.eigh(S)
    d = symmetric(V)
    m = v.T @ d @ v
    for i in range(4):
        expected = 2 * sum(m[i, j] ** 2 / (w[i] - w[j]) for j in range(4) if j != i)
        curvature = np.vdot(d, hvp(lambda s, i=i: eigvalsh(s)[i], S, d))
        assert curvature == pytest.approx(expected, rel=1e-11)


def test_the_tangent_of_an_eigenvector_is_perturbation_theory():
    """dv_i = sum_{j != i} v_j (v_j^T D v_i) / (w_i - w_j), up to NumPy's sign of v_i."""
    d = symmetric(V)
    w, v = np.linalg.eigh(S)
    m = v.T @ d @ v
    _, tangent = jvp(lambda s: eigh(s).eigenvectors, (S,), (d,))
    for i in range(4):
        expected = sum(v[:, j] * m[j, i] / (w[i] - w[j]) for j in range(4) if j != i)
        np.testing.assert_allclose(tangent[:, i], expected, atol=1e-12)


def test_putting_a_matrix_together_again_has_the_identity_as_derivative():
    def again(s):
        w, v = eigh(s)
        return einsum("ik,k,jk->ij", v, w, v)

    _, tangent = jvp(again, (S,), (V,))
    np.testing.assert_allclose(tangent, symmetric(V), atol=1e-12)
    np.testing.assert_allclose(grad(lambda s: (again(s) * V).sum())(S), symmetric(V), atol=1e-12)
    np.testing.assert_allclose(hvp(lambda s: (again(s) * V).sum(), S, U), 0, atol=1e-10)


@pytest.mark.parametrize("basis", [np.eye(3), np.linalg.qr(RNG.standard_normal((3, 3)))[0]])
def test_functions_of_all_eigenvalues_have_derivatives_where_eigenvalues_are_equal(basis):
    x = (basis * [1.0, 1.0, 2.0]) @ basis.T
    np.testing.assert_allclose(grad(lambda s: eigvalsh(s).sum())(x), np.eye(3), atol=1e-14)
    np.testing.assert_allclose(grad(lambda s: square(eigh(s)[0]).sum())(x), 2 * x, atol=1e-14)
    slope = grad(lambda s: eigvalsh(s)[2])(x)
    np.testing.assert_allclose(slope, np.outer(basis[:, 2], basis[:, 2]), atol=1e-14)


@pytest.mark.parametrize("basis", [np.eye(3), np.linalg.qr(RNG.standard_normal((3, 3)))[0]])
def test_eigenvectors_of_equal_eigenvalues_have_no_derivative(basis):
    x = (basis * [1.0, 1.0, 2.0]) @ basis.T
    with pytest.raises(np.linalg.LinAlgError, match="eigenvalues 0 and 1 are equal up to rounding"):
        grad(lambda s: eigh(s).eigenvectors[0, 0])(x)
    with pytest.raises(np.linalg.LinAlgError, match="use eigvalsh"):
        jvp(lambda s: eigh(s).eigenvectors, (x,), (np.eye(3),))
    with pytest.raises(np.linalg.LinAlgError, match="equal up to rounding"):
        hvp(lambda s: square(eigvalsh(s)).sum(), x, np.eye(3))
    batch = np.stack([np.diag([1.0, 2.0, 3.0]), x])
    with pytest.raises(np.linalg.LinAlgError, match=r"of matrix \(1,\)"):
        grad(lambda s: eigh(s).eigenvectors.sum())(batch)


def test_results_have_names_and_a_plain_array_gives_plain_arrays():
    w, v = eigh(S)
    result = eigh(S)
    np.testing.assert_array_equal(result.eigenvalues, w)
    np.testing.assert_array_equal(result.eigenvectors, v)
    assert type(w) is type(v) is np.ndarray
    with no_grad():
        assert not eigh(Parameter(S)).eigenvalues.requires_grad


@pytest.mark.parametrize("f", [inv, det, cholesky, eigvalsh, lambda a: slogdet(a).logabsdet])
def test_a_batch_is_its_matrices_one_by_one(f):
    batch = np.stack([S, 2 * S + 0.1 * symmetric(V), S + np.eye(4)])
    weight = np.random.default_rng(1).standard_normal(f(batch).shape)
    together = grad(lambda x: (f(x) * weight).sum())(batch)
    alone = [grad(lambda x, w=w: (f(x) * w).sum())(x) for x, w in zip(batch, weight, strict=True)]
    np.testing.assert_allclose(together, np.stack(alone), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("f", [inv, det, cholesky, eigvalsh, lambda a: slogdet(a).logabsdet])
@pytest.mark.parametrize("shape", [(0, 0), (0, 2, 2), (1, 1)])
def test_empty_and_one_by_one_matrices_are_matrices(f, shape):
    x = np.full(shape, 2.0) + np.eye(shape[-1])
    assert grad(lambda a: f(a).sum())(x).shape == shape
    assert hvp(lambda a: f(a).sum(), x, np.ones(shape)).shape == shape


def test_the_trace_of_the_inverse_has_minus_the_squared_inverse_as_gradient():
    b = np.linalg.inv(A)
    np.testing.assert_allclose(grad(lambda a: trace(inv(a)))(A), -(b @ b).T, atol=1e-14)


def test_a_rank_one_update_changes_the_determinant_by_the_matrix_lemma():
    """det(A + u v^T) = det(A) (1 + v^T A^-1 u), in value and in gradient by u."""
    u, v = RNG.standard_normal((2, 4))
    left = lambda u: det(A + outer(u, v))
    right = lambda u: det(A) * (1.0 + (solve(A, u) * v).sum())
    assert left(u) == pytest.approx(right(u), rel=1e-12)
    np.testing.assert_allclose(grad(left)(u), grad(right)(u), rtol=1e-11)
    np.testing.assert_allclose(hvp(left, u, v), np.zeros(4), atol=1e-10)
