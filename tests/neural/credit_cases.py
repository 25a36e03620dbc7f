"""Nets and data that the tests of credit assignment share."""

from itertools import pairwise

import numpy as np

from learndyn.autodiff.tree import leaves
from learndyn.learning import MLP, Layer
from learndyn.neural.credit import (
    Backprop,
    DirectFeedback,
    EquilibriumPropagation,
    FeedbackAlignment,
    Hebb,
    NodePerturbation,
    Oja,
    PredictiveCoding,
    SignSymmetric,
    ThreeFactor,
    WeightPerturbation,
    ZeroDivergence,
)

TEACHER = (
    Backprop(),
    FeedbackAlignment(),
    DirectFeedback(),
    SignSymmetric(),
    NodePerturbation(),
    WeightPerturbation(),
    PredictiveCoding(),
    ZeroDivergence(),
    EquilibriumPropagation(),
)
ALL = (*TEACHER, ThreeFactor(), Hebb(), Oja())


def name(rule):
    return type(rule).__name__


def case(rule, *, seed=0, batch=4):
    """A net on which the rule can work, with parameters, inputs and targets."""
    rng = np.random.default_rng(seed)
    if isinstance(rule, Hebb | Oja):
        model, y = MLP((3, 2), "linear", bias=False), None
    elif isinstance(rule, ThreeFactor):
        model = MLP((3, 3, 2), "sigmoid", output_activation="sigmoid")
        y = rng.integers(0, 2, (batch, 2)).astype(float)
    else:
        model, y = MLP((3, 4, 3, 2)), rng.standard_normal((batch, 2))
    return model, model.init(rng), rng.standard_normal((batch, 3)), y


def linear_case(rng, widths, batch, size=0.5):
    """A deep linear net without biases."""
    weights = [size * rng.standard_normal(shape) for shape in pairwise(widths)]
    theta = [Layer(weight, None) for weight in weights]
    x, y = (rng.standard_normal((batch, widths[i])) for i in (0, -1))
    return MLP(widths, "linear", bias=False), theta, x, y


def flat(tree):
    return np.concatenate([np.ravel(leaf) for leaf in leaves(tree)])
