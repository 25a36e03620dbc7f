r"""Vanishing and exploding gradients through time.

    h_t = phi(h_{t-1} W + s_t),    W from N(0, g^2 / N), s_t from N(0, input_std^2)

Backpropagation through time multiplies the cotangent by the same W' and the slopes of each step.
In a large random net the length of the cotangent then grows at the rate

    1/2 ln chi a step,    chi = g^2 E phi'(sqrt(q*) z)^2

which is also the largest Lyapunov exponent of the driven net. Without a drive it changes sign at
g = 1 (tanh); a drive moves the change to larger g, because it pushes units to where phi is flat.
The spectral radius of W is g, and decides only what happens near h = 0.

References
----------
Molgedey, L., Schuchhardt, J. and Schuster, H. G. (1992). Suppressing chaos in neural networks by
noise. Physical Review Letters 69, 3717-3719.
Pascanu, R., Mikolov, T. and Bengio, Y. (2013). On the difficulty of training recurrent neural
networks. ICML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import RNN, Initialiser, RNNParameters, lecun_normal
from ..learning.signal import (
    backward_norms,
    driven_rnn_mean_field,
    forward_norms,
    jacobian_exponents,
)


@dataclass(frozen=True, slots=True)
class GradientTime:
    """The backward signal at each time, for several gains.

    Attributes
    ----------
    gains : ndarray, shape (settings,)
        g.
    input_std : float
        Standard deviation of the drive of each unit.
    log_norms : ndarray, shape (settings, steps)
        ln |dL/dh| before the activation at t = 1, ..., T, averaged over samples, relative to
        the last time.
    variances : ndarray, shape (settings,)
        Mean square of the summed input to a unit, over the second half of the run.
    predicted, predicted_variances : ndarray, shape (settings,)
        1/2 ln chi, and q*, of mean-field theory for Gaussian weights.
    skip : int
        Steps at either end that ``measured`` leaves out.
    """

    gains: np.ndarray
    input_std: float
    log_norms: np.ndarray
    variances: np.ndarray
    predicted: np.ndarray
    predicted_variances: np.ndarray
    skip: int

    @property
    def measured(self) -> np.ndarray:
        """Growth of the cotangent a step, on the way back, shape (settings,)."""
        kept = self.log_norms[:, self.skip : self.log_norms.shape[1] - self.skip]
        return (kept[:, 0] - kept[:, -1]) / (kept.shape[1] - 1)


def run(
    gains: Sequence[float] = (0.8, 1.5, 3.0),
    *,
    input_std: float = 0.5,
    activation: str = "tanh",
    hidden: int = 300,
    steps: int = 300,
    samples: int = 4,
    skip: int = 20,
    recurrent_initialiser: Initialiser = lecun_normal,
    seed: int = 0,
) -> GradientTime:
    """Send random cotangents back through time and measure their length at each step.

    Parameters
    ----------
    gains : sequence of float, optional
        g, one net each.
    input_std : float, optional
        Standard deviation of the drive, independent for each unit and step.
    activation : str, optional
    hidden, steps : int, optional
        N and T.
    samples : int, optional
        Runs of each net, each with its own drive and cotangent.
    skip : int, optional
        Steps at either end that the measured growth leaves out.
    recurrent_initialiser : callable, optional
        Of W before it is multiplied by g. With ``orthogonal`` the prediction, made for Gaussian
        weights, still holds for the mean growth of a large net.
    seed : int, optional

    Returns
    -------
    GradientTime
    """
    rng = np.random.default_rng(seed)
    logs, variances, theories = [], [], []
    for gain in gains:
        model, theta, drive = _driven_net(
            gain, input_std, activation, hidden, steps, samples, rng, recurrent_initialiser
        )
        cotangent = rng.standard_normal((samples, hidden))
        back = backward_norms(model, theta, drive, cotangent).log_preactivations
        logs.append((back - back[-1]).mean(axis=-1))
        squares = forward_norms(model, theta, drive).mean_squares
        variances.append(squares[steps // 2 :].mean())
        theories.append(driven_rnn_mean_field(gain, input_std, activation=activation))
    return GradientTime(
        np.array(gains),
        input_std,
        np.array(logs),
        np.array(variances),
        np.array([theory.exponent for theory in theories]),
        np.array([theory.variance for theory in theories]),
        skip,
    )


@dataclass(frozen=True, slots=True)
class DrivenSpectrum:
    """Leading Lyapunov exponents of a driven net.

    Attributes
    ----------
    gain, input_std : float
    exponents : ndarray, shape (count,)
        Per step, decreasing.
    history : ndarray, shape (steps, count)
        Running averages.
    predicted : float
        The largest one, 1/2 ln chi.
    """

    gain: float
    input_std: float
    exponents: np.ndarray
    history: np.ndarray
    predicted: float


def spectrum(
    gain: float = 3.0,
    *,
    input_std: float = 0.5,
    activation: str = "tanh",
    hidden: int = 200,
    steps: int = 400,
    burn_in: int = 100,
    count: int = 10,
    seed: int = 0,
) -> DrivenSpectrum:
    """Compute the leading Lyapunov exponents of a random net under a random drive, by QR.

    Parameters
    ----------
    gain, input_std : float, optional
    activation : str, optional
    hidden : int, optional
        N.
    steps, burn_in : int, optional
        Steps that are averaged, and before.
    count : int, optional
        How many exponents.
    seed : int, optional

    Returns
    -------
    DrivenSpectrum
    """
    rng = np.random.default_rng(seed)
    model, theta, drive = _driven_net(
        gain, input_std, activation, hidden, burn_in + steps, 1, rng, lecun_normal
    )
    found = jacobian_exponents(model, theta, drive, count=count, burn_in=burn_in, rng=rng)
    theory = driven_rnn_mean_field(gain, input_std, activation=activation)
    return DrivenSpectrum(gain, input_std, found.exponents[0], found.history[:, 0], theory.exponent)


@dataclass(frozen=True, slots=True)
class SilencedChaos:
    """The growth of the backward signal over the plane of gain and drive.

    Attributes
    ----------
    gains : ndarray, shape (columns,)
        g.
    input_stds : ndarray, shape (rows,)
    measured, predicted : ndarray, shape (rows, columns)
        Growth of the cotangent a step; predicted is 1/2 ln chi.
    """

    gains: np.ndarray
    input_stds: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray


def silenced_chaos(
    gains: Sequence[float] = (0.6, 0.9, 1.2, 1.6, 2.2, 3.0),
    input_stds: Sequence[float] = (0.1, 0.25, 0.5, 1.0, 2.0),
    *,
    activation: str = "tanh",
    hidden: int = 150,
    steps: int = 120,
    samples: int = 4,
    skip: int = 15,
    seed: int = 0,
) -> SilencedChaos:
    """Measure the growth of the backward signal over gains and drives.

    Parameters
    ----------
    gains, input_stds : sequence of float, optional
    activation : str, optional
    hidden, steps, samples, skip, seed : int, optional
        As in ``run``; each row of the plane has its own seed, drawn from ``seed``.

    Returns
    -------
    SilencedChaos
    """
    seeds = np.random.default_rng(seed).integers(2**32, size=len(input_stds))
    rows = [
        run(
            gains,
            input_std=std,
            activation=activation,
            hidden=hidden,
            steps=steps,
            samples=samples,
            skip=skip,
            seed=int(row_seed),
        )
        for std, row_seed in zip(input_stds, seeds, strict=True)
    ]
    return SilencedChaos(
        np.array(gains),
        np.array(input_stds),
        np.array([row.measured for row in rows]),
        np.array([row.predicted for row in rows]),
    )


def _driven_net(
    gain: float,
    input_std: float,
    activation: str,
    hidden: int,
    steps: int,
    samples: int,
    rng: np.random.Generator,
    initialiser: Initialiser,
) -> tuple[RNN, RNNParameters, np.ndarray]:
    """A random net in which every unit has an input of its own, and the inputs."""
    model = RNN(hidden, hidden, 1, activation, bias=False)
    theta = model.init(rng, gain=gain, recurrent_initialiser=initialiser)
    theta = theta._replace(input_weight=np.eye(hidden))
    return model, theta, input_std * rng.standard_normal((steps, samples, hidden))
