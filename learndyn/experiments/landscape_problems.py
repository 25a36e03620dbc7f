r"""The nets of the loss landscape pages: a small regression, and classes in clusters.

    t(x) = sin(2 x_1) + x_2 / 2 ,      x uniform in [-1.5, 1.5]^2

is learnt by a net with one hidden layer. A quadratic penalty makes its minima isolated: without one,
they sit in long valleys, where no second derivative decides anything. The classifier sees K clusters
of 20 points around orthogonal places in 10 dimensions, a setting in which the Hessian has outliers
(after Sagun, Evci, Guney, Dauphin and Bottou, 2017).

References
----------
Sagun, L., Evci, U., Guney, V. U., Dauphin, Y. and Bottou, L. (2017). Empirical analysis of the
Hessian of over-parametrized neural networks. arXiv:1706.04454.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.tree import Tree, leaves
from ..learning import MLP, Layer, cross_entropy, mean_squared_error
from ..learning.landscape import BatchedLoss, batched_loss

INPUTS = 10  # of the classifier
PER_CLASS = 20
APART = 2.0  # distance of a cluster's place from zero


def regression(
    width: int, *, activation: str = "tanh", samples: int = 40, rng: int | np.random.Generator = 0
) -> tuple[MLP, BatchedLoss]:
    """Return a 2-width-1 net and its mean squared error on the regression.

    Parameters
    ----------
    width : int
        Hidden units.
    activation : str, optional
    samples : int, optional
    rng : int or numpy.random.Generator, optional
        Draws the inputs.
    """
    x = np.random.default_rng(rng).uniform(-1.5, 1.5, (samples, 2))
    target = np.sin(2.0 * x[:, :1]) + 0.5 * x[:, 1:]
    model = MLP((2, width, 1), activation)
    return model, batched_loss(model, x, target)


def with_decay(loss: Callable[[Tree], Any], decay: float) -> Callable[[list[Layer]], Any]:
    """Return loss + decay |theta|^2, of one net or of each net of an ensemble."""

    def penalised(theta: list[Layer]) -> Any:
        squares = sum((leaf * leaf).sum(axis=(-2, -1)) for leaf in leaves(theta))
        return loss(theta) + decay * squares

    return penalised


def clusters(
    classes: int,
    *,
    noise: float = 0.5,
    squared: bool = False,
    width: int = 40,
    rng: int | np.random.Generator = 0,
) -> tuple[MLP, BatchedLoss, list[Layer]]:
    """Return a 10-width-classes tanh net, its loss on clusters, and its initial parameters.

    Parameters
    ----------
    classes : int
        K, from 2 to 10.
    noise : float, optional
        Standard deviation of each coordinate about the place of the cluster.
    squared : bool, optional
        True for the mean squared error to one-hot targets in place of the cross-entropy.
    width : int, optional
        Hidden units.
    rng : int or numpy.random.Generator, optional
        Draws the places, the points and the parameters.

    Raises
    ------
    ValueError
        If there are not 2 to 10 classes, or the noise is negative.
    """
    if not 2 <= classes <= INPUTS or not noise >= 0.0:
        raise ValueError(
            f"clusters: needs 2 to {INPUTS} classes, as many as there are orthogonal places, and noise >= 0, "
            f"got {classes} and {noise}"
        )
    rng = np.random.default_rng(rng)
    places = APART * np.linalg.qr(rng.standard_normal((INPUTS, INPUTS)))[0][:classes]
    labels = np.arange(PER_CLASS * classes) % classes
    x = places[labels] + noise * rng.standard_normal((len(labels), INPUTS))
    model = MLP((INPUTS, width, classes))
    theta = model.init(rng)
    if squared:
        return model, batched_loss(model, x, np.eye(classes)[labels], loss=mean_squared_error), theta
    return model, batched_loss(model, x, labels, loss=cross_entropy), theta
