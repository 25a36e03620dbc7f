"""The evidence for each cause, against closed forms and independent computations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning import (
    MLP,
    Adam,
    GradientDescent,
    HeavyBall,
    Layer,
    Scheduled,
    StepDecay,
    half_squared_error,
    hessian_operator,
    lecun_normal,
    mean_squared_error,
    scaled,
    train,
)
from learndyn.learning.diagnosis import Cause, diagnose
from learndyn.learning.diagnosis.architecture import linear_optimum
from learndyn.learning.diagnosis.case import make_case
from learndyn.learning.diagnosis.conditioning import slow_modes
from learndyn.learning.diagnosis.refit import refit
from learndyn.learning.diagnosis.saddle import stands_at
from learndyn.learning.diagnosis.signal import critical, signal_rates
from learndyn.learning.diagnosis.step import with_step
from learndyn.learning.diagnosis.symmetry import separated, symmetric_part, tied_units

SEEDS = st.integers(0, 10_000)


def case_of(loss, rule, start, steps, **options):
    run = train(loss, rule, start, steps, progress=False)
    left_out = dict.fromkeys(("model", "data", "criterion", "batches", "goal", "budget"))
    return make_case(run, loss=loss, rule=rule, start=start, seed=0, **(left_out | options))


@given(SEEDS)
def test_refit_finds_the_minimum_of_a_quadratic(seed):
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    a = (q * np.geomspace(1.0, 1e4, 6)) @ q.T
    best = rng.standard_normal(6)
    found = refit(lambda z: 0.5 * ((z - best) * (a @ (z - best))).sum(), np.zeros(6))
    np.testing.assert_allclose(found.theta, best, atol=1e-7)


def test_refit_goes_through_the_valley_of_rosenbrock():
    found = refit(
        lambda z: (1.0 - z[0]) ** 2 + 100.0 * (z[1] - z[0] ** 2) ** 2, np.array([-1.2, 1.0])
    )
    np.testing.assert_allclose(found.theta, [1.0, 1.0], atol=1e-8)
    assert found.iterations < 80


@pytest.mark.parametrize("criterion", [mean_squared_error, half_squared_error])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("widths", [(3, 2), (4, 1, 3), (4, 2, 3)])
def test_the_least_loss_of_a_linear_net_is_that_of_reduced_rank_regression(criterion, bias, widths):
    """Not proved from above by any descent, and reached by one."""
    rng = np.random.default_rng(len(widths) + bias)
    model = MLP(widths, "linear", bias=bias)
    x, y = rng.standard_normal((30, widths[0])), 1.0 + rng.standard_normal((30, widths[-1]))
    exact = linear_optimum(model, (x, y), criterion)
    reached = min(
        refit(lambda theta: criterion(model(theta, x), y), model.init(rng), iterations=3000).loss
        for _ in range(3)
    )
    assert reached == pytest.approx(exact, rel=1e-6) and reached >= exact * (1.0 - 1e-12)


def test_a_nonlinear_model_or_another_loss_has_no_exact_optimum():
    data = (np.zeros((2, 1)), np.zeros((2, 1)))
    assert linear_optimum(MLP((1, 2, 1)), data, mean_squared_error) is None
    assert linear_optimum(MLP((1, 1)), data, None) is None


def test_the_best_line_for_xor_misses_by_a_quarter():
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
    assert linear_optimum(MLP((2, 1)), (x, y), mean_squared_error) == pytest.approx(0.25, abs=1e-15)


@pytest.mark.parametrize("rule, limit", [(GradientDescent(1.0), 2.0), (HeavyBall(1.0, 0.5), 3.0)])
@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_quadratic_blames_the_step_exactly_where_it_is_beyond_the_limit(rule, limit, factor):
    """lambda_max = 4, so the largest stable step is limit / 4."""
    curvature = np.array([4.0, 0.4])
    rule = with_step(rule, factor * limit / 4.0)
    loss, start = lambda z: 0.5 * (curvature * z * z).sum(), np.array([1.0, 1.0])
    run = train(loss, rule, start, 300, progress=False)
    said = diagnose(run, loss=loss, rule=rule, start=start)
    assert (Cause.STEP in said.causes) == (factor > 1.0)
    if factor > 1.0:
        assert said.findings[0].measured["stable_step"] == pytest.approx(limit / 4.0, rel=1e-6)
        assert said.findings[0].measured["ratio"] == pytest.approx(factor, rel=1e-6)


def test_another_step_size_reaches_the_rule_inside_a_schedule():
    rule = with_step(Scheduled(Adam(0.1, 0.8), StepDecay(10)), 0.02)
    assert rule == Scheduled(Adam(0.02, 0.8), StepDecay(10))


def test_units_are_tied_if_they_are_equal_or_opposite_and_the_activation_is_odd():
    rng = np.random.default_rng(0)
    w, b, v = rng.standard_normal((2, 5)), rng.standard_normal((1, 5)), rng.standard_normal((5, 1))
    for i, j, sign in ((0, 3, 1.0), (1, 4, -1.0)):
        w[:, j], b[:, j], v[j] = sign * w[:, i], sign * b[:, i], sign * v[i]
    theta = [Layer(w, b), Layer(v, np.zeros((1, 1)))]
    found = tied_units(theta, odd=True)
    assert [(t.units, t.signs) for t in found] == [((0, 3), (1, 1)), ((1, 4), (1, -1))]
    assert [t.units for t in tied_units(theta, odd=False)] == [(0, 3)]
    assert tied_units(separated(theta, found, rng), odd=True) == []
    for kept, given_ in zip(symmetric_part(theta, found), theta, strict=True):
        np.testing.assert_allclose(kept.weight, given_.weight, atol=1e-15)


@given(SEEDS)
def test_the_symmetric_part_is_an_orthogonal_projection(seed):
    rng = np.random.default_rng(seed)
    model = MLP((2, 4, 4, 1))
    tied = [Layer(np.tile(a.weight[:, :1], a.weight.shape[1]), 0 * a.bias) for a in model.init(rng)]
    ties = tied_units([tied[0], Layer(np.ones((4, 4)), tied[1].bias), tied[2]], odd=False)
    theta = model.init(rng)
    once = symmetric_part(theta, ties)
    twice = symmetric_part(once, ties)
    flat = lambda t: np.concatenate([p.ravel() for layer in t for p in layer])
    np.testing.assert_allclose(flat(once), flat(twice), atol=1e-14)
    assert flat(once) @ (flat(theta) - flat(once)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_predicted_steps_of_a_slow_mode_are_those_that_a_run_takes(momentum):
    curvature, rule = np.array([1.0, 1e-2]), HeavyBall(0.1, momentum)
    loss, start = lambda z: 0.5 * (curvature * z * z).sum(), np.array([0.0, 1.0])
    goal = 1e-2 * float(loss(start))
    modes = slow_modes(case_of(loss, rule, start, 50, goal=goal))
    run = train(
        loss, rule, start, 60_000, progress=False, every=60_000, stop_when=lambda _, v: v <= goal
    )
    assert modes.largest == pytest.approx(1.0, rel=1e-3)
    assert modes.slow == pytest.approx(1e-2, rel=1e-6)
    assert 50 + modes.steps == pytest.approx(run.times[-1], rel=0.02)


def test_the_escape_from_a_saddle_takes_the_predicted_steps():
    """L = (x^2 - 1)^2 / 4 + 2 y^2 near x = 0: lambda_min = -1, and the loss is least at x = 1."""
    loss = lambda z: 0.25 * (z[0] * z[0] - 1.0) ** 2 + 2.0 * z[1] * z[1]
    rule, start = GradientDescent(0.02), np.array([1e-10, 0.0])
    found = stands_at(case_of(loss, rule, start, 100, goal=0.01))
    assert (found.index, found.exact) == (1, True)
    assert found.lowest == pytest.approx(-1.0, abs=1e-9)
    assert found.offset == pytest.approx(1e-10 * 1.02**100, rel=1e-6)
    run = train(loss, rule, start, 3000, progress=False, stop_when=lambda z, _: z[0] > 0.5)
    assert 100 + found.escape == pytest.approx(run.times[-1], rel=0.1)


def test_a_strict_saddle_is_named_with_its_index_and_a_minimum_is_not():
    curvature = np.array([-1.0, -0.5, 1.0])

    def loss(z):
        return 1.0 + 0.5 * (curvature * z * z).sum() + 0.25 * (z * z * z * z).sum()

    rule, start = GradientDescent(0.1), np.array([0.0, 0.0, 0.5])
    run = train(loss, rule, start, 200, progress=False)
    said = diagnose(run, loss=loss, rule=rule, start=start, goal=0.85)
    assert said.causes == (Cause.SADDLE,) and said.findings[0].measured["index"] == 2.0
    assert "never" in dict(said.findings[0].evidence)["predicted escape in"]
    start = np.array([1.0, np.sqrt(0.5), 0.5])
    run = train(loss, rule, start, 200, progress=False)
    assert diagnose(run, loss=loss, rule=rule, start=start, goal=0.5).causes == ()


@pytest.mark.parametrize("gain", [0.5, 1.0, 1.5])
def test_the_backward_rate_of_a_wide_linear_net_is_that_of_theory(gain):
    """1/2 ln chi = ln gain a layer, and 0 after the weights are made critical."""
    rng = np.random.default_rng(5)
    model = MLP((10, *[200] * 10, 1), "linear")
    x, y = rng.standard_normal((8, 10)), rng.standard_normal((8, 1))
    theta = model.init(rng, initialiser=scaled(lecun_normal, gain))
    rates = signal_rates(model, theta, (x, y), mean_squared_error)
    # sw2 of the theory is measured, so it differs from gain^2 as much as the weights do
    np.testing.assert_allclose(rates.theory[:-1], np.log(gain), atol=0.02)
    assert rates.backward.mean() == pytest.approx(np.log(gain), abs=0.04)
    again = signal_rates(model, critical(model, theta), (x, y), mean_squared_error)
    np.testing.assert_allclose(again.theory, 0.0, atol=1e-12)


def test_the_first_operation_that_is_not_finite_is_named_with_its_step():
    from learndyn import sqrt

    def loss(theta):
        return sqrt(theta).sum()

    start, rule = np.array([1.0]), GradientDescent(0.1)
    position, steps = 1.0, 0
    while position > 0.0:
        position, steps = position - 0.05 / np.sqrt(position), steps + 1
    for every in (1, 7):
        run = train(loss, rule, start, 100, progress=False, every=every)
        said = diagnose(run, loss=loss, rule=rule, start=start, goal=-10.0)
        fault = next(f for f in said.findings if f.cause is Cause.NUMERICAL)
        assert fault.measured["step"] == steps
        assert dict(fault.evidence)["first operation that is not finite"] == "sqrt"


def test_the_overflow_at_the_end_of_a_divergence_is_a_consequence():
    loss, start = lambda z: (z * z).sum(), np.ones(2)
    run = train(loss, GradientDescent(3.0), start, 2000, progress=False)
    assert run.stopped
    said = diagnose(run, loss=loss, rule=GradientDescent(3.0), start=start)
    assert said.causes == (Cause.STEP,)


def test_the_index_agrees_with_all_eigenvalues_of_the_hessian():
    rng = np.random.default_rng(3)
    model = MLP((3, 4, 1))
    x, y = rng.standard_normal((20, 3)), rng.standard_normal((20, 1))
    theta = model.init(rng, initialiser=scaled(lecun_normal, 1e-4))
    loss = lambda t: mean_squared_error(model(t, x), y)
    found = stands_at(case_of(loss, GradientDescent(1e-3), theta, 3, goal=0.0))
    matrix = hessian_operator(loss, theta).to_matrix()
    values = np.linalg.eigvalsh(0.5 * (matrix + matrix.T))
    assert found.index == (values < -1e-3 * np.abs(values).max()).sum() > 0


def test_a_short_step_is_no_fault_but_is_mentioned():
    """eta lambda_max = 0.001 of a limit of 2: a longer step would finish."""
    rule, start = GradientDescent(1e-3), np.array([1.0, 1.0])
    loss = lambda z: 0.5 * (np.array([1.0, 0.5]) * z * z).sum()
    run = train(loss, rule, start, 100, progress=False)
    said = diagnose(run, loss=loss, rule=rule, start=start)
    assert said.findings == () and "the step is short" in said.note


def test_a_run_with_a_longer_way_in_slow_modes_than_they_hold_is_not_badly_conditioned():
    """A floor of 1 under the quadratic is more than any mode can win."""
    curvature, rule, start = np.array([1.0, 1e-4]), GradientDescent(1.0), np.array([1.0, 10.0])
    for floor, found in ((0.0, (Cause.CONDITIONING,)), (1.0, ())):
        loss = lambda z, c=floor: c + 0.5 * (curvature * z * z).sum()
        run = train(loss, rule, start, 200, progress=False)
        said = diagnose(run, loss=loss, rule=rule, start=start, goal=5e-4)
        assert said.causes == found
