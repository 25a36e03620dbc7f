"""Laws of non-normal matrices: what bounds the growth that eigenvalues do not see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import (
    LinearOperator,
    kreiss_constant,
    numerical_abscissa,
    numerical_radius,
    pseudospectral_radius,
    pseudospectrum,
    spectral_radius,
    transient_growth,
)
from learndyn.dynamics.search import maximise

E = np.e


def stable(seed, n, radius=0.95):
    a = np.triu(np.random.default_rng(seed).standard_normal((n, n)))
    return a * radius / np.abs(np.diagonal(a)).max()


def normal(seed, n, radius):
    """Eigenvalues of magnitude at most ``radius``, orthogonal eigenvectors."""
    rng = np.random.default_rng(seed)
    q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    d = rng.uniform(-1, 1, n)
    return radius * (q * d / np.abs(d).max()) @ q.T


def exponentials(a, t):
    values, s = np.linalg.eig(a)
    return (s * np.exp(t[:, None] * values)[:, None, :]) @ np.linalg.inv(s)


@given(a=st.floats(0.1, 0.99), n=st.integers(1, 60))
def test_powers_of_a_jordan_block_of_order_two(a, n):
    """||J^k|| = a^k (x + sqrt(x^2 + 4)) / 2 with x = k/a."""
    k = np.arange(n + 1)
    x = k / a
    growth = transient_growth([[a, 1.0], [0.0, a]], n)
    np.testing.assert_allclose(growth.norms, a**k * (x + np.sqrt(x * x + 4.0)) / 2.0, rtol=1e-11)
    assert growth.peak == growth.norms.max()
    assert growth.norms[growth.peak_step] == growth.peak


@pytest.mark.parametrize(("kappa", "hold"), [(1e2, 0.25), (1e4, 0.05), (1e6, 0.05)])
def test_the_best_heavy_ball_first_grows_by_root_kappa_over_e(kappa, hold):
    """Polyak's optimal step and momentum; peak sqrt(kappa)/e (Mohammadi et al., 2021)."""
    root = np.sqrt(kappa)
    beta, eta = ((root - 1.0) / (root + 1.0)) ** 2, 4.0 / (root + 1.0) ** 2
    a = np.zeros((4, 4))
    for i, curvature in enumerate((1.0, kappa)):
        block = slice(2 * i, 2 * i + 2)
        a[block, block] = [[1.0 + beta - eta * curvature, -beta], [1.0, 0.0]]
    assert spectral_radius(a) < 1.0
    growth = transient_growth(a, int(3 * root))
    assert growth.peak / (root / E) == pytest.approx(1.0, abs=hold)
    k = kreiss_constant(a)
    assert k <= growth.peak <= E * 4 * k


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 6))
def test_the_kreiss_matrix_theorem(seed, n):
    """K(A) <= sup ||A^k|| <= e n K(A)."""
    a = stable(seed, n)
    k, growth = kreiss_constant(a), transient_growth(a, 400)
    assert 1.0 <= k <= growth.peak * (1 + 1e-9)
    assert growth.peak <= E * n * k


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 5))
def test_the_kreiss_matrix_theorem_for_flows(seed, n):
    """K(A) <= sup ||exp(tA)|| <= e n K(A); d/dt ||exp(tA)|| at 0 is the numerical abscissa."""
    a = stable(seed, n) * 3.0 - 3.0 * np.eye(n) - np.diag(0.01 * np.arange(n))
    k = kreiss_constant(a, continuous=True)
    sup = np.linalg.norm(exponentials(a, np.linspace(0.0, 30.0, 1501)), 2, axis=(1, 2)).max()
    assert 1.0 <= k <= sup * 1.01
    assert sup <= E * n * k
    h = 1e-6
    slope = (np.linalg.norm(np.eye(n) + h * a, 2) - 1.0) / h
    assert slope == pytest.approx(
        numerical_abscissa(a), abs=h * np.linalg.norm(a, 2) ** 2 + 1e-8
    )


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 8), radius=st.floats(0.1, 1.0))
def test_a_normal_matrix_never_grows(seed, n, radius):
    a = normal(seed, n, radius)
    growth = transient_growth(a, 30)
    np.testing.assert_allclose(growth.norms, radius ** np.arange(31), rtol=1e-9)
    assert growth.peak == pytest.approx(1.0)
    assert numerical_radius(a) == pytest.approx(radius, rel=1e-12)
    assert kreiss_constant(a) == pytest.approx(1.0, abs=1e-5)
    assert pseudospectral_radius(a, 0.1) == pytest.approx(radius + 0.1, rel=1e-7)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 7))
def test_the_numerical_radius_bounds_norms_and_powers(seed, n):
    """||A||/2 <= w <= ||A||, rho <= w, ||A^k|| <= 2 w^k (Berger's power inequality)."""
    a = np.random.default_rng(seed).standard_normal((n, n))
    w, size = numerical_radius(a), np.linalg.norm(a, 2)
    slack = 1 + 1e-9
    assert size / 2 <= w * slack
    assert w <= size * slack
    assert spectral_radius(a) <= w * slack
    norms = transient_growth(a, 12).norms
    assert (norms <= 2.0 * w ** np.arange(13) * slack).all()
    x = np.random.default_rng(seed + 1).standard_normal((2, 40, n))
    x = (x[0] + 1j * x[1]) / np.linalg.norm(x[0] + 1j * x[1], axis=1, keepdims=True)
    assert np.abs(np.einsum("ki,ij,kj->k", x.conj(), a, x)).max() <= w * slack


