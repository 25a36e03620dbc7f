r"""The edge of stability: how sharp training lets a net become.

A tanh net 1-20-20-1 learns 20 points of a Chebyshev polynomial by full-batch training. The
sharpness, the largest eigenvalue of the Hessian of the loss, rises until it meets the stability
limit of the rule, and hovers there (Cohen et al., 2021). For a rule that divides each coordinate
by a vector, the sharpness that counts is that of the preconditioned Hessian (Cohen et al., 2022).

At the edge training jumps to and fro, in two steps. Records at even distances would see one side
of each jump only, so the distances here are odd.

References
----------
Cohen, J., Kaur, S., Li, Y., Kolter, Z. and Talwalkar, A. (2021). Gradient descent on neural
networks typically occurs at the edge of stability. ICLR.
Cohen, J. M. et al. (2022). Adaptive gradient methods at the edge of stability.
arXiv:2207.14484.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebval

from ..autodiff.tree import tree_map
from ..dynamics import DormandPrince, integrate, simulate
from ..learning import (
    MLP,
    Initialiser,
    Layer,
    Rule,
    SharpnessObservable,
    gradient_flow,
    lecun_normal,
    mean_squared_error,
    sharpness,
    stability_limit,
    training_map,
)
from ..learning.stability_limits import bare_rule

MODEL = MLP((1, 20, 20, 1), "tanh")
INPUTS = np.linspace(-1.0, 1.0, 20)[:, None]


def problem(
    degree: int = 5, seed: int = 3, *, initialiser: Initialiser = lecun_normal
) -> tuple[Callable[[list[Layer]], Any], list[Layer]]:
    """Return the loss of a net on a Chebyshev polynomial, and initial parameters.

    Parameters
    ----------
    degree : int, optional
        Of the polynomial. A higher one takes longer, and lets the sharpness rise further.
    seed : int, optional
        Of the initial parameters.
    initialiser : callable, optional
        Weights from N(0, 1/fan_in) and no biases by default.

    Returns
    -------
    loss : callable
        Mean squared error over the 20 points; one for each net if the parameters have a leading
        axis.
    theta : list of Layer
    """
    target = chebval(INPUTS, [0.0] * degree + [1.0])

    def loss(theta: list[Layer]) -> Any:
        return mean_squared_error(MODEL(theta, INPUTS), target, axis=(-2, -1))

    return loss, MODEL.init(np.random.default_rng(seed), initialiser=initialiser)


@dataclass(frozen=True, slots=True)
class EdgeRun:
    """The sharpness along one run of one rule.

    Attributes
    ----------
    rule : Rule
    steps : ndarray, shape (records,)
    sharpness : ndarray, shape (records,)
        Largest eigenvalue of the Hessian, preconditioned if the rule is adaptive. nan before the
        first step of a rule that has no preconditioner yet.
    losses : ndarray, shape (records,)
    stopped : str or None
        Why the run ended early.
    """

    rule: Rule
    steps: np.ndarray
    sharpness: np.ndarray
    losses: np.ndarray
    stopped: str | None


    @property
    def limit(self) -> float:
        """The predicted edge: the largest eta lambda at which the rule is stable."""
        return stability_limit(self.rule)

    @property
    def scaled(self) -> np.ndarray:
        """Eta lambda at each record, shape (records,)."""
        return bare_rule(self.rule).step_size * self.sharpness

    @property
    def relative(self) -> np.ndarray:
        """Eta lambda over its limit, shape (records,): 1 at the edge."""
        return self.scaled / self.limit

    @property
    def settled(self) -> float:
        """Mean of eta lambda over the second half of the run."""
        return float(np.mean(self.scaled[len(self.steps) // 2 :]))

    @property
    def spread(self) -> float:
        """Standard deviation of eta lambda over the second half of the run."""
        return float(np.std(self.scaled[len(self.steps) // 2 :]))


def run(
    rule: Rule,
    *,
    degree: int = 5,
    seed: int = 3,
    steps: int = 3000,
    every: int = 37,
    initialiser: Initialiser = lecun_normal,
) -> EdgeRun:
    """Train one net by one rule and measure the sharpness on the way.

    Parameters
    ----------
    rule : Rule
        With a ``step_size`` and a limit that ``stability_limit`` knows.
    degree, seed, initialiser : optional
        Of the ``problem``.
    steps : int, optional
    every : int, optional
        Record every so many steps. Keep it odd: see above.

    Returns
    -------
    EdgeRun
    """
    loss, theta = problem(degree, seed, initialiser=initialiser)
    training = training_map(loss, rule, theta)
    record = simulate(
        training,
        training.initial_state,
        steps,
        observe={
            "sharpness": SharpnessObservable.along(training, preconditioned=True, tolerance=1e-3),
            "loss": lambda z: loss(training.parameters(z)),
        },
        every=every,
    )
    seen = record.observables
    return EdgeRun(rule, record.times, seen["sharpness"], seen["loss"], record.stopped)


@dataclass(frozen=True, slots=True)
class FlowSharpness:
    """The sharpness along gradient flow.

    Attributes
    ----------
    times : ndarray, shape (records,)
        Step k of descent with step size eta stands for the time k eta.
    sharpness : ndarray, shape (records,)
    """

    times: np.ndarray
    sharpness: np.ndarray


def flow(
    *, degree: int = 4, seed: int = 3, duration: float = 120.0, records: int = 31
) -> FlowSharpness:
    """Follow gradient flow from the same start, and measure the sharpness on the way.

    Parameters
    ----------
    degree, seed : int, optional
        Of the ``problem``.
    duration : float, optional
    records : int, optional

    Returns
    -------
    FlowSharpness
    """
    loss, theta = problem(degree, seed)
    gradient = gradient_flow(loss, theta)
    path = integrate(
        gradient,
        gradient.initial_state,
        np.linspace(0.0, duration, records),
        method=DormandPrince(rtol=1e-5, atol=1e-7),
        observe={"sharpness": SharpnessObservable(loss, gradient.parameters)},
    )
    return FlowSharpness(path.times, path.observables["sharpness"])


def settle_together(
    rule: Rule,
    seeds: Sequence[int],
    *,
    degree: int = 5,
    steps: int = 2500,
    every: int = 87,
    nudge: float = 0.0,
) -> np.ndarray:
    """Train one net for each seed, side by side, and return where the sharpness settles.

    Parameters
    ----------
    rule : Rule
        One without a preconditioner.
    seeds : sequence of int
        Of the initial parameters.
    degree : int, optional
        Of the ``problem``.
    steps : int, optional
    every : int, optional
        Record every so many steps; odd.
    nudge : float, optional
        Standard deviation of what is added at random to the initial parameters.

    Returns
    -------
    ndarray, shape (seeds,)
        Mean of eta lambda over its limit in the last third of the run; nan where a net diverged.
    """
    starts = [problem(degree, seed)[1] for seed in seeds]
    loss = problem(degree)[0]
    together = tree_map(lambda *leaves: np.stack(leaves), *starts)
    rng = np.random.default_rng(0)
    together = tree_map(lambda leaf: leaf + nudge * rng.standard_normal(leaf.shape), together)
    training = training_map(lambda theta: loss(theta).sum(), rule, together)
    record = simulate(training, training.initial_state, steps, every=every, nonfinite="record")
    late = record.states[-(len(record.times) // 3) :]
    values = [
        [_sharpness(loss, tree_map(lambda leaf: leaf[i], training.parameters(z))) for z in late]  # noqa: B023
        for i in range(len(seeds))
    ]
    return bare_rule(rule).step_size * np.mean(values, axis=1) / stability_limit(rule)


def _sharpness(loss: Callable[[list[Layer]], Any], theta: list[Layer]) -> float:
    if not all(np.isfinite(layer.weight).all() for layer in theta):
        return float("nan")
    return sharpness(loss, theta, tolerance=1e-3).value
