r"""Sharpness: the largest eigenvalue of the Hessian, at one point and along a run.

Descent with step size eta is stable at a minimum where lambda_max(H) <= 2/eta, and while the
loss still falls it hovers there: the edge of stability (Cohen et al., 2021). A rule that divides
each coordinate by a vector P, theta' = theta - eta P^-1 m, sees the preconditioned Hessian

    P^-1/2 H P^-1/2,   with the eigenvalues of P^-1 H

(Cohen et al., 2022). Here P is what the rule's method ``preconditioner`` says of a state: the
vector that was divided by in the step that led there,

    RMSProp     sqrt(v) + epsilon
    Adam        (1 - beta1^t) (sqrt(v / (1 - beta2^t)) + epsilon)   with bias correction
                sqrt(v) + epsilon                                   without

with v the running mean of squared gradients after step t. P = 1 for a rule without that method;
a schedule or clipping around a rule is looked through.

The eigenvalue comes from Lanczos on products with H. Along a run the eigenvector of the last
record is where the next search starts, and a few products are enough.

References
----------
Cohen, J., Kaur, S., Li, Y., Kolter, Z. and Talwalkar, A. (2021). Gradient descent on neural
networks typically occurs at the edge of stability. ICLR.
Cohen, J. M. et al. (2022). Adaptive gradient methods at the edge of stability.
arXiv:2207.14484.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Tensor
from ..autodiff.tree import Tree
from ..dynamics.linearise import LinearOperator
from ..dynamics.modes import dominant_modes
from .curvature import hessian_operator
from .rules import Rule
from .stability_limits import bare_rule, preconditioner
from .training import TrainingMap


@dataclass(frozen=True, slots=True)
class Sharpness:
    """The largest eigenvalue of a (preconditioned) Hessian, and how well it is known.

    Attributes
    ----------
    value : float
        lambda_max. Algebraically largest: negative where the loss curves down everywhere.
    vector : ndarray, shape (n,)
        Its unit eigenvector, of the symmetric matrix P^-1/2 H P^-1/2.
    residual : float
        |A u - lambda u|; an eigenvalue lies within this distance, and the distance is of the
        order of its square where the eigenvalue stands alone.
    products : int
        How many products with the Hessian were spent.
    converged : bool
        True if the residual is at most the tolerance times the size of the matrix.
    """

    value: float
    vector: np.ndarray
    residual: float
    products: int
    converged: bool


def sharpness(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    rule: Rule | None = None,
    state: Any = None,
    start: np.ndarray | None = None,
    tolerance: float = 1e-6,
    max_products: int = 10_000,
) -> Sharpness:
    """Return the largest eigenvalue of the Hessian, or of the preconditioned one.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Where it is measured.
    rule : Rule, optional
        Its ``preconditioner(state)`` gives P; without that method, P = 1.
    state : state of the rule, optional
        Needed with a rule that has a preconditioner; after one step or more of Adam.
    start : ndarray, shape (n,), optional
        Where to look first: the ``vector`` of a point nearby.
    tolerance : float, optional
        On the residual, relative to the size of the matrix.
    max_products : int, optional
        Products before giving up, with ``converged=False``.

    Returns
    -------
    Sharpness

    Raises
    ------
    ValueError
        If the preconditioner is not positive and finite or of another shape, or its state is
        missing; if a product is not finite.
    """
    hessian = hessian_operator(loss, theta)
    scale = _inverse_root(rule, state, hessian.size)
    if scale is not None:
        hessian = _scaled(hessian, scale)
    found = dominant_modes(
        hessian, which="largest", start=start, tolerance=tolerance, max_iterations=max_products
    )
    return Sharpness(
        float(found.values[0]), found.vectors[:, 0], float(found.residuals[0]), found.iterations,
        bool(found.converged),
    )  # fmt: skip


class SharpnessObservable:
    """Sharpness along a run, for ``observe=`` of ``simulate`` or ``integrate``.

    It remembers the eigenvector of the last record and starts the next search there. So it
    belongs to one run: make a new one for another.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    parameters : callable
        Takes a flat state to the tree of parameters, as ``parameters`` of a ``TrainingMap`` or a
        ``GradientFlow`` does.
    rule : Rule, optional
        For the preconditioned sharpness.
    rule_state : callable, optional
        Takes a flat state to the rule's state; needed with a rule that has a preconditioner.
    tolerance : float, optional
        On the residual, relative to the size of the matrix. 1e-4 gives about eight digits of an
        eigenvalue that stands alone, since its error is the square.

    Attributes
    ----------
    products : list of int
        Products with the Hessian that each record took.
    last : Sharpness or None
        The last measurement, with its eigenvector.

    Notes
    -----
    Where there is no preconditioner yet, as in Adam's state before the first step, and in the
    last state of a run that diverged, which is not finite, the value is nan.
    """

    def __init__(
        self,
        loss: Callable[[Tree], Any],
        parameters: Callable[[Any], Tree],
        *,
        rule: Rule | None = None,
        rule_state: Callable[[Any], Any] | None = None,
        tolerance: float = 1e-4,
    ) -> None:
        self._loss, self._parameters = loss, parameters
        self._rule, self._rule_state = rule, rule_state
        self._tolerance = tolerance
        self.products: list[int] = []
        self.last: Sharpness | None = None

    @classmethod
    def along(
        cls, training: TrainingMap, *, preconditioned: bool = False, tolerance: float = 1e-4
    ) -> SharpnessObservable:
        """Return the observable for the states of a training map.

        Parameters
        ----------
        training : TrainingMap
        preconditioned : bool, optional
            True measures P^-1/2 H P^-1/2 with the P of the map's rule.
        tolerance : float, optional

        Raises
        ------
        ValueError
            If the map takes minibatches.
        """
        if training.batches is not None:
            raise ValueError(
                "SharpnessObservable.along: the loss changes with the batches. Pass the loss on all "
                "data: SharpnessObservable(loss, training.parameters)"
            )
        if not preconditioned:
            return cls(training.loss, training.parameters, tolerance=tolerance)
        return cls(
            training.loss, training.parameters, rule=training.rule, rule_state=training.state,
            tolerance=tolerance,
        )  # fmt: skip

    def __call__(self, z: Any) -> float:
        """Return the sharpness in state ``z``."""
        state = None if self._rule_state is None else self._rule_state(z)
        finite = np.isfinite(np.asarray(z)).all()
        if not finite or (self._rule is not None and not _has_preconditioner(self._rule, state)):
            self.products.append(0)
            return float("nan")
        self.last = sharpness(
            self._loss, self._parameters(z), rule=self._rule, state=state,
            start=None if self.last is None else self.last.vector, tolerance=self._tolerance,
        )  # fmt: skip
        self.products.append(self.last.products)
        return self.last.value


def _scaled(hessian: LinearOperator, scale: np.ndarray) -> LinearOperator:
    """P^-1/2 H P^-1/2, symmetric as H is; ``scale`` is P^-1/2."""

    def product(v: np.ndarray) -> np.ndarray:
        return scale * hessian.matvec(scale * v)

    return LinearOperator(hessian.size, product, product, symmetric=True)


def _preconditioner(rule: Any, state: Any) -> Any:
    """P of a state, or None for a rule without one."""
    inside = None if rule is None else bare_rule(rule)
    if not hasattr(inside, "preconditioner"):
        return None
    if state is None:
        raise ValueError(
            f"sharpness: the preconditioner of {type(inside).__name__} depends on the rule's state. "
            "Pass state="
        )
    with np.errstate(divide="ignore", invalid="ignore"):  # 0/0 before Adam's first step
        p = preconditioner(rule, state)
    return p.numpy() if isinstance(p, Tensor) else np.asarray(p, dtype=np.float64)


def _has_preconditioner(rule: Any, state: Any) -> bool:
    p = _preconditioner(rule, state)
    return p is None or bool(np.all(np.isfinite(p) & (p > 0)))


def _inverse_root(rule: Any, state: Any, size: int) -> np.ndarray | None:
    p = _preconditioner(rule, state)
    if p is None:
        return None
    if p.shape != (size,) or not np.all(np.isfinite(p) & (p > 0)):
        raise ValueError(
            f"sharpness: the preconditioner of {type(rule).__name__} must hold {size} positive, "
            f"finite numbers, got shape {p.shape} with values from {p.min()} to {p.max()}. "
            "Before Adam's first step there is none: take a step"
        )
    return 1.0 / np.sqrt(p)
