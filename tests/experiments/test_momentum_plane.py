"""The heavy ball on one mode, over a grid of momenta and step sizes, against its characteristic polynomial."""

import numpy as np
import pytest

from learndyn.experiments import momentum_plane
from learndyn.experiments.momentum_plane import Damping

ROOTS = (np.array([0.0, 0.25, 0.5, 0.75, 0.9]), np.arange(1, 41) / 20)


@pytest.fixture(scope="module")
def plane():
    return momentum_plane.run(*ROOTS, steps=60)


def test_the_multipliers_have_the_sum_and_the_product_of_the_polynomial(plane):
    trace = 1.0 + plane.momenta[:, None] - plane.products
    np.testing.assert_allclose(plane.multipliers.sum(axis=-1), trace, atol=1e-12)
    product = np.broadcast_to(plane.momenta[:, None], trace.shape)
    np.testing.assert_allclose(plane.multipliers.prod(axis=-1), product, atol=1e-12)


def test_between_the_lines_where_they_meet_the_pair_is_complex_and_of_size_root_beta(plane):
    b, r = ROOTS[0][:, None], ROOTS[1]
    between = (r > 1.0 - b + 1e-9) & (r < 1.0 + b - 1e-9)
    assert np.array_equal(np.abs(plane.multipliers[..., 0].imag) > 1e-6, between)
    size = np.broadcast_to(b, between.shape)
    np.testing.assert_allclose(plane.spectral_radius[between], size[between], rtol=1e-12)


def test_the_motion_is_named_by_the_side_of_the_lines_on_which_it_lies(plane):
    for i, b in enumerate(ROOTS[0]):
        for j, r in enumerate(ROOTS[1]):
            if min(abs(r - (1.0 - b)), abs(r - (1.0 + b))) < 1e-9:
                expected = Damping.CRITICAL
            elif r < 1.0 - b:
                expected = Damping.OVER
            else:
                expected = Damping.UNDER if r < 1.0 + b else Damping.ALTERNATING
            assert plane.damping(i, j) is expected, (b, r)


def test_a_run_is_the_power_of_the_matrix_of_one_step(plane):
    for i, beta in enumerate(plane.momenta):
        for j, s in enumerate(plane.products):
            step = np.array([[1.0 - s, beta], [-s, beta]])
            powers = [np.linalg.matrix_power(step, t)[0, 0] for t in range(61)]
            scale = np.abs(powers).max()
            np.testing.assert_allclose(plane.positions[i, j] / scale, powers / scale, atol=1e-12)


def test_on_the_slow_line_a_run_falls_as_a_line_times_a_power():
    b = np.array([0.3, 0.6, 0.9])
    plane = momentum_plane.run(b, 1.0 - b, steps=60)
    t = np.arange(61)
    for i in range(b.size):
        law = (1.0 + (1.0 - b[i]) * t) * b[i] ** t
        np.testing.assert_allclose(plane.positions[i, i], law, atol=1e-13)


def test_a_multiplier_is_outside_the_unit_circle_beyond_twice_one_plus_beta_and_nowhere_else(plane):
    np.testing.assert_allclose(plane.limits, 2.0 * (1.0 + plane.momenta), rtol=1e-12)
    assert np.array_equal(plane.spectral_radius > 1.0, plane.products > plane.limits[:, None])


def test_for_a_given_step_the_best_momentum_is_where_the_multipliers_meet():
    r = np.array([0.1, 0.5, 0.9, 1.2, 1.7])
    others = np.linspace(0.0, 0.99, 34)
    best = np.abs(1.0 - r)
    rates = np.array(
        [
            momentum_plane.run([b], [root], steps=1).spectral_radius[0, 0]
            for b, root in zip(best, r, strict=True)
        ]
    )
    np.testing.assert_allclose(rates, best, atol=2e-7)  # a defective matrix: half the digits
    assert (momentum_plane.run(others, r, steps=1).spectral_radius >= rates - 2e-7).all()


def test_a_momentum_of_one_is_refused():
    with pytest.raises(ValueError, match="momentum"):
        momentum_plane.run(np.array([1.0]), np.array([1.0]))
