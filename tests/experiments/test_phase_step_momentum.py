"""Training over step size and momentum, beside the limit of the quadratic."""

import numpy as np

from learndyn.dynamics import simulate
from learndyn.experiments import phase_records, phase_step_momentum
from learndyn.experiments.edge_of_stability import problem
from learndyn.experiments.phase_step_momentum import (
    DESCENDS,
    DIVERGES,
    OSCILLATES,
    SPIKES,
    StepMomentumMap,
)
from learndyn.learning import HeavyBall, sharpness, training_map

LIVE = phase_step_momentum.run((0,), momenta=(0.0, 0.9), scaled_steps=phase_step_momentum.SCALED_STEPS[::3])
KEPT = phase_records.step_momentum()


def test_the_cells_that_are_run_now_are_those_that_were_kept():
    assert LIVE.starts[0] == KEPT.starts[0]
    np.testing.assert_allclose(LIVE.scaled_steps, KEPT.scaled_steps[::3])
    np.testing.assert_array_equal(LIVE.regimes[0], KEPT.regimes[0][[0, -1], ::3])
    np.testing.assert_allclose(LIVE.ends[0, 0, :2], KEPT.ends[0, 0, ::3][:2], atol=2e-4)


def test_a_cell_is_the_run_of_one_net_alone():
    loss, theta = problem(3, 0)
    eta = LIVE.scaled_steps[0] / sharpness(loss, theta, tolerance=1e-10).value
    training = training_map(loss, HeavyBall(eta, 0.0), theta)
    run = simulate(
        training,
        training.initial_state,
        600,
        observe={"loss": lambda z: loss(training.parameters(z))},
        progress=False,
    )
    assert np.all(np.diff(run.observables["loss"]) <= 1e-9)
    assert LIVE.regimes[0, 0, 0] == DESCENDS
    end = eta * sharpness(loss, training.parameters(run.final_state)).value / 2.0
    np.testing.assert_allclose(LIVE.ends[0, 0, 0], end, rtol=1e-3)


def test_all_four_regimes_occur_from_small_to_large_steps():
    assert set(np.unique(KEPT.regimes)) == {DESCENDS, OSCILLATES, SPIKES, DIVERGES}
    # The majority gets wilder from left to right
    assert np.all(np.diff(KEPT.majority, axis=1) >= 0)


def test_without_momentum_runs_that_spike_end_near_the_limit():
    reached = KEPT.ends[:, 0][KEPT.regimes[:, 0] == SPIKES]
    assert abs(np.median(reached) - 1.0) < 0.1
    assert np.mean(np.abs(reached - 1.0) < 0.25) > 0.9
    calm = KEPT.ends[:, 0][KEPT.regimes[:, 0] == DESCENDS]
    assert calm.max() < 1.1  # they may have come to the edge, and not yet have spiked
    assert np.median(calm) < 0.75


def test_the_limit_rises_with_momentum_and_the_border_of_divergence_falls():
    assert KEPT.lost[0] > KEPT.line[0] and KEPT.lost[-1] < KEPT.line[-1]
    assert KEPT.lost[0] > 1.5 * KEPT.lost[-1]
    assert np.all(KEPT.thrown < KEPT.line / 2)


def test_the_border_lies_between_the_columns_that_differ():
    regimes = np.array([[[0, 2, 3, 3], [3, 3, 3, 3], [0, 0, 0, 0]]])
    steps = np.array([1.0, 2.0, 4.0, 8.0])
    result = StepMomentumMap(steps, np.zeros(3), np.array([0]), regimes, np.zeros((1, 3, 4)))
    np.testing.assert_allclose(result.lost, [np.sqrt(8.0), 1.0, np.inf])
    np.testing.assert_allclose(result.thrown, [np.sqrt(2.0), 1.0, np.inf])
