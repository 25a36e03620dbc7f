r"""A signal on its way through a random net and back: both of its sizes in each layer.

With q_l the mean square of the pre-activations in layer l and delta_l = dL/dh_l, a wide net with
weights N(0, sw2 / N) and biases N(0, sb2) obeys

    q_{l+1}        = sw2 E phi(sqrt(q_l) z)^2 + sb2
    <delta_l^2>    = chi(q_l) <delta_{l+1}^2> ,    chi(q) = sw2 E phi'(sqrt(q) z)^2 ,

so that each half of the journey has a factor of its own. For tanh the first map settles whatever
sw2 is, while chi decides on the way back; for the rectifier both factors are sw2 / 2.
``gradient_depth`` measures the second half alone, in nets that are stationary from the first layer.

References
----------
Poole, B., Lahiri, S., Raghu, M., Sohl-Dickstein, J. and Ganguli, S. (2016). Exponential
expressivity in deep neural networks through transient chaos. NeurIPS.
Schoenholz, S. S., Gilmer, J., Ganguli, S. and Sohl-Dickstein, J. (2017). Deep information
propagation. ICLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import MLP, mean_field
from ..learning.signal import MeanFieldMap, backward_norms, forward_norms, mean_field_map


@dataclass(frozen=True, slots=True, eq=False)
class SignalDepth:
    """Both mean squares in each layer, for several activations and weight variances.

    Attributes
    ----------
    activations : tuple of str, length a
    weight_variances : ndarray, shape (s,)
        sw2.
    bias_variance : float
        sb2.
    forward, forward_predicted : ndarray, shape (a, s, depth)
        ln q_l.
    backward, backward_predicted : ndarray, shape (a, s, depth)
        ln of <delta_l^2>, relative to the last layer.
    chi : ndarray, shape (a, s)
        Predicted factor a layer on the way back, at the q of the last layer.
    skip : int
        Layers at either end that ``ratios`` leaves out.
    """

    activations: tuple[str, ...]
    weight_variances: np.ndarray
    bias_variance: float
    forward: np.ndarray
    forward_predicted: np.ndarray
    backward: np.ndarray
    backward_predicted: np.ndarray
    chi: np.ndarray
    skip: int

    @property
    def layers(self) -> np.ndarray:
        """l = 1, ..., depth."""
        return np.arange(1, self.forward.shape[-1] + 1)

    @property
    def ratios(self) -> np.ndarray:
        """Measured factor of <delta^2> a layer, on the way back, shape (a, s)."""
        kept = slice(self.skip, len(self.layers) - self.skip)
        logs = self.backward[..., kept].reshape(-1, len(self.layers[kept]))
        return np.exp(-np.polyfit(self.layers[kept], logs.T, 1)[0]).reshape(self.chi.shape)


def run(
    weight_variances: Sequence[float],
    activations: Sequence[str] = ("tanh", "relu"),
    *,
    bias_variance: float = 0.05,
    width: int = 300,
    depth: int = 30,
    samples: int = 8,
    skip: int = 4,
    seed: int = 0,
) -> SignalDepth:
    """Send inputs through a random net, and random cotangents back.

    All settings see the same random numbers, scaled: what differs between them is the setting alone.

    Parameters
    ----------
    weight_variances : sequence of float
        sw2, positive.
    activations : sequence of str, optional
    bias_variance : float, optional
        sb2.
    width, depth : int, optional
        N and L.
    samples : int, optional
        Inputs with mean square 1, each with its own random cotangent.
    skip : int, optional
        Layers at either end that the measured ratio leaves out.
    seed : int, optional

    Returns
    -------
    SignalDepth

    Raises
    ------
    ValueError
        If ``skip`` leaves fewer than two layers, or a variance or an activation is refused.
    """
    if skip < 0 or depth - 2 * skip < 2:
        raise ValueError(f"signal_depth: skip={skip} at either end of {depth} layers leaves fewer than two")
    rows = []
    for activation in activations:
        for variance in weight_variances:
            mapping = mean_field_map(activation, float(variance), bias_variance)
            rows.append(_measured(mapping, width, depth, samples, seed) + _predicted(mapping, depth))
    shape = len(activations), len(weight_variances)
    forward, backward, q, delta, chi = (np.array(column) for column in zip(*rows, strict=True))
    return SignalDepth(
        tuple(activations), np.array(weight_variances, dtype=float), bias_variance,
        forward.reshape(*shape, depth), q.reshape(*shape, depth),
        backward.reshape(*shape, depth), delta.reshape(*shape, depth), chi.reshape(shape), skip,
    )  # fmt: skip


def _measured(
    mapping: MeanFieldMap, width: int, depth: int, samples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """ln of both mean squares in each layer of one net, averaged over samples."""
    rng = np.random.default_rng(seed)
    model = MLP((width,) * (depth + 1), mapping.activation)
    theta = model.init(rng, initialiser=mean_field(mapping.weight_variance, mapping.bias_variance))
    x, cotangent = rng.standard_normal((2, samples, width))
    x *= np.sqrt(width) / np.linalg.norm(x, axis=-1, keepdims=True)
    squares = forward_norms(model, theta, x).mean_squares
    logs = 2.0 * backward_norms(model, theta, x, cotangent).log_preactivations
    top = logs.max()  # squares of what vanishes or explodes need a common scale
    back = np.log(np.mean(np.exp(logs - top), axis=-1))
    return np.log(squares.mean(axis=-1)), back - back[-1]


def _predicted(mapping: MeanFieldMap, depth: int) -> tuple[np.ndarray, np.ndarray, float]:
    first = mapping.weight_variance + mapping.bias_variance  # of inputs with mean square 1
    q = simulate(mapping, [first], depth - 1, progress=False).states[:, 0]
    chi = mapping.chi(q)
    back = np.append(np.cumsum(np.log(chi[:-1])[::-1])[::-1], 0.0)
    return np.log(q), back, float(chi[-1])
