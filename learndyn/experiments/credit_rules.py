r"""All credit rules on one task: the half adder, two bits in, their sum and their carry out.

The carry is almost linear in the bits; the sum is XOR, so hidden units have to be taught. Each rule descends
its own objective with plain steps theta' = theta + eta update. eta is the largest, in factors of two, with
which it learns from several starts (for predictive coding half of that: its loss jumps). Rules differ
in what one update costs, so runs are also compared by passes: one pass takes the batch through all layers
once, forward, backward, or in one evaluation of a flow that settles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import simulate
from ..dynamics.state import flatten
from ..learning import MLP, GradientDescent
from ..neural.credit import (
    Backprop,
    CreditMap,
    CreditRule,
    DirectFeedback,
    EquilibriumPropagation,
    FeedbackAlignment,
    NodePerturbation,
    PredictiveCoding,
    Settling,
    SignSymmetric,
    ThreeFactor,
    WeightPerturbation,
    ZeroDivergence,
    alignment,
    credit_map,
    measure_update,
)

LEARNED = 0.01
_HIDDEN = (6, 4)
SIZE = 0.5  # of the usual initial weights: the net that settles then starts with one rest


@dataclass(frozen=True, slots=True)
class Contestant:
    """A rule, and how it is run on the task.

    Attributes
    ----------
    name : str
    rule : CreditRule
    step_size : float
    updates : int
        How many it gets.
    """

    name: str
    rule: CreditRule
    step_size: float
    updates: int

    @property
    def model(self) -> MLP:
        """The net; that of the three-factor rule fires at random, and has one hidden layer."""
        if isinstance(self.rule, ThreeFactor):
            return MLP((2, _HIDDEN[1], 2), "sigmoid", output_activation="sigmoid")
        return MLP((2, *_HIDDEN, 2))


CONTESTANTS = (
    Contestant("backpropagation", Backprop(), 0.8, 150),
    Contestant("zero divergence", ZeroDivergence(), 0.8, 80),
    Contestant("feedback alignment", FeedbackAlignment(), 0.8, 150),
    Contestant("direct feedback", DirectFeedback(), 0.8, 150),
    Contestant("sign-symmetric", SignSymmetric(), 0.8, 150),
    Contestant("node perturbation", NodePerturbation(), 0.2, 500),
    Contestant("weight perturbation", WeightPerturbation(), 0.08, 800),
    Contestant("three-factor", ThreeFactor(baseline_rate=0.05), 2.0, 2500),
    Contestant(
        "predictive coding",
        PredictiveCoding(settling=Settling(time=6.0, tolerance=1e-2)), 1.6, 72,
    ),
    Contestant(
        "equilibrium prop.",
        EquilibriumPropagation(nudging=0.5, settling=Settling(time=15.0, tolerance=1e-3)), 0.6, 48,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How good the updates of a rule are at one place; activities that settle are taken at their rest.

    Attributes
    ----------
    angle : float
        To minus the gradient of the rule's objective, in degrees; of a noisy rule, that of the root mean
        square cosine.
    bias : float
        |E update + gradient| / |gradient|.
    bias_error : float
        What the finite number of draws adds to it, about.
    variance : float
        E|update - E update|^2 / |gradient|^2; 0 without noise.
    """

    angle: float
    bias: float
    bias_error: float
    variance: float


@dataclass(frozen=True, slots=True)
class CreditRun:
    """One rule on the task.

    Attributes
    ----------
    contestant : Contestant
    updates : ndarray, shape (records,)
    losses : ndarray, shape (records,)
        The rule's objective.
    angles : ndarray, shape (records,)
        To minus the gradient, in degrees, of the update there; NaN for rules that settle, or draw noise.
    passes : float
        Passes that one update took, on average.
    first, learned : Reading
        At the start, and at the first record with a loss of at most ``LEARNED``; without one, at the end.
    """

    contestant: Contestant
    updates: np.ndarray
    losses: np.ndarray
    angles: np.ndarray
    passes: float
    first: Reading
    learned: Reading

    def loss_after(self, passes: float) -> float:
        """The loss after so many passes, between records interpolated in its logarithm; NaN past the end."""
        seen = self.updates * self.passes
        return float(np.exp(np.interp(passes, seen, np.log(self.losses), right=np.nan)))

    def passes_to(self, loss: float = LEARNED) -> float:
        """The passes after which a record first has at most this loss; infinite if none has."""
        (below,) = np.nonzero(self.losses <= loss)
        return float(self.updates[below[0]] * self.passes) if len(below) else np.inf


