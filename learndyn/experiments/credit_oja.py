r"""Oja's rule as a map: its fixed points are the principal axes, and only the first one is stable.

At the eigenvector k of the inputs' covariance, eigenvalues l_1 > l_2 > ..., one step has the multipliers

    1 - eta (l_k - l_i)  along the others,      1 - 2 eta l_k  along itself

(Oja, 1982), found here by the spectrum of the linearised map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import linearise, spectrum
from ..learning import MLP, GradientDescent, Layer
from ..neural.credit import Oja, credit_map


@dataclass(frozen=True, slots=True)
class CreditOja:
    """Multipliers at each principal axis, sorted.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n,)
        Of the covariance, the largest first.
    measured, predicted : ndarray, shape (n, n)
        A row for each axis.
    step_size : float
    """

    eigenvalues: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray
    step_size: float

    @property
    def stable(self) -> np.ndarray:
        """Whether all multipliers at an axis are below 1 in absolute value, shape (n,)."""
        return np.all(np.abs(self.measured) < 1.0, axis=1)


def run(
    spreads: Sequence[float] = (2.2, 1.7, 1.4, 1.0, 0.7),
    *,
    step_size: float = 0.02,
    samples: int = 50,
    seed: int = 0,
) -> CreditOja:
    """Linearise the map of Oja's rule at each principal axis of random inputs.

    Parameters
    ----------
    spreads : sequence of float, optional
        Standard deviations of the inputs.
    step_size : float, optional
        eta.
    samples, seed : int, optional

    Returns
    -------
    CreditOja
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((samples, len(spreads))) * np.asarray(spreads)
    values, vectors = np.linalg.eigh(x.T @ x / samples)
    values, vectors = values[::-1], vectors[:, ::-1]
    model, optimiser = MLP((len(spreads), 1), "linear", bias=False), GradientDescent(step_size)
    measured, predicted = [], []
    for k, value in enumerate(values):
        system = credit_map(Oja(), optimiser, model, [Layer(vectors[:, k : k + 1], None)], (x, None))
        measured.append(np.sort(spectrum(linearise(system, system.initial_state)).real))
        others = 1.0 - step_size * (value - np.delete(values, k))
        predicted.append(np.sort(np.append(others, 1.0 - 2.0 * step_size * value)))
    return CreditOja(values, np.array(measured), np.array(predicted), step_size)
