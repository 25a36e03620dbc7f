"""Laws of Lanczos at its ends: exhausted spaces are exact, and what cannot be done is refused."""

import numpy as np
import pytest

from learndyn.dynamics import LinearOperator, dominant_modes, lanczos


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_an_exhausted_krylov_space_ends_the_steps_and_is_exact(rank):
    eigenvalues = np.array([5.0, 3.0, 1.0, -2.0, -4.0, 7.0])
    start = np.where(np.arange(6) < rank, 1.0, 0.0)  # an invariant subspace, to the last bit
    run = lanczos(LinearOperator.from_matrix(np.diag(eigenvalues)), start, 6)
    assert run.basis.shape == (6, rank)
    assert run.off_diagonal.shape == (rank - 1,)
    np.testing.assert_allclose(np.linalg.eigvalsh(run.to_matrix()), np.sort(eigenvalues[:rank]), rtol=1e-12)
    nodes, weights = run.quadrature()
    np.testing.assert_allclose(weights, 1.0 / rank, rtol=1e-10)
    np.testing.assert_allclose(weights @ nodes**9, np.mean(eigenvalues[:rank] ** 9), rtol=1e-10)


def test_more_steps_than_dimensions_are_not_taken():
    a = np.array([[2.0, 1.0, 0.0], [1.0, -1.0, 3.0], [0.0, 3.0, 0.5]])
    run = lanczos(LinearOperator.from_matrix(a), np.ones(3), 50)
    assert run.diagonal.shape == (3,)
    np.testing.assert_allclose(run.basis @ run.to_matrix() @ run.basis.T, a, atol=1e-13)


def test_an_operator_that_is_zero_needs_one_step():
    run = lanczos(LinearOperator.from_matrix(np.zeros((4, 4))), np.ones(4), 4)
    assert run.basis.shape == (4, 1)
    np.testing.assert_array_equal(run.diagonal, [0.0])


@pytest.mark.parametrize(
    ("start", "steps"),
    [
        (np.zeros(3), 2),
        (np.array([1.0, np.nan, 0.0]), 2),
        (np.array([1.0, np.inf, 0.0]), 2),
        (np.ones(4), 2),
        (np.ones((3, 1)), 2),
        (np.ones(3), 0),
    ],
)
def test_a_start_that_spans_nothing_is_refused(start, steps):
    with pytest.raises(ValueError, match=r"lanczos: needs a finite start of shape \(3,\)"):
        lanczos(LinearOperator.from_matrix(np.eye(3)), start, steps)


def test_an_operator_that_is_not_symmetric_is_refused():
    with pytest.raises(ValueError, match="not symmetric. Use dominant_modes"):
        lanczos(LinearOperator.from_matrix(np.triu(np.ones((3, 3)))), np.ones(3), 2)


def broken(after):
    """A product that is right a number of times and then NaN."""
    calls = []

    def matvec(v):
        calls.append(1)
        return v * np.arange(1.0, 7.0) if len(calls) <= after else np.full(6, np.nan)

    return LinearOperator(6, matvec, symmetric=True)


@pytest.mark.parametrize("after", [0, 3])
def test_the_product_that_is_not_finite_is_named(after):
    with pytest.raises(ValueError, match=f"product number {after + 1} with the operator is not finite"):
        lanczos(broken(after), np.ones(6), 6)
    with pytest.raises(ValueError, match=f"product number {after + 1} with the operator is not finite"):
        dominant_modes(broken(after), 1, method="power", rng=np.random.default_rng(0))
