"""The Hessian at a point with two equal units, in the coordinates that the symmetry asks for.

P z = z and L(P z) = L(z) give P' H P = H. So H commutes with P and does not mix the symmetric
subspace (P = 1) with the antisymmetric one (P = -1): in a basis of the two it has two blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autodiff import hessian
from ..dynamics import ravel
from ..learning import MLP, mean_squared_error, standard_normal
from ..learning.symmetry import (
    antisymmetric_basis,
    exchange_actions,
    symmetric_basis,
    symmetric_part,
)
from .symmetry_breaking import PAIR, data


@dataclass(frozen=True, slots=True)
class SymmetricHessian:
    """The same Hessian twice.

    Attributes
    ----------
    natural : ndarray, shape (n, n)
        In the flat parameters.
    blocked : ndarray, shape (n, n)
        In an orthonormal basis, symmetric vectors first.
    symmetric : int
        How many those are.
    """

    natural: np.ndarray
    blocked: np.ndarray
    symmetric: int

    @property
    def coupling(self) -> float:
        """Largest entry between the two blocks, relative to the largest of all."""
        k = self.symmetric
        return float(np.abs(self.blocked[:k, k:]).max() / np.abs(self.blocked).max())


def run(*, width: int = 2, seed: int = 7) -> SymmetricHessian:
    """Take a random net, make its first two units equal, and return the Hessian of its loss.

    Parameters
    ----------
    width : int, optional
        Hidden units, 2 or more.
    seed : int, optional

    Returns
    -------
    SymmetricHessian
    """
    model, (x, y) = MLP((2, width, 1)), data()
    theta = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    actions = exchange_actions(theta, PAIR)
    z, unravel = ravel(theta)
    z = symmetric_part(z, actions)
    natural = np.asarray(hessian(lambda z: mean_squared_error(model(unravel(z), x), y))(z))
    even = symmetric_basis(actions)
    basis = np.hstack([even, antisymmetric_basis(actions)])
    return SymmetricHessian(natural, basis.T @ natural @ basis, even.shape[1])
