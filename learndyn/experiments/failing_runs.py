"""Runs that fail for a known reason, each made from a seed; ``failures`` diagnoses them.

A kind says which causes were built in (``causes``), and which others its construction contains and
may be named too (``also``). ``gain`` below multiplies Gaussian weights of variance 1/fan_in, and
eta is the step size in units of what is stable at the start, where that is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import exp, log
from ..autodiff import mean as mean_of
from ..learning import (
    MLP,
    Adam,
    GradientDescent,
    HeavyBall,
    Layer,
    Nesterov,
    Rule,
    deep_linear_network,
    he_normal,
    lecun_normal,
    mean_squared_error,
    scaled,
    sharpness,
    stability_limit,
    zeros,
)
from ..learning.diagnosis import Cause
from ..learning.training import Batches

XOR = (
    np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
    np.array([[0.0], [1.0], [1.0], [0.0]]),
)


@dataclass(frozen=True, slots=True)
class Setup:
    """All that ``train`` and ``diagnose`` need.

    Attributes
    ----------
    loss, rule, start, steps, batches
        For ``train``.
    model, data, goal
        For ``diagnose``.
    """

    loss: Callable[..., Any]
    rule: Rule
    start: Any
    steps: int
    model: MLP | None = None
    data: tuple[Any, ...] | None = None
    goal: float | None = None
    batches: Batches | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to fail, or not to.

    Attributes
    ----------
    name : str
    build : callable
        Takes a numpy.random.Generator to a ``Setup``.
    causes : frozenset of Cause
        What was built in; empty for a healthy run.
    also : frozenset of Cause
        What may be named too, since it is there.
    """

    name: str
    build: Callable[[Any], Setup]
    causes: frozenset[Cause] = frozenset()
    also: frozenset[Cause] = frozenset()


def squared(model: MLP, x: Any, y: Any) -> Callable[[Any], Any]:
    """Return the mean squared error of a model as a function of its parameters."""
    return lambda theta: mean_squared_error(model(theta, x), y)


