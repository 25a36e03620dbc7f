"""Runs without a fault, each made from a seed: nothing is to be found in them.

Most end at their goal. Those that are harder to judge have not: runs that were stopped while the
loss was still falling, and one that rides at the edge of stability.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..learning import (
    MLP,
    Adam,
    AdamW,
    GradientDescent,
    HeavyBall,
    Minibatches,
    Nesterov,
    RMSProp,
    cross_entropy,
    he_normal,
    lecun_normal,
    mean_squared_error,
)
from .failing_runs import Kind, Setup, plane, squared, steps_beyond, wave


def _regression(rng: Any) -> Setup:
    model, data = MLP((5, 1)), plane(rng)
    return Setup(squared(model, *data), GradientDescent(0.1), model.init(rng), 200, model, data)


def _noisy(rng: Any) -> Setup:
    """The goal says what noise leaves to learn."""
    model, (x, y) = MLP((5, 1)), plane(rng)
    data = (x, y + rng.standard_normal(y.shape))
    loss = squared(model, *data)
    return Setup(loss, Nesterov(0.05, 0.8), model.init(rng), 300, model, data, 1.5)


def _wave_net(rng: Any) -> Setup:
    model, data = MLP((1, 16, 1)), wave(rng)
    return Setup(squared(model, *data), HeavyBall(0.05), model.init(rng), 800, model, data)


def _classes(rng: Any) -> Setup:
    model, x = MLP((2, 16, 3), "relu"), rng.standard_normal((60, 2))
    labels = np.argmax(x @ rng.standard_normal((2, 3)), axis=1)
    theta = model.init(rng, initialiser=he_normal)
    loss = lambda theta: cross_entropy(model(theta, x), labels)
    return Setup(loss, Adam(0.03), theta, 300, model, (x, labels), 0.15)


def _rmsprop(rng: Any) -> Setup:
    model, data = MLP((1, 12, 12, 1)), wave(rng)
    return Setup(squared(model, *data), RMSProp(0.003), model.init(rng), 800, model, data)


def _deep(rng: Any) -> Setup:
    model, data = MLP((1, *[12] * 8, 1)), wave(rng, 12)
    theta = model.init(rng, initialiser=lecun_normal)
    return Setup(squared(model, *data), Adam(0.003), theta, 400, model, data)


def _batches(rng: Any) -> Setup:
    model, data = MLP((5, 8, 1)), plane(rng, samples=64)
    loss = lambda theta, x, y: mean_squared_error(model(theta, x), y)
    batches = Minibatches(*data, batch_size=16, rng=rng)
    return Setup(loss, AdamW(0.02), model.init(rng), 500, model, data, None, batches)


def _edge(rng: Any) -> Setup:
    """Sharpness rises from 1.8 / eta to 2 / eta, and the loss falls on (Cohen et al., 2021)."""
    model, (x, y) = MLP((1, 20, 20, 1)), wave(rng, 20)
    theta, loss = model.init(rng), squared(model, x, y)
    eta = steps_beyond(0.9, GradientDescent(1.0), loss, theta)
    return Setup(loss, GradientDescent(eta), theta, 800, model, (x, y))


def _edge_unfinished(rng: Any) -> Setup:
    setup = _edge(rng)
    return Setup(setup.loss, setup.rule, setup.start, 60, setup.model, setup.data)


def _deep_unfinished(rng: Any) -> Setup:
    setup = _deep(rng)
    return Setup(setup.loss, setup.rule, setup.start, 60, setup.model, setup.data)


def _classes_unfinished(rng: Any) -> Setup:
    setup = _classes(rng)
    return Setup(setup.loss, HeavyBall(0.02), setup.start, 25, setup.model, setup.data, 0.15)


def _unfinished(rng: Any) -> Setup:
    model, data = MLP((5, 1)), plane(rng)
    loss, theta = squared(model, *data), model.init(rng)
    eta = steps_beyond(0.1, GradientDescent(1.0), loss, theta)
    return Setup(loss, GradientDescent(eta), theta, 8, model, data)


def _unfinished_net(rng: Any) -> Setup:
    model, data = MLP((5, 12, 1)), plane(rng)
    return Setup(squared(model, *data), Adam(0.01), model.init(rng), 25, model, data)


HEALTHY = (
    Kind("affine regression, descent", _regression),
    Kind("noisy regression, Nesterov", _noisy),
    Kind("wave, heavy ball", _wave_net),
    Kind("classes, relu, Adam", _classes),
    Kind("wave, RMSProp", _rmsprop),
    Kind("deep net, Adam", _deep),
    Kind("minibatches, AdamW", _batches),
    Kind("edge of stability", _edge),
    Kind("stopped early, descent", _unfinished),
    Kind("stopped early, Adam", _unfinished_net),
    Kind("stopped early, edge of stability", _edge_unfinished),
    Kind("stopped early, deep net", _deep_unfinished),
    Kind("stopped early, classes", _classes_unfinished),
)
