"""Zero-divergence inference learning: predictive coding that stops at the right moments is exact.

Start at the forward pass, clamp the target, and let the hidden activities take Euler steps of length 1
along the flow of predictive coding, with all variances 1. All hidden errors are 0 at first; the output's
error travels down one layer a step. In the step t = L - l in which it first reaches layer l, the layers
below are still those of the forward pass, and

    e_l * phi'(h_l)  is exactly  -delta_l  of backpropagation.

So W_l learns at t = L - l, and only then. What it needs is a clock in each layer.

Song, Y., Lukasiewicz, T., Xu, Z. and Bogacz, R. (2020). Can the brain do backpropagation? Exact
implementation of backpropagation in predictive coding networks. NeurIPS 33.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics import Euler, flow_map, simulate
from ...learning import MLP, Layer
from .loss_rule import LossRule
from .needs import Cost, Needs
from .predictive_coding import PredictionFlow
from .rule import Proposal, check_arrays, check_batch
from .signals import hebbian


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroDivergence(LossRule):
    """Predictive coding with one update of each layer, at the moment when it is exact (Song et al., 2020).

    Parameters
    ----------
    loss : callable, optional
        As in ``LossRule``.
    """

    needs: ClassVar[Needs] = Needs(error_vector=True, separate_phases=True, symmetric_weights=True)

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return what each layer learns in its own step; see ``CreditRule``.

        Raises
        ------
        TypeError
            If a Tensor is among the arguments.
        """
        check_arrays(self, theta, x, y)
        x, y = check_batch(self, theta, x, y)
        flow = PredictionFlow(model, theta, x, y, 1.0, self.loss)
        steps = len(theta) - 1
        step = flow_map(flow, 1.0, method=Euler(1.0))
        run = simulate(step, flow.initial_state, steps, nonfinite="record", progress=False)
        before, after = [], []
        for i, z in enumerate(run.states[::-1]):  # layer l = i + 1 learns at t = L - l
            layers, errors, slopes = flow.errors(z)
            before.append(layers[i])
            after.append(errors[i] * slopes[i] / x.shape[0])
        return Proposal(hebbian(theta, before, after), state, Cost(forward=1, settling=steps))
