r"""How far the rules whose activities settle are from the gradient, and what makes the distance small.

The error is |update + gradient| / |gradient|. For predictive coding it is of order 1/v in the variance v of
the output units, and does *not* vanish with the loss: as targets y come near the outputs f it tends to what
the linearised net gives, in which each example's error y - f is replaced by

    (1 + sum_l P_l' P_l / v)^{-1} (y - f),      P_l = df/dx_l for the hidden activities x_l.

For equilibrium propagation it is of order beta (one-sided) and beta^2 (symmetric) in the nudging
(Scellier and Bengio, 2017; Laborieux et al., 2021). Zero-divergence inference has none (Song et al., 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import jacobian
from ..autodiff.tree import tree_map
from ..dynamics.state import flatten
from ..learning import MLP, Layer
from ..learning.models.layer import affine
from ..neural.credit import (
    Backprop,
    CreditRule,
    EquilibriumPropagation,
    PredictiveCoding,
    Settling,
    ZeroDivergence,
)

_HIDDEN = (4, 3)


@dataclass(frozen=True, slots=True)
class SettlingErrors:
    """Relative errors of updates against a small parameter.

    Attributes
    ----------
    small : ndarray, shape (settings,)
        1/v, or beta.
    errors : ndarray, shape (settings,)
    """

    small: np.ndarray
    errors: np.ndarray

    @property
    def order(self) -> float:
        """The slope of a line through the logarithms."""
        return float(np.polyfit(np.log(self.small), np.log(self.errors), 1)[0])


@dataclass(frozen=True, slots=True)
class ShrinkingErrors:
    """Predictive coding as its targets come near the outputs.

    Attributes
    ----------
    sizes : ndarray, shape (settings,)
        By what the error at the output was multiplied.
    variances : ndarray, shape (lines,)
        v.
    errors : ndarray, shape (lines, settings)
    limits : ndarray, shape (lines,)
        What the linearised net predicts for small sizes.
    """

    sizes: np.ndarray
    variances: np.ndarray
    errors: np.ndarray
    limits: np.ndarray


def predictive_coding(variances: Sequence[float] = (1e2, 1e3, 1e4), *, seed: int = 0) -> SettlingErrors:
    """Measure the error of predictive coding for several output variances v.

    Parameters
    ----------
    variances : sequence of float, optional
    seed : int, optional
    """
    case = _case(seed)
    errors = [_error(PredictiveCoding(output_variance=v), *case) for v in variances]
    return SettlingErrors(1.0 / np.array(variances), np.array(errors))


def equilibrium_propagation(
    nudgings: Sequence[float] = (4e-3, 2e-3, 1e-3), *, symmetric: bool = False, seed: int = 2
) -> SettlingErrors:
    """Measure the error of equilibrium propagation for several nudgings beta.

    Parameters
    ----------
    nudgings : sequence of float, optional
    symmetric : bool, optional
    seed : int, optional
    """
    model, theta, x, y = _case(seed, hidden=_HIDDEN[:1])
    theta = tree_map(lambda leaf: 0.5 * leaf, theta)
    gradient = flatten(EquilibriumPropagation().gradient(model, theta, x, y))
    errors = []
    for beta in nudgings:
        rule = EquilibriumPropagation(nudging=beta, symmetric=symmetric)
        errors.append(_distance(flatten(rule.propose(model, theta, x, y).update), gradient))
    return SettlingErrors(np.array(nudgings), np.array(errors))


def zero_divergence(depths: Sequence[int] = (1, 2, 4, 8), *, seed: int = 0) -> float:
    """Return the largest relative distance of zero-divergence inference to backpropagation.

    Parameters
    ----------
    depths : sequence of int, optional
        Numbers of hidden layers.
    seed : int, optional
    """
    cases = (_case(seed, hidden=(5,) * depth) for depth in depths)
    return max(_error(ZeroDivergence(), *case) for case in cases)


def shrinking(
    sizes: Sequence[float] = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3),
    *,
    variances: Sequence[float] = (1.0, 10.0, 100.0),
    seed: int = 0,
) -> ShrinkingErrors:
    """Move the targets towards the outputs and measure predictive coding on the way.

    Parameters
    ----------
    sizes : sequence of float, optional
        Factors of the error at the output.
    variances : sequence of float, optional
    seed : int, optional
    """
    model, theta, x, y = _case(seed)
    outputs = model(theta, x)
    errors, limits = np.empty((len(variances), len(sizes))), []
    for row, v in enumerate(variances):
        rule = PredictiveCoding(output_variance=v, settling=Settling(tolerance=1e-13))
        for column, size in enumerate(sizes):
            errors[row, column] = _error(rule, model, theta, x, outputs + size * (y - outputs))
        weighed = outputs + _weighed(model, theta, x, y - outputs, v)
        update = -flatten(Backprop().gradient(model, theta, x, weighed))
        limits.append(_distance(update, flatten(Backprop().gradient(model, theta, x, y))))
    return ShrinkingErrors(np.array(sizes), np.array(variances), errors, np.array(limits))


def _case(seed: int, hidden: Sequence[int] = _HIDDEN) -> tuple[MLP, list[Layer], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    model = MLP((3, *hidden, 2))
    return model, model.init(rng), rng.standard_normal((4, 3)), rng.standard_normal((4, 2))


def _error(rule: CreditRule, model: MLP, theta: list[Layer], x: Any, y: Any) -> float:
    update = rule.propose(model, theta, x, y, (), None).update
    return _distance(flatten(update), flatten(rule.gradient(model, theta, x, y)))


def _distance(update: np.ndarray, gradient: np.ndarray) -> float:
    return float(np.linalg.norm(update + gradient) / np.linalg.norm(gradient))


def _weighed(model: MLP, theta: list[Layer], x: Any, errors: np.ndarray, v: float) -> np.ndarray:
    """Each example's error times (1 + sum_l P_l' P_l / v)^{-1}, of shape (batch, outputs)."""
    hidden = model.trace(theta, x).activations[1:-1]
    found = []
    for i, error in enumerate(errors):
        total = np.eye(error.size)
        for depth, layer in enumerate(hidden, start=1):
            path = jacobian(lambda a, depth=depth: _onwards(model, theta[depth:], a))(layer[i])
            total = total + path @ path.T / v
        found.append(np.linalg.solve(total, error))
    return np.array(found)


def _onwards(model: MLP, theta: list[Layer], activity: Any) -> Any:
    """The output of the layers above one activity, shapes (units,) to (outputs,)."""
    widths = (theta[0].weight.shape[0], *(layer.weight.shape[1] for layer in theta))
    if len(theta) == 1:
        return affine(activity[None], *theta[0])[0]
    return MLP(widths, model.activation)(theta, activity[None])[0]
