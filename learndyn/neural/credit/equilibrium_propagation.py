"""Equilibrium propagation: let it settle, pull the outputs a little, and compare.

In a network that descends an energy E to its rest s(0), and with nudging beta to s(beta),

    update = -(1/beta) [dE/dtheta at s(beta) - dE/dtheta at s(0)]                one-sided
    update = -(1/(2 beta)) [dE/dtheta at s(beta) - dE/dtheta at s(-beta)]        symmetric

and -dE/dW_l = u_{l-1}' u_l is what Hebb's rule would see. The limit beta to 0 is minus the gradient of
the loss at the free rest, since both are mixed derivatives of E + beta loss at its rest (Scellier and
Bengio, 2017). Differences cost a bias: of order beta one-sided, beta^2 symmetric (Laborieux et al., 2021).

The net is *not* feedforward: its objective is the loss at the rest of ``LayeredHopfield``, with the
gradient that implicit differentiation gives.

Scellier, B. and Bengio, Y. (2017). Equilibrium propagation: bridging the gap between energy-based models
and backpropagation. Frontiers in Computational Neuroscience 11, 24.
Laborieux, A., Ernoult, M., Scellier, B., Bengio, Y., Grollier, J. and Querlioz, D. (2021). Scaling
equilibrium propagation to deep ConvNets by drastically reducing its gradient estimator bias. Frontiers
in Neuroscience 15, 633674.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from ...autodiff import grad, mean
from ...autodiff import sum as sum_over
from ...autodiff.tree import Tree, tree_map
from ...dynamics import gmres, linearise
from ...learning import MLP, Layer
from ...learning.rules.rule import positive
from .layered_hopfield import LayeredHopfield
from .loss_rule import LossRule, example_losses
from .needs import Cost, Needs
from .rule import Proposal, check_arrays, check_batch
from .settling import Settling
from .signals import hebbian, loss_slope

_DENSE = 400  # a larger Jacobian is not written out


@dataclass(frozen=True, slots=True, kw_only=True)
class EquilibriumPropagation(LossRule):
    """The difference of two Hebbian updates, nudged and free (Scellier and Bengio, 2017).

    Parameters
    ----------
    nudging : float, optional
        beta, positive, and small against the curvature of the energy.
    symmetric : bool, optional
        True compares the rest under beta with that under -beta; False with the free rest.
    settling : Settling, optional
        By default to the equilibrium: along the flow from silence to the free one, and from there by
        Newton's method to the nudged ones.
    loss : callable, optional
        As in ``LossRule``; of the outputs at rest.

    Raises
    ------
    ValueError
        If the nudging is not positive and finite.
    """

    needs: ClassVar[Needs] = Needs(
        error_vector=True,
        separate_phases=True,
        stored_activities=True,
        symmetric_weights=True,
    )
    nudging: float = 0.1
    symmetric: bool = False
    settling: Settling = field(default_factory=Settling)

    def __post_init__(self) -> None:
        positive(self, "nudging", self.nudging)

    def free(
        self, model: MLP, theta: list[Layer], x: Any, y: Any = None
    ) -> tuple[LayeredHopfield, np.ndarray, int]:
        """Return the free network, its rest, shape (n,), and the steps that it took to settle.

        Raises
        ------
        RuntimeError
            If the activities do not settle.
        TypeError
            If a Tensor is among the arguments.
        """
        check_arrays(self, theta, x, y)
        x, y = check_batch(self, theta, x, y)
        network = LayeredHopfield(model, theta, x, y, 0.0, self.loss)
        silence = network.initial_state
        rest, steps = self.settling(network, silence, "EquilibriumPropagation", from_afar=True)
        return network, rest, steps

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Let the network settle freely and nudged, and return the update; see ``CreditRule``.

        Errors are those of ``free``.
        """
        network, rest, steps = self.free(model, theta, x, y)
        nudgings = (self.nudging, -self.nudging if self.symmetric else 0.0)
        seen = []
        for beta in nudgings:
            nudged, z = replace(network, nudging=beta), rest
            if beta:
                z, more = self.settling(nudged, rest, "EquilibriumPropagation")
                steps += more
            rates = nudged.rates(z)
            seen.append(hebbian(theta, rates[:-1], rates[1:]))
        scale = 1.0 / ((nudgings[0] - nudgings[1]) * network.x.shape[0])
        update = tree_map(lambda pulled, other: scale * (pulled - other), *seen)
        return Proposal(update, state, Cost(settling=steps))

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> float:
        """Return the mean loss of the outputs at the free rest; errors are those of ``free``."""
        network, rest, _ = self.free(model, theta, x, y)
        losses = example_losses(self.loss, network.outputs(rest), network.y, "EquilibriumPropagation")
        return float(mean(losses))

    def gradient(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> list[Layer]:
        """Return the exact gradient of the objective, by the implicit function theorem.

        With f(s, theta) = 0 at rest, J = df/ds and c = d objective/ds, it is -lambda' df/dtheta, where
        J' lambda = c. Errors are those of ``free``.
        """
        network, rest, _ = self.free(model, theta, x, y)
        jacobian = linearise(network, rest, t=0.0)  # symmetric: minus the Hessian of the energy
        layers = network.activities.layers(rest)
        zeros = [np.zeros(s.shape) for s in layers[:-1]]
        slope = loss_slope(self.loss, layers[-1], network.y, "EquilibriumPropagation")
        c = network.activities.flat([*zeros, slope / network.x.shape[0]])
        if jacobian.size <= _DENSE:
            adjoint = np.linalg.solve(jacobian.to_matrix().T, c)
        else:
            limit = min(jacobian.size, 1000)
            adjoint = gmres(jacobian, c, tolerance=1e-12, max_iterations=limit).x

        def work(parameters: list[Layer]) -> Any:
            return -sum_over(adjoint * replace(network, theta=parameters)(0.0, rest))

        update: list[Layer] = grad(work)(theta)
        return update
