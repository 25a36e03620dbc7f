"""How long XOR nets rest beside their saddle at zero: the quartic form of the loss there.

Near zero weights, y = 1/2 + c + sum_j v_j tanh(w_j x + b_j), and with the output bias c at its
best the half mean squared error is

    L = 1/8 + Q(W, b, v) + O(eps^6),
    Q = 1/8 [ |sum_j v_j w_j|^2 - sum_j v_j w_j1 w_j2 (w_j1 + w_j2 + 2 b_j) ] .

The first term is what linear units do, which on XOR can only hurt: half the variance of their sum.
The second is the cubic part of tanh: E[t z^3] = -3/8 w_1 w_2 (w_1 + w_2 + 2 b) for t = target - 1/2.
Q is homogeneous of degree 4, so its flow from eps times a direction is the flow from the direction,
slowed down by eps^2. That flow reaches infinity at a finite time T; the plateau lasts
T / (eta eps^2) steps and a number of steps that does not depend on eps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import DormandPrince, integrate
from ..learning import MLP, Layer, gradient_flow, standard_normal
from .flat_saddle import FlatSaddle
from .flat_saddle import run as leave
from .xor import INPUTS, TARGETS


@dataclass(frozen=True, slots=True)
class QuarticPlateau:
    """The loss beside the saddle against its quartic form, and the plateau that this predicts.

    Attributes
    ----------
    quartic : float
        Q of the direction in which the nets start.
    scales : ndarray, shape (scales,)
        eps at which the loss was measured, descending.
    measured : ndarray, shape (scales,)
        (L - 1/8) / eps^4.
    escape_time : float
        T, at which the quartic flow from the direction becomes infinite.
    saddle : FlatSaddle
        Runs of descent that start beside the saddle, in the same direction.
    """

    quartic: float
    scales: np.ndarray
    measured: np.ndarray
    escape_time: float
    saddle: FlatSaddle

    @property
    def predicted_constant(self) -> float:
        """eps^2 times the steps of the plateau, T / eta, in the limit of small eps."""
        return self.escape_time / self.saddle.step_size

    @property
    def measured_constant(self) -> float:
        """The same for the two nearest starts: A of steps = A / eps^2 + B."""
        return self._fit[0]

    @property
    def offset(self) -> float:
        """B of steps = A / eps^2 + B, for the two nearest starts."""
        return self._fit[1]

    @property
    def _fit(self) -> tuple[float, float]:
        nearness, steps = self.saddle.scales[-2:] ** -2.0, self.saddle.escape_steps[-2:]
        slope = float(np.diff(steps)[0] / np.diff(nearness)[0])
        return slope, float(steps[-1] - slope * nearness[-1])


def quartic(theta: list[Layer]) -> Any:
    """Return Q of a net 2-k-1, a number or a tensor; the output bias does not matter.

    Parameters
    ----------
    theta : list of two Layer
        Of one net.
    """
    (w, b), v = theta[0], theta[1].weight
    common = w @ v
    parted = v[:, 0] * w[0] * w[1] * (w[0] + w[1] + 2.0 * b[0])
    return ((common * common).sum() - parted.sum()) / 8.0


def run(*, hidden: int = 2, seed: int = 2, look_every: int = 5, **options: Any) -> QuarticPlateau:
    """Compare the loss beside the saddle with Q, and the plateau with the flow of Q.

    Parameters
    ----------
    hidden : int, optional
        Number of hidden units.
    seed : int, optional
        Of the direction.
    look_every : int, optional
        Of ``flat_saddle.run``.
    **options
        More of them, as ``scales`` and ``step_size``.
    """
    model = MLP((2, hidden, 1))
    direction = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    direction[-1].bias[:] = 0.0
    scales = np.array([0.3, 0.1, 0.03])
    near = (tree_map(lambda leaf, e=e: e * leaf, direction) for e in scales)
    measured = (np.array([_best_loss(model, theta) for theta in near]) - 0.125) / scales**4
    flow = gradient_flow(quartic, direction)
    # At the size r the time that is left is of the order 1/r^2: a millionth at the end.
    blow_up = integrate(
        flow,
        flow.initial_state,
        [0.0, 1e4],
        method=DormandPrince(rtol=1e-8, atol=1e-8),
        stop_when=lambda z: z @ z > 1e6,
        progress=False,
    )
    saddle = leave("xor", hidden=hidden, seed=seed, look_every=look_every, **options)
    return QuarticPlateau(
        float(quartic(direction)), scales, measured, float(blow_up.times[-1]), saddle
    )


def _best_loss(model: MLP, theta: list[Layer]) -> float:
    """Half the mean squared error with the best output bias: half a variance."""
    return 0.5 * float(np.var(np.asarray(model(theta, INPUTS)) - TARGETS))
