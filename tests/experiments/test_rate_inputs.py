"""The Wilson-Cowan pair over a range of inputs: crossings, eigenvalues and cycles agree with one another."""

import numpy as np
import pytest

from learndyn.experiments import rate_hopf, rate_inputs
from learndyn.neural.rate import WilsonCowan


@pytest.fixture(scope="module")
def result():
    return rate_inputs.run((0.7, 1.0, 1.25, 1.9, 2.2))


def test_at_a_state_of_rest_both_velocities_vanish_and_the_nullclines_cross(result):
    for P, states in zip(result.P, result.rests, strict=True):
        pair = WilsonCowan(P=float(P))
        for E, I in states:
            np.testing.assert_allclose(pair(0.0, np.array([E, I])), 0.0, atol=1e-9)
            np.testing.assert_allclose(pair.excitatory_nullcline(E), I, atol=1e-7)
            np.testing.assert_allclose(pair.inhibitory_nullcline(I), E, atol=1e-7)


def test_between_the_folds_there_are_three_states_of_rest_and_elsewhere_one(result):
    curve = rate_hopf.equilibria()
    low = curve.P[np.argmin(np.where(curve.states[:, 0] > 0.1, curve.P, np.inf))]
    expected = [3 if low < P < curve.fold else 1 for P in result.P]
    assert [len(states) for states in result.rests] == expected == [1, 3, 1, 1, 1]


def test_only_below_the_hopf_point_and_beyond_the_fold_does_every_state_of_rest_lose_its_hold(result):
    circling = [not stable.any() for stable in result.stable]
    curve = rate_hopf.equilibria()
    assert circling == [curve.fold < P < result.hopf.P for P in result.P]
    assert np.array_equal(np.isfinite(result.period), circling)


def test_the_run_ends_where_its_eigenvalues_send_it(result):
    for k in (0, 1, 4):
        stable = result.rests[k][result.stable[k]][0]
        distance = np.linalg.norm(result.runs[k] - stable, axis=1)
        slowest = result.rates[k][result.stable[k]].real.max()
        assert distance[-1] < 2.0 * distance[0] * np.exp(0.7 * slowest * result.times[-1])


def test_near_its_end_the_cycle_swings_as_the_normal_form_says(result):
    near = int(np.argmin(np.abs(result.P - 1.9)))
    np.testing.assert_allclose(result.swing[near], result.predicted_swing[near], rtol=5e-3)
    assert np.isnan(result.predicted_swing[-1])


def test_an_input_without_a_state_of_rest_on_the_curve_is_named():
    with pytest.raises(ValueError, match=r"no state of rest for P = 9.*runs from P"):
        rate_inputs.run([9.0])
