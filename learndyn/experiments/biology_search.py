r"""Blind search: change all weights at random, and keep the change if the loss has fallen.

No gradient is computed. Yet a small change delta has L(theta + delta) - L(theta) = g . delta, so that
what is kept makes an acute angle with -g. A random direction in n dimensions has

    E |cos| = Gamma(n/2) / (sqrt(pi) Gamma((n + 1)/2)) , about sqrt(2 / (pi n)) ,

and by symmetry that is the mean cosine of what is kept. Improvement by small steps therefore always
correlates with the gradient (Richards et al., 2019). What tells rules apart is the size of the cosine.

References
----------
Richards, B. A., Lillicrap, T. P., Beaudoin, P., Bengio, Y. and others (2019). A deep learning framework
for neuroscience. Nature Neuroscience 22, 1761-1770.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import grad
from ..dynamics import ravel
from ..learning import MLP, half_squared_error
from .biology_valley import stimuli


@dataclass(frozen=True, slots=True, eq=False)
class BlindSearch:
    """Random changes of nets of several sizes, at their first weights.

    Attributes
    ----------
    parameters : ndarray of int, shape (nets,)
        n.
    kept : ndarray, shape (nets,)
        Share of the changes that lowered the loss.
    acute : ndarray, shape (nets,)
        Share of those kept that are at an acute angle with minus the gradient.
    cosines : ndarray, shape (nets,)
        Mean cosine of those kept with minus the gradient.
    trials : int
        Changes that were tried.
    """

    parameters: np.ndarray
    kept: np.ndarray
    acute: np.ndarray
    cosines: np.ndarray
    trials: int

    @property
    def predicted(self) -> np.ndarray:
        """Gamma(n/2) / (sqrt(pi) Gamma((n + 1)/2)), shape (nets,)."""
        logs = [math.lgamma(n / 2) - math.lgamma((n + 1) / 2) for n in self.parameters]
        return np.exp(logs) / math.sqrt(math.pi)


def run(
    units: Sequence[int] = (2, 16, 128), *, size: float = 1e-3, trials: int = 4000, seed: int = 0
) -> BlindSearch:
    """Try random changes of nets that are to report a direction.

    Parameters
    ----------
    units : sequence of int, optional
        Hidden units of each net; it has 5 parameters for each, and 2.
    size : float, optional
        Length of a change.
    trials : int, optional
    seed : int, optional

    Returns
    -------
    BlindSearch

    Raises
    ------
    ValueError
        If the size is not positive.
    """
    if not size > 0.0:
        raise ValueError(f"biology_search: size must be positive, got {size}: no change, no improvement")
    x = stimuli()
    rng = np.random.default_rng(seed)
    rows = []
    for count in units:
        model = MLP((2, count, 2), "tanh")
        theta = model.init(rng)
        z, unravel = ravel(theta)
        down = -ravel(grad(lambda theta, model=model: half_squared_error(model(theta, x), x))(theta))[0]
        deltas = rng.standard_normal((trials, z.size))
        deltas *= size / np.linalg.norm(deltas, axis=1, keepdims=True)
        losses = np.array([half_squared_error(model(unravel(z + d), x), x) for d in (0.0 * z, *deltas)])
        kept = losses[1:] < losses[0]
        cosines = deltas[kept] @ down / (size * np.linalg.norm(down))
        rows.append((z.size, kept.mean(), (cosines > 0.0).mean(), cosines.mean()))
    n, share, acute, mean = (np.array(column) for column in zip(*rows, strict=True))
    return BlindSearch(n, share, acute, mean, trials)
