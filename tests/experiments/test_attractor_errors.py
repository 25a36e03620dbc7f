"""A ring with errors in its weights drifts as the law of first order says."""

import numpy as np
import pytest

from learndyn.experiments import attractor_errors
from learndyn.neural.rate import RingAttractor

CUES = np.radians([-157.5, -90.0, -22.5, 45.0, 112.5])


@pytest.fixture(scope="module")
def result():
    return attractor_errors.run(CUES, (0.0, 0.001, 0.01, 0.1), seed=2)


def test_equal_neurons_keep_every_angle(result):
    np.testing.assert_allclose(result.drift[:, 0], 0.0, atol=1e-6)
    np.testing.assert_allclose(result.predicted_drift[:, 0], 0.0, atol=1e-12)


def test_the_ring_follows_the_law(result):
    np.testing.assert_allclose(result.positions, result.predicted, atol=np.radians(10.0))
    assert np.abs(result.predicted_drift[:, 2:]).max() > np.radians(40.0)


def test_the_ring_ends_at_places_that_the_law_predicts(result):
    ends = result.positions[:, -1, -1]
    off = np.abs(np.angle(np.exp(1j * (ends[:, None] - result.places)))).min(axis=1)
    assert off.max() < np.radians(5.0)


def test_ten_times_smaller_errors_take_ten_times_as_long(result):
    after = [np.argmin(np.abs(result.times - t)) for t in (10.0, 100.0, 1000.0)]
    large, middle, small = (result.predicted_drift[:, j, k] for j, k in zip((3, 2, 1), after, strict=True))
    np.testing.assert_allclose(large, middle, atol=1e-4)
    np.testing.assert_allclose(middle, small, atol=1e-4)


def test_a_turn_of_all_errors_turns_the_places():
    ring = RingAttractor(n=32, J1=4.0)
    errors = np.random.default_rng(0).standard_normal((32, 32)) / np.sqrt(32)
    places = attractor_errors.resting_places(ring, errors)
    turned = attractor_errors.resting_places(ring, np.roll(errors, (5, 5), axis=(0, 1)))
    expected = np.sort(np.angle(np.exp(1j * (places + 2.0 * np.pi * 5 / 32))))
    np.testing.assert_allclose(turned, expected, atol=1e-9)


def test_the_velocity_is_that_of_the_slow_mode_of_the_spoilt_ring():
    # Halfway between neurons the pushed bump moves at v, once its shape has settled: to first order in s.
    ring = RingAttractor(n=64, J1=4.0)
    errors = np.random.default_rng(3).standard_normal((64, 64)) / 8.0
    psi = ring.angles[:1] + np.pi / 64
    x, size = ring.bump(float(psi[0])), 1e-3
    active = x > 0.0
    jacobian = -np.eye(64) + ring.weight() * active
    values, left = np.linalg.eig(jacobian.T)
    slow = left[:, np.argmin(np.abs(values))].real
    slope = np.sin(ring.angles - psi)
    height = (x.max() - x.min()) / (np.cos(np.pi / 64) * 2.0)
    expected = slow @ (size * errors @ np.maximum(x, 0.0)) / (slow @ (height * slope))
    found = size * attractor_errors.drift_velocity(ring, errors, psi)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
