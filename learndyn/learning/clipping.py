"""Gradients that are made shorter before a rule sees them.

    by norm    g <- g min(1, c / |g|)        the direction stays
    by value   g_i <- min(max(g_i, -c), c)   each coordinate for itself

Both leave a small gradient alone, so they change nothing about the stability of a minimum.

References
----------
Pascanu, R., Mikolov, T. and Bengio, Y. (2013). On the difficulty of training recurrent neural
networks. ICML.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Tensor, clip, maximum, sqrt
from .rules.rule import Rule, positive


def clip_norm(gradient: Any, max_norm: float) -> Any:
    """Return the gradient, shortened to Euclidean length ``max_norm`` if it is longer.

    Parameters
    ----------
    gradient : array or Tensor, shape (n,)
    max_norm : float
        Positive.

    Returns
    -------
    array or Tensor, shape (n,)
        A gradient that is not finite is handed on as it is: no length can be given to it.

    Notes
    -----
    Lengths up to the largest float are right: the squares do not overflow. At length
    ``max_norm`` exactly, the slope is half way between both sides.
    """
    values = gradient.data if isinstance(gradient, Tensor) else gradient
    largest = float(np.max(np.abs(values), initial=0.0))
    if not math.isfinite(largest):
        return gradient
    unit = max(largest, max_norm)  # a constant: it cancels
    scaled = gradient / unit
    limit = max_norm / unit
    length = sqrt(maximum((scaled * scaled).sum(), limit * limit))
    return gradient * (limit / length)


@dataclass(frozen=True, slots=True)
class Clipped:
    """A rule that is given gradients of length ``max_norm`` at most.

    Parameters
    ----------
    rule : Rule
        Its state is the state of both.
    max_norm : float
        The largest Euclidean length over all parameters, positive.

    Raises
    ------
    TypeError
        If ``max_norm`` is not a number.
    ValueError
        If it is not positive and finite.
    """

    rule: Rule
    max_norm: float

    def __post_init__(self) -> None:
        positive(self, "max_norm", self.max_norm)

    def init(self, theta: Any) -> Any:
        """Return the state of the rule inside before the first step."""
        return self.rule.init(theta)

    def step(self, state: Any, gradient: Any, **options: Any) -> Any:
        """Return the state after one step with the clipped gradient."""
        return self.rule.step(state, clip_norm(gradient, self.max_norm), **options)


@dataclass(frozen=True, slots=True)
class ClippedByValue:
    """A rule that is given gradients whose coordinates lie in [-max_value, max_value].

    Parameters
    ----------
    rule : Rule
        Its state is the state of both.
    max_value : float
        Positive.

    Raises
    ------
    TypeError
        If ``max_value`` is not a number.
    ValueError
        If it is not positive and finite.
    """

    rule: Rule
    max_value: float

    def __post_init__(self) -> None:
        positive(self, "max_value", self.max_value)

    def init(self, theta: Any) -> Any:
        """Return the state of the rule inside before the first step."""
        return self.rule.init(theta)

    def step(self, state: Any, gradient: Any, **options: Any) -> Any:
        """Return the state after one step with the clipped gradient."""
        return self.rule.step(state, clip(gradient, -self.max_value, self.max_value), **options)