@pytest.mark.parametrize("n", [2, 5, 20])
def test_the_field_of_values_of_a_nilpotent_block(n):
    """w = cos(pi / (n + 1)) for ones above the diagonal (Davidson and Holbrook, 1988)."""
    shift = np.diag(np.ones(n - 1), 1)
    assert numerical_radius(shift) == pytest.approx(np.cos(np.pi / (n + 1)), rel=1e-12)
    growth = transient_growth(shift, n + 3)
    np.testing.assert_allclose(growth.norms, [1.0] * n + [0.0] * 4)


def test_the_pseudospectrum_of_two_matrices_known_by_heart():
    grid = np.array([[0.5 + 0.5j, 2.0], [-1j, 0.3]])
    diagonal = np.array([0.3, -0.8])
    distance = np.abs(grid[..., None] - diagonal).min(axis=-1)
    np.testing.assert_allclose(pseudospectrum(np.diag(diagonal), grid), distance, atol=1e-15)
    # [[z, -1], [0, z]] has the singular values (sqrt(1 + 4|z|^2) +- 1) / 2.
    smallest = (np.sqrt(1.0 + 4.0 * np.abs(grid) ** 2) - 1.0) / 2.0
    np.testing.assert_allclose(pseudospectrum([[0.0, 1.0], [0.0, 0.0]], grid), smallest, rtol=1e-12)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 6), log_eps=st.floats(-4, 0))
def test_the_pseudospectral_radius_is_the_last_level_crossing(seed, n, log_eps):
    a, eps = stable(seed, n), 10.0**log_eps
    reach = pseudospectral_radius(a, eps)
    assert reach >= spectral_radius(a) + eps * (1 - 1e-6)
    angles = np.linspace(0, np.pi, 181)
    outside = pseudospectrum(a, (reach + 0.01) * np.exp(1j * angles))
    assert outside.min() > eps
    least = -maximise(lambda t: -pseudospectrum(a, reach * np.exp(1j * t)), angles)[1]
    assert least == pytest.approx(eps, rel=1e-6)


@pytest.mark.parametrize("eps", [1e-6, 1e-3, 0.1])
def test_the_pseudospectral_radius_of_a_jordan_block_grows_with_the_root_of_eps(eps):
    """sigma_min = eps on |z - a|: (sqrt(1 + 4 d^2) - 1)/2 = eps, so d = sqrt(eps + eps^2)."""
    found = pseudospectral_radius([[0.6, 1.0], [0.0, 0.6]], eps)
    assert found == pytest.approx(0.6 + np.sqrt(eps + eps * eps), abs=1e-7)


def test_two_ways_to_the_kreiss_constant_agree():
    """K(A) = sup over eps of (rho_eps(A) - 1) / eps (Trefethen and Embree, 2005)."""
    a = np.diag(np.full(5, 0.5)) + np.diag(np.ones(4), 1)
    eps = np.geomspace(1e-3, 0.3, 25)
    other = max((pseudospectral_radius(a, e) - 1.0) / e for e in eps)
    assert other <= kreiss_constant(a) * (1 + 1e-9)
    assert other == pytest.approx(kreiss_constant(a), rel=0.01)


def test_a_random_perturbation_stays_inside_the_pseudospectrum():
    rng = np.random.default_rng(0)
    a, eps = stable(3, 5), 0.05
    reach = pseudospectral_radius(a, eps)
    for _ in range(50):
        e = rng.standard_normal((5, 5))
        assert spectral_radius(a + eps * e / np.linalg.norm(e, 2)) <= reach * (1 + 1e-9)


def test_unstable_and_neutral_systems():
    assert kreiss_constant([[1.1]]) == np.inf
    assert kreiss_constant([[0.1]], continuous=True) == np.inf
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert kreiss_constant(turn) == pytest.approx(1.0, abs=1e-6)
    assert kreiss_constant(turn, continuous=True) == pytest.approx(1.0, abs=1e-6)
    assert kreiss_constant([[1.0, 1.0], [0.0, 1.0]]) > 1e6  # ||J^k|| grows without bound
    assert kreiss_constant(np.zeros((2, 2)), continuous=True) == 1.0
    big = transient_growth([[10.0]], 400)
    assert big.norms[300] == pytest.approx(1e300, rel=1e-9)
    assert big.norms[400] == np.inf


def test_operators_are_taken_in_the_place_of_matrices():
    a = stable(1, 4)
    operator = LinearOperator.from_matrix(a)
    np.testing.assert_array_equal(transient_growth(operator, 5).norms, transient_growth(a, 5).norms)
    assert numerical_radius(operator) == numerical_radius(a)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="transient_growth: steps must not be negative, got -1"):
        transient_growth(np.eye(2), -1)
    with pytest.raises(ValueError, match="eps must be positive and finite, got 0.0"):
        pseudospectral_radius(np.eye(2), 0.0)
    with pytest.raises(ValueError, match=r"kreiss_constant: needs a square matrix.*\(2, 3\)"):
        kreiss_constant(np.ones((2, 3)))
