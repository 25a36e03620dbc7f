r"""Which symmetries of the loss are symmetries of a training step.

If L(g theta) = L(theta) for a linear g, then grad L(g theta) = g^{-T} grad L(theta). Descent
commutes with g, T(g theta) = g T(theta), if g^{-T} = g: for orthogonal g. A rule that works element
by element commutes with permutations of the elements, and with flips of their signs if it is odd
in the gradient. A rule with a matrix, theta - M(theta) grad L, needs M(g theta) = g M(theta) g'.

A deep linear net y = x W1 W2 has all of them: its hidden layer can be renumbered, flipped, rotated
and rescaled, W1 -> W1 G, W2 -> G^{-1} W2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..autodiff.tree import Tree, leaves
from ..dynamics import Map, ravel
from ..learning import (
    MLP,
    Adam,
    AdamW,
    AMSGrad,
    GradientDescent,
    HeavyBall,
    Layer,
    Nesterov,
    RMSProp,
    Rule,
    gauss_newton_operator,
    mean_squared_error,
    standard_normal,
    training_map,
)
from ..learning.symmetry import equivariance_defect, permutation_action, state_action
from .symmetry_breaking import data

RULES: dict[str, Rule] = {
    "gradient descent": GradientDescent(0.1),
    "heavy ball": HeavyBall(0.1, 0.9),
    "Nesterov": Nesterov(0.1, 0.9),
    "RMSProp": RMSProp(0.01),
    "Adam": Adam(0.01),
    "AMSGrad": AMSGrad(0.01),
    "AdamW": AdamW(0.01, weight_decay=0.1),
}
STEPS: dict[str, Rule] = {"gradient descent": GradientDescent(0.1), "Adam": Adam(0.1)}
CHANGES = ("permutation", "sign flip", "rotation", "rescaling")


@dataclass(frozen=True, slots=True)
class StepSymmetries:
    """Defects |T(g z) - g T(z)| / |z|.

    Attributes
    ----------
    rules : dict of str to float
        Of the whole state of each rule, in mid-run, under renumbering: the largest of several.
    matrices : dict of str to float
        Of steps with a matrix in front of the gradient, under renumbering.
    changes : dict of (str, str) to float
        Of the first step of a rule on a linear net, under a change of its hidden layer.
    """

    rules: dict[str, float]
    matrices: dict[str, float]
    changes: dict[tuple[str, str], float]


def run(*, width: int = 8, draws: int = 3, seed: int = 0) -> StepSymmetries:
    """Measure all defects.

    Parameters
    ----------
    width : int, optional
        Hidden units of the tanh net that is renumbered.
    draws : int, optional
        Renumberings.
    seed : int, optional

    Returns
    -------
    StepSymmetries
    """
    rng = np.random.default_rng(seed)
    model = MLP((2, width, 1))
    theta = model.init(rng, initialiser=standard_normal)
    actions = [permutation_action(theta, [rng.permutation(width)]) for _ in range(draws)]
    z = ravel(theta)[0]

    def worst(step: Map, extend: Callable[[Any], Any], state: np.ndarray) -> float:
        return max(equivariance_defect(step, extend(action), state) for action in actions)

    rules = {}
    for name, rule in RULES.items():
        training = training_map(lambda theta: _loss(model, theta), rule, theta)
        rules[name] = worst(
            training,
            partial(state_action, training),
            _in_mid_run(training, z, rng),
        )
    matrices = {
        name: worst(step, lambda a: a, z) for name, step in _matrix_steps(model, theta, rng).items()
    }
    return StepSymmetries(rules, matrices, _changes(rng))


def _loss(model: MLP, theta: Tree) -> Any:
    x, y = data()
    return mean_squared_error(model(theta, x), y)


def _in_mid_run(training: Any, z: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A state of the rule in which every component differs: moments positive, counts whole."""
    state = rng.uniform(0.5, 1.5, training.initial_state.size)
    state[: z.size] = z
    counts = sum(part.shape == () for part in leaves(training.state(state)))
    if counts:
        state[-counts:] = 3.0
    return state


def _matrix_steps(model: MLP, theta: Tree, rng: np.random.Generator) -> dict[str, Map]:
    """Steps theta - 0.1 M grad L, for three kinds of M."""
    training = training_map(lambda theta: _loss(model, theta), GradientDescent(0.1), theta)
    unravel = training.parameters
    n = training.initial_state.size
    x, y = data()
    sizes = rng.uniform(0.5, 1.5, n)
    mixing = rng.standard_normal((n, n)) / np.sqrt(n)

    def gauss_newton(z: np.ndarray) -> np.ndarray:
        operator = gauss_newton_operator(
            lambda theta: model(theta, x),
            lambda out: mean_squared_error(out, y),
            unravel(z),
        )
        slope = training.value_and_gradient(z)[1]
        return z - 0.1 * np.linalg.solve(operator.to_matrix() + 0.1 * np.eye(n), slope)

    return {
        "Gauss-Newton": gauss_newton,
        "one step size for each parameter": lambda z: (
            z - 0.1 * sizes * training.value_and_gradient(z)[1]
        ),
        "a fixed matrix": lambda z: z - 0.1 * mixing @ training.value_and_gradient(z)[1],
    }


def _changes(rng: np.random.Generator) -> dict[tuple[str, str], float]:
    """Defects of the first step on a linear net."""
    model = MLP((3, 4, 2), "linear", bias=False)
    theta = model.init(rng, initialiser=standard_normal)
    x, y = rng.standard_normal((20, 3)), rng.standard_normal((20, 2))
    matrices = {
        "permutation": np.eye(4)[[2, 0, 3, 1]],
        "sign flip": np.diag([1.0, -1.0, 1.0, -1.0]),
        "rotation": np.linalg.qr(rng.standard_normal((4, 4)))[0],
        "rescaling": np.diag([2.0, 1.0, 0.5, 3.0]),
    }
    z, unravel = ravel(theta)
    found = {}
    for name, rule in STEPS.items():
        training = training_map(lambda theta: mean_squared_error(model(theta, x), y), rule, theta)

        def step(z: np.ndarray, training: Any = training) -> np.ndarray:
            state = training.initial_state.copy()
            state[: z.size] = z
            return training.state(training(state)).theta

        for change in CHANGES:
            g, inverse = matrices[change], np.linalg.inv(matrices[change])

            def act(z: np.ndarray, g: np.ndarray = g, inverse: np.ndarray = inverse) -> np.ndarray:
                first, second = unravel(z)
                return ravel(
                    [
                        Layer(first.weight @ g, None),
                        Layer(inverse @ second.weight, None),
                    ]
                )[0]

            found[change, name] = equivariance_defect(step, act, z)
    return found
