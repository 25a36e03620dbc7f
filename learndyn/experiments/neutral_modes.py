"""Neutral modes: a symmetry of k dimensions gives descent k multipliers that are exactly 1.

If a k-dimensional group of transformations leaves the loss as it is, a minimum comes with a
k-dimensional manifold of minima. The gradient vanishes on all of it, so a step moves no point of
the manifold, and k multipliers are 1. The same holds for a surplus parameter.

Five models, each at a minimum of its loss:

    scaling            ReLU net, unit j: (w_j, b_j, v_j) -> (c w_j, c b_j, v_j / c), c > 0
    rotation           |U U^T - M|^2 / 4 with U of shape (n, k): U -> U R, R orthogonal
    change of basis    linear net W_1 W_2 with h units between: W_1 G, G^{-1} W_2
    shift              softmax: the same affine function of x added to all logits
    surplus unit       tanh net with a unit that nobody listens to (v = 0): any w, any b
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import Regime, classify_system, fixed_point, linearise, ravel, spectrum
from ..learning import (
    MLP,
    GradientDescent,
    Layer,
    cross_entropy,
    deep_linear_network,
    hessian_operator,
    mean_squared_error,
    standard_normal,
    training_map,
)


@dataclass(frozen=True, slots=True)
class NeutralCase:
    """One model at a minimum.

    Attributes
    ----------
    name : str
        Of the symmetry.
    dimension : int
        Of the manifold of minima, predicted from the symmetry.
    multipliers : ndarray, shape (n,)
        Of one step of descent with eta = 1 / lambda_max, so that all lie in [0, 1].
    residual : float
        How far one step moves the minimum.
    """

    name: str
    dimension: int
    multipliers: np.ndarray
    residual: float

    @property
    def measured(self) -> int:
        """Number of multipliers within 1e-9 of the unit circle."""
        return classify_system(self.multipliers).counts[Regime.NEUTRAL]

    @property
    def gaps(self) -> np.ndarray:
        """|1 - m|, ascending, shape (n,)."""
        return np.sort(np.abs(1.0 - self.multipliers))


@dataclass(frozen=True, slots=True)
class NeutralModes:
    """The cases, in the order of the module's table."""

    cases: tuple[NeutralCase, ...]


def run(*, seed: int = 0) -> NeutralModes:
    """Count the neutral modes of the five models; ``seed`` draws their data and parameters."""
    rng = np.random.default_rng(seed)
    builders = _scaling, _rotation, _change_of_basis, _shift, _surplus_unit
    return NeutralModes(tuple(_case(*build(rng)) for build in builders))


Problem = tuple[str, int, Callable[[Any], Any], Tree]


def _case(name: str, dimension: int, loss: Callable[[Any], Any], theta: Tree) -> NeutralCase:
    largest = float(spectrum(hessian_operator(loss, theta))[0])
    step = training_map(loss, GradientDescent(1.0 / largest), theta)
    # A few steps of Newton remove what rounding has left of the gradient.
    minimum = fixed_point(step, ravel(theta)[0], tolerance=1e-14, max_iterations=10).state
    moved = float(np.linalg.norm(step(minimum) - minimum))
    return NeutralCase(name, dimension, spectrum(linearise(step, minimum)).real, moved)


def _taught(model: MLP, theta: Tree, x: np.ndarray) -> Callable[[Any], Any]:
    """The loss of a model whose targets are its own outputs at theta: zero there."""
    targets = np.asarray(model(theta, x))
    return lambda parameters: mean_squared_error(model(parameters, x), targets)


def _scaling(rng: np.random.Generator, units: int = 4) -> Problem:
    model = MLP((3, units, 1), "relu")
    hidden, output = model.init(rng, initialiser=standard_normal)
    # Small biases: a unit that is off, or on, for all examples would have more neutral modes.
    theta = [Layer(hidden.weight, 0.1 * hidden.bias), output]
    return "scaling", units, _taught(model, theta, rng.standard_normal((100, 3))), theta


def _rotation(rng: np.random.Generator, n: int = 5, k: int = 3) -> Problem:
    u = rng.standard_normal((n, k))
    target = u @ u.T

    def loss(u: Any) -> Any:
        difference = u @ u.T - target
        return 0.25 * (difference * difference).sum()

    return "rotation", k * (k - 1) // 2, loss, u


def _change_of_basis(rng: np.random.Generator, units: int = 2) -> Problem:
    model = deep_linear_network((4, units, 3))
    theta = model.init(rng, initialiser=standard_normal)
    loss = _taught(model, theta, rng.standard_normal((100, 4)))
    return "change of basis", units**2, loss, theta


def _shift(rng: np.random.Generator, features: int = 2, classes: int = 3) -> Problem:
    model = MLP((features, classes))
    x = rng.standard_normal((100, features))
    labels = rng.integers(classes, size=100)  # no line separates them: the minimum is finite

    def loss(theta: Any) -> Any:
        return cross_entropy(model(theta, x), labels)

    start = [Layer(np.zeros((features, classes)), np.zeros((1, classes)))]
    step = training_map(loss, GradientDescent(1.0), start)
    found = fixed_point(step, step.initial_state, tolerance=1e-14)
    return "shift of logits", features + 1, loss, step.parameters(found.state)


def _surplus_unit(rng: np.random.Generator, features: int = 2) -> Problem:
    model = MLP((features, 3, 1))
    hidden, output = model.init(rng, initialiser=standard_normal)
    output.weight[-1] = 0.0
    theta = [hidden, output]
    loss = _taught(model, theta, rng.standard_normal((100, features)))
    return "surplus unit", features + 1, loss, theta
