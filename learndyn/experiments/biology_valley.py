r"""The valley of a net that has learned: its floor, and the linear theory of noise in it.

Sixteen tanh units are tuned to the direction of a stimulus, and two outputs read it. With 82
parameters and 16 numbers to fit, 66 directions change nothing: the minimum is a valley, and its
floor is neutral, each multiplier exactly 1. Descent near it, in the mode of curvature lambda,

    d(t + 1) = (1 - eta lambda) d(t) - eta n(t) ,
    Var d(t) = eta^2 Var n (1 - m^t) / (1 - m),   m = (1 - eta lambda)^2 .

Along the floor m = 1, and the variance is eta^2 Var n t. Synapses that fluctuate by themselves
have Var n = s^2 in all modes: the floor is a random walk. Targets that fluctuate by sigma have
Var n = sigma^2 lambda / M, nothing along the floor. What is left there is of second order, and
points one way,

    d(t) = -(eta t / 2) P sum_i Var d_i grad(v_i' H v_i) :

down the slope of the curvature (Blanc et al., 2020), P the projection on the floor.

References
----------
Blanc, G., Gupta, N., Valiant, G. and Valiant, P. (2020). Implicit regularization for deep neural
networks driven by an Ornstein-Uhlenbeck like process. COLT.
Qin, S., Farashahi, S., Lipshutz, D., Sengupta, A. M., Chklovskii, D. B. and Pehlevan, C. (2023).
Coordinated drift of receptive fields in Hebbian/anti-Hebbian network models during noisy
representation learning. Nature Neuroscience 26, 339-349.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..autodiff import jacobian
from ..dynamics import linearise, spectrum
from ..learning import (
    MLP,
    GradientDescent,
    Layer,
    half_squared_error,
    hessian_operator,
    training_map,
)
from ..learning.curvature import curvature_gradient
from ..learning.gradient_flow import FlatLoss, flat_loss

Noise = Literal["synapses", "targets"]

UNITS = 16
DIRECTIONS = 8
NET = MLP((2, UNITS, 2), "tanh")
NEUTRAL = 1e-12  # a curvature below it is 0


def stimuli(count: int = DIRECTIONS) -> np.ndarray:
    """Return equally spaced directions as unit vectors, shape (count, 2)."""
    angle = 2.0 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def loss(theta: list[Layer], noise: Any = 0.0) -> Any:
    """Return half the squared error a direction; the net is to report the stimulus.

    Parameters
    ----------
    theta : list of Layer
        With ensemble axes the losses of all members are added up.
    noise : array, optional
        Added to the targets.
    """
    x = stimuli()
    return half_squared_error(NET(theta, x), x + noise) / DIRECTIONS


def minimum(*, seed: int = 0) -> list[Layer]:
    """Return parameters of loss 0: units tuned at random, and the shortest readout that is exact.

    Parameters
    ----------
    seed : int, optional
        Of preferred directions and biases.
    """
    rng = np.random.default_rng(seed)
    preferred = rng.uniform(0.0, 2.0 * np.pi, UNITS)
    weight = 1.5 * np.stack([np.cos(preferred), np.sin(preferred)])
    bias = 0.7 * rng.standard_normal((1, UNITS))
    x = stimuli()
    hidden = np.tanh(x @ weight + bias)
    readout = np.linalg.lstsq(np.column_stack([hidden, np.ones(len(x))]), x, rcond=None)[0]
    return [Layer(weight, bias), Layer(readout[:-1], readout[-1:])]


def multipliers(step_size: float = 0.1, *, seed: int = 0) -> np.ndarray:
    """Return the eigenvalues of the Jacobian of a training step at the minimum, shape (82,)."""
    step = training_map(loss, GradientDescent(step_size), minimum(seed=seed))
    return spectrum(linearise(step, step.initial_state)).real


def hidden_activities(theta: list[Layer], x: np.ndarray | None = None) -> Any:
    """Return the activities of the hidden units for stimuli x, all that were learned by default."""
    return NET.trace(theta, stimuli() if x is None else x).activations[1]


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What was measured or predicted at each time; means over members, shape (records,) each.

    Attributes
    ----------
    along, across : ndarray
        Squared distance from the start along the floor of the valley, and across it.
    hidden : ndarray
        Mean square of the change of a hidden activity.
    loss : ndarray
    old_readout : ndarray
        The loss of the present hidden activities read with the readout of the start.
    """

    along: np.ndarray
    across: np.ndarray
    hidden: np.ndarray
    loss: np.ndarray
    old_readout: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class ValleyTheory:
    """The linear theory of descent with noise at a minimum.

    Attributes
    ----------
    flat : FlatLoss
    z : ndarray, shape (n,)
        The minimum.
    modes : ndarray, shape (n, n)
        Eigenvectors of the Hessian, a column each; those of the floor first.
    curvatures : ndarray, shape (n,)
    neutral : int
        Dimensions of the floor.
    kicks : ndarray, shape (n,)
        eta^2 Var n of each mode.
    step_size : float
    """

    flat: FlatLoss
    z: np.ndarray
    modes: np.ndarray
    curvatures: np.ndarray
    neutral: int
    kicks: np.ndarray
    step_size: float

    @classmethod
    def at(cls, theta: list[Layer], source: Noise, noise: float, step_size: float) -> ValleyTheory:
        """Return the theory at a minimum, for noise of this standard deviation."""
        z, flat = flat_loss(loss, theta)
        hessian = hessian_operator(loss, theta).to_matrix()
        curvatures, modes = np.linalg.eigh(0.5 * (hessian + hessian.T))
        neutral = int((curvatures < NEUTRAL).sum())
        curvatures[:neutral] = 0.0
        share = np.ones_like(curvatures) if source == "synapses" else curvatures / DIRECTIONS
        kicks = (step_size * noise) ** 2 * share
        return cls(flat, z, modes, curvatures, neutral, kicks, step_size)

    @property
    def floor(self) -> np.ndarray:
        """Modes of curvature 0, shape (n, neutral)."""
        return self.modes[:, : self.neutral]

    def variances(self, t: np.ndarray) -> np.ndarray:
        """Return Var d_i(t), shape (records, n), at times of shape (records,)."""
        kept = (1.0 - self.step_size * self.curvatures) ** 2
        wall = kept < 1.0
        sums = np.repeat(t[:, None], kept.size, axis=1)
        sums[:, wall] = (1.0 - kept[wall] ** t[:, None]) / (1.0 - kept[wall])
        return self.kicks * sums

    def velocity(self) -> np.ndarray:
        """Return the directed drift a step, in the modes of the floor: shape (neutral,)."""
        last = self.variances(np.array([1e12]))[0]
        pull = sum(
            last[i] * curvature_gradient(self.flat, self.z, self.modes[:, i].copy(), self.modes[:, i].copy())
            for i in range(self.neutral, self.z.size)
        )
        return -0.5 * self.step_size * (self.floor.T @ pull)

    def predict(self, t: np.ndarray) -> tuple[Measures, float]:
        """Return all measures at times t, shape (records,), and the speed of the directed drift."""
        variances, n = self.variances(t), self.neutral
        speed = float(np.linalg.norm(self.velocity()))
        readout = self.flat.parameters(self.z)[1].weight
        slopes = (
            jacobian(lambda z: hidden_activities(self.flat.parameters(z)))(self.z) @ self.modes
        )  # (directions, units, modes)
        read = np.einsum("dum,uo->dom", slopes, readout)
        return Measures(
            variances[:, :n].sum(axis=1) + (speed * t) ** 2,
            variances[:, n:].sum(axis=1),
            variances @ np.mean(slopes**2, axis=(0, 1)),
            0.5 * variances @ self.curvatures,
            0.5 * variances @ np.sum(read**2, axis=(0, 1)) / DIRECTIONS,
        ), speed
