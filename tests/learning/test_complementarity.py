"""The semidefinite complementarity problem: its conditions hold, whatever is active."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning.complementarity import semidefinite_complementarity


def random_problem(seed, k, shift, dimension):
    """C, and B as a Gram matrix, which is what the central flow meets."""
    rng = np.random.default_rng(seed)
    slopes = rng.standard_normal((k, k, dimension))
    slopes = slopes + slopes.transpose(1, 0, 2)
    constant = rng.standard_normal((k, k))
    constant = constant + constant.T + shift * np.eye(k)
    return constant, np.einsum("ijn,kln->ijkl", slopes, slopes)


@given(
    seed=st.integers(0, 10_000),
    k=st.integers(1, 5),
    shift=st.floats(-4.0, 4.0),
    dimension=st.integers(30, 60),
)
def test_solution_and_slack_are_positive_and_complementary(seed, k, shift, dimension):
    constant, quadratic = random_problem(seed, k, shift, dimension)
    found = semidefinite_complementarity(constant, quadratic)
    x, y = found.solution, found.slack
    assert found.converged
    size = np.linalg.norm(constant)
    np.testing.assert_allclose(y, constant + np.einsum("ijkl,kl->ij", quadratic, x), atol=1e-10)
    assert np.linalg.eigvalsh(x)[0] >= -1e-10
    assert np.linalg.eigvalsh(y)[0] >= -1e-7 * size
    assert abs(np.sum(x * y)) <= 1e-7 * size * (1.0 + np.linalg.norm(x))


@given(c=st.floats(-5.0, 5.0), b=st.floats(0.1, 5.0))
def test_in_one_dimension_it_is_the_positive_part(c, b):
    found = semidefinite_complementarity(np.array([[c]]), np.full((1, 1, 1, 1), b))
    assert found.solution[0, 0] == pytest.approx(max(0.0, -c / b), abs=1e-12)


def test_the_solution_turns_with_the_problem():
    """X is a matrix, not a list of numbers: it is equivariant under rotations."""
    constant, quadratic = random_problem(0, 3, -1.0, 40)
    q = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    turned = np.einsum("ia,jb,kc,ld,abcd->ijkl", q, q, q, q, quadratic)
    there = semidefinite_complementarity(q @ constant @ q.T, turned).solution
    here = semidefinite_complementarity(constant, quadratic).solution
    np.testing.assert_allclose(there, q @ here @ q.T, atol=1e-7)


def test_a_budget_that_is_too_small_is_reported():
    for seed in range(100):
        problem = random_problem(seed, 4, 0.0, 40)
        if semidefinite_complementarity(*problem).iterations > 10:
            break
    found = semidefinite_complementarity(*problem, max_iterations=3)
    assert not found.converged
    assert found.iterations == 3
    assert found.residual > 1e-8


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"got \(2, 2\) and \(2, 2\)"):
        semidefinite_complementarity(np.eye(2), np.eye(2))
