"""Laws of Krylov methods: what they report is so, whatever the spectrum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import LinearOperator, dominant_modes, lanczos, spectrum
from learndyn.dynamics.modes import rank_order


def symmetric(values, seed=0):
    rng = np.random.default_rng(seed)
    q = np.linalg.qr(rng.standard_normal((len(values), len(values))))[0]
    a = (q * values) @ q.T
    return (a + a.T) / 2.0


def check(a, modes, tolerance=1e-8):
    """Residuals are those of the vectors, and the vectors are unit."""
    true = np.linalg.norm(a @ modes.vectors - modes.vectors * modes.values, axis=0)
    size = np.linalg.norm(a, 2)
    np.testing.assert_allclose(modes.residuals, true, atol=1e-13 * size)
    np.testing.assert_allclose(np.linalg.norm(modes.vectors, axis=0), 1.0, rtol=1e-12)
    assert not modes.converged or (true <= tolerance * size).all()


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 60),
    scale=st.sampled_from([3e-6, 1.0, 1e9]),
    which=st.sampled_from(["magnitude", "largest", "smallest"]),
    data=st.data(),
)
def test_symmetric_modes_are_the_ends_of_the_spectrum_at_every_scale(seed, n, scale, which, data):
    """Eigenvalues as small as 3e-6 come out as themselves."""
    rng = np.random.default_rng(seed)
    exact = scale * rng.standard_normal(n)
    count = data.draw(st.integers(1, n))
    a = symmetric(exact, seed)
    modes = dominant_modes(a, count, which=which)
    assert modes.converged
    check(a, modes)
    wanted = exact[rank_order(exact, which)][:count]
    np.testing.assert_allclose(modes.values, wanted, atol=1e-8 * np.abs(exact).max())
    gram = modes.vectors.T @ modes.vectors
    np.testing.assert_allclose(gram, np.eye(count), atol=1e-6)


@pytest.mark.parametrize("which", ["magnitude", "largest", "smallest"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_modes_of_a_general_operator_agree_with_its_whole_spectrum(which, count):
    a = np.random.default_rng(count).standard_normal((120, 120)) / np.sqrt(120)
    exact = spectrum(a)
    modes = dominant_modes(a, count, which=which)
    assert modes.converged
    check(a, modes)
    wanted = exact[rank_order(exact, which)][:count]
    np.testing.assert_allclose(modes.values, wanted, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_repeated_eigenvalue_comes_out_as_often_as_it_is(count):
    exact = np.concatenate([[2.0, 2.0, 2.0], np.linspace(-1.0, 1.9, 117)])
    modes = dominant_modes(symmetric(exact), count, which="largest")
    assert modes.converged
    np.testing.assert_allclose(modes.values, [2.0, 2.0, 2.0, 1.9][:count], rtol=1e-10)
    rng = np.random.default_rng(1)
    s = np.eye(80) + 0.1 * rng.standard_normal((80, 80)) / np.sqrt(80)
    skewed = s @ np.diag([1.5, 1.5, 1.5, *np.linspace(-0.9, 1.1, 77)]) @ np.linalg.inv(s)
    modes = dominant_modes(skewed, count)
    assert modes.converged
    np.testing.assert_allclose(modes.values, [1.5, 1.5, 1.5, 1.1][:count], rtol=1e-7)


def test_zero_identity_and_projection_are_no_trouble():
    zero = dominant_modes(np.zeros((50, 50)), 3)
    assert zero.converged
    np.testing.assert_array_equal(zero.values, 0.0)
    identity = dominant_modes(np.eye(50), 50)
    np.testing.assert_allclose(identity.values, 1.0, rtol=1e-14)
    projection = dominant_modes(symmetric(np.repeat([1.0, 0.0], [2, 48])), 3)
    np.testing.assert_allclose(projection.values, [1.0, 1.0, 0.0], atol=1e-13)
    one = dominant_modes([[-4.0]])
    assert (one.values[0], one.vectors[0, 0], one.converged) == (-4.0, 1.0, True)


def test_a_complex_pair_and_a_cut_through_it():
    a = np.zeros((40, 40))
    a[:2, :2] = [[0.3, -1.2], [1.2, 0.3]]
    a[2:, 2:] = np.diag(np.linspace(0.0, 1.0, 38))
    modes = dominant_modes(a, 2)
    np.testing.assert_allclose(modes.values, [0.3 + 1.2j, 0.3 - 1.2j], atol=1e-8)
    (upper,) = dominant_modes(a).values
    np.testing.assert_allclose(upper, 0.3 + 1.2j, atol=1e-8)
    check(a, modes)


def test_power_iteration_converges_at_the_ratio_of_the_eigenvalues():
    """The residual falls by |lambda_2 / lambda_1| a step: ln(1e8) / ln(1 / 0.8) = 83 steps."""
    exact = np.concatenate([[1.0, 0.8], np.linspace(-0.2, 0.3, 48)])
    modes = dominant_modes(symmetric(exact), method="power")
    assert modes.converged
    assert modes.values[0] == pytest.approx(1.0, abs=1e-14)
    assert abs(modes.iterations - np.log(1e8) / np.log(1 / 0.8)) < 15
    both = dominant_modes(symmetric(exact), 3, method="power")
    np.testing.assert_allclose(both.values, [1.0, 0.8, 0.3], atol=1e-7)


def test_power_iteration_says_that_a_shared_magnitude_does_not_settle():
    for a in (np.diag([1.0, -1.0, 0.1]), np.array([[0.0, -1.0], [1.0, 0.0]])):
        modes = dominant_modes(a, method="power", max_iterations=300)
        assert not modes.converged
        assert dominant_modes(a).converged
        assert abs(dominant_modes(a).values[0]) == pytest.approx(1.0)


def test_too_few_products_are_reported_with_the_best_estimate():
    exact = np.linspace(0.0, 1.0, 300)
    modes = dominant_modes(symmetric(exact), max_iterations=15, tolerance=1e-12)
    assert not modes.converged
    assert modes.iterations <= 16
    assert 0.9 < modes.values[0] <= 1.0  # a Ritz value is never beyond the spectrum
    check(symmetric(exact), modes)


def test_a_warm_start_saves_products_and_does_not_hide_a_new_dominant_mode():
    a = symmetric(np.linspace(0.0, 1.0, 400) ** 4)
    cold = dominant_modes(a, 3)
    warm = dominant_modes(a + 1e-5 * symmetric(np.linspace(-1, 1, 400), 7), 3, start=cold.vectors)
    again = dominant_modes(a + 1e-5 * symmetric(np.linspace(-1, 1, 400), 7), 3)
    assert warm.iterations < again.iterations
    np.testing.assert_allclose(warm.values, again.values, rtol=1e-9)
    (old,) = dominant_modes(np.diag([1.0, *np.linspace(0, 0.9, 99)])).vectors.T
    grown = np.diag([1.0, *np.linspace(0, 0.9, 98), 1.05])  # in a direction orthogonal to the old
    assert dominant_modes(grown, start=old).values[0] == pytest.approx(1.05, rel=1e-9)


def test_the_same_seed_gives_the_same_bits():
    a = np.random.default_rng(3).standard_normal((70, 70))
    one, two = dominant_modes(a, 3, rng=5), dominant_modes(a, 3, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(one.vectors, two.vectors)


def test_only_products_are_asked_for():
    scale = np.linspace(-1.0, 0.5, 5000)
    operator = LinearOperator(5000, lambda v: scale * v, symmetric=True)
    modes = dominant_modes(operator, which="largest")
    assert modes.converged
    assert modes.values[0] == pytest.approx(0.5, abs=1e-8)
    assert modes.iterations < 1000


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 30), steps=st.integers(1, 12))
def test_lanczos_gives_a_tridiagonal_matrix_in_an_orthonormal_basis(seed, n, steps):
    rng = np.random.default_rng(seed)
    a = symmetric(rng.standard_normal(n), seed)
    run = lanczos(LinearOperator.from_matrix(a), rng.standard_normal(n), steps)
    k = len(run.diagonal)
    assert k <= min(n, steps)
    np.testing.assert_allclose(run.basis.T @ run.basis, np.eye(k), atol=1e-13)
    np.testing.assert_allclose(run.basis.T @ a @ run.basis, run.to_matrix(), atol=1e-12)


@given(seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 6))
def test_the_gauss_rule_of_k_steps_is_exact_below_degree_2k(seed, steps):
    rng = np.random.default_rng(seed)
    a = symmetric(rng.uniform(-1, 1, 20), seed)
    v = rng.standard_normal(20)
    v /= np.linalg.norm(v)
    nodes, weights = lanczos(LinearOperator.from_matrix(a), v, steps).quadrature()
    for degree in range(2 * steps):
        exact = v @ np.linalg.matrix_power(a, degree) @ v
        assert weights @ nodes**degree == pytest.approx(exact, abs=1e-12)


def test_bad_input_says_what_to_do():
    a = np.array([[1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="count must be from 1 to the size 2, got 3"):
        dominant_modes(a, 3)
    with pytest.raises(ValueError, match="choose which from .* got 'biggest' and 'auto'"):
        dominant_modes(a, which="biggest")
    with pytest.raises(ValueError, match="Lanczos needs an operator with symmetric=True"):
        dominant_modes(a, method="lanczos")
    with pytest.raises(ValueError, match="power iteration finds the largest magnitude only"):
        dominant_modes(a, method="power", which="smallest")
    with pytest.raises(ValueError, match="tolerance and max_iterations must be positive, got 0"):
        dominant_modes(a, tolerance=0)
    with pytest.raises(ValueError, match="product number 1 with the operator is not finite"):
        dominant_modes(LinearOperator(3, lambda v: v * np.nan))
    with pytest.raises(ValueError, match=r"start must be finite, not zero, of shape \(2,\)"):
        dominant_modes(a, start=np.zeros(2))
    with pytest.raises(ValueError, match="lanczos: the operator is not symmetric"):
        lanczos(LinearOperator.from_matrix(a), np.ones(2), 2)
