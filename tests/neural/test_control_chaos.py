"""Gradients through a long simulation grow as the Lyapunov exponent says."""

import math

import numpy as np
import pytest

from learndyn import RK4, grad, integrate
from learndyn.dynamics import flow_map, lyapunov_exponents
from learndyn.neural.control import DoublePendulum, Pendulum, measure_gradient_growth

BODY = DoublePendulum()
START = np.array([2.0, 2.5, 0.0, 0.0])  # 16.0 J: both rods can go over the top


def ensemble(body, start, members, duration):
    """States along one long run: they fill the surface of its energy."""
    times = np.linspace(0.0, duration, members + 1)
    return integrate(body, start, times, method=RK4(0.01)).states[1:].T


def test_the_double_pendulums_gradients_grow_at_its_lyapunov_exponent():
    """Measured 1.40 and 1.41 per second: tangents along one orbit, and cotangents back through 64 runs."""
    h = 0.02
    step = flow_map(BODY, h, method=RK4(h))
    exponent = lyapunov_exponents(step, START, 4000, count=1, burn_in=100, dt=h).exponents[0]
    growth = measure_gradient_growth(
        BODY, ensemble(BODY, START, 64, 200.0), np.arange(1.0, 6.0), method=RK4(h)
    )
    assert exponent == pytest.approx(1.4, rel=0.15)
    assert growth.rate == pytest.approx(exponent, rel=0.2)
    # Over 4 s the typical gradient has grown by a factor of hundreds.
    rise = growth.log_norms[-1].mean() - growth.log_norms[0].mean()
    assert rise > math.log(100.0)


def test_a_regular_pendulums_gradients_grow_no_faster_than_time():
    """Swings of different size part linearly in time: their periods differ, and that is all."""
    body = Pendulum()
    states = ensemble(body, np.array([2.0, 0.0]), 32, 50.0)
    growth = measure_gradient_growth(body, states, np.array([4.0, 8.0, 16.0]), method=RK4(0.02))
    means = growth.log_norms.mean(axis=1)
    assert np.diff(means).max() < math.log(2.0) + 0.2
    assert growth.rate < 0.15


def test_a_damped_pendulums_gradients_shrink_at_half_its_damping():
    """The slowest modes of theta'' + b theta' + g theta / l = 0 decay as exp(-b t / 2)."""
    body = Pendulum(damping=1.0)
    states = np.random.default_rng(0).normal(0.0, 1e-3, (2, 200))
    growth = measure_gradient_growth(body, states, np.linspace(2.0, 6.0, 9), method=RK4(0.02))
    assert growth.rate == pytest.approx(-0.5, abs=0.02)


def test_each_member_of_an_ensemble_has_the_gradient_that_it_would_have_alone():
    states = np.random.default_rng(1).uniform(-1, 1, (4, 3))
    growth = measure_gradient_growth(BODY, states, [0.5, 1.0], method=RK4(0.05), rng=7)
    along = np.random.default_rng(7).standard_normal((4, 3))
    along /= np.linalg.norm(along, axis=0)
    final = flow_map(BODY, 1.0, method=RK4(0.05))
    for i in range(3):
        alone = grad(lambda z, i=i: (along[:, i] * final(z)).sum())(states[:, i])
        assert growth.log_norms[1, i] == pytest.approx(math.log(np.linalg.norm(alone)), abs=1e-12)


def test_bad_input_says_what_is_wrong():
    with pytest.raises(ValueError, match=r"states of shape \(n, members\), got shape \(4,\)"):
        measure_gradient_growth(BODY, START, [1.0, 2.0], method=RK4(0.1))
    with pytest.raises(ValueError, match="two or more positive, increasing horizons"):
        measure_gradient_growth(BODY, START[:, None], [2.0, 1.0], method=RK4(0.1))
    with pytest.raises(TypeError, match="needs a method of fixed steps"):
        measure_gradient_growth(BODY, START[:, None], [1.0, 2.0], method=None)