def half_adder() -> tuple[np.ndarray, np.ndarray]:
    """Return the four inputs, bits as -1 and 1, shape (4, 2), and sum and carry as 0 and 1, (4, 2)."""
    x = np.array(list(product((-1.0, 1.0), repeat=2)))
    return x, np.stack([x.prod(axis=1) < 0.0, x.sum(axis=1) > 0.0], axis=1).astype(np.float64)


def start(
    contestant: Contestant, *, step_size: float | None = None, size: float = SIZE, seed: int = 0
) -> CreditMap:
    """Return learning by a rule on the half adder as a map, with its initial state.

    Parameters
    ----------
    contestant : Contestant
    step_size : float, optional
        In the place of the contestant's own.
    size : float, optional
        Initial weights, relative to the usual ones (Xavier).
    seed : int, optional
        Rules with the same model start from the same weights.
    """
    rng = np.random.default_rng(seed)
    model = contestant.model
    theta = tree_map(lambda leaf: size * leaf, model.init(rng))
    optimiser = GradientDescent(contestant.step_size if step_size is None else step_size)
    return credit_map(contestant.rule, optimiser, model, theta, half_adder(), rng=rng)


def run(
    contestant: Contestant,
    *,
    records: int = 40,
    draws: int = 300,
    size: float = SIZE,
    seed: int = 0,
) -> CreditRun:
    """Train with one rule and read how good its updates are.

    Parameters
    ----------
    contestant : Contestant
    records : int, optional
        About how many states are looked at, evenly spaced in the logarithm of the update.
    draws : int, optional
        Updates from which a noisy rule's bias and variance are estimated.
    size : float, optional
        Initial weights, relative to the usual ones (Xavier).
    seed : int, optional

    Returns
    -------
    CreditRun
    """
    system = start(contestant, size=size, seed=seed)
    rng = np.random.default_rng([seed, 1])
    needs = contestant.rule.needs
    count = records // 3 if needs.symmetric_weights else records
    due = np.unique(np.geomspace(1, contestant.updates, count).round().astype(int))
    states = [system.initial_state]
    for steps in np.diff(due, prepend=0):
        states.append(simulate(system, states[-1], int(steps), every=int(steps), progress=False).final_state)
    costs = [sum(system.proposal(z).cost) for z in states[:: max(1, len(states) // 5)]]
    passing = not (needs.noise or needs.symmetric_weights)
    angles = [_read(system, z, 0, rng).angle if passing else np.nan for z in states]
    losses = np.array([float(system.objective(z)) for z in states])
    (below,) = np.nonzero(losses <= LEARNED)
    places = (0, below[0] if len(below) else -1)
    first, learned = (_read(system, states[i], draws, rng) for i in places)
    updates = np.concatenate([[0], due])
    return CreditRun(
        contestant, updates, losses, np.array(angles), float(np.mean(costs)), first, learned
    )  # fmt: skip


def _read(system: CreditMap, z: np.ndarray, draws: int, rng: np.random.Generator) -> Reading:
    x, y = half_adder()
    rule, model, theta, state = system.rule, system.model, system.parameters(z), system.credit_state(z)
    if rule.needs.noise:
        found = measure_update(rule, model, theta, x, y, state, draws=draws, rng=rng)
        angle = float(np.degrees(np.arccos(np.sqrt(found.squared_cosine))))
        return Reading(angle, found.bias, found.standard_error, found.variance)
    if isinstance(rule, EquilibriumPropagation | PredictiveCoding):
        rule = replace(rule, settling=Settling())  # its own error, without that of a rest not quite reached
    update = rule.propose(model, theta, x, y, state, None).update
    gradient = rule.gradient(model, theta, x, y)
    off = np.linalg.norm(flatten(update) + flatten(gradient)) / np.linalg.norm(flatten(gradient))
    return Reading(alignment(update, gradient).whole, float(off), 0.0, 0.0)
