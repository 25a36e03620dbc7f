r"""Many nets that have learned and go on learning with noise, beside what the theory of their valley says.

The theory is in ``biology_valley``: noisy synapses make a random walk along the floor, noisy targets a steady
drift towards flatter places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import simulate
from ..learning import GradientDescent, Layer, TrainingMap, training_map
from .biology_valley import (
    DIRECTIONS,
    NET,
    Measures,
    Noise,
    ValleyTheory,
    hidden_activities,
    loss,
    minimum,
    stimuli,
)


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """Many nets that start at one minimum and go on with noise.

    Attributes
    ----------
    source : "synapses" or "targets"
    noise : float
        s or sigma.
    times : ndarray, shape (records,)
        Steps, without 0.
    neutral : int
        Dimensions of the floor.
    measured, predicted : Measures
        ``predicted.along`` is the random walk and the directed drift together.
    speed : float
        Predicted length of the directed drift a step.
    walk : float
        Predicted variance along the floor a step, all its dimensions together.
    cosine : float
        Between the mean displacement along the floor at the end and the predicted directed drift.
    """

    source: Noise
    noise: float
    times: np.ndarray
    neutral: int
    measured: Measures
    predicted: Measures
    speed: float
    walk: float
    cosine: float

    @property
    def exponent(self) -> float:
        """Slope of the squared distance along the floor against time, both as logarithms."""
        return float(np.polyfit(np.log(self.times), np.log(self.measured.along), 1)[0])

    @property
    def rate(self) -> float:
        """Squared distance along the floor a step: the least squares line through 0."""
        return float(self.times @ self.measured.along / (self.times @ self.times))


def run(
    source: Noise = "synapses",
    noise: float | None = None,
    *,
    step_size: float = 0.1,
    steps: int = 4000,
    members: int = 50,
    every: int = 100,
    seed: int = 0,
) -> Drift:
    """Let nets go on learning with noise, and predict what happens from the Hessian at the start.

    Parameters
    ----------
    source : "synapses" or "targets", optional
        Where the noise comes in: in each component of each gradient, or in each target.
    noise : float, optional
        Its standard deviation: by default 0.02 in synapses and 0.05 in targets, which cost about
        the same loss.
    step_size : float, optional
        eta.
    steps, every : int, optional
        Length of the run, and how often it is recorded.
    members : int, optional
        Nets side by side, each with its own noise.
    seed : int, optional
        Of the noise; the minimum is always the same.

    Returns
    -------
    Drift

    Raises
    ------
    ValueError
        If the source is unknown or the noise is not positive.
    """
    if source not in ("synapses", "targets"):
        raise ValueError(f"biology_drift: source must be 'synapses' or 'targets', got {source!r}")
    noise = {"synapses": 0.02, "targets": 0.05}[source] if noise is None else noise
    if not noise > 0.0:
        raise ValueError(f"biology_drift: noise must be positive, got {noise}: nothing would drift")
    theta = minimum()
    theory = ValleyTheory.at(theta, source, noise, step_size)
    step = training(theta, source, noise, step_size, members, seed)
    record = simulate(
        step,
        step.initial_state,
        steps,
        every=every,
        observe={"all": lambda z: _measure(step.parameters(z), theta, theory)},
    )
    shift = _displacements(step.parameters(record.final_state), theta).mean(axis=0) @ theory.floor
    way = theory.velocity()
    times = record.times[1:].astype(float)
    predicted, speed = theory.predict(times)
    return Drift(
        source,
        noise,
        times,
        theory.neutral,
        Measures(*record.observables["all"][1:].T),
        predicted,
        speed,
        float(theory.kicks[: theory.neutral].sum()),
        float(shift @ way / (np.linalg.norm(shift) * np.linalg.norm(way))),
    )


def training(
    theta: list[Layer], source: Noise, noise: float, step_size: float, members: int, seed: int
) -> TrainingMap:
    """Return training of many nets from ``theta`` on; the noise of step t depends on (seed, t) only."""
    many = [Layer(*(np.repeat(part[None], members, axis=0) for part in layer)) for layer in theta]
    shapes = [part.shape for layer in many for part in layer]
    if source == "targets":
        shapes = [(members, DIRECTIONS, 2)]

    def draws(t: int) -> tuple[np.ndarray, ...]:
        rng = np.random.default_rng((seed, t))
        return tuple(noise * rng.standard_normal(shape) for shape in shapes)

    def synapses(theta: list[Layer], *pushes: np.ndarray) -> Any:
        parts = [part for layer in theta for part in layer]
        # Adding push . theta to the loss adds push to its gradient.
        return loss(theta) + sum((p * push).sum() for p, push in zip(parts, pushes, strict=True))

    objective = synapses if source == "synapses" else loss
    return training_map(objective, GradientDescent(step_size), many, batches=draws)


def _displacements(now: list[Layer], start: list[Layer]) -> np.ndarray:
    """How far each member is from the start, shape (members, n)."""
    flat = [
        (part - before).reshape(len(part), -1)
        for layer, old in zip(now, start, strict=True)
        for part, before in zip(layer, old, strict=True)
    ]
    return np.concatenate(flat, axis=1)


def _measure(now: list[Layer], start: list[Layer], theory: ValleyTheory) -> np.ndarray:
    """The five measures of one record, means over members."""
    squares, neutral = (_displacements(now, start) @ theory.modes) ** 2, theory.neutral
    x, hidden = stimuli(), hidden_activities(now)
    old = hidden @ start[1].weight + start[1].bias
    errors = [np.mean(np.sum((y - x) ** 2, axis=(1, 2))) / (2 * DIRECTIONS) for y in (NET(now, x), old)]
    return np.array([
        squares[:, :neutral].sum(axis=1).mean(),
        squares[:, neutral:].sum(axis=1).mean(),
        np.mean((hidden - hidden_activities(start)) ** 2),
        *errors,
    ])  # fmt: skip
