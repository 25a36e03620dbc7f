r"""Six runs on XOR that fail for six reasons, with one loss curve.

Inputs are -1 and 1, so that the target (1 - x1 x2) / 2 has mean 1/2 and no correlation with x1 or
x2. A net that finds nothing else answers b, and descent on the bias alone gives

    L_t = 1/4 + (b_0 - 1/2)^2 (1 - 2 eta)^{2t} .

All six come to this: the signal of the target does not reach the parameters (or not yet, or no
longer). Why it does not is different in each.

    no product      an affine model: 1/4 is its least loss
    zero weights    8 hidden units that are alike; XOR gives them no gradient
    small weights   the plateau around that zero; it ends after a number of steps of order eps^-2
    small input     an affine model that is given the product x1 x2, times 0.004: its mode
                    decays as (1 - 2 eta 0.004^2)^t
    tiny weights    8 hidden layers with a quarter of the critical standard deviation
    long step       a rectifier net, thrown in one step to where all its units are off

References
----------
Minsky, M. and Papert, S. (1969). Perceptrons. MIT Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..learning import (
    MLP,
    GradientDescent,
    Run,
    he_normal,
    hessian_operator,
    lecun_normal,
    scaled,
    train,
    zeros,
)
from ..learning.diagnosis import Cause
from ..learning.stability_limits import bare_rule
from .failing_runs import Kind, Setup, squared

INPUTS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])
PLATEAU = 0.25  # the loss of the best constant, 1/2
GOAL = 0.05 * PLATEAU
STEP, LONG_STEP = 0.1, 0.5
STEPS = 1000
SCALE = 0.004  # of the product, as an input
NEUTRAL = 1e-12  # a multiplier that differs less from 1 is 1


def _no_product(rng: Any) -> Setup:
    model = MLP((2, 1))
    return _setup(model, INPUTS, model.init(rng))


def _zero_weights(rng: Any) -> Setup:
    model = MLP((2, 8, 1))
    return _setup(model, INPUTS, model.init(rng, initialiser=zeros))


def _small_weights(rng: Any) -> Setup:
    model = MLP((2, 8, 1))
    return _setup(model, INPUTS, model.init(rng, initialiser=scaled(lecun_normal, 0.01)))


def _small_input(rng: Any) -> Setup:
    model = MLP((3, 1))
    return _setup(model, np.column_stack([INPUTS, SCALE * INPUTS.prod(axis=1)]), model.init(rng))


def _tiny_weights(rng: Any) -> Setup:
    model = MLP((2, *[6] * 8, 1))
    return _setup(model, INPUTS, model.init(rng, initialiser=scaled(lecun_normal, 0.25)))


def _long_step(rng: Any) -> Setup:
    model = MLP((2, 8, 1), "relu")
    return _setup(model, INPUTS, model.init(rng, initialiser=he_normal), LONG_STEP)


def _setup(model: MLP, x: np.ndarray, theta: Any, step_size: float = STEP) -> Setup:
    rule = GradientDescent(step_size)
    return Setup(squared(model, x, TARGETS), rule, theta, STEPS, model, (x, TARGETS), GOAL)


KINDS = (
    Kind("no product", _no_product, frozenset({Cause.ARCHITECTURE})),
    Kind("zero weights", _zero_weights, frozenset({Cause.SYMMETRY}), frozenset({Cause.SADDLE})),
    Kind("small weights", _small_weights, frozenset({Cause.SADDLE})),
    Kind("small input", _small_input, frozenset({Cause.CONDITIONING})),
    Kind("tiny weights, deep", _tiny_weights, frozenset({Cause.SIGNAL})),
    Kind("long step", _long_step, frozenset({Cause.STEP}), frozenset({Cause.SADDLE})),
)


@dataclass(frozen=True, slots=True, eq=False)
class EqualCurves:
    """The six runs.

    Attributes
    ----------
    setups : dict of str to Setup
        By the name of the kind.
    runs : dict of str to Run
        Every step is recorded.
    """

    setups: dict[str, Setup]
    runs: dict[str, Run]

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds, in order."""
        return tuple(self.runs)

    @property
    def losses(self) -> np.ndarray:
        """The six loss curves, shape (6, steps + 1)."""
        return np.array([run.losses for run in self.runs.values()])

    @property
    def predicted(self) -> np.ndarray:
        """The curve of the bias alone from b = 0, shape (steps + 1,)."""
        return PLATEAU + 0.25 * (1.0 - 2.0 * STEP) ** (2.0 * np.arange(STEPS + 1))

    @property
    def spreads(self) -> np.ndarray:
        """The largest loss less the least one, at each step: shape (steps + 1,)."""
        return np.ptp(self.losses, axis=0)


@dataclass(frozen=True, slots=True)
class EndPoint:
    """The update map where a run has ended.

    Attributes
    ----------
    name : str
    multipliers : ndarray, shape (n,)
        Eigenvalues of the Jacobian 1 - eta H of a step, the largest last.
    step_size : float
    """

    name: str
    multipliers: np.ndarray
    step_size: float

    @property
    def neutral(self) -> int:
        """How many multipliers are 1."""
        return int((np.abs(self.multipliers - 1.0) < NEUTRAL).sum())

    @property
    def growing(self) -> int:
        """How many are above 1."""
        return int((self.multipliers >= 1.0 + NEUTRAL).sum())

    @property
    def nearest(self) -> float:
        """The distance from 1 of the multiplier that is nearest to it."""
        return float(np.abs(self.multipliers - 1.0).min())


def run(*, seed: int = 0) -> EqualCurves:
    """Train the six kinds from one seed.

    Parameters
    ----------
    seed : int, optional
        Of the initial weights.

    Returns
    -------
    EqualCurves
    """
    setups = {kind.name: kind.build(np.random.default_rng(seed)) for kind in KINDS}
    runs = {
        name: train(setup.loss, setup.rule, setup.start, setup.steps, progress=False)
        for name, setup in setups.items()
    }
    return EqualCurves(setups, runs)


def end_points(result: EqualCurves) -> tuple[EndPoint, ...]:
    """Measure the multipliers of a step where each run has ended."""
    found = []
    for name, setup in result.setups.items():
        hessian = hessian_operator(setup.loss, result.runs[name].theta).to_matrix()
        curvatures = np.linalg.eigvalsh(0.5 * (hessian + hessian.T))
        eta = float(bare_rule(setup.rule).step_size)
        found.append(EndPoint(name, np.sort(1.0 - eta * curvatures), eta))
    return tuple(found)
