"""Growth out of the symmetric subspace: predicted from curvature, measured, and where it stops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import (
    MLP,
    GradientDescent,
    hessian,
    mean_squared_error,
    ravel,
    simulate,
    training_map,
)
from learndyn.dynamics import fixed_point
from learndyn.learning import (
    RNN,
    Adam,
    AdamW,
    AMSGrad,
    Clipped,
    HeavyBall,
    Layer,
    Nesterov,
    RMSProp,
    gauss_newton_operator,
    multipliers,
    standard_normal,
)
from learndyn.learning.symmetry import (
    PermutationAction,
    antisymmetric_basis,
    antisymmetric_hessian,
    antisymmetric_jacobian,
    antisymmetric_part,
    dead_zone,
    escape_factor,
    escape_time,
    exchange_actions,
    measure_dead_zone,
    measure_escape,
    measure_escape_times,
    permute_units,
    state_action,
    symmetric_part,
)

ETA, BETA = 0.1, 0.9
PAIR = (0, 0, 1)
X = np.random.default_rng(0).standard_normal((40, 2))
Y = np.tanh(2 * X[:, :1] + 0.3) - np.tanh(1.5 * X[:, 1:] - 0.2)
SMALL, LARGE = MLP((2, 1, 1)), MLP((2, 2, 1))


def loss(theta):
    return mean_squared_error(LARGE(theta, X), Y)


@pytest.fixture(scope="module")
def saddle():
    """The best net of one unit, as a net of two equal units with half its outgoing weight each."""
    step = training_map(
        lambda theta: mean_squared_error(SMALL(theta, X), Y),
        GradientDescent(0.2),
        SMALL.init(np.random.default_rng(0)),
    )
    near = simulate(step, step.initial_state, 1000, every=1000).final_state
    found = fixed_point(step, near, tolerance=3e-16)  # as still as can be, for the dead zone
    assert found.residual < 1e-15
    hidden, output = step.parameters(found.state)
    return [
        Layer(np.repeat(hidden.weight, 2, axis=1), np.repeat(hidden.bias, 2, axis=1)),
        Layer(0.5 * np.repeat(output.weight, 2, axis=0), output.bias),
    ]


def equal_units(model, seed, *, units=2):
    """Random parameters in which the first units of hidden layer 0 are equal, and those pairs."""
    theta = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    z, unravel = ravel(theta)
    pairs = [(0, 0, k) for k in range(1, units)]
    return unravel(symmetric_part(z, exchange_actions(theta, pairs))), pairs


def test_the_embedded_minimum_is_a_critical_point_and_a_saddle(saddle):
    """Fukumizu and Amari (2000)."""
    z = ravel(saddle)[0]
    step = training_map(loss, GradientDescent(1.0), saddle)
    np.testing.assert_allclose(step(z), z, atol=1e-14)
    block = antisymmetric_hessian(loss, saddle, PAIR)
    assert block.mu == pytest.approx(0.34, abs=0.005)
    # One output: moving outgoing weight from one unit to the other changes nothing. Neutral.
    assert np.abs(block.eigenvalues).min() < 1e-14


@given(seed=st.integers(0, 10**6), outputs=st.integers(1, 3))
def test_the_block_is_its_closed_form(seed, outputs):
    """[[sum a.r phi'' x~ x~', sum phi' x~ r'], [., 0]], at any point with two equal units."""
    model = MLP((2, 3, outputs))
    theta, pairs = equal_units(model, seed)
    y = np.random.default_rng(seed + 1).standard_normal((len(X), outputs))
    block = antisymmetric_hessian(
        lambda theta: mean_squared_error(model(theta, X), y), theta, pairs
    )
    (w, b), (a, _) = theta
    h = np.tanh(X @ w[:, 0] + b[0, 0])
    r = 2.0 * (model(theta, X) - y) / y.size
    x1 = np.hstack([X, np.ones((len(X), 1))])
    curved = (x1.T * (r @ a[0]) * (-2.0 * h * (1.0 - h * h))) @ x1
    crossed = (x1.T * (1.0 - h * h)) @ r
    expected = np.block([[curved, crossed], [crossed.T, np.zeros((outputs, outputs))]])
    # The columns of the basis follow the flat order: two weights, the bias, the outgoing weights.
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(block.matrix, expected, atol=1e-12 * scale)
    assert block.coupling < 1e-13
    assert block.mu > 0.0  # a zero on the diagonal and something beside it: indefinite


@given(seed=st.integers(0, 10**6))
def test_a_symmetric_hessian_has_two_blocks(seed):
    """Its spectrum is that of the antisymmetric block and that of the rest; three equal units give
    each antisymmetric eigenvalue twice."""
    model = MLP((2, 4, 2))
    theta, pairs = equal_units(model, seed, units=3)
    y = np.random.default_rng(seed + 1).standard_normal((len(X), 2))
    z, unravel = ravel(theta)

    def f(theta):
        return mean_squared_error(model(theta, X), y)

    block = antisymmetric_hessian(f, theta, pairs)
    h = hessian(lambda z: f(unravel(z)))(z)
    scale = np.abs(h).max()
    image = block.eigenvectors * block.eigenvalues
    np.testing.assert_allclose(h @ block.eigenvectors, image, atol=1e-11 * scale)
    np.testing.assert_allclose(block.eigenvalues[::2], block.eigenvalues[1::2], atol=1e-12 * scale)
    assert block.matrix.shape == (10, 10)
    assert block.basis.T @ block.basis == pytest.approx(np.eye(10), abs=1e-14)


@given(seed=st.integers(0, 10**6))
def test_equal_units_are_neutral_where_the_loss_is_zero(seed):
    """The outputs feel a split in second order only: the Gauss-Newton part vanishes, and with the
    residuals the whole block. |lambda| = 1 is neutral, not unstable."""
    model = MLP((2, 3, 2))
    theta, pairs = equal_units(model, seed)
    y = model(theta, X)

    def f(theta):
        return mean_squared_error(model(theta, X), y)

    block = antisymmetric_hessian(f, theta, pairs)
    np.testing.assert_allclose(block.eigenvalues, 0.0, atol=1e-13)
    g = gauss_newton_operator(
        lambda theta: model(theta, X), lambda out: mean_squared_error(out, y + 1.0), theta
    )
    for column in antisymmetric_basis(exchange_actions(theta, pairs)).T:
        np.testing.assert_allclose(g(column), 0.0, atol=1e-13)
    for rule in (GradientDescent(ETA), HeavyBall(ETA, BETA), Nesterov(ETA, BETA)):
        training = training_map(f, rule, theta)
        actions = [state_action(training, a) for a in exchange_actions(theta, pairs)]
        values = antisymmetric_jacobian(training, training.initial_state, actions).eigenvalues
        assert np.abs(values[:5]) == pytest.approx(1.0, abs=1e-7)  # defective pairs: sqrt(eps)


def test_a_recurrent_net_has_the_blocks_too():
    model = RNN(2, 3, 1)
    theta = model.init(np.random.default_rng(0), initialiser=standard_normal)
    z, unravel = ravel(theta)
    theta = unravel(symmetric_part(z, exchange_actions(theta, PAIR)))
    x, y = np.random.default_rng(1).standard_normal((4, 5, 2)), np.ones((4, 5, 1))

    def f(theta):
        return mean_squared_error(model(theta, x), y)

    block = antisymmetric_hessian(f, theta, PAIR)
    assert block.coupling < 1e-13
    z, unravel = ravel(theta)
    h = hessian(lambda z: f(unravel(z)))(z)
    np.testing.assert_allclose(h @ block.direction, -block.mu * block.direction, atol=1e-12)


@given(mu=st.floats(0.0, 5.0), eta=st.floats(1e-3, 0.5), beta=st.floats(0.0, 0.95))
def test_the_factor_of_each_rule_is_its_root(mu, eta, beta):
    s, v, eps = eta * mu, 0.3, 1e-8
    p = math.sqrt(v) + eps

    def root(trace, determinant):
        return np.abs(np.roots([1.0, -trace, determinant])).max()

    def close(value):
        return pytest.approx(value, rel=2e-7)  # double roots at s = 0

    assert escape_factor(GradientDescent(eta), mu) == close(1.0 + s)
    assert escape_factor(Clipped(GradientDescent(eta), 1.0), mu) == close(1.0 + s)
    assert escape_factor(HeavyBall(eta, beta), mu) == close(root(1.0 + beta + s, beta))
    assert escape_factor(Nesterov(eta, beta), mu) == close(
        root((1.0 + beta) * (1.0 + s), beta * (1.0 + s))
    )
    assert escape_factor(RMSProp(eta), mu, second_moment=v) == close(1.0 + s / p)
    adam = root(1.0 + beta + (1.0 - beta) * s / p, beta)
    for rule in (Adam(eta, beta), AMSGrad(eta, beta), AdamW(eta, beta, weight_decay=0.0)):
        assert escape_factor(rule, mu, second_moment=v) == close(adam)
        # One of the multipliers of the rule's whole state. There v is that before the step, which
        # multiplies it by beta2 before it divides; AMSGrad keeps the largest.
        before = v if isinstance(rule, AMSGrad) else v / rule.beta2
        full = np.abs(multipliers(rule, -mu, second_moment=before))
        assert np.abs(full - adam).min() < 1e-7 * adam


def test_weight_decay_can_hold_a_split_together():
    rule, v = AdamW(0.1, 0.9, weight_decay=2.0), 1.0
    assert escape_factor(rule, 0.5, second_moment=v) < 1.0 < escape_factor(Adam(0.1, 0.9), 0.5)


RULES = [GradientDescent(ETA), HeavyBall(ETA, BETA), Nesterov(ETA, BETA)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_the_measured_growth_is_the_predicted_factor(saddle, rule):
    mu = antisymmetric_hessian(loss, saddle, PAIR).mu
    training = training_map(loss, rule, saddle)
    action = state_action(training, exchange_actions(saddle, PAIR)[0])
    escape = measure_escape(training, training.initial_state, action, sigma=1e-7, ceiling=1e-5)
    predicted = escape_factor(rule, mu)
    assert escape.times.size > 20
    assert escape.predicted_factor == pytest.approx(predicted, abs=1e-12)
    assert escape.factor == pytest.approx(predicted, abs=1e-9)
    np.testing.assert_allclose(escape.splits, escape.predicted_splits, rtol=1e-6)
    np.testing.assert_allclose(escape.predicted_splits, 1e-7 * predicted**escape.times, rtol=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_the_escape_time_is_linear_in_the_logarithm_of_the_split(saddle, rule):
    mu = antisymmetric_hessian(loss, saddle, PAIR).mu
    training = training_map(loss, rule, saddle)
    action = state_action(training, exchange_actions(saddle, PAIR)[0])
    sigmas = [1e-4, 1e-6, 1e-8]
    clock = measure_escape_times(
        training, training.initial_state, action, sigmas=sigmas, threshold=1e-2
    )
    factor = escape_factor(rule, mu)
    assert clock.predicted_slope == pytest.approx(1.0 / math.log(factor), rel=1e-9)
    assert clock.slope == pytest.approx(clock.predicted_slope, rel=1e-4)
    expected = [escape_time(factor, sigma, 1e-2) for sigma in sigmas]
    np.testing.assert_allclose(clock.times, expected, atol=0.05)


@pytest.mark.parametrize(
    "rule",
    [
        RMSProp(0.01, 1.0 - 1e-12),
        Adam(0.01, 0.9, 1.0 - 1e-12, bias_correction=False),
        AMSGrad(0.01, 0.9, 1.0 - 1e-12),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_an_adaptive_rule_with_a_held_second_moment_has_its_predicted_factor(saddle, rule):
    mu, v = antisymmetric_hessian(loss, saddle, PAIR).mu, 0.04
    training = training_map(loss, rule, saddle)
    state = training.state(training.initial_state)
    held = {name: np.full(9, v) for name in state._fields if name.endswith("second_moment")}
    z = ravel(state._replace(**held))[0]
    action = state_action(training, exchange_actions(saddle, PAIR)[0])
    escape = measure_escape(training, z, action, sigma=1e-7, ceiling=1e-5)
    predicted = escape_factor(rule, mu, second_moment=v)
    assert predicted > 1.01
    assert escape.factor == pytest.approx(predicted, abs=2e-7)


def test_where_the_second_moment_decays_the_growth_accelerates_as_predicted(saddle):
    """At a critical point all gradients are 0, v falls by beta2 a step, and the step grows."""
    rule = RMSProp(0.01, 0.9)
    training = training_map(loss, rule, saddle)
    state = training.state(training.initial_state)
    z = ravel(state._replace(second_moment=np.full(9, 0.04)))[0]
    action = state_action(training, exchange_actions(saddle, PAIR)[0])
    escape = measure_escape(training, z, action, sigma=1e-8, ceiling=1e-5)
    mu = antisymmetric_hessian(loss, saddle, PAIR).mu
    v = 0.04 * 0.9 ** np.arange(1, escape.times.size)
    factors = 1.0 + 0.01 * mu / (np.sqrt(v) + rule.epsilon)
    expected = 1e-8 * np.concatenate([[1.0], np.cumprod(factors)])
    assert factors[-1] - 1.0 > 10.0 * (factors[0] - 1.0)
    np.testing.assert_allclose(escape.predicted_splits, expected, rtol=1e-9)
    np.testing.assert_allclose(escape.splits, expected, rtol=1e-3)


def test_on_a_moving_plateau_the_prediction_follows():
    """A symmetric point that is not critical: the factor changes along the way."""
    theta, pairs = equal_units(LARGE, 3)
    training = training_map(loss, HeavyBall(0.05, 0.5), theta)
    action = state_action(training, exchange_actions(theta, pairs)[0])
    direction = np.random.default_rng(0).standard_normal(training.initial_state.size)
    escape = measure_escape(
        training,
        training.initial_state,
        action,
        sigma=1e-8,
        ceiling=1.0,
        steps=150,
        direction=direction,
    )
    assert escape.times.size == 151
    np.testing.assert_allclose(escape.splits, escape.predicted_splits, rtol=1e-5)
    rates = np.diff(np.log(escape.splits))
    assert rates.max() - rates.min() > 0.01  # no constant factor would do


def test_without_a_split_equal_units_stay_equal_for_ever(saddle):
    """Elementwise arithmetic keeps equal units equal to the bit; a matrix product need not."""

    def elementwise(theta):
        (w, b), (a, c) = theta
        hidden = X[:, :1] * w[:1] + X[:, 1:] * w[1:] + b
        hidden = hidden + 0.1 * hidden * hidden
        return mean_squared_error(hidden[:, :1] * a[0] + hidden[:, 1:] * a[1] + c, Y)

    training = training_map(elementwise, HeavyBall(0.02, 0.5), saddle)
    final = simulate(training, training.initial_state, 300, every=300).final_state
    w = training.parameters(final)[0].weight
    np.testing.assert_array_equal(w[:, 0], w[:, 1])
    assert not np.array_equal(w, saddle[0].weight)


def exchange_loss(theta):
    """Two numbers that want to differ: curvature -1 across at a = b = 1.5."""
    a, b = theta[0], theta[1]
    mean, split = a + b - 3.0, a - b
    return 0.5 * mean * mean - 0.25 * split * split + split**4 / 16.0


@pytest.mark.parametrize(
    ("rule", "gain"),
    [
        (GradientDescent(0.01), 0.01),
        (GradientDescent(0.005), 0.005),
        (HeavyBall(0.01, 0.8), 0.05),
        (Nesterov(0.01, 0.8), 0.04),
        (Nesterov(0.01, 0.3), 0.01),
    ],
    ids=["descent", "descent, slower", "heavy ball", "Nesterov", "Nesterov, little momentum"],
)
def test_a_split_below_the_dead_zone_never_grows(rule, gain):
    """sigma_0 = ulp / (2 gain) for each component; momentum makes the zone smaller."""
    theta, action = np.full(2, 1.5), PermutationAction(np.array([1, 0]))
    training = training_map(exchange_loss, rule, theta)
    u = np.array([1.0, -1.0]) / np.sqrt(2.0)
    zone = measure_dead_zone(training, action, u, 1.0, steps=int(4 / gain), tolerance=gain / 2)
    ulp = np.spacing(1.5)
    assert zone.predicted == pytest.approx(np.sqrt(2.0) * ulp / (2.0 * gain), rel=1e-12)
    # The split itself is a whole number of spacings, so one spacing is the resolution.
    assert abs(zone.growing - zone.predicted) <= 1.1 * np.sqrt(2.0) * ulp
    below = training.initial_state.copy()
    below[:2] += 0.9 * (zone.predicted - np.sqrt(2.0) * ulp) * u
    assert below[0] != below[1]
    end = simulate(training, below, 1000, every=1000).final_state
    np.testing.assert_array_equal(end[:2], below[:2])


def test_the_dead_zone_of_a_net_is_that_of_its_most_sensitive_weight(saddle):
    eta, z = 0.004, ravel(saddle)[0]
    block = antisymmetric_hessian(loss, saddle, PAIR)
    actions = exchange_actions(saddle, PAIR)
    training = training_map(loss, GradientDescent(eta), saddle)
    steps = int(6.0 / (eta * block.mu))
    zone = measure_dead_zone(
        training, actions, block.direction, block.mu, steps=steps, tolerance=0.3
    )
    ratios = np.spacing(np.abs(z[:6])) / (2.0 * eta * block.mu * np.abs(block.direction[:6]))
    assert zone.predicted == pytest.approx(ratios.min(), rel=1e-9)
    # Growth begins late near the edge, so a run of finite length finds it above.
    assert 0.6 * zone.predicted < zone.growing < 2.5 * zone.predicted
    below = z + 0.5 * zone.predicted * block.direction
    split = np.linalg.norm(antisymmetric_part(below, actions))
    end = simulate(training, below, steps, every=steps).final_state
    assert np.linalg.norm(antisymmetric_part(end, actions)) == pytest.approx(split, rel=0.05)
    assert escape_factor(training.rule, block.mu) ** steps > 300  # it would have grown so much


def test_a_component_that_is_zero_has_no_dead_zone():
    """Next to 0 numbers are dense: a split of 1e-100 grows by 1 + eta mu a step."""
    theta, action = np.zeros(2), PermutationAction(np.array([1, 0]))
    u = np.array([1.0, -1.0]) / np.sqrt(2.0)
    assert dead_zone(GradientDescent(0.1), 1.0, theta, u) < 1e-300

    def around_zero(theta):
        mean, split = theta[0] + theta[1], theta[0] - theta[1]
        return 0.5 * mean * mean - 0.25 * split * split + split**4 / 16.0

    training = training_map(around_zero, GradientDescent(0.1), theta)
    escape = measure_escape(training, theta, action, sigma=1e-100, ceiling=1e-95)
    assert escape.times.size > 100
    assert escape.factor == pytest.approx(1.1, rel=1e-12)


def test_what_does_not_fit_is_named(saddle):
    theta = LARGE.init(np.random.default_rng(0))
    with pytest.raises(ValueError, match="the state is not symmetric: its antisymmetric part has"):
        antisymmetric_hessian(loss, theta, PAIR)
    training = training_map(loss, GradientDescent(0.1), saddle)
    (action,) = exchange_actions(saddle, PAIR)
    z = training.initial_state
    with pytest.raises(ValueError, match="0 < sigma < ceiling, got 1 and 0.1"):
        measure_escape(training, z, action, sigma=1, ceiling=0.1)
    with pytest.raises(ValueError, match="no antisymmetric part"):
        measure_escape(training, z, action, direction=z)
    with pytest.raises(ValueError, match="each sigma must be between 0 and the threshold"):
        measure_escape_times(training, z, action, sigmas=[1.0])
    with pytest.raises(ValueError, match="nothing can split"):
        antisymmetric_jacobian(training, z, PermutationAction(np.arange(z.size)))
    with pytest.raises(ValueError, match="mu must be positive"):
        dead_zone(GradientDescent(0.1), 0.0, z, z)
    with pytest.raises(TypeError, match="they never rest. Use Adam"):
        dead_zone(AdamW(0.1), 1.0, z, z)
    with pytest.raises(ValueError, match="mu must be finite"):
        escape_factor(GradientDescent(0.1), math.nan)
    with pytest.raises(ValueError, match="second_moment must be finite"):
        escape_factor(RMSProp(0.1), 1.0, second_moment=-1.0)
    with pytest.raises(ValueError, match="sigma must be positive"):
        escape_time(1.1, 0.0, 1.0)
    assert escape_time(1.0, 1e-3, 1.0) == math.inf
    assert escape_time(0.5, 2.0, 1.0) == 0.0
    stable = training_map(lambda t: (t * t).sum(), GradientDescent(0.1), np.ones(2))
    with pytest.raises(ValueError, match="does not grow in 3 steps"):
        measure_dead_zone(
            stable, PermutationAction(np.array([1, 0])), np.array([1.0, -1.0]), 1.0, steps=3
        )


def test_renumbering_moves_the_saddle_to_one_of_equal_loss(saddle):
    moved = permute_units(saddle, [[1, 0]])
    assert float(loss(moved)) == pytest.approx(float(loss(saddle)), rel=1e-14)