def wave(rng: Any, samples: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Return a sine of random phase on [-1, 1], as a task with one input."""
    x = np.linspace(-1.0, 1.0, samples)[:, None]
    return x, np.sin(np.pi * x + rng.uniform(0.0, 2.0 * np.pi))


def plane(rng: Any, inputs: int = 5, samples: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Return a random affine task without noise."""
    x = rng.standard_normal((samples, inputs))
    return x, x @ rng.standard_normal((inputs, 1)) + rng.standard_normal()


def steps_beyond(factor: float, rule: Any, loss: Any, theta: Any) -> float:
    """Return the step size that is ``factor`` times the largest stable one at theta."""
    return factor * stability_limit(rule) / sharpness(loss, theta).value


def _xor_line(rng: Any) -> Setup:
    model = MLP((2, 1))
    return Setup(squared(model, *XOR), GradientDescent(0.3), model.init(rng), 300, model, XOR)


def _rank(rng: Any) -> Setup:
    """Four inputs to four outputs through one unit."""
    model, x = MLP((4, 1, 4), "linear"), rng.standard_normal((40, 4))
    y = x @ np.linalg.qr(rng.standard_normal((4, 4)))[0]
    return Setup(squared(model, x, y), GradientDescent(0.1), model.init(rng), 400, model, (x, y))


def _one_unit(rng: Any) -> Setup:
    model, data = MLP((1, 1, 1)), wave(rng)
    return Setup(squared(model, *data), Adam(0.02), model.init(rng), 600, model, data)


def _long_step(rng: Any) -> Setup:
    model, data = MLP((5, 1)), plane(rng)
    theta, loss = model.init(rng), squared(model, *data)
    eta = steps_beyond(3.0, GradientDescent(1.0), loss, theta)
    return Setup(loss, GradientDescent(eta), theta, 400, model, data)


def _long_step_net(rng: Any) -> Setup:
    """Two inputs and a relu net: what diverges is not quadratic."""
    model, (x, y) = MLP((5, 16, 1), "relu"), plane(rng)
    theta, loss = model.init(rng, initialiser=he_normal), squared(model, x, y)
    eta = steps_beyond(6.0, GradientDescent(1.0), loss, theta)
    return Setup(loss, GradientDescent(eta), theta, 300, model, (x, y))


def _heavy_ball(rng: Any) -> Setup:
    model, data = MLP((5, 1)), plane(rng)
    theta, loss = model.init(rng), squared(model, *data)
    eta = steps_beyond(1.2, HeavyBall(1.0), loss, theta)
    return Setup(loss, HeavyBall(eta), theta, 400, model, data)


def _nesterov(rng: Any) -> Setup:
    """A step that is stable for descent, and not for Nesterov's rule."""
    model, data = MLP((5, 1)), plane(rng)
    theta, loss = model.init(rng), squared(model, *data)
    eta = steps_beyond(1.2, Nesterov(1.0), loss, theta)
    return Setup(loss, Nesterov(eta), theta, 400, model, data)


def _adam(rng: Any) -> Setup:
    model, data = MLP((5, 1)), plane(rng)
    return Setup(squared(model, *data), Adam(100.0, 0.9, 0.95), model.init(rng), 400, model, data)


def _twins(rng: Any) -> Setup:
    """Four hidden units, all alike."""
    model, data = MLP((1, 4, 1)), wave(rng)
    first, last = model.init(rng)
    theta = [
        Layer(np.repeat(first.weight[:, :1], 4, axis=1), np.zeros((1, 4))),
        Layer(np.repeat(last.weight[:1], 4, axis=0), last.bias),
    ]
    return Setup(squared(model, *data), HeavyBall(0.05), theta, 500, model, data)


def _zeros(rng: Any) -> Setup:
    model, data = MLP((1, 8, 1)), wave(rng)
    theta = model.init(rng, initialiser=zeros)
    return Setup(squared(model, *data), HeavyBall(0.05), theta, 500, model, data)


def _scales(rng: Any) -> Setup:
    """Inputs on scales from 1 to 1000, and a target that needs the small ones."""
    model, (x, _) = MLP((4, 1)), plane(rng, 4)
    scale = np.array([1000.0, 30.0, 1.0, 1.0])
    y = x @ rng.choice([-1.0, 1.0], (4, 1))
    loss = squared(model, x * scale, y)
    theta = model.init(rng, initialiser=zeros)
    eta = steps_beyond(0.5, GradientDescent(1.0), loss, theta)
    return Setup(loss, GradientDescent(eta), theta, 400, model, (x * scale, y))


def _tiny_weights(rng: Any) -> Setup:
    model, data = MLP((1, *[12] * 8, 1)), wave(rng, 12)
    theta = model.init(rng, initialiser=scaled(lecun_normal, 0.25))
    return Setup(squared(model, *data), HeavyBall(0.02), theta, 300, model, data)


def _huge_weights(rng: Any) -> Setup:
    model, data = MLP((1, *[12] * 8, 1), "relu"), wave(rng, 12)
    theta = model.init(rng, initialiser=scaled(he_normal, 4.0))
    return Setup(squared(model, *data), HeavyBall(0.02), theta, 300, model, data)


def _saddle(rng: Any) -> Setup:
    """A deep linear net that knows two of three modes; the third begins at 1e-9."""
    model = deep_linear_network((3, 3, 3))
    x = np.linalg.qr(rng.standard_normal((30, 3)))[0] * np.sqrt(30.0)
    u, v = (np.linalg.qr(rng.standard_normal((3, 3)))[0] for _ in range(2))
    s = np.array([2.0, 1.5, 1.0])
    root = np.sqrt(s * [1.0, 1.0, 0.0]) + [0.0, 0.0, 1e-9]
    theta = [Layer(u * root, None), Layer(root[:, None] * v, None)]
    y = x @ (u * s) @ v
    return Setup(squared(model, x, y), GradientDescent(0.05), theta, 300, model, (x, y))


def _small_start(rng: Any) -> Setup:
    """A tanh net that begins at 1e-6, and a run that is shorter than its plateau."""
    model, (x, y) = MLP((5, 8, 1)), plane(rng)
    theta = model.init(rng, initialiser=scaled(lecun_normal, 1e-6))
    return Setup(squared(model, x, y / 3.0), GradientDescent(0.05), theta, 60, model, (x, y / 3.0))


def _log_negative(rng: Any) -> Setup:
    """Likelihood of a model whose outputs are taken for probabilities, and are not."""
    model, (x, y) = MLP((3, 1)), plane(rng, 3)

    def loss(theta: Any) -> Any:
        p = model(theta, x)
        return -mean_of(log(p) * (y > 0.0))

    return Setup(loss, GradientDescent(0.1), model.init(rng), 100, model, (x, y))


def _overflow(rng: Any) -> Setup:
    """A Poisson regression on inputs that were not scaled: exp(h) is infinite at the start."""
    model, (x, _) = MLP((3, 1)), plane(rng, 3)
    x, y = 3000.0 * x, rng.poisson(2.0, (len(x), 1))

    def loss(theta: Any) -> Any:
        h = model(theta, x)
        return mean_of(exp(h) - y * h)

    return Setup(loss, GradientDescent(0.1), model.init(rng), 100, model, (x, y))


def _xor_line_long_step(rng: Any) -> Setup:
    setup = _xor_line(rng)
    eta = steps_beyond(3.0, setup.rule, setup.loss, setup.start)
    return Setup(setup.loss, GradientDescent(eta), setup.start, 300, setup.model, XOR)


def _rank_long_step(rng: Any) -> Setup:
    setup = _rank(rng)
    eta = steps_beyond(5.0, HeavyBall(1.0), setup.loss, setup.start)
    return Setup(setup.loss, HeavyBall(eta), setup.start, 300, setup.model, setup.data)


def _rank_at_zero(rng: Any) -> Setup:
    """One unit where four are needed, and at the saddle at zero."""
    setup = _rank(rng)
    start = [Layer(1e-9 * layer.weight, layer.bias) for layer in setup.start]
    return Setup(setup.loss, GradientDescent(0.02), start, 300, setup.model, setup.data)


def _kind(name: str, build: Any, *causes: Cause, also: tuple[Cause, ...] = ()) -> Kind:
    return Kind(name, build, frozenset(causes), frozenset(also))


FAILURES = (
    _kind("linear model on XOR", _xor_line, Cause.ARCHITECTURE),
    _kind("rank-1 bottleneck", _rank, Cause.ARCHITECTURE),
    _kind("one tanh unit for a wave", _one_unit, Cause.ARCHITECTURE),
    _kind("descent, 3 times the limit", _long_step, Cause.STEP),
    _kind("relu net, 6 times the limit", _long_step_net, Cause.STEP),
    _kind("heavy ball beyond its limit", _heavy_ball, Cause.STEP),
    _kind("Nesterov beyond its limit", _nesterov, Cause.STEP),
    _kind("Adam hovering at its limit", _adam, Cause.STEP),
    _kind("identical units", _twins, Cause.SYMMETRY),
    _kind("all zeros", _zeros, Cause.SYMMETRY, also=(Cause.SADDLE,)),
    _kind("badly scaled inputs", _scales, Cause.CONDITIONING),
    _kind("deep net, tiny weights", _tiny_weights, Cause.SIGNAL),
    _kind("deep net, huge weights", _huge_weights, Cause.SIGNAL, also=(Cause.STEP,)),
    _kind("start at a saddle", _saddle, Cause.SADDLE),
    _kind("plateau of a small start", _small_start, Cause.SADDLE),
    _kind("logarithm of a negative number", _log_negative, Cause.NUMERICAL),
    _kind("overflow in the loss", _overflow, Cause.NUMERICAL),
    _kind("XOR line and long step", _xor_line_long_step, Cause.ARCHITECTURE, Cause.STEP),
    _kind("bottleneck and long step", _rank_long_step, Cause.ARCHITECTURE, Cause.STEP),
    _kind("bottleneck and saddle", _rank_at_zero, Cause.ARCHITECTURE, Cause.SADDLE),
)
