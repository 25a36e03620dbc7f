"""Three ways in which a network in continuous time learns: FORCE, through time, by the adjoint."""

import numpy as np
import pytest

from learndyn import Adam, check_grads, grad, train
from learndyn.dynamics import RK4, DormandPrince, Euler, integrate, simulate
from learndyn.neural.rate import (
    ContinuousTimeRNN,
    ForceLearning,
    LeakyIntegrator,
    TrajectoryLoss,
    adjoint_gradient,
    force,
    random_network,
    side_by_side,
    unrolled_loss,
)


def family(theta):
    return ContinuousTimeRNN(theta["weight"], bias=theta["bias"])


def constants(rng, n=6, gain=1.2):
    weight = gain / np.sqrt(n) * rng.standard_normal((n, n))
    return {"weight": weight, "bias": 0.2 * rng.standard_normal(n)}


def problem(rng, duration=3.0, n=6):
    return TrajectoryLoss(
        family=family,
        z0=rng.standard_normal(n),
        duration=duration,
        terminal=lambda z: (z * z).sum(),
        running=lambda t, z: (z[0] - np.sin(t)) ** 2,
    )


def distance(a, b):
    return np.sqrt(sum(np.sum((a[name] - b[name]) ** 2) for name in a))


def slope(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


# Through time, and the adjoint


def test_backpropagation_through_time_is_the_gradient_of_the_discrete_run():
    rng = np.random.default_rng(0)
    loss = unrolled_loss(problem(rng, n=3), method=Euler(0.3))
    theta = constants(rng, 3)
    check_grads(lambda w, b: loss({"weight": w, "bias": b}), theta["weight"], theta["bias"])


def test_the_loss_is_the_integral_that_it_names():
    """One leaky neuron at rest 0 from 1: the integral of e^{-2t} and the last state e^{-T}."""
    leak = TrajectoryLoss(
        family=lambda theta: LeakyIntegrator(drive=theta),
        z0=[1.0],
        duration=2.0,
        terminal=lambda z: z.sum(),
        running=lambda t, z: (z * z).sum(),
    )
    exact = (1 - np.exp(-4.0)) / 2 + np.exp(-2.0)
    assert float(unrolled_loss(leak, method=RK4(0.02))(np.zeros(1))) == pytest.approx(
        exact, abs=1e-8
    )
    result = adjoint_gradient(leak, np.zeros(1))
    assert result.value == pytest.approx(exact, abs=1e-8)
    # dz/dtheta = 1 - e^{-t}: the gradient is int 2 e^{-t} (1 - e^{-t}) dt + 1 - e^{-2} at theta = 0.
    expected = 2 * (1 - np.exp(-2.0)) - (1 - np.exp(-4.0)) + 1 - np.exp(-2.0)
    assert result.gradient[0] == pytest.approx(expected, abs=1e-7)
    # dz/dz0 = e^{-t}
    assert result.start_gradient[0] == pytest.approx(1 - np.exp(-4.0) + np.exp(-2.0), abs=1e-7)


def test_the_continuous_adjoint_differs_from_euler_through_time_by_order_one():
    rng = np.random.default_rng(0)
    task, theta = problem(rng), constants(rng)
    exact = adjoint_gradient(task, theta).gradient
    step_sizes = [0.05, 0.025, 0.0125, 0.00625]
    gaps = [distance(grad(unrolled_loss(task, method=Euler(h)))(theta), exact) for h in step_sizes]
    assert slope(step_sizes, gaps) == pytest.approx(1.0, abs=0.12)


def test_the_continuous_adjoint_is_the_limit_of_accurate_steps():
    rng = np.random.default_rng(1)
    task, theta = problem(rng), constants(rng)
    result = adjoint_gradient(task, theta)
    through_time = grad(unrolled_loss(task, method=RK4(0.02)))(theta)
    assert distance(result.gradient, through_time) < 1e-6
    assert result.start_error == 0.0 and result.kept == 8


def test_the_number_of_checkpoints_changes_memory_and_not_the_gradient():
    rng = np.random.default_rng(2)
    task, theta = problem(rng), constants(rng)
    few, many = (adjoint_gradient(task, theta, segments=k).gradient for k in (1, 12))
    assert distance(few, many) < 1e-6
    whole = grad(unrolled_loss(task, method=RK4(0.1)))(theta)
    cut = grad(unrolled_loss(task, method=RK4(0.1), segments=5))(theta)
    assert distance(whole, cut) < 1e-12


def test_the_state_integrated_backwards_is_lost_at_the_rate_of_the_leak():
    """Errors grow as e^{+T} where the circuit forgets as e^{-T}: the slope of their log is 1."""
    durations = np.array([8.0, 12.0, 16.0, 20.0])
    errors = []
    for duration in durations:
        leak = TrajectoryLoss(
            family=lambda theta: LeakyIntegrator(drive=theta),
            z0=[1.0, -0.5],
            duration=duration,
            terminal=lambda z: (z * z).sum(),
        )
        result = adjoint_gradient(
            leak,
            np.array([0.3, 0.1]),
            states="reversed",
            method=DormandPrince(rtol=1e-9, atol=1e-9),
        )
        errors.append(result.start_error)
    assert np.polyfit(durations, np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.2)


def test_over_many_time_constants_only_the_checkpointed_adjoint_is_right():
    rng = np.random.default_rng(3)
    theta = constants(rng, gain=0.4)
    task = problem(rng, duration=28.0)
    exact = grad(unrolled_loss(task, method=RK4(0.05)))(theta)
    kept = adjoint_gradient(task, theta)
    lost = adjoint_gradient(task, theta, states="reversed")
    assert distance(kept.gradient, exact) < 1e-4 * distance(exact, constants_of_zero(exact))
    assert lost.stopped is not None or lost.start_error > 0.1


def constants_of_zero(theta):
    return {name: np.zeros_like(value) for name, value in theta.items()}


def test_a_network_learns_a_trajectory_through_time():
    """The unrolled loss is a loss like any other: ``train`` takes it."""
    rng = np.random.default_rng(4)
    task = TrajectoryLoss(
        family=lambda theta: side_by_side(family(theta), 2),
        z0=np.concatenate([np.ones(8), -np.ones(8)]) * 0.5,
        duration=4.0,
        running=lambda t, z: (z[0] - np.sin(1.5 * t)) ** 2 + (z[8] + np.sin(1.5 * t)) ** 2,
    )
    loss = unrolled_loss(task, method=RK4(0.2))
    run = train(loss, Adam(step_size=0.03), constants(rng, 8), 120)
    losses = [float(loss(run.theta)), float(loss(constants(np.random.default_rng(4), 8)))]
    assert losses[0] < 0.1 * losses[1]


# FORCE


def tones(t):
    w = 2 * np.pi / 60.0
    return (
        np.sin(w * t) + 0.5 * np.sin(2 * w * t) + 0.3 * np.sin(3 * w * t) + 0.2 * np.sin(4 * w * t)
    )


def learner(seed, n=300, **options):
    rng = np.random.default_rng(seed)
    network = random_network(n, 1.5, rng)
    learning = ForceLearning(
        network=network, target=tones, feedback=rng.uniform(-1.0, 1.0, n), **options
    )
    return learning, 0.5 * rng.standard_normal(n)


@pytest.mark.parametrize("seed", [0, 1])
def test_after_force_a_chaotic_network_goes_on_by_itself(seed):
    learning, x0 = learner(seed)
    run = force(learning, x0, duration=1500.0, test_duration=240.0, records=5)
    assert run.test_error < 0.1
    # The same network before learning does nothing of the kind.
    before = integrate(learning.network, x0, run.test_times, method=RK4(0.2))
    silent = learning.network.rates(before.states) @ run.readout
    assert np.sqrt(np.mean((silent - run.test_targets) ** 2)) > 0.3


def test_what_is_fed_back_is_part_of_the_weights():
    learning, x = learner(2, n=20)
    w = np.random.default_rng(0).standard_normal(20)
    closed = learning.closed_loop(w)
    rates = np.tanh(x)
    np.testing.assert_allclose(
        closed(0.0, x), learning.network(0.0, x) + learning.feedback * (w @ rates), rtol=1e-12
    )


def test_the_inverse_correlation_is_the_inverse_of_the_correlation():
    """Recursive least squares (Sherman-Morrison): P = (alpha + sum r r')^-1."""
    learning, x0 = learner(3, n=12, alpha=0.7, every=2)
    run = simulate(learning, learning.init(x0), 20)
    states = [learning.unravel(z) for z in run.states]
    correlation = 0.7 * np.eye(12)
    for k in range(2, 21, 2):
        r = np.tanh(states[k].x)
        correlation += np.outer(r, r)
    np.testing.assert_allclose(states[-1].inverse_correlation @ correlation, np.eye(12), atol=1e-10)
    # The readout is the least-squares solution of all errors seen, with the penalty alpha |w|^2.
    moment = sum(np.tanh(states[k].x) * tones(0.2 * k) for k in range(2, 21, 2))
    np.testing.assert_allclose(states[-1].readout, np.linalg.solve(correlation, moment), atol=1e-10)


def test_the_learning_map_leaves_its_argument_alone_and_repeats_to_the_bit():
    learning, x0 = learner(4, n=15)
    z = learning.init(x0)
    copy = z.copy()
    np.testing.assert_array_equal(learning(z), learning(z))
    np.testing.assert_array_equal(z, copy)


def test_errors():
    with pytest.raises(ValueError, match="terminal or a running"):
        TrajectoryLoss(family=family, z0=[1.0], duration=1.0)
    with pytest.raises(ValueError, match="duration must be positive"):
        TrajectoryLoss(family=family, z0=[1.0], duration=0.0, terminal=lambda z: z.sum())
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="states must be"):
        adjoint_gradient(problem(rng), constants(rng), states="kept")
    with pytest.raises(ValueError, match="segments"):
        unrolled_loss(problem(rng), method=Euler(0.1), segments=0)
    with pytest.raises(ValueError, match="the feedback has shape"):
        ForceLearning(network=random_network(5, 1.5, 0), target=tones, feedback=np.ones(4))
    with pytest.raises(ValueError, match="every must be"):
        ForceLearning(network=random_network(5, 1.5, 0), target=tones, feedback=np.ones(5), every=0)
    explosive = TrajectoryLoss(
        family=lambda theta: lambda t, z: theta * z * z,
        z0=[1.0],
        duration=3.0,
        terminal=lambda z: z.sum(),
    )
    with pytest.raises(ArithmeticError, match="adjoint_gradient: the run ended early"):
        adjoint_gradient(explosive, np.ones(1))
