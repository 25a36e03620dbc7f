"""Laws of the stochastic Lanczos density: mass, moments, and the exact density."""

import numpy as np
import pytest

from learndyn.dynamics import LinearOperator, spectral_density
from learndyn.dynamics.density import broadened


def gram(n, samples, seed):
    """X X^T / samples: the bulk of Marchenko and Pastur."""
    x = np.random.default_rng(seed).standard_normal((n, samples))
    return x @ x.T / samples


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ten_probes_of_sixty_steps_see_the_exact_density(seed):
    """L1 error .015 to .04 over seeds, the noise of the probes (Ghorbani et al., 2019)."""
    a = gram(800, 1600, seed) + np.diag([5.0] + [0.0] * 799)
    exact = np.linalg.eigvalsh(a)
    density = spectral_density(a, rng=seed)
    grid = np.linspace(-1.0, exact[-1] + 1.0, 1500)
    gap = density.evaluate(grid, 0.2) - broadened(exact, np.full(800, 1 / 800), grid, 0.2)
    assert np.trapezoid(np.abs(gap), grid) < 0.05
    assert density.nodes[-1] == pytest.approx(exact[-1], rel=1e-10)  # the outlier stands apart


def test_the_density_has_mass_one_and_the_mean_of_the_spectrum():
    """For +-1 probes v^T D v = tr D exactly, if D is diagonal."""
    scale = np.linspace(-1.0, 3.0, 50) ** 3
    density = spectral_density(np.diag(scale), probes=2, steps=20)
    assert density.weights.sum() == pytest.approx(1.0, abs=1e-14)
    assert (density.weights >= 0.0).all()
    assert density.weights @ density.nodes == pytest.approx(scale.mean(), rel=1e-12)
    assert density.weights @ density.nodes**2 == pytest.approx((scale**2).mean(), rel=1e-12)
    grid = np.linspace(-20.0, 40.0, 6001)
    assert np.trapezoid(density.evaluate(grid, 0.3), grid) == pytest.approx(1.0, abs=1e-10)
    assert density.evaluate(grid[:6].reshape(2, 3), 0.3).shape == (2, 3)


def test_a_spectrum_of_few_points_is_exact_and_costs_few_products():
    """Lanczos ends when the Krylov space of the probe is exhausted."""
    density = spectral_density(np.diag([3e-6] * 30 + [-1e-6] * 10), probes=4)
    assert density.iterations == 8
    np.testing.assert_allclose(np.unique(density.nodes.round(12)), [-1e-6, 3e-6], rtol=1e-5)
    upper = density.weights[density.nodes > 0].sum()
    assert upper == pytest.approx(0.75, abs=1e-9)


def test_the_same_seed_gives_the_same_bits():
    a = gram(30, 60, 0)
    one, two = spectral_density(a, rng=3), spectral_density(a, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(one.nodes, two.nodes)
    assert not np.array_equal(one.nodes, spectral_density(a, rng=4).nodes)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="needs probes >= 1 and steps >= 1, got 0 and 60"):
        spectral_density(np.eye(3), probes=0)
    with pytest.raises(ValueError, match="lanczos: the operator is not symmetric"):
        spectral_density(LinearOperator(3, lambda v: np.roll(v, 1)))
    with pytest.raises(ValueError, match="the width must be positive and finite, got 0.0"):
        spectral_density(np.eye(3)).evaluate(0.0, 0.0)
