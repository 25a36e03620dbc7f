"""Update rules: momentum's and Adam's laws, what each rule becomes in a limit, and bad input."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Tensor, grad, jacobian, simulate, tanh, training_map, where
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.learning import (
    Adam,
    AdamW,
    AMSGrad,
    Clipped,
    ClippedByValue,
    Cosine,
    GradientDescent,
    HeavyBall,
    LinearWarmup,
    Nesterov,
    RMSProp,
    Scheduled,
    optimal_heavy_ball,
)

RULES = [
    GradientDescent(0.1),
    HeavyBall(0.1, 0.9),
    Nesterov(0.1, 0.8),
    RMSProp(0.05, 0.9),
    Adam(0.05, 0.9, 0.99),
    Adam(0.05, 0.9, 0.99, bias_correction=False),
    AMSGrad(0.05, 0.8, 0.9),
    AMSGrad(0.05, 0.8, 0.9, bias_correction=True),
    AdamW(0.05, 0.9, 0.99, weight_decay=0.3),
    Scheduled(HeavyBall(0.1, 0.9), Cosine(20, low=0.1)),
    Scheduled(Adam(0.05, 0.9, 0.99), LinearWarmup(4)),
    Clipped(Nesterov(0.1, 0.8), 0.5),
    ClippedByValue(HeavyBall(0.1, 0.8), 0.7),
    Scheduled(Clipped(Adam(0.1), 0.3), Cosine(30)),
]
CURVATURE = np.array([[2.0, 0.4, 0.0], [0.4, 1.0, -0.3], [0.0, -0.3, 0.5]])
START = np.array([1.0, -0.7, 0.4])


def bowl(theta):
    """A loss that is not quadratic, so that a Jacobian depends on where it is taken."""
    return 0.5 * (theta @ CURVATURE @ theta) + (tanh(theta) ** 3).sum()


def descend(rule, loss, start, steps):
    training = training_map(loss, rule, np.asarray(start, dtype=float))
    return training, simulate(training, training.initial_state, steps)


def thetas(rule, loss, start, steps):
    training, run = descend(rule, loss, start, steps)
    return np.stack([training.parameters(z) for z in run.states])


# --- the whole state is differentiated ----------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_the_full_state_jacobian_agrees_with_finite_differences(rule):
    training, run = descend(rule, bowl, START, 5)
    z = run.final_state
    exact = jacobian(training)(z)
    # Relative steps: a second moment of 1e-6 bends the root within 1e-6.
    h = 1e-4 * np.where(z == 0.0, 1.0, np.abs(z))
    columns = [(training(z + e) - training(z - e)) / 2 for e in np.diag(h)]
    np.testing.assert_allclose(exact * h, np.stack(columns, axis=1), rtol=1e-6, atol=1e-14)
    assert np.linalg.norm(exact) > 1.0


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_at_the_initial_state_and_a_zero_gradient_the_jacobian_is_finite(rule):
    """There v = 0 and g = 0, where the square root has no slope."""
    training = training_map(lambda theta: 0.5 * (theta * theta).sum(), rule, np.array([0.0, 1.0]))
    assert np.isfinite(jacobian(training)(training.initial_state)).all()


@pytest.mark.parametrize("rule", [RMSProp(1e-3, 0.9, 0.1), Adam(1e-3, epsilon=0.1)], ids=repr)
def test_at_zero_second_moment_the_slope_by_theta_is_that_of_the_whole_step(rule):
    """The step is eta g / (c |g| + epsilon), whose derivative at g = 0 is eta / epsilon."""
    training = training_map(lambda theta: 0.5 * (theta * theta).sum(), rule, np.zeros(1))
    exact = jacobian(training)(training.initial_state)[0, 0]
    assert exact == pytest.approx(1.0 - 1e-3 / 0.1, rel=1e-14)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_arrays_and_tensors_take_the_same_step_to_the_bit(rule):
    training, run = descend(rule, bowl, START, 3)
    state, gradient = training.state(run.final_state), np.array([0.3, -2.0, 0.1])
    tensors = tree_map(lambda part: Tensor(part, requires_grad=True), state)
    after = rule.step(tensors, Tensor(gradient))
    for part, tensor in zip(leaves(rule.step(state, gradient)), leaves(after), strict=True):
        np.testing.assert_array_equal(tensor.numpy(), part)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_step_changes_neither_the_state_nor_the_gradient_that_it_is_given(rule):
    state, gradient = rule.init(START.copy()), np.array([1.0, -2.0, 0.5])
    first = rule.step(state, gradient)
    second = rule.step(state, gradient)
    np.testing.assert_array_equal(first.theta, second.theta)
    np.testing.assert_array_equal(state.theta, START)
    np.testing.assert_array_equal(gradient, [1.0, -2.0, 0.5])


# --- rules that are one another -----------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HeavyBall(0.1, 0.0), GradientDescent(0.1)),
        (Nesterov(0.1, 0.0), GradientDescent(0.1)),
        (Adam(0.1, 0.0, 0.9, bias_correction=False), RMSProp(0.1, 0.9)),
        (AdamW(0.1, weight_decay=0.0), Adam(0.1)),
        (Scheduled(Adam(0.1), lambda t: 1.0), Adam(0.1)),
        (Clipped(HeavyBall(0.1), 1e9), HeavyBall(0.1)),
        (ClippedByValue(HeavyBall(0.1), 1e9), HeavyBall(0.1)),
    ],
    ids=lambda rule: repr(rule)[:40],
)
def test_a_rule_becomes_another_in_a_limit(one, other):
    np.testing.assert_allclose(
        thetas(one, bowl, START, 40), thetas(other, bowl, START, 40), rtol=1e-13, atol=1e-15
    )


def test_heavy_ball_is_polyaks_recursion_in_two_points():
    eta, beta = 0.1, 0.7
    expected, slope = [START, START - eta * grad(bowl)(START)], grad(bowl)
    for _ in range(20):
        x, before = expected[-1], expected[-2]
        expected.append(x - eta * slope(x) + beta * (x - before))
    found = thetas(HeavyBall(eta, beta), bowl, START, 21)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_nesterovs_theta_is_the_look_ahead_point_of_the_two_point_form():
    eta, beta = 0.1, 0.7
    rule, slope = Nesterov(eta, beta), grad(bowl)
    training, run = descend(rule, bowl, START, 20)
    x = y = START
    for z in run.states:
        state = training.state(z)
        np.testing.assert_allclose(state.theta, y, rtol=1e-12)
        np.testing.assert_allclose(rule.base_point(state), x, rtol=1e-12)
        x_next = y - eta * slope(y)
        x, y = x_next, x_next + beta * (x_next - x)


def test_decoupled_decay_shrinks_the_parameters_outside_the_division():
    rule = AdamW(0.1, weight_decay=0.3)
    state = rule.init(START)
    np.testing.assert_allclose(
        rule.step(state, np.zeros(3)).theta, (1 - 0.1 * 0.3) * START, rtol=1e-15
    )


# --- symmetries ---------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000))
def test_descent_and_momentum_commute_with_rotations(seed):
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    for rule in (GradientDescent(0.1), HeavyBall(0.1, 0.9), Nesterov(0.1, 0.9)):
        plain = thetas(rule, bowl, START, 15)
        turned = thetas(rule, lambda phi: bowl(q.T @ phi), q @ START, 15)
        np.testing.assert_allclose(turned, plain @ q.T, atol=1e-12)


def test_adam_does_not_commute_with_rotations():
    angle = np.pi / 4
    q = np.eye(3)
    q[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    plain = thetas(Adam(0.1), bowl, START, 15)
    turned = thetas(Adam(0.1), lambda phi: bowl(q.T @ phi), q @ START, 15)
    assert np.max(np.abs(turned - plain @ q.T)) > 0.05


@given(scale=st.floats(1e-3, 1e3))
def test_scaling_the_loss_leaves_adam_alone_up_to_epsilon(scale):
    for rule in (Adam(0.05, epsilon=1e-14), RMSProp(0.05, epsilon=1e-14), AMSGrad(0.05, epsilon=1e-14)):
        plain = thetas(rule, bowl, START, 15)
        scaled = thetas(rule, lambda theta: scale * bowl(theta), START, 15)
        np.testing.assert_allclose(scaled, plain, atol=1e-9)


# --- phenomena ----------------------------------------------------------------------------


def test_lessards_convex_function_holds_the_optimal_heavy_ball_on_a_cycle_of_three():
    """Curvature 25, 1, 25 in three pieces: strongly convex, and the tuning for l = 1..25."""
    eta, beta = optimal_heavy_ball(1.0, 25.0)
    assert (eta, beta) == pytest.approx((1 / 9, 4 / 9), rel=1e-14)

    def loss(x):
        low, high = 12.5 * x * x, 12.5 * x * x - 24.0 * x + 36.0
        middle = 0.5 * x * x + 24.0 * x - 12.0
        return where(x < 1.0, low, where(x < 2.0, middle, high)).sum()

    cycle = thetas(HeavyBall(eta, beta), loss, [3.3], 3000)[-3:, 0]
    cycle = np.roll(cycle, -int(np.argmin(cycle)))
    # Each point lies in a known piece, so the cycle solves three linear equations.
    a, shift = np.zeros((3, 3)), np.array([0.0, 24.0, 0.0])
    for k in range(3):
        a[k, [(k + 1) % 3, k, (k - 1) % 3]] = [1.0, -(1.0 + beta - 25.0 * eta), beta]
    expected = np.linalg.solve(a, eta * shift)
    np.testing.assert_allclose(expected, [-1.802, 2.116, 0.647], atol=1e-3)
    np.testing.assert_allclose(cycle, expected, atol=1e-9)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, -50.0])
def test_adams_first_step_has_length_eta_and_without_correction_it_is_larger(gradient):
    eta = 0.01
    for correction, ratio in ((True, 1.0), (False, 0.1 / np.sqrt(0.001))):
        rule = Adam(eta, epsilon=1e-14, bias_correction=correction)
        step = rule.step(rule.init(np.zeros(1)), np.array([gradient])).theta[0]
        assert step == pytest.approx(-eta * ratio * np.sign(gradient), rel=1e-9)


def cycle_state(rule, curvature):
    """Bock and Weiss: w, -w, w, ... with |w| = eta (1 - b1) / (2 (1 + b1)) on lambda w^2 / 2."""
    share = (1 - rule.beta1) / (1 + rule.beta1)
    w = rule.step_size * share / 2
    slope = curvature * w
    # The moment before the gradient at w > 0 is taken is that of -w.
    return w, np.array([w, -share * slope, slope**2, 1e9])


def two_steps(rule, curvature):
    training = training_map(lambda w: 0.5 * curvature * (w * w).sum(), rule, np.zeros(1))
    return lambda z: training(training(z))


@pytest.mark.parametrize("beta1", [0.0, 0.1, 0.9])
def test_adam_has_a_cycle_of_two_where_the_preconditioned_curvature_is_at_its_limit(beta1):
    rule = Adam(0.05, beta1, 0.99, 1e-300)
    curvature = 3.0
    _, z = cycle_state(rule, curvature)
    np.testing.assert_allclose(two_steps(rule, curvature)(z)[:3], z[:3], rtol=1e-12)
    limit = (2 + 2 * beta1) / (1 - beta1)
    assert rule.step_size * curvature / np.sqrt(z[2]) == pytest.approx(limit, rel=1e-12)


def cycle_multiplier(beta1, beta2):
    """The largest eigenvalue of two steps, without the neutral one of the count."""
    rule = Adam(0.05, beta1, beta2, 1e-300)
    _, z = cycle_state(rule, 3.0)
    values = np.linalg.eigvals(jacobian(two_steps(rule, 3.0))(z)[:3, :3])
    return np.max(np.abs(values))


def test_the_cycle_attracts_without_momentum_and_repels_beyond_three_minus_two_root_two():
    """sqrt(b2) is the multiplier of one step at b1 = 0, so b2 of two."""
    for beta2 in (0.9, 0.99):
        assert cycle_multiplier(0.0, beta2) == pytest.approx(beta2, abs=2e-7)
    edge = 3 - 2 * np.sqrt(2)
    assert cycle_multiplier(edge - 0.005, 0.9999) < 1 < cycle_multiplier(edge + 0.005, 0.9999)


def test_with_momentum_adam_hovers_below_its_limit_in_bursts():
    """At beta1 = 0.9 the limit is 38; the mean over a long run is 33 to 36."""
    rule, curvature = Adam(0.05, 0.9, 0.999, 1e-12), 3.0
    state, seen = rule.init(np.array([0.03])), []
    for _ in range(8000):
        state = rule.step(state, curvature * state.theta)
        seen.append(rule.step_size * curvature / rule.preconditioner(state)[0])
    assert np.mean(seen[2000:]) == pytest.approx(34.5, rel=0.15)
    assert np.ptp(seen[2000:]) > 2.0


def test_reddis_problem_sends_adam_to_the_worst_point_and_amsgrad_to_the_best():
    """f_t(x) = C x at every third step and -x else, on [-1, 1]: the sum is least at -1."""
    c = 3.0
    beta2 = 1 / (1 + c * c)

    def end(kind, steps):
        rule = Scheduled(kind(0.5, 0.0, beta2), lambda t: (t + 1.0) ** -0.5)
        state = rule.init(np.zeros(1))
        for t in range(steps):
            state = rule.step(state, np.array([c if t % 3 == 0 else -1.0]))
            inner = state.inner
            state = state._replace(inner=inner._replace(theta=np.clip(inner.theta, -1.0, 1.0)))
        return state.theta[0]

    assert end(partial(Adam, bias_correction=False), 9_000) == pytest.approx(1.0, abs=0.02)
    assert end(AMSGrad, 9_000) == pytest.approx(-1.0, abs=0.02)


# --- bad input ----------------------------------------------------------------------------


def test_hyperparameters_out_of_range_name_the_rule_and_the_value():
    cases = {
        r"GradientDescent: step_size must be positive and finite, got -1": lambda: GradientDescent(-1),
        r"HeavyBall: momentum must be at least 0 and below 1, got 1.0": lambda: HeavyBall(0.1, 1.0),
        r"Nesterov: momentum must be .* got -0.1": lambda: Nesterov(0.1, -0.1),
        r"RMSProp: decay must be .* got nan": lambda: RMSProp(0.1, float("nan")),
        r"RMSProp: epsilon must be positive and finite, got 0": lambda: RMSProp(0.1, 0.9, 0),
        r"Adam: beta1 must be .* got 2": lambda: Adam(0.1, 2),
        r"AMSGrad: beta2 must be .* got 1": lambda: AMSGrad(0.1, 0.9, 1),
        r"AdamW: step_size must be positive and finite, got inf": lambda: AdamW(float("inf")),
        r"AdamW: weight_decay must be finite and not negative, got -1": lambda: AdamW(
            0.1, weight_decay=-1
        ),
        r"Clipped: max_norm must be positive and finite, got 0": lambda: Clipped(Adam(0.1), 0),
        r"ClippedByValue: max_value must be positive": lambda: ClippedByValue(Adam(0.1), -1),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="Adam: step_size must be a number, got str"):
        Adam("0.1")


def test_a_state_of_another_model_or_rule_is_refused():
    rule = HeavyBall(0.1)
    with pytest.raises(ValueError, match=r"parameters of shape \(3,\), the gradient has shape \(4,\)"):
        rule.step(rule.init(np.ones(3)), np.ones(4))
    with pytest.raises(ValueError, match=r"the gradient has shape \(1,\)"):
        rule.step(rule.init(np.ones(3)), np.ones(1))
    with pytest.raises(TypeError, match="received DescentState, .* rule is HeavyBallState"):
        rule.step(GradientDescent(0.1).init(np.ones(3)), np.ones(3))
    with pytest.raises(TypeError, match="received AdamState, .* rule is ScheduledState"):
        Scheduled(Adam(0.1), Cosine(3)).step(Adam(0.1).init(np.ones(3)), np.ones(3))
