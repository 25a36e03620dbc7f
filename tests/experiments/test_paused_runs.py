"""A run that is paused: what survives, what is lost, and what the loss does."""

import numpy as np
import pytest

from learndyn.dynamics import ravel, simulate
from learndyn.experiments import paused_runs
from learndyn.experiments.bits import differing_bits
from learndyn.learning import (
    Adam,
    AMSGrad,
    GradientDescent,
    HeavyBall,
    Nesterov,
    RMSProp,
    training_map,
)

TASK = paused_runs.sine_task()
RULES = [GradientDescent(0.1), HeavyBall(0.05), Nesterov(0.05), RMSProp(0.01), Adam(0.01), AMSGrad(0.01)]
SIZES = [1, 2, 2, 2, 3, 4]  # vectors in the state


@pytest.mark.parametrize(("rule", "vectors"), list(zip(RULES, SIZES, strict=True)), ids=str)
@pytest.mark.parametrize("batch_size", [None, 5])
def test_the_state_is_vectors_a_count_for_adam_and_one_for_batches(rule, vectors, batch_size):
    batches = None if batch_size is None else TASK.batches(batch_size)
    training = training_map(TASK.loss, rule, TASK.theta, batches=batches)
    n = ravel(TASK.theta)[0].size
    counts = isinstance(rule, Adam | AMSGrad) + (batch_size is not None)
    assert training.initial_state.size == vectors * n + counts


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("batch_size", [None, 5])
def test_the_whole_state_through_a_file_loses_no_bit(rule, batch_size):
    result = paused_runs.run(rule, {"nothing": ()}, pause=30, steps=20, batch_size=batch_size)
    resumed = result.resumed["nothing"]
    assert resumed.differing_bits == 0
    assert resumed.first_step_ratio == 1.0
    np.testing.assert_array_equal(resumed.distances, 0.0)


@pytest.mark.parametrize("pause", [5, 100, 400])
@pytest.mark.parametrize("rule", [Adam(0.01), Adam(0.01, beta1=0.8, beta2=0.99)], ids=repr)
def test_adam_without_its_count_steps_by_the_quotient_of_the_corrections(rule, pause):
    result = paused_runs.run(rule, {"count": ("steps",)}, pause=pause, steps=1)
    ratio = result.resumed["count"].first_step_ratio
    assert ratio == pytest.approx(result.predicted_lost_count, rel=1e-3)  # epsilon


def test_adam_from_its_parameters_alone_starts_anew_by_eta_in_each_coordinate():
    lost = {"all": ("first_moment", "second_moment", "steps")}
    result = paused_runs.run(Adam(0.01), lost, pause=200, steps=100)
    assert result.resumed["all"].first_step == pytest.approx(result.predicted_fresh_step, rel=1e-3)
    assert result.resumed["all"].first_step_ratio > 2
    assert result.resumed["all"].distances[0] == 0.0
    assert result.resumed["all"].distances[-1] > 0.3


def test_each_part_of_the_state_matters():
    parts = {name: (name,) for name in ("first_moment", "second_moment", "steps")}
    result = paused_runs.run(Adam(0.01), parts)
    assert all(run.distances[-1] > 0.01 for run in result.resumed.values())
    assert result.resumed["second_moment"].first_step_ratio > 20
    first = {name: run.distances[1] for name, run in result.resumed.items()}
    assert min(first, key=first.get) == "steps"


def test_descent_on_minibatches_needs_the_number_of_the_batch():
    lost = {"batch": (paused_runs.BATCH_NUMBER,)}
    # 32 examples in 7 batches: after 21 steps an epoch begins, in another order than the first.
    result = paused_runs.run(GradientDescent(0.1), lost, pause=21, steps=30, batch_size=5)
    assert result.resumed["batch"].distances.max() > 0.05


@pytest.mark.parametrize("rule", [HeavyBall(0.1), Nesterov(0.05)], ids=repr)
def test_a_small_loss_is_carried_along_by_the_jacobian(rule):
    linear = paused_runs.linear_prediction(rule, ("velocity",), pause=200, steps=60)
    assert linear.measured[0] == linear.predicted[0] == 0.0
    np.testing.assert_allclose(linear.measured[1:], linear.predicted[1:], rtol=0.01)


def test_the_displacement_after_one_step_is_beta_times_the_lost_velocity():
    rule = HeavyBall(0.1, 0.9)
    training = training_map(TASK.loss, rule, TASK.theta)
    z = simulate(training, training.initial_state, 200).final_state
    linear = paused_runs.linear_prediction(rule, ("velocity",), pause=200, steps=1)
    expected = 0.9 * np.linalg.norm(training.state(z).velocity)
    assert linear.measured[1] == pytest.approx(expected, rel=1e-12)


def test_a_part_that_does_not_exist_cannot_be_lost():
    for lost in (("velocity",), (paused_runs.BATCH_NUMBER,)):
        with pytest.raises(ValueError, match="the state has no part"):
            paused_runs.run(GradientDescent(0.1), {"it": lost}, pause=1, steps=1)


def test_a_step_is_a_function_of_the_state_if_its_batch_is():
    rule = Adam(0.01)
    assert paused_runs.repeated_step(TASK.batches(8), TASK, rule) == 0
    assert paused_runs.repeated_step(paused_runs.hidden_generator(TASK, 8), TASK, rule) > 0


def test_old_gradients_are_never_read():
    clean, spoiled = (paused_runs.descend_by_hand(TASK, 0.1, 20, spoil=s) for s in (False, True))
    assert np.all(np.isfinite(spoiled))
    assert differing_bits(clean, spoiled) == 0
    training = training_map(TASK.loss, GradientDescent(0.1), TASK.theta)
    run = simulate(training, training.initial_state, 20)
    np.testing.assert_allclose(clean, run.final_state, rtol=1e-12)


@pytest.mark.parametrize("examples", [4, 32, 100])
def test_a_step_records_numbers_in_proportion_to_its_examples(examples):
    assert paused_runs.recorded_numbers(paused_runs.sine_task(examples=examples)) == examples * 34 + 1
