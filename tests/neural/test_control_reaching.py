"""Reaching by descent in the joints: its step limit, and what a wrong Jacobian costs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn import grad, linearise, simulate, spectral_radius, spectrum
from learndyn.dynamics import Regime, classify_system
from learndyn.neural.control import (
    ArmKinematics,
    best_turned_step,
    reaching_map,
    reaching_step_limit,
    turned_contraction,
)

UNIT = ArmKinematics(1.0, 1.0)
POSTURE = np.array([0.3, math.radians(32.0)])  # 2 / lambda_max = .431
ISOTROPIC, HOME = ArmKinematics.isotropic(0.7)


def reach(step_size, turn=0.0, arm=UNIT, posture=POSTURE):
    return reaching_map(arm, arm.hand(posture), step_size=step_size, turn=turn)


def test_the_map_is_descent_on_the_squared_distance():
    step, q = reach(0.2), np.array([0.7, 1.1])
    slope = grad(lambda q: 0.5 * step.error(q) ** 2)(q)
    np.testing.assert_allclose(step(q), q - 0.2 * slope, atol=1e-14)


def test_the_step_limit_is_two_over_the_largest_curvature():
    j = UNIT.jacobian(POSTURE)
    limit = reaching_step_limit(UNIT, POSTURE)
    assert limit == pytest.approx(2.0 / np.linalg.eigvalsh(j.T @ j)[-1], rel=1e-13)
    assert round(limit, 3) == 0.431
    assert spectral_radius(linearise(reach(limit), POSTURE)) == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize(("factor", "fast"), [(0.95, Regime.OSCILLATING), (1.05, Regime.DIVERGING)])
def test_reaches_arrive_at_95_percent_of_the_limit_and_leave_at_105(factor, fast):
    """The arm is almost straight, so its other mode, along the arm, is slow and smooth."""
    step = reach(factor * reaching_step_limit(UNIT, POSTURE))
    counts = classify_system(linearise(step, POSTURE)).counts
    assert counts[fast] == counts[Regime.SMOOTH] == 1
    run = simulate(step, POSTURE + [1e-4, 2e-4], 60)
    errors = [step.error(q) for q in run.states]
    assert errors[-1] < 0.1 * errors[0] if factor < 1 else errors[-1] > 10 * errors[0]


@settings(max_examples=40, deadline=None)
@given(st.floats(-1.5, 1.5), st.floats(0.01, 1.5))
def test_with_a_jacobian_wrong_by_phi_the_eigenvalues_are_one_minus_eta_lambda_e_to_the_i_phi(turn, s):
    step = reach(s / 0.49, turn, ISOTROPIC, HOME)
    values = spectrum(linearise(step, HOME))
    expected = 1.0 - s * np.exp(1j * np.array([abs(turn), -abs(turn)]))
    # A double eigenvalue (phi = 0) is known to half the digits.
    np.testing.assert_allclose(np.sort_complex(values), np.sort_complex(expected), atol=2e-7)
    assert np.abs(values).max() == pytest.approx(turned_contraction(s / 0.49, 0.49, turn), abs=2e-7)


@pytest.mark.parametrize("turn", [0.0, 0.4, -0.8, 1.2, 1.5])
def test_a_wrong_jacobian_learns_iff_eta_lambda_is_below_two_cos_phi(turn):
    limit = reaching_step_limit(ISOTROPIC, HOME, turn=turn)
    assert limit * 0.49 == pytest.approx(2.0 * math.cos(turn), rel=1e-12)
    assert spectral_radius(linearise(reach(limit, turn, ISOTROPIC, HOME), HOME)) == pytest.approx(
        1.0, abs=1e-13
    )
    for factor in (0.998, 1.002):
        radius = spectral_radius(linearise(reach(factor * limit, turn, ISOTROPIC, HOME), HOME))
        assert (radius > 1.0) == (factor > 1.0)


@pytest.mark.parametrize("factor", [0.998, 1.002])
def test_runs_on_either_side_of_two_cos_phi_die_out_or_grow(factor):
    step = reach(factor * reaching_step_limit(ISOTROPIC, HOME, turn=0.5), 0.5, ISOTROPIC, HOME)
    run = simulate(step, HOME + [1e-6, 0.0], 1000)
    ratio = step.error(run.final_state) / step.error(run.states[0])
    assert ratio > 5.0 if factor > 1 else ratio < 0.2


@pytest.mark.parametrize("turn", [math.pi / 2, 2.0, math.pi])
def test_a_jacobian_wrong_by_90_degrees_or_more_learns_at_no_step_size(turn):
    limit = reaching_step_limit(ISOTROPIC, HOME, turn=turn)
    assert limit == pytest.approx(0.0, abs=1e-15)
    for step_size in (1e-6, 1e-2, 1.0):
        assert spectral_radius(linearise(reach(step_size, turn, ISOTROPIC, HOME), HOME)) > 1.0


@pytest.mark.parametrize("turn", [0.3, -0.9, 1.3])
def test_the_best_step_is_cos_phi_over_lambda_and_contracts_by_sin_phi(turn):
    best = best_turned_step(0.49, turn)
    assert turned_contraction(best, 0.49, turn) == pytest.approx(abs(math.sin(turn)), rel=1e-14)
    assert spectral_radius(linearise(reach(best, turn, ISOTROPIC, HOME), HOME)) == pytest.approx(
        abs(math.sin(turn)), abs=1e-12
    )
    for other in (0.98 * best, 1.02 * best):
        assert turned_contraction(other, 0.49, turn) > abs(math.sin(turn))
    run = simulate(reach(best, turn, ISOTROPIC, HOME), HOME + [1e-6, -2e-6], 8)
    step = reach(best, turn, ISOTROPIC, HOME)
    errors = np.array([step.error(q) for q in run.states])
    np.testing.assert_allclose(errors[1:6] / errors[:5], abs(math.sin(turn)), rtol=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.3, 2.8), st.floats(-1.4, 1.4))
def test_the_limit_holds_in_postures_that_are_not_isotropic(bend, turn):
    posture = np.array([0.2, bend])
    limit = reaching_step_limit(UNIT, posture, turn=turn)
    # Near a double eigenvalue its square root magnifies rounding.
    assert spectral_radius(linearise(reach(limit, turn, UNIT, posture), posture)) == pytest.approx(
        1.0, abs=1e-6
    )
    for factor in (0.99, 1.01):
        radius = spectral_radius(linearise(reach(factor * limit, turn, UNIT, posture), posture))
        assert (radius > 1.0) == (factor > 1.0)


def test_bad_input_says_what_is_wrong():
    cases = {
        "the target must be a finite vector of shape \\(2,\\), got shape \\(3,\\)": lambda: reaching_map(
            UNIT, [1, 2, 3], step_size=0.1
        ),
        "reaching_map: step_size must be positive": lambda: reaching_map(UNIT, [1, 0], step_size=0),
        "turn must be a finite angle": lambda: reaching_map(UNIT, [1, 0], step_size=1, turn=math.inf),
        "wrong by 120 degrees learns at no step size": lambda: best_turned_step(1.0, 2 * math.pi / 3),
        "curvature must be positive": lambda: best_turned_step(0.0, 0.1),
        "the posture must be a finite vector": lambda: reaching_step_limit(UNIT, [math.nan, 0.0]),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
