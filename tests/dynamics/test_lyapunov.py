"""Laws of Lyapunov exponents: closed forms, sums, and the literature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.autodiff import concatenate
from learndyn.dynamics import RK4, flow_map, lyapunov_exponents


def henon(z):
    x, y = z[:1], z[1:]
    return concatenate([1.0 - 1.4 * x * x + y, 0.3 * x])


def lorenz(t, z):
    x, y, w = z[:1], z[1:2], z[2:]
    return concatenate([10.0 * (y - x), x * (28.0 - w) - y, x * y - 8.0 / 3.0 * w])


@given(seed=st.integers(0, 2**32 - 1))
def test_a_linear_map_has_the_logarithms_of_its_eigenvalues(seed):
    rng = np.random.default_rng(seed)
    s = np.eye(4) + 0.3 * rng.uniform(-1, 1, (4, 4))
    moduli = np.array([1.5, 0.9, 0.4, 0.05])
    a = s @ np.diag(moduli * rng.choice([-1.0, 1.0], 4)) @ np.linalg.inv(s)
    found = lyapunov_exponents(lambda z: a @ z, np.zeros(4), 40, burn_in=60, dt=0.5)
    np.testing.assert_allclose(found.exponents, np.log(moduli) / 0.5, atol=1e-8)
    leading = lyapunov_exponents(lambda z: a @ z, np.zeros(4), 40, burn_in=60, count=2)
    np.testing.assert_allclose(leading.exponents, np.log(moduli[:2]), atol=1e-8)


def test_the_logistic_map_at_four_has_the_exponent_ln_2():
    found = lyapunov_exponents(lambda z: 4.0 * z * (1.0 - z), [0.3], 3000)
    assert found.exponents[0] == pytest.approx(np.log(2.0), abs=0.01)
    assert found.kaplan_yorke_dimension == 1.0


def test_the_henon_map():
    """.419, the sum ln .3 exactly, dimension 1.26 (Wolf et al., 1985)."""
    found = lyapunov_exponents(henon, [0.1, 0.1], 3000, burn_in=50)
    assert found.exponents[0] == pytest.approx(0.419, abs=0.02)
    assert found.exponents.sum() == pytest.approx(np.log(0.3), abs=1e-12)
    assert found.kaplan_yorke_dimension == pytest.approx(1.258, abs=0.02)
    assert found.history.shape == (3000, 2)
    np.testing.assert_array_equal(found.history[-1], found.exponents)


def test_the_lorenz_flow():
    """.906, 0, -14.57 per unit of time; the sum is the divergence -(10 + 1 + 8/3) exactly."""
    step = flow_map(lorenz, 0.02, method=RK4(0.02))
    found = lyapunov_exponents(step, [1.0, 1.0, 25.0], 2500, burn_in=200, dt=0.02)
    assert found.exponents[0] == pytest.approx(0.906, abs=0.12)
    assert found.exponents[1] == pytest.approx(0.0, abs=0.05)
    assert found.exponents[2] == pytest.approx(-14.57, abs=0.12)
    assert found.exponents.sum() == pytest.approx(-41.0 / 3.0, abs=2e-3)
    assert found.kaplan_yorke_dimension == pytest.approx(2.06, abs=0.02)


def test_products_of_gaussian_matrices():
    """lambda_i = (ln(2/N) + psi((N - i + 1) / 2)) / 2, i = 1..N, entries N(0, 1/N) (Newman, 1986).

    Recursion and psi(1/2) = -gamma - 2 ln 2, psi(1) = -gamma give each digamma exactly.
    """
    n, rng = 10, np.random.default_rng(0)
    found = lyapunov_exponents(
        lambda z: (rng.standard_normal((n, n)) / np.sqrt(n)) @ z, np.zeros(n), 3000, burn_in=20
    )
    psi = {1: -np.euler_gamma - 2.0 * np.log(2.0), 2: -np.euler_gamma}
    for k in range(3, n + 1):
        psi[k] = psi[k - 2] + 2.0 / (k - 2)
    exact = [0.5 * (np.log(2.0 / n) + psi[n - i]) for i in range(n)]
    np.testing.assert_allclose(found.exponents, exact, atol=0.07)


def test_a_product_of_many_jacobians_is_never_formed():
    """exp(-14.6 * 500) is far below the floats, yet the exponent of each direction is exact."""
    found = lyapunov_exponents(lambda z: np.array([2.0, 1e-9]) * z, np.zeros(2), 500, burn_in=5)
    np.testing.assert_allclose(found.exponents, np.log([2.0, 1e-9]), rtol=1e-12)


def test_a_lost_direction_and_a_run_that_leaves_the_floats_are_reported():
    flat = lyapunov_exponents(lambda z: np.array([0.5, 0.0]) * z, np.ones(2), 5, burn_in=1)
    np.testing.assert_allclose(flat.exponents, [np.log(0.5), -np.inf])
    gone = lyapunov_exponents(lambda z: z * z, [2.0], 50)
    assert gone.stopped == "the orbit or its tangent map is not finite at step 10"
    assert len(gone.history) == 9
    # z_t = 2^(2^t), and the slope at z_t is 2 z_t: the mean of ln 2 + 2^t ln 2 over t < 9.
    assert gone.exponents[0] == pytest.approx(np.log(2.0) * (1 + 511 / 9))
    with pytest.raises(ArithmeticError, match="not finite at step 10, before the first"):
        lyapunov_exponents(lambda z: z * z, [2.0], 50, burn_in=20)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match=r"needs 1 <= count <= 2.*got count=3"):
        lyapunov_exponents(henon, [0.1, 0.1], 10, count=3)
    with pytest.raises(ValueError, match="the system took a state of shape"):
        lyapunov_exponents(lambda z: z[:1], [0.1, 0.1], 10)
    with pytest.raises(ValueError, match="Compute more of them with count="):
        _ = lyapunov_exponents(henon, [0.1, 0.1], 50, count=1).kaplan_yorke_dimension
