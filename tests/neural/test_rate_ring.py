"""The ring attractor: a bump of known width, a memory of its place, and a velocity integrated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import DormandPrince, equilibrium, integrate, linearise
from learndyn.neural.rate import RingAttractor, bump_amplitude, bump_half_width, edge_half_width

TIGHT = DormandPrince(rtol=1e-8, atol=1e-10)


@given(J1=st.floats(2.01, 60.0))
def test_the_half_width_solves_its_equation(J1):
    c = bump_half_width(J1)
    assert 0.0 < c < np.pi
    assert (c - np.sin(2 * c) / 2) / np.pi == pytest.approx(2.0 / J1, abs=1e-14)


def test_at_j1_of_4_half_of_the_ring_is_active():
    assert bump_half_width(4.0) == pytest.approx(np.pi / 2, abs=1e-14)


@pytest.mark.parametrize(("J0", "J1"), [(-2.0, 2.2), (-2.0, 3.0), (-10.0, 8.0), (-40.0, 20.0)])
def test_the_flow_settles_on_a_bump_of_that_width(J0, J1):
    """From a start that is neither flat nor a bump of this width."""
    ring = RingAttractor(n=256, J0=J0, J1=J1)
    run = integrate(ring, 0.1 * np.cos(ring.angles - 1.0), [0.0, 80.0], method=TIGHT)
    x = run.final_state
    assert edge_half_width(ring, x) == pytest.approx(bump_half_width(J1), abs=3e-3)
    c = bump_half_width(J1)
    expected = bump_amplitude(J0, J1, 1.0) * (1.0 - np.cos(c))
    assert x.max() == pytest.approx(expected, rel=0.01)


def test_below_j1_of_2_the_activity_is_flat_and_above_it_is_not():
    for J1, flat in ((1.8, True), (2.2, False)):
        ring = RingAttractor(n=64, J0=-2.0, J1=J1)
        start = 1.0 / 3.0 + 0.01 * np.cos(ring.angles)  # I / (1 - J0) and a ripple
        end = integrate(ring, start, [0.0, 150.0]).final_state
        assert (float(np.ptp(end)) < 1e-4) == flat


def test_the_flat_state_loses_its_stability_at_j1_of_2():
    """All active, the Jacobian is -1 + W, with the eigenvalues J0 - 1, twice J1/2 - 1, and -1."""
    ring = RingAttractor(n=16, J0=-2.0, J1=2.5)
    values = np.linalg.eigvalsh(linearise(ring, np.full(16, 1.0 / 3.0), t=0.0).to_matrix())
    np.testing.assert_allclose(values[-2:], 2.5 / 2 - 1.0, atol=1e-12)
    assert values[0] == pytest.approx(-3.0, abs=1e-12)
    np.testing.assert_allclose(values[1:-2], -1.0, atol=1e-12)


def test_the_short_form_is_the_network_with_all_its_weights():
    rng = np.random.default_rng(0)
    for velocity in (0.0, 0.7):
        ring = RingAttractor(n=9, J1=2.7, tau=1.6, velocity=velocity, drive=0.4)
        x = rng.standard_normal(9)
        np.testing.assert_allclose(ring(0.0, x), ring.network()(0.0, x), rtol=1e-12, atol=1e-14)
    w = ring.weight()
    np.testing.assert_allclose(w, np.roll(w, (1, 1), axis=(0, 1)), atol=1e-14)


def test_what_the_ring_feeds_back_are_the_moments_of_its_rates():
    ring = RingAttractor(n=31)
    x = ring.bump(0.4)
    mean, even, odd = ring.moments(x)
    np.testing.assert_allclose(
        ring.weight() @ ring.rates(x),
        ring.J0 * mean + ring.J1 * (even * np.cos(ring.angles) + odd * np.sin(ring.angles)),
        atol=1e-13,
    )
    assert ring.position(x) == pytest.approx(np.arctan2(odd, even), abs=1e-14)


def test_the_bump_stays_where_it_was_put():
    """A memory: in 100 tau a bump on 256 neurons moves less than a tenth of their spacing."""
    ring = RingAttractor(n=256)
    for start in (-2.0, 0.3, 1.7):
        run = integrate(ring, ring.bump(start), [0.0, 100.0], method=TIGHT)
        assert ring.position(run.final_state) == pytest.approx(start, abs=0.1 * 2 * np.pi / 256)


def drift(n, places, time):
    """Largest shift of bumps that start at several places within a spacing."""
    ring = RingAttractor(n=n)
    starts = 2 * np.pi / n * np.linspace(0.0, 1.0, places, endpoint=False)
    ends = [
        ring.position(integrate(ring, ring.bump(s), [0.0, time], method=TIGHT).final_state)
        for s in starts
    ]
    return np.abs(np.array(ends) - starts).max()


def test_on_a_lattice_the_bump_drifts_and_less_on_a_finer_one():
    coarse, fine = drift(16, 5, 20.0), drift(64, 5, 20.0)
    assert 2e-3 < coarse < 2 * np.pi / 16
    assert fine < coarse / 16  # at least second order in the spacing


def test_a_pinned_bump_rests_at_places_that_are_spaced_as_the_lattice_or_half_of_it():
    n = 16
    ring = RingAttractor(n=n)
    half = np.pi / n
    places = []
    for start in np.linspace(0.02, 2 * np.pi / n, 4):
        x = integrate(ring, ring.bump(start), [0.0, 600.0], method=TIGHT).final_state
        places.append(ring.position(x))
        rest = equilibrium(ring, x)
        assert rest.converged and rest.neutral == 0
        values = np.linalg.eigvals(linearise(ring, rest.state, t=0.0).to_matrix())
        assert -0.5 < values.real.max() < -1e-4  # slow, but no eigenvalue of 0
    np.testing.assert_allclose(
        np.array(places) / half, np.round(np.array(places) / half), atol=1e-3
    )


def test_an_asymmetric_kernel_moves_the_bump_at_the_velocity():
    for velocity in (0.2, -0.35):
        ring = RingAttractor(n=128, velocity=velocity, tau=1.5)
        times = np.linspace(0.0, 12.0, 13)
        run = integrate(ring, ring.bump(0.0), times, method=TIGHT)
        turned = np.unwrap(ring.position(run.states))
        np.testing.assert_allclose(turned, velocity * times, atol=1e-3)


def test_a_velocity_that_changes_is_integrated():
    ring = RingAttractor(n=128, velocity=lambda t: 0.5 * np.cos(t))
    times = np.linspace(0.0, 10.0, 21)
    run = integrate(ring, ring.bump(0.0), times, method=TIGHT)
    np.testing.assert_allclose(ring.position(run.states), 0.5 * np.sin(times), atol=1e-3)


def test_a_velocity_that_is_too_small_does_not_move_a_pinned_bump():
    x0 = RingAttractor(n=16).bump(0.0)
    slow = RingAttractor(n=16, velocity=2e-4)
    fast = RingAttractor(n=16, velocity=2e-2)
    stuck = slow.position(integrate(slow, x0, [0.0, 4000.0]).final_state)
    assert abs(stuck) < np.pi / 16  # it would have turned by 0.8
    gone = fast.position(integrate(fast, x0, [0.0, 40.0]).final_state)
    assert gone == pytest.approx(0.8, abs=0.2)


def test_a_cue_draws_the_bump_to_its_place():
    ring = RingAttractor(n=128)
    cued = RingAttractor(n=128, cue=lambda t: 0.3 * np.cos(ring.angles - 2.0) * (t < 20.0))
    run = integrate(cued, ring.bump(0.5), np.linspace(0.0, 40.0, 3), method=TIGHT)
    assert ring.position(run.states[1]) == pytest.approx(2.0, abs=0.03)
    assert ring.position(run.states[2]) == pytest.approx(ring.position(run.states[1]), abs=1e-3)


def test_errors():
    with pytest.raises(ValueError, match="J1 > 2"):
        bump_half_width(2.0)
    with pytest.raises(ValueError, match="runs away"):
        RingAttractor(J0=-2.0, J1=20.0).bump()
    with pytest.raises(ValueError, match="n must be an integer of at least 3"):
        RingAttractor(n=2)
    with pytest.raises(ValueError, match="constant velocity"):
        RingAttractor(velocity=np.cos).network()
    with pytest.raises(ValueError, match="one interval"):
        edge_half_width(RingAttractor(n=8), -np.ones(8))
