"""A population that moves an arm: what it learns in one direction it uses in others by overlap."""

import math

import numpy as np
import pytest

from learndyn import check_grads, cos, exp, grad, simulate
from learndyn.neural.control import (
    ArmKinematics,
    ReachingPolicy,
    measure_generalisation,
    von_mises_overlap,
)

UNITS, SHARPNESS = 24, 2.0
PREFERRED = 2.0 * math.pi * np.arange(UNITS) / UNITS
EIGHT = 2.0 * math.pi * np.arange(8) / 8
EVERYWHERE = np.linspace(-math.pi, math.pi, 49)
DISTANCE = 0.1


def von_mises(directions, preferred=PREFERRED, sharpness=SHARPNESS):
    return exp(sharpness * (cos(directions[None, :] - preferred[:, None]) - 1.0))


def cosine(directions):
    return cos(directions[None, :] - PREFERRED[:, None])


ARM = ArmKinematics(0.3, 0.33)
POLICY = ReachingPolicy(ARM, [0.6, 1.5], von_mises)


def train(policy, weights, directions, steps, *, step_size, rotation=0.0):
    """Plain descent on the policy's loss, as a map on its flat weights."""
    slope = grad(lambda w: policy.loss(w, directions, distance=DISTANCE, rotation=rotation))

    def descent(z):
        return z - step_size * slope(z.reshape(2, UNITS)).reshape(-1)

    return simulate(descent, weights.reshape(-1), steps, every=steps).final_state.reshape(2, UNITS)


@pytest.fixture(scope="module")
def trained():
    return train(POLICY, np.zeros((2, UNITS)), EIGHT, 1500, step_size=1.0)


def test_the_population_learns_to_reach_eight_targets_through_the_arm(trained):
    before = POLICY.loss(np.zeros((2, UNITS)), EIGHT, distance=DISTANCE)
    assert before == pytest.approx(0.5 * DISTANCE**2, rel=1e-12)  # it does not move
    assert POLICY.loss(trained, EIGHT, distance=DISTANCE) < 1e-4 * before


def test_the_gradient_through_the_arm_is_right():
    weights = np.random.default_rng(0).normal(0.0, 0.1, (2, UNITS))
    check_grads(lambda w: POLICY.loss(w, EIGHT, distance=DISTANCE, rotation=0.4), weights)


def test_a_rotation_of_the_cursor_turns_every_displacement():
    weights = np.random.default_rng(1).normal(0.0, 0.1, (2, UNITS))
    turned = POLICY.displacement(weights, EIGHT, rotation=math.pi / 2)
    straight = POLICY.displacement(weights, EIGHT)
    np.testing.assert_allclose(turned, np.stack([-straight[1], straight[0]]), atol=1e-15)


@pytest.mark.parametrize("steps", [1, 40])
def test_adaptation_to_one_direction_generalises_as_the_overlap_of_von_mises_tuning(trained, steps):
    """One step or many: all of them lie along the code of the trained direction."""
    after = train(POLICY, trained, np.zeros(1), steps, step_size=1.0, rotation=math.radians(30))
    found = measure_generalisation(POLICY, trained, after, 0.0, EVERYWHERE)
    np.testing.assert_allclose(found.share, found.overlap, atol=1e-10)
    np.testing.assert_allclose(found.off_axis, 0.0, atol=1e-10)
    np.testing.assert_allclose(found.share, von_mises_overlap(EVERYWHERE, SHARPNESS), atol=1e-10)
    assert found.share[24] == pytest.approx(1.0)  # the trained direction itself
    assert found.share[0] < 0.1  # the opposite one


def test_many_steps_adapt_the_trained_direction(trained):
    rotation = math.radians(30)
    after = train(POLICY, trained, np.zeros(1), 40, step_size=1.0, rotation=rotation)
    losses = [POLICY.loss(w, np.zeros(1), distance=DISTANCE, rotation=rotation) for w in (trained, after)]
    assert losses[1] < 1e-3 * losses[0]


def test_the_overlap_of_von_mises_codes_is_n_e_to_the_minus_2k_times_i0():
    for sharpness in (0.0, 0.5, 2.0, 4.0):
        code = von_mises(EVERYWHERE, 2.0 * math.pi * np.arange(60) / 60, sharpness)
        expected = (
            60
            * np.exp(-2 * sharpness)
            * np.i0(2 * sharpness)
            * von_mises_overlap(EVERYWHERE - 0.3, sharpness)
        )
        here = von_mises(np.array([0.3]), 2.0 * math.pi * np.arange(60) / 60, sharpness)
        np.testing.assert_allclose(here[:, 0] @ code, expected, rtol=1e-12)


def test_cosine_tuning_generalises_as_a_cosine_and_unlearns_the_opposite_direction():
    policy = ReachingPolicy(ARM, [0.6, 1.5], cosine)
    after = train(policy, np.zeros((2, UNITS)), np.array([0.7]), 1, step_size=1.0)
    found = measure_generalisation(policy, np.zeros((2, UNITS)), after, 0.7, EVERYWHERE)
    np.testing.assert_allclose(found.share, np.cos(EVERYWHERE - 0.7), atol=1e-10)


def test_training_in_two_directions_does_not_follow_one_overlap(trained):
    """The law is one of a single direction: two of them superpose, and the axis turns."""
    after = train(POLICY, trained, np.array([0.0, 1.5]), 10, step_size=1.0, rotation=0.5)
    found = measure_generalisation(POLICY, trained, after, 0.0, EVERYWHERE)
    assert np.abs(found.share - found.overlap).max() > 0.05
    assert found.off_axis.max() > 0.05


def test_the_overlap_is_symmetric_and_narrows_with_concentration():
    d = np.linspace(0.0, math.pi, 30)
    wide, narrow = von_mises_overlap(d, 1.0), von_mises_overlap(d, 5.0)
    np.testing.assert_array_equal(von_mises_overlap(-d, 1.0), wide)
    assert (np.diff(wide) < 0).all()
    assert (narrow[1:] < wide[1:]).all()
    np.testing.assert_array_equal(von_mises_overlap(d, 0.0), 1.0)


def test_bad_input_says_what_is_wrong():
    weights = np.zeros((2, UNITS))
    bad = ReachingPolicy(ARM, [0.6, 1.5], lambda theta: theta)
    cases = {
        "the start must be a finite vector of shape \\(2,\\), got shape \\(3,\\)": lambda: ReachingPolicy(
            ARM, [1, 2, 3], von_mises
        ),
        "directions of shape \\(8,\\) to activities of shape \\(8,\\). It must return": lambda: bad.joints(
            weights, EIGHT
        ),
        "did not change, so there is nothing to compare with": lambda: measure_generalisation(
            POLICY, weights, weights, 0.0, EIGHT
        ),
        "concentration must be finite and not negative": lambda: von_mises_overlap(0.0, -1.0),
        "overflows for k = 400": lambda: von_mises_overlap(0.0, 400),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
