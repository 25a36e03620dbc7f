"""Laws of Newton's method: quadratic convergence, unstable points, neutral directions."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.autodiff import Parameter, concatenate, exp, tanh
from learndyn.dynamics import equilibrium, fixed_point


@given(a=st.floats(1.5, 4.0))
def test_the_logistic_fixed_point_is_found_stable_or_not(a):
    """z = 1 - 1/a, which repels for a > 3."""
    point = fixed_point(lambda z: a * z * (1.0 - z), [0.9])
    assert point.converged
    assert point.neutral == 0
    assert point.state[0] == pytest.approx(1.0 - 1.0 / a, abs=1e-8)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_linear_system_takes_one_step(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((5, 5)) + 4.0 * np.eye(5), rng.standard_normal(5)
    point = equilibrium(lambda t, z: b - a @ z, rng.standard_normal(5))
    assert point.iterations <= 2
    np.testing.assert_allclose(point.state, np.linalg.solve(a, b), atol=1e-8)


def test_near_a_simple_root_the_error_squares():
    errors = []
    for steps in (1, 2, 3, 4):
        point = equilibrium(lambda t, z: exp(z) - 2.0, [1.5], max_iterations=steps)
        errors.append(abs(point.state[0] - np.log(2.0)))
    for before, after in pairwise(errors):
        assert after == pytest.approx(before**2 / 2.0, rel=0.35)  # g'' / (2 g') = 1/2


def test_damping_finds_what_the_full_step_overshoots():
    """Newton on tanh from 3 diverges without damping: the slope is 1/100."""
    point = equilibrium(lambda t, z: tanh(z), [3.0])
    assert point.converged
    assert abs(point.state[0]) < 1e-10


def test_a_neutral_direction_is_reported_and_left_alone():
    """F(x, y) = (x/2 + 1, y): every (2, y) is a fixed point; the step of least norm keeps y."""

    def shear(z):
        return concatenate([0.5 * z[:1] + 1.0, z[1:]])

    point = fixed_point(shear, [0.5, 7.0])
    assert point.converged
    assert point.neutral == 1
    np.testing.assert_allclose(point.state, [2.0, 7.0], atol=1e-12)
    everywhere = fixed_point(lambda z: z, [1.0, 2.0])
    assert (everywhere.neutral, everywhere.iterations) == (2, 0)


def test_a_ring_of_equilibria_is_reached_from_outside():
    """r' = r (1 - r^2): the unit circle, neutral along itself."""
    point = equilibrium(lambda t, z: z * (1.0 - (z * z).sum()), [2.0, 1.0])
    assert point.converged
    assert point.neutral == 1
    np.testing.assert_allclose(point.state, np.array([2.0, 1.0]) / np.sqrt(5.0), atol=1e-9)


def test_a_degenerate_root_converges_by_halves():
    """g = z^2: Newton's step is -z/2, so the residual falls by 4 a step."""
    point = equilibrium(lambda t, z: z * z, [1.0], tolerance=1e-12)
    assert point.converged
    assert point.iterations == 20  # 4^-20 = 9.1e-13


def test_no_root_is_reported_with_where_the_defect_is_least():
    point = equilibrium(lambda t, z: z * z + 1.0, [0.5])
    assert not point.converged
    assert point.residual == pytest.approx(1.0, abs=1e-6)


def test_a_large_system_is_solved_by_products_alone():
    """A tanh network with small weights contracts, so the fixed point is unique."""
    rng = np.random.default_rng(0)
    w, b = 0.5 * rng.standard_normal((700, 700)) / np.sqrt(700), rng.standard_normal(700)
    point = fixed_point(lambda z: tanh(w @ z + b), np.zeros(700))
    assert point.converged
    assert point.neutral is None
    z = np.zeros(700)
    for _ in range(200):
        z = np.tanh(w @ z + b)
    np.testing.assert_allclose(point.state, z, atol=1e-9)


def test_a_large_system_with_a_neutral_direction():
    """All components but the last contract to 2; GMRES leaves the last where it is."""
    factor = np.append(np.linspace(-0.5, 0.5, 250), 1.0)
    point = fixed_point(lambda z: factor * z + 2.0 * (1.0 - factor), np.zeros(251))
    assert point.converged
    np.testing.assert_allclose(point.state, np.append(np.full(250, 2.0), 0.0), atol=1e-9)


def test_a_system_may_close_over_a_parameter():
    slope = Parameter(np.array([0.5]))
    point = fixed_point(lambda z: slope * z + 1.0, [0.0])
    assert point.state[0] == pytest.approx(2.0)


def test_a_flow_may_be_held_at_a_time():
    point = equilibrium(lambda t, z: t - 2.0 * z, [0.0], t=3.0)
    assert point.state[0] == pytest.approx(1.5, abs=1e-12)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="fixed_point: the system is not finite at the initial"):
        fixed_point(lambda z: z * np.nan, [1.0])
    with pytest.raises(ValueError, match="equilibrium: the state must be a real vector"):
        equilibrium(lambda t, z: z, np.ones((2, 2)))
    with pytest.raises(ValueError, match="tolerance and max_iterations must be positive, got 0.0"):
        fixed_point(lambda z: z, [1.0], tolerance=0.0)
