"""Laws of whole spectra: invariants, order, what defective eigenvalues are worth."""

import sys
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import (
    LinearOperator,
    dominant_modes,
    linearise,
    spectral_radius,
    spectrum,
)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 8))
def test_sum_and_product_of_the_eigenvalues_are_trace_and_determinant(seed, n):
    a = np.random.default_rng(seed).standard_normal((n, n))
    values = spectrum(a)
    np.testing.assert_allclose(values.sum(), np.trace(a), atol=1e-12)
    np.testing.assert_allclose(values.prod(), np.linalg.det(a), rtol=1e-9, atol=1e-12)
    assert (np.diff(np.abs(values)) <= 1e-15).all()
    assert spectral_radius(a) == np.abs(values[0])


def test_a_conjugate_pair_stays_together_upper_half_plane_first():
    turn = np.kron(np.diag([0.5, 0.9]), np.array([[0.0, -1.0], [1.0, 0.0]]))
    np.testing.assert_allclose(spectrum(turn), [0.9j, -0.9j, 0.5j, -0.5j], atol=1e-15)


def test_a_symmetric_operator_has_real_eigenvalues_as_small_as_they_are():
    rng = np.random.default_rng(0)
    q = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    exact = 3e-6 * np.array([-3.0, 2.0, 1.0, 0.5, 0.25, 0.0])
    a = (q * exact) @ q.T
    values = spectrum(LinearOperator(6, lambda v: a @ v, symmetric=True))
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, exact, atol=1e-20)


def test_a_defective_eigenvalue_is_known_to_the_root_of_the_rounding_unit():
    """Similar to a Jordan block of order 2: the error is about sqrt(eps) and not eps."""
    s = np.array([[1.0, 2.0], [3.0, 7.0]])
    values = spectrum(s @ np.array([[0.8, 1.0], [0.0, 0.8]]) @ np.linalg.inv(s))
    np.testing.assert_allclose(values, 0.8, atol=2e-7)
    np.testing.assert_allclose(values.mean(), 0.8, atol=1e-13)  # their mean is well conditioned


def test_the_multipliers_of_gradient_descent_on_a_quadratic():
    """Mode i is multiplied by 1 - eta lambda_i (Goh, 2017)."""
    curvatures, eta = np.array([10.0, 3.0, 0.5]), 0.19
    step = linearise(lambda z: z - eta * curvatures * z, np.ones(3))
    exact = 1.0 - eta * curvatures
    np.testing.assert_allclose(spectrum(step), exact[np.argsort(-np.abs(exact))], atol=1e-15)


def test_a_large_spectral_radius_is_found_without_the_matrix():
    scale = np.linspace(0.0, 0.9, 1000)
    scale[137] = -1.25
    operator = LinearOperator(1000, lambda v: scale * v, symmetric=True)
    assert spectral_radius(operator) == pytest.approx(1.25, rel=1e-12)


def test_a_large_spectral_radius_that_does_not_converge_is_an_error(monkeypatch):
    few = partial(dominant_modes, max_iterations=20)
    monkeypatch.setattr(sys.modules["learndyn.dynamics.spectrum"], "dominant_modes", few)
    shift = LinearOperator(1001, lambda v: np.roll(v, 1))  # cyclic: all magnitudes are 1
    with pytest.raises(RuntimeError, match="spectral_radius: not converged after 20 products"):
        spectral_radius(shift)


def test_bad_input_says_what_to_do():
    a = np.array([[1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="says it is symmetric, but.*Pass symmetric=False"):
        spectrum(LinearOperator(2, lambda v: a @ v, symmetric=True))
    with pytest.raises(ValueError, match=r"spectrum: needs a square matrix.*\(2, 3\)"):
        spectrum(np.ones((2, 3)))
    with pytest.raises(TypeError, match=r"spectrum: received function. Pass LinearOperator"):
        spectrum(lambda v: v)
