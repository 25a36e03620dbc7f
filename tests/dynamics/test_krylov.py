"""GMRES knows a matrix only by its products."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import gmres


@dataclass
class Matrix:
    a: np.ndarray
    products: int = 0

    def matvec(self, v):
        self.products += 1
        return self.a @ v


def random_system(seed, n):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, n)) + 2 * np.sqrt(n) * np.eye(n), rng.standard_normal(n)


@given(seed=st.integers(0, 1000), n=st.integers(1, 40))
def test_n_products_solve_a_regular_system(seed, n):
    a, b = random_system(seed, n)
    solution = gmres(Matrix(a), b, tolerance=1e-12, max_iterations=n)
    assert solution.converged
    assert solution.iterations <= n
    np.testing.assert_allclose(solution.x, np.linalg.solve(a, b), rtol=1e-8, atol=1e-10)
    assert solution.residual == pytest.approx(np.linalg.norm(b - a @ solution.x), abs=1e-13)


def test_the_residual_never_rises_and_is_the_least_over_the_krylov_space():
    a, b = random_system(1, 30)
    residuals = []
    for k in range(1, 31):
        solution = gmres(Matrix(a), b, tolerance=0.0, max_iterations=k)
        residuals.append(solution.residual)
        if k <= 6:
            space = np.stack([np.linalg.matrix_power(a, i) @ b for i in range(k)], axis=1)
            best = np.linalg.lstsq(a @ space, b, rcond=None)[0]
            least = np.linalg.norm(b - a @ (space @ best))
            assert solution.residual == pytest.approx(least, rel=1e-7)
    assert np.all(np.diff(residuals) <= 1e-13)
    assert residuals[-1] < 1e-12


def test_as_many_products_suffice_as_there_are_different_eigenvalues():
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(rng.standard_normal((50, 50)))
    a = q @ np.diag(np.repeat([1.0, 2.0, 7.0, -3.0, 20.0], 10)) @ q.T
    solution = gmres(Matrix(a), rng.standard_normal(50), tolerance=1e-10, max_iterations=50)
    assert solution.converged
    assert solution.iterations == 5


def test_a_shift_needs_all_n_products():
    """For a cyclic shift the residual stays at |b| until the last product."""
    n = 24
    shift, b = np.roll(np.eye(n), 1, axis=0), np.eye(n)[0]
    early = gmres(Matrix(shift), b, tolerance=1e-12, max_iterations=n - 1)
    assert not early.converged
    assert early.residual == pytest.approx(1.0)
    late = gmres(Matrix(shift), b, tolerance=1e-12, max_iterations=n)
    assert late.converged
    np.testing.assert_allclose(late.x, np.linalg.solve(shift, b), atol=1e-14)


def test_a_singular_system_is_reported_with_the_best_it_allows():
    a = np.diag([2.0, 1.0, 0.0])
    solution = gmres(Matrix(a), [2.0, 1.0, 5.0], tolerance=1e-10, max_iterations=100)
    assert not solution.converged
    assert solution.residual == pytest.approx(5.0)
    assert np.isfinite(solution.x).all()
    consistent = gmres(Matrix(a), [2.0, 1.0, 0.0], tolerance=1e-10, max_iterations=100)
    assert consistent.converged
    np.testing.assert_allclose(consistent.x, [1.0, 1.0, 0.0], atol=1e-12)


def test_a_zero_matrix_solves_nothing():
    solution = gmres(Matrix(np.zeros((3, 3))), np.ones(3), tolerance=1e-6, max_iterations=3)
    assert not solution.converged
    assert solution.residual == pytest.approx(np.sqrt(3))


def test_a_start_at_the_solution_costs_one_product_and_zero_is_its_own_solution():
    a, b = random_system(2, 8)
    operator = Matrix(a)
    solution = gmres(
        operator, b, tolerance=1e-8, max_iterations=8, x0=np.linalg.solve(a, b)
    )
    assert (solution.iterations, operator.products, solution.converged) == (0, 1, True)
    nothing = gmres(Matrix(a), np.zeros(8), tolerance=1e-8, max_iterations=8)
    np.testing.assert_array_equal(nothing.x, np.zeros(8))
    assert nothing.converged


@given(scale=st.sampled_from([1e-150, 1e-8, 1.0, 1e8, 1e150]))
def test_the_unit_of_the_system_does_not_matter(scale):
    a, b = random_system(3, 10)
    solution = gmres(Matrix(scale * a), scale * b, tolerance=1e-12, max_iterations=10)
    assert solution.converged
    np.testing.assert_allclose(solution.x, np.linalg.solve(a, b), rtol=1e-9)


def test_a_product_that_is_not_finite_ends_the_solve_without_an_error():
    solution = gmres(Matrix(np.full((2, 2), np.nan)), np.ones(2), tolerance=1e-6, max_iterations=2)
    assert not solution.converged
    np.testing.assert_array_equal(solution.x, np.zeros(2))


def test_bad_input_says_what_is_wrong():
    a, b = random_system(0, 3)
    cases = {
        "b must be a vector of finite numbers": (Matrix(a), [[1.0]], {}),
        "b must be a vector": (Matrix(a), [1.0, np.nan, 0.0], {}),
        r"x0 has shape \(2,\), but b has shape \(3,\)": (Matrix(a), b, {"x0": np.ones(2)}),
        "max_iterations >= 1": (Matrix(a), b, {"max_iterations": 0}),
        r"shape \(3,\) to one of shape \(2,\)": (Matrix(a[:2]), b, {}),
    }
    for message, (operator, right, options) in cases.items():
        with pytest.raises(ValueError, match=message):
            gmres(operator, right, **{"tolerance": 1e-6, "max_iterations": 3, **options})
