"""The position of a bump that moves, integrates and remembers."""

import numpy as np
import pytest

from learndyn import RK4, Trajectory, integrate, simulate
from learndyn.neural.population import VonMisesTuning, preferred_directions, scaled_bessel_i, track_bump

UNITS = 24
BUMP = VonMisesTuning(UNITS, 1.0, 2.0)


def turning(velocity):
    """The flow dz/dt = -v(t) dz/dphi on the ring, exact for the modes that the units resolve."""
    modes = np.fft.fftfreq(UNITS, 1.0 / UNITS)
    modes[UNITS // 2] = 0.0
    wave = np.fft.ifft(1j * modes[:, None] * np.fft.fft(np.eye(UNITS), axis=0), axis=0).real
    return lambda t, z: -velocity(t) * (wave @ z)


def test_a_bump_shifted_by_one_unit_a_step_moves_by_one_spacing_and_counts_its_turns():
    run = simulate(lambda z: z[np.arange(-1, UNITS - 1)], BUMP(0.3), 3 * UNITS)
    track = track_bump(run)
    expected = 0.3 + 2.0 * np.pi / UNITS * np.arange(3 * UNITS + 1)
    np.testing.assert_allclose(track.position, expected, atol=1e-12)
    assert track.displacement == pytest.approx(6.0 * np.pi)
    assert track.velocity == pytest.approx(2.0 * np.pi / UNITS)


def test_a_bump_pushed_by_a_velocity_is_at_its_integral():
    flow = turning(lambda t: 2.0 * np.cos(t))
    run = integrate(flow, BUMP(0.3), np.linspace(0, 10, 101), method=RK4(step_size=0.01))
    track = track_bump(run)
    np.testing.assert_allclose(track.position, 0.3 + 2.0 * np.sin(track.times), atol=1e-6)
    np.testing.assert_allclose(track.strength, scaled_bessel_i(1, 2.0) / scaled_bessel_i(0, 2.0), rtol=1e-6)
    np.testing.assert_allclose(track.mean_activity, scaled_bessel_i(0, 2.0), rtol=1e-6)


def test_a_bump_without_input_is_remembered():
    run = integrate(turning(lambda t: 0.0), BUMP(-2.0), np.linspace(0, 5, 6), method=RK4(step_size=0.1))
    track = track_bump(run)
    np.testing.assert_allclose(track.position, -2.0, atol=1e-13)
    assert track.velocity == pytest.approx(0.0, abs=1e-14)


def test_a_bump_may_be_a_part_of_the_state_with_preferred_directions_of_its_own():
    phi = preferred_directions(UNITS) + 0.5
    states = np.concatenate([np.ones((4, 3)), BUMP.response(np.linspace(0, 0.6, 4)[:, None] - phi)], axis=1)
    run = Trajectory(np.arange(4.0), states)
    track = track_bump(run, units=slice(3, None), preferred=phi)
    np.testing.assert_allclose(track.position, np.linspace(0, 0.6, 4), atol=1e-12)
    assert track.velocity == pytest.approx(0.2)


def test_flat_activity_has_no_position_and_does_not_break_the_unwrapping():
    states = BUMP(np.array([3.0, 0.0, 3.3, 3.6]))
    states[1] = 0.7
    track = track_bump(Trajectory(np.arange(4.0), states))
    assert np.isnan(track.position[1])
    np.testing.assert_allclose(track.position[[0, 2, 3]], [3.0, 3.3, 3.6], atol=1e-12)
    assert track.displacement == pytest.approx(0.6)
    flat = track_bump(Trajectory(np.arange(3.0), np.ones((3, UNITS))))
    assert np.isnan(flat.position).all() and np.isnan(flat.displacement)
    with pytest.raises(ValueError, match="two times or more, got 0"):
        _ = flat.velocity


def test_a_ring_of_fewer_than_three_units_is_refused():
    with pytest.raises(ValueError, match="three or more units"):
        track_bump(Trajectory(np.arange(2.0), np.ones((2, 5))), units=slice(0, 2))
