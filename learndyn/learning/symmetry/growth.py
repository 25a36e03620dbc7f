r"""Growth out of the symmetric subspace, from the curvature across it.

At a symmetric point the Hessian H of an invariant loss has two blocks. The one on the antisymmetric
subspace, A' H A with an orthonormal basis A, decides whether two equal units part. With mu =
-lambda_min of that block and s = eta mu, a split along its eigenvector is multiplied each step by

    gradient descent   1 + s
    heavy ball         the larger root of z^2 - (1 + beta + s) z + beta
    Nesterov           the larger root of z^2 - (1 + beta)(1 + s) z + beta (1 + s)
    RMSProp            1 + s / P
    Adam, AMSGrad      the larger root of z^2 - (1 + beta1 + (1 - beta1) s / P) z + beta1

with P = sqrt(v) + epsilon and the second moment v held fixed. For two units of a net with one
hidden layer, incoming weights w and biases in x~ = (x, 1), outgoing a, and r = dL/dy of an example,
the block in the coordinates ((w1 - w2), (a1 - a2)) / sqrt(2) is

    [[ sum a.r phi'' x~ x~',  sum phi' x~ r' ],
     [ sum r phi' x~',        0             ]] .

The output feels a split of the units in second order only, so the Gauss-Newton part vanishes:
where all residuals r are 0 the whole block is 0, and equal units are neutral. At a critical
point the off-diagonal part vanishes for one output, and a1 - a2 is neutral (a surplus direction).
Elsewhere that part makes the block indefinite: some split grows.

References
----------
Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of
multilayer perceptrons. Neural Networks 13, 317-327.
Simsek, B. et al. (2021). Geometry of the loss landscape in overparameterized neural networks:
symmetries and invariances. ICML.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics import Map
from ...dynamics.linearise import LinearOperator, flat_state, linearised
from ...dynamics.state import ravel
from ..curvature import hessian_operator
from ..rules import AdamW, Rule
from ..stability_limits import bare_rule, multipliers
from .actions import Pair, PermutationAction, exchange_actions
from .subspaces import Actions, antisymmetric_basis, antisymmetric_part

_SYMMETRIC = 1e-10  # a point is symmetric if its split is below this part of its length


@dataclass(frozen=True, slots=True, eq=False)
class AntisymmetricBlock:
    """A Jacobian or Hessian on the antisymmetric subspace, at a symmetric point.

    Attributes
    ----------
    matrix : ndarray, shape (k, k)
        A' J A.
    basis : ndarray, shape (n, k)
        A, orthonormal columns.
    eigenvalues : ndarray, shape (k,)
        Of a Hessian: real, ascending. Of a step: complex, by decreasing magnitude.
    eigenvectors : ndarray, shape (n, k)
        As flat vectors of length 1, in the order of the eigenvalues.
    coupling : float
        Largest part of J A that leaves the antisymmetric subspace, over the largest entry of J A:
        0, up to rounding, if the system has the symmetry. 0 if J A is 0.
    """

    matrix: np.ndarray
    basis: np.ndarray
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    coupling: float

    @property
    def mu(self) -> float:
        """-lambda_min of a Hessian: positive if some split lowers the loss."""
        return -float(self.eigenvalues[0].real)

    @property
    def direction(self) -> np.ndarray:
        """Eigenvector of the first eigenvalue, shape (n,): the split that grows fastest.

        Raises
        ------
        ValueError
            If that eigenvalue is complex: the split turns in a plane.
        """
        vector = self.eigenvectors[:, 0]
        if np.iscomplexobj(vector) and self.eigenvalues[0].imag != 0.0:
            raise ValueError(
                f"AntisymmetricBlock: the first eigenvalue is {self.eigenvalues[0]}, a rotation: "
                "no single direction grows. Pass a direction of your own"
            )
        return np.array(vector.real)


def antisymmetric_hessian(
    loss: Callable[[Tree], Any], theta: Tree, pairs: Pair | Sequence[Pair]
) -> AntisymmetricBlock:
    """Return the Hessian of a loss on the splits of units that are equal at theta.

    Parameters
    ----------
    loss : callable
        Takes the tree of parameters to a tensor with one element.
    theta : list of Layer, or RNNParameters
        A point at which the units are equal.
    pairs : (layer, i, j), or a sequence of such
        Equal units of hidden layers, counted from 0.

    Returns
    -------
    AntisymmetricBlock
        Of the flat parameters. ``mu`` is -lambda_min and ``direction`` its eigenvector.

    Raises
    ------
    ValueError
        If a pair does not exist, or the units are not equal at theta.
    """
    actions = exchange_actions(theta, pairs)
    z = ravel(theta)[0]
    require_symmetric(z, actions, "antisymmetric_hessian")
    block, basis, coupling = _restricted(hessian_operator(loss, theta), actions)
    values, vectors = np.linalg.eigh(0.5 * (block + block.T))
    return AntisymmetricBlock(block, basis, values, basis @ vectors, coupling)


def antisymmetric_jacobian(system: Map, z: Any, actions: Actions) -> AntisymmetricBlock:
    """Return the Jacobian of a map on the antisymmetric subspace, at a symmetric state.

    Parameters
    ----------
    system : Map
        For example a training map, with the whole state of its rule.
    z : array_like, shape (n,)
        A symmetric state. It need not be a fixed point.
    actions : PermutationAction or sequence of them
        Generators of the symmetry, on vectors of shape (n,); for a training map, from
        ``state_action``.

    Returns
    -------
    AntisymmetricBlock
        The first eigenvalue is the factor of the split that grows fastest.

    Raises
    ------
    ValueError
        If z is not symmetric, or the actions move nothing.
    """
    z = flat_state(z, "antisymmetric_jacobian")
    require_symmetric(z, actions, "antisymmetric_jacobian")
    block, basis, coupling = _restricted(linearised(system, z)[1], actions)
    values, vectors = np.linalg.eig(block)
    order = np.argsort(-np.abs(values), kind="stable")
    values, vectors = values[order].astype(complex), basis @ vectors[:, order]
    return AntisymmetricBlock(block, basis, values, vectors, coupling)


def escape_factor(rule: Rule, mu: float, *, second_moment: float = 1.0) -> float:
    """Return by how much one step of a rule multiplies a split of curvature -mu.

    Parameters
    ----------
    rule : Rule
        A schedule or clipping around a rule is looked through.
    mu : float
        -lambda_min of the antisymmetric Hessian block; negative if the split is stable.
    second_moment : float, optional
        v, not negative, held fixed, for rules that have one. It is the moment that divides, the one
        after the step's own update; ``multipliers`` takes the one before.

    Returns
    -------
    float
        The largest magnitude of the multipliers of (theta, velocity or first moment). Above 1 the
        units part; 1, for mu = 0, is neutral.

    Raises
    ------
    ValueError
        If mu is not finite, or the second moment is negative or not finite.

    Notes
    -----
    An adaptive rule holds v only where other gradients keep it up. At a critical point, where all
    gradients are 0, v decays by its own factor and the growth accelerates; ``measure_escape``
    follows that. At the very start, where v = 0, P = epsilon: the factor is huge, and holds only
    for splits that are small against epsilon / mu. Larger ones grow by about eta a step.
    """
    if not math.isfinite(mu):
        raise ValueError(f"escape_factor: mu must be finite, got {mu}")
    if not (math.isfinite(second_moment) and second_moment >= 0.0):
        raise ValueError(
            f"escape_factor: second_moment must be finite and not negative, got {second_moment}"
        )
    bare: Any = bare_rule(rule)
    beta1, root = getattr(bare, "beta1", None), math.sqrt(second_moment)
    if beta1 is None and not hasattr(bare, "decay"):
        # The rule has no second moment: all its multipliers belong to the split.
        return float(np.abs(multipliers(bare, -mu)[0]))
    s = bare.step_size * mu / (root + bare.epsilon)
    shrink = bare.step_size * bare.weight_decay if isinstance(bare, AdamW) else 0.0
    if beta1 is None:
        return float(abs(1.0 + s))
    step = [[1.0 - shrink + (1.0 - beta1) * s, -beta1], [-(1.0 - beta1) * s, beta1]]
    return float(np.abs(np.linalg.eigvals(step)).max())


def escape_time(factor: float, sigma: float, threshold: float) -> float:
    """Return ln(threshold / sigma) / ln(factor), the steps that a split takes to reach a threshold.

    Parameters
    ----------
    factor : float
        Growth a step.
    sigma, threshold : float
        Size of the split at the start and at the end, in the same units; positive.

    Returns
    -------
    float
        Infinite if the factor is 1 or less and the threshold is above sigma; 0 if it is not.

    Raises
    ------
    ValueError
        If a number is not positive.
    """
    for name, value in (("factor", factor), ("sigma", sigma), ("threshold", threshold)):
        if not value > 0.0:
            raise ValueError(f"escape_time: {name} must be positive, got {value}")
    if threshold <= sigma:
        return 0.0
    return math.log(threshold / sigma) / math.log(factor) if factor > 1.0 else math.inf


def require_symmetric(z: np.ndarray, actions: Actions, caller: str) -> None:
    """Refuse a state that the actions move.

    Raises
    ------
    ValueError
    """
    split = float(np.linalg.norm(antisymmetric_part(z, actions)))
    if not split <= _SYMMETRIC * float(np.linalg.norm(z)):
        raise ValueError(
            f"{caller}: the state is not symmetric: its antisymmetric part has length {split:.3g}. "
            "Start from symmetric_part(z, actions)"
        )


def _restricted(
    operator: LinearOperator, actions: PermutationAction | Sequence[PermutationAction]
) -> tuple[np.ndarray, np.ndarray, float]:
    """A' J A, A, and the relative size of the part of J A outside the span of A."""
    basis = antisymmetric_basis(actions)
    if not basis.shape[1]:
        raise ValueError(
            "antisymmetric block: the actions leave every component in its place, so nothing can "
            "split. Pass the exchange of two units"
        )
    image = np.stack([operator(np.ascontiguousarray(column)) for column in basis.T], axis=1)
    block = basis.T @ image
    outside = np.abs(image - basis @ block).max()
    scale = np.abs(image).max()
    return block, basis, float(outside / scale) if scale > 0.0 else 0.0
