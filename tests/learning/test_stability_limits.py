"""Stability limits: closed form against eigenvalues of the whole step and against runs."""

import numpy as np
import pytest

from learndyn import jacobian, simulate, training_map
from learndyn.learning import (
    Adam,
    AdamW,
    AMSGrad,
    Clipped,
    GradientDescent,
    HeavyBall,
    LinearWarmup,
    Nesterov,
    RMSProp,
    Scheduled,
    measured_stability_limit,
    multipliers,
    optimal_heavy_ball,
    optimal_nesterov,
    optimal_rate,
    optimal_step_size,
    preconditioner,
    stability_limit,
    standard_nesterov,
)

MOMENTA = [0.0, 0.5, 0.9, 0.99]


def quadratic(curvatures):
    curvatures = np.asarray(curvatures)
    return lambda theta: 0.5 * (curvatures * theta * theta).sum()


@pytest.mark.parametrize("beta", MOMENTA)
def test_the_limits_are_two_and_those_of_momentum(beta):
    assert stability_limit(GradientDescent(0.3)) == 2.0
    assert stability_limit(HeavyBall(0.3, beta)) == 2 * (1 + beta)
    assert stability_limit(Nesterov(0.3, beta)) == (2 + 2 * beta) / (1 + 2 * beta)
    assert stability_limit(RMSProp(0.3, beta)) == 2.0


def test_frozen_adams_limits_are_2_6_38_and_78():
    found = [stability_limit(Adam(0.1, beta1)) for beta1 in (0.0, 0.5, 0.9, 0.95)]
    np.testing.assert_allclose(found, [2, 6, 38, 78], rtol=1e-13)


@pytest.mark.parametrize(
    "rule",
    [
        GradientDescent(0.3),
        *(HeavyBall(0.3, b) for b in MOMENTA),
        *(Nesterov(0.3, b) for b in MOMENTA),
        RMSProp(0.3),
        *(Adam(0.3, b) for b in (0.0, 0.5, 0.9, 0.95)),
        Adam(0.3, 0.9, bias_correction=False),
        AMSGrad(0.3, 0.5),
        AdamW(0.3, 0.9, weight_decay=0.5),
        Clipped(HeavyBall(0.3, 0.5), 1e-3),
        Scheduled(Nesterov(0.3, 0.5), LinearWarmup(10)),
    ],
    ids=repr,
)
def test_the_measured_limit_is_the_closed_form(rule):
    assert measured_stability_limit(rule, second_moment=0.4) == pytest.approx(
        stability_limit(rule), abs=1e-9
    )


@pytest.mark.parametrize("kind", [HeavyBall, Nesterov])
@pytest.mark.parametrize("beta", MOMENTA)
def test_runs_half_a_percent_below_the_limit_die_out_and_above_it_grow(kind, beta):
    limit = stability_limit(kind(1.0, beta))
    for factor, grows in ((0.995, False), (1.005, True)):
        training = training_map(quadratic([1.0]), kind(factor * limit, beta), np.ones(1))
        run = simulate(training, training.initial_state, 1000)
        sizes = np.linalg.norm(run.states, axis=1)
        assert (sizes[-1] > 10 * sizes[0]) == grows
        assert (sizes[-1] < 0.1 * sizes[0]) != grows


@pytest.mark.parametrize("s", [0.3, 1.0, 2.9, 3.5])
def test_multipliers_are_the_roots_of_the_characteristic_polynomial(s):
    beta, curvature = 0.6, 2.0
    cases = {
        HeavyBall(s / curvature, beta): [1, -(1 + beta - s), beta],
        Nesterov(s / curvature, beta): [1, -(1 + beta) * (1 - s), beta * (1 - s)],
    }
    for rule, polynomial in cases.items():
        found = multipliers(rule, curvature)
        # Equal roots are known to half the digits.
        np.testing.assert_allclose(np.sort(np.abs(found)), np.sort(np.abs(np.roots(polynomial))), atol=1e-7)
        assert np.prod(found) == pytest.approx(polynomial[2], abs=1e-12)
        assert np.sum(found) == pytest.approx(-polynomial[1], abs=1e-12)


def test_adams_other_multipliers_are_those_of_its_memory():
    """The second moment fades by beta2 a step, and the step count is neutral: exactly 1."""
    found = multipliers(Adam(0.1, 0.9, 0.99), 1e-3)
    assert np.min(np.abs(found - 0.99)) < 1e-12
    assert np.min(np.abs(found - 1.0)) < 1e-14


def test_the_preconditioner_is_what_the_gradient_was_divided_by():
    rule = Adam(0.1, 0.0, 0.9)
    state = rule.init(np.zeros(3))
    for _ in range(4):
        gradient = np.array([1.0, -0.2, 30.0])
        before, state = state, rule.step(state, gradient)
        np.testing.assert_allclose(
            (before.theta - state.theta) / 0.1, gradient / preconditioner(rule, state), rtol=1e-13
        )
    outer = Scheduled(Clipped(HeavyBall(0.1), 1.0), LinearWarmup(3))
    np.testing.assert_array_equal(preconditioner(outer, outer.init(np.zeros(2))), [1.0, 1.0])


@pytest.mark.parametrize("eta", [0.02, 0.1, 0.19])
def test_each_mode_of_descent_is_multiplied_by_one_minus_eta_lambda(eta):
    """Eight modes along rotated axes, 60 steps; compared on the scale of the largest mode."""
    q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((8, 8)))
    curvatures = np.geomspace(0.2, 10.0, 8)
    h = q @ np.diag(curvatures) @ q.T
    training = training_map(
        lambda theta: 0.5 * (theta @ h @ theta), GradientDescent(eta), q @ np.ones(8)
    )
    modes = simulate(training, training.initial_state, 60).states @ q
    expected = (1 - eta * curvatures) ** np.arange(61)[:, None]
    scale = np.max(np.abs(expected), axis=1, keepdims=True)
    assert np.max(np.abs(modes - expected) / scale) < 1e-12


