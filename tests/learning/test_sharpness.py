"""Sharpness equals the dense eigenvalue, with and without a preconditioner, along a run."""

import numpy as np
import pytest

import learndyn as ld
from learndyn.dynamics import ravel, simulate
from learndyn.learning import MLP, GradientDescent, training_map
from learndyn.learning.rules import Adam, AdamState, RMSProp
from learndyn.learning.schedules import Constant, Scheduled
from learndyn.learning.sharpness import SharpnessObservable, sharpness

X = np.linspace(-1.0, 1.0, 10)[:, None]
Y = np.sin(3.0 * X)
MODEL = MLP((1, 5, 1))
THETA = MODEL.init(np.random.default_rng(0))
FLAT, UNRAVEL = ravel(THETA)


def loss(theta):
    return ld.mean_squared_error(MODEL(theta, X), Y)


def dense(z, p=None):
    scale = np.ones(len(z)) if p is None else 1.0 / np.sqrt(p)
    hessian = ld.hessian(lambda z: loss(UNRAVEL(z)))(z)
    return np.linalg.eigh(scale[:, None] * hessian * scale)


def test_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    values, vectors = dense(FLAT)
    found = sharpness(loss, THETA, tolerance=1e-9)
    assert found.converged
    assert found.value == pytest.approx(values[-1], rel=1e-12)
    assert abs(found.vector @ vectors[:, -1]) == pytest.approx(1.0, abs=1e-8)
    assert found.residual < 1e-8 * values[-1]


def test_it_is_the_algebraically_largest_not_the_largest_in_magnitude():
    found = sharpness(lambda z: (np.array([-5.0, 1.0]) * z * z).sum() / 2.0, np.ones(2))
    assert found.value == pytest.approx(1.0, rel=1e-12)


def test_a_start_nearby_saves_products():
    cold = sharpness(loss, THETA, tolerance=1e-3)
    warm = sharpness(loss, THETA, start=cold.vector, tolerance=1e-3)
    assert warm.products < cold.products
    assert warm.value == pytest.approx(cold.value, rel=1e-6)


def test_along_a_run_it_equals_the_dense_eigenvalue_at_two_products_a_record():
    training = training_map(loss, GradientDescent(0.02), THETA)
    observable = SharpnessObservable.along(training)
    run = simulate(training, training.initial_state, 150, observe={"sharpness": observable})
    exact = [dense(z)[0][-1] for z in run.states]
    np.testing.assert_allclose(run.observables["sharpness"], exact, rtol=1e-6)
    assert len(observable.products) == len(run.times)
    assert np.mean(observable.products[75:]) < 3.0


def test_a_mode_that_overtakes_the_remembered_one_is_seen():
    """The old eigenvector is exactly orthogonal to the new: a start there alone would miss it."""

    def two_modes(w):
        return 0.5 * (w[:1] * w[2:3] * w[2:3] + w[1:2] * w[3:] * w[3:]).sum()

    observable = SharpnessObservable(two_modes, lambda z: z)
    assert observable(np.array([2.0, 1.0, 0.0, 0.0])) == pytest.approx(2.0, rel=1e-7)
    assert observable(np.array([2.0, 3.0, 0.0, 0.0])) == pytest.approx(3.0, rel=1e-7)


@pytest.mark.parametrize(
    "rule", [Adam(0.01), Adam(0.01, bias_correction=False), RMSProp(0.01)], ids=repr
)
def test_preconditioned_sharpness_along_a_run(rule):
    """lambda_max(P^-1/2 H P^-1/2), the largest eigenvalue of P^-1 H, P from the state."""
    training = training_map(loss, rule, THETA)
    observable = SharpnessObservable.along(training, preconditioned=True)
    run = simulate(training, training.initial_state, 60, observe={"s": observable}, every=6)
    unravel = ravel(rule.init(FLAT))[1]
    for z, value in list(zip(run.states, run.observables["s"], strict=True))[1:]:
        state = unravel(z)
        p = rule.preconditioner(state)
        assert value == pytest.approx(dense(state.theta, p)[0][-1], rel=1e-6)
        similar = np.linalg.eigvals(np.diag(1.0 / p) @ ld.hessian(lambda z: loss(UNRAVEL(z)))(state.theta))
        assert value == pytest.approx(similar.real.max(), rel=1e-6)


def test_adams_preconditioner_is_that_of_cohen_with_both_corrections():
    rule = Adam(0.01, beta1=0.8, beta2=0.95, epsilon=1e-3)
    v = np.random.default_rng(1).uniform(0.1, 2.0, FLAT.size)
    state = AdamState(FLAT, np.zeros_like(v), v, np.array(7.0))
    p = (1 - 0.8**7) * (np.sqrt(v / (1 - 0.95**7)) + 1e-3)
    found = sharpness(loss, THETA, rule=rule, state=state)
    assert found.value == pytest.approx(dense(FLAT, p)[0][-1], rel=1e-9)


def test_before_adams_first_step_there_is_no_preconditioner():
    training = training_map(loss, Adam(0.01), THETA)
    observable = SharpnessObservable.along(training, preconditioned=True)
    assert np.isnan(observable(training.initial_state))
    assert observable.last is None
    with pytest.raises(ValueError, match="Before Adam's first step there is none: take a step"):
        sharpness(loss, THETA, rule=Adam(0.01), state=Adam(0.01).init(FLAT))
    with pytest.raises(ValueError, match="preconditioner of Adam depends on the rule's state"):
        sharpness(loss, THETA, rule=Adam(0.01))


def test_a_schedule_around_a_rule_is_looked_through():
    rule = Scheduled(Adam(0.01), Constant())
    training = training_map(loss, rule, THETA)
    z = simulate(training, training.initial_state, 5).final_state
    value = SharpnessObservable.along(training, preconditioned=True)(z)
    p = Adam(0.01).preconditioner(training.state(z).inner)
    assert value == pytest.approx(dense(training.state(z).theta, p)[0][-1], rel=1e-6)


def test_a_loss_that_changes_with_the_batch_is_refused():
    training = training_map(
        lambda theta, x: loss(theta) + 0.0 * x.sum(), GradientDescent(0.1), THETA,
        batches=lambda step: (np.ones(1),),
    )  # fmt: skip
    with pytest.raises(ValueError, match="Pass the loss on all data"):
        SharpnessObservable.along(training)


def test_a_rule_without_preconditioner_gives_the_plain_sharpness():
    plain = sharpness(loss, THETA)
    assert sharpness(loss, THETA, rule=GradientDescent(0.1)).value == plain.value