# --- the best coefficients ----------------------------------------------------------------


def worst(rule, curvatures):
    return max(abs(multipliers(rule, c)[0]) for c in curvatures)


def test_descent_is_fastest_at_two_over_the_sum_of_the_extreme_curvatures():
    """By brute force, k = 50: step 0.0392 and rate 0.9608."""
    steps = np.linspace(0.01, 0.0399, 60_000)
    rates = np.maximum(np.abs(1 - steps), np.abs(1 - 50 * steps))
    best = np.argmin(rates)
    assert optimal_step_size(1.0, 50.0) == pytest.approx(steps[best], rel=5e-4)
    assert optimal_rate("gradient descent", 50.0) == pytest.approx(rates[best], rel=1e-4)
    training = training_map(
        quadratic([1.0, 50.0]), GradientDescent(optimal_step_size(1.0, 50.0)), np.ones(2)
    )
    run = simulate(training, training.initial_state, 50)
    sizes = np.linalg.norm(run.states, axis=1)
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], optimal_rate("gradient descent", 50), rtol=1e-12)


@pytest.mark.parametrize(("method", "kind", "tuning"), [
    ("heavy ball", HeavyBall, optimal_heavy_ball),
    ("standard nesterov", Nesterov, standard_nesterov),
    ("optimal nesterov", Nesterov, optimal_nesterov),
])  # fmt: skip
@pytest.mark.parametrize("k", [10.0, 100.0])
def test_the_slowest_mode_of_a_tuned_method_shrinks_at_the_rate_that_is_known(method, kind, tuning, k):
    rule = kind(*tuning(2.0, 2.0 * k))
    curvatures = np.geomspace(2.0, 2.0 * k, 41)
    assert worst(rule, curvatures) == pytest.approx(optimal_rate(method, k), abs=2e-7)


@pytest.mark.parametrize(("kind", "tuning"), [
    (HeavyBall, optimal_heavy_ball), (Nesterov, optimal_nesterov)
])  # fmt: skip
def test_no_neighbouring_tuning_is_faster(kind, tuning):
    eta, beta = tuning(1.0, 100.0)
    curvatures = np.geomspace(1.0, 100.0, 25)
    best = worst(kind(eta, beta), curvatures)
    for d_eta, d_beta in ((1.02, 0), (0.98, 0), (1, 0.02), (1, -0.02), (1.02, 0.01), (0.98, -0.01)):
        assert worst(kind(eta * d_eta, beta + d_beta), curvatures) > best


def test_the_optimal_heavy_ball_shrinks_like_t_times_its_rate_to_the_t():
    """A double eigenvalue: divide out the factor t, and the rate is (sqrt k - 1) / (sqrt k + 1)."""
    k, t0, t1 = 100.0, 100, 150
    training = training_map(
        quadratic([1.0, k]), HeavyBall(*optimal_heavy_ball(1.0, k)), np.ones(2)
    )
    run = simulate(training, training.initial_state, t1)
    sizes = np.abs(run.states[:, 0])
    raw = (sizes[t1] / sizes[t0]) ** (1 / (t1 - t0))
    rate = ((sizes[t1] / t1) / (sizes[t0] / t0)) ** (1 / (t1 - t0))
    expected = optimal_rate("heavy ball", k)
    assert rate == pytest.approx(expected, abs=2e-3)
    assert abs(raw - expected) > 5 * abs(rate - expected)


def test_at_eta_lambda_two_descent_has_period_two_exactly():
    training = training_map(quadratic([4.0]), GradientDescent(0.5), np.array([0.7]))
    run = simulate(training, training.initial_state, 10_000)
    np.testing.assert_array_equal(run.states[::2], 0.7)
    np.testing.assert_array_equal(run.states[1::2], -0.7)


def test_a_symmetry_gives_the_multiplier_one_exactly():
    """The loss does not see theta_0 - theta_1, so nothing moves along it: neutral, not unstable."""
    training = training_map(lambda theta: (theta.sum() - 1.0) ** 2, GradientDescent(0.1), np.ones(2))
    values = np.linalg.eigvals(jacobian(training)(np.array([0.25, 0.75])))
    assert np.min(np.abs(values - 1.0)) < 1e-15


# --- bad input ----------------------------------------------------------------------------


class Unknown:
    """A rule that nobody has analysed: it moves by twice the gradient."""

    step_size = 0.5

    def init(self, theta):
        return GradientDescent(1.0).init(theta)

    def step(self, state, gradient):
        return state._replace(theta=state.theta - 2.0 * self.step_size * gradient)


def test_a_rule_without_a_closed_form_is_measured():
    with pytest.raises(TypeError, match="no closed form is known for Unknown. Use measured"):
        stability_limit(Unknown())
    assert measured_stability_limit(Unknown()) == pytest.approx(1.0, abs=1e-9)


def test_bad_input_says_what_is_wrong():
    cases = {
        "second_moment must be positive and finite, got 0": lambda: measured_stability_limit(
            Adam(0.1), second_moment=0
        ),
        "optimal_step_size: needs eigenvalues 0 < l_min <= l_max, finite, got l_min=2, l_max=1": lambda: (
            optimal_step_size(2, 1)
        ),
        "optimal_heavy_ball: needs eigenvalues": lambda: optimal_heavy_ball(0, 1),
        "optimal_rate: unknown method 'adam'": lambda: optimal_rate("adam", 2.0),
        "optimal_rate: condition_number must be at least 1": lambda: optimal_rate("heavy ball", 0.5),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
