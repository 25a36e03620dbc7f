r"""How large the signal is in each layer, or at each time step, on its way forward and back.

With h_l and x_l of stage l (``stages``) and L a loss,

    forward     |h_l|, |x_l|
    backward    |dL/dh_l|, |dL/dx_l|, and |dL/dW_l| = |x_{l-1}| |dL/dh_l| for one sample

Backward norms are kept as logarithms, and the cotangent is scaled to length 1 at every stage: it
may shrink or grow over thousands of time steps by more than a float64 can hold.

Sizes of averages and of typical nets differ. A layer's factor fluctuates from net to net, the
logarithm of a product of L factors has a variance that grows with L, and the average is carried
by a few nets: He's initialisation preserves the mean square, while the median falls
(Hanin and Nica, 2020, Products of many large random matrices and gradients in deep neural
networks, Communications in Mathematical Physics 376, 287-322).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..models import MLP, RNN
from .stages import run_stages


@dataclass(frozen=True, slots=True)
class ForwardNorms:
    """Lengths of the signal in each layer, or at each time step.

    Attributes
    ----------
    preactivations : ndarray, shape (L, ..., batch)
        |h_l|, l = 1, ..., L.
    activations : ndarray, shape (L + 1, ..., batch)
        |x_l|, l = 0, ..., L; the input, or the initial hidden state, comes first.
    widths : ndarray of int, shape (L + 1,)
        n_0, ..., n_L.
    """

    preactivations: np.ndarray
    activations: np.ndarray
    widths: np.ndarray

    @property
    def mean_squares(self) -> np.ndarray:
        """|h_l|^2 / n_l, which mean-field theory calls q_l, shape (L, ..., batch)."""
        return self.preactivations**2 / _column(self.widths[1:], self.preactivations)


@dataclass(frozen=True, slots=True)
class BackwardNorms:
    """Logarithms of the length of the backward signal in each layer, or at each time step.

    Attributes
    ----------
    log_preactivations : ndarray, shape (L, ..., batch)
        ln |dL/dh_l|, l = 1, ..., L.
    log_activations : ndarray, shape (L + 1, ..., batch)
        ln |dL/dx_l|, l = 0, ..., L; the last is the cotangent that was handed in.
    log_weights : ndarray, shape (L, ..., batch)
        ln |dL/dW_l| (Frobenius), each sample by itself. Of an RNN: the part of step l in it.
    widths : ndarray of int, shape (L + 1,)
        n_0, ..., n_L.
    """

    log_preactivations: np.ndarray
    log_activations: np.ndarray
    log_weights: np.ndarray
    widths: np.ndarray

    @property
    def growth(self) -> np.ndarray:
        """ln |dL/dh_l| - ln |dL/dh_{l+1}|, from the last stage back, shape (L - 1, ..., batch).

        Its first entry is the step from stage L to L - 1. A signal that is zero stays zero: nan.
        """
        with np.errstate(invalid="ignore"):  # -inf minus -inf
            return -np.diff(self.log_preactivations, axis=0)[::-1]

    def growth_rate(self, *, skip: int = 0) -> np.ndarray:
        """Return the average growth a stage, shape (..., batch).

        Parameters
        ----------
        skip : int, optional
            Stages to leave out at either end, where the signal is not yet stationary.

        Raises
        ------
        ValueError
            If fewer than two stages are left.
        """
        stages = len(self.log_preactivations)
        if skip < 0 or stages - 2 * skip < 2:
            raise ValueError(
                f"BackwardNorms.growth_rate: skip={skip} at either end of {stages} stages leaves "
                "fewer than two"
            )
        kept = self.log_preactivations[skip : stages - skip]
        with np.errstate(invalid="ignore"):
            return (kept[0] - kept[-1]) / (len(kept) - 1)


def forward_norms(model: MLP | RNN, theta: Any, x: Any, *, initial: Any = None) -> ForwardNorms:
    """Measure the length of the signal in each layer of an MLP, or at each step of an RNN.

    Parameters
    ----------
    model : MLP or RNN
    theta : list of Layer, or RNNParameters
        Leading axes are an ensemble.
    x : array_like
        Of shape (..., batch, n_0) for an MLP, (..., time, batch, inputs) for an RNN.
    initial : array_like, shape (..., batch, hidden), optional
        Of an RNN: the hidden state at the start; zero by default.

    Returns
    -------
    ForwardNorms

    Raises
    ------
    TypeError
        If the model is neither an MLP nor an RNN.
    ValueError
        If a shape does not fit.
    ArithmeticError
        If a pre-activation is not finite; the message says in which layer or at which step.
    """
    stages = run_stages(model, theta, x, initial, "forward_norms")
    before, after = map(_norms, stages.before), map(_norms, stages.after)
    return ForwardNorms(_stacked(before), _stacked(after), _widths(stages.after))


def backward_norms(
    model: MLP | RNN, theta: Any, x: Any, cotangent: Any, *, initial: Any = None
) -> BackwardNorms:
    """Measure the length of the backward signal in each layer, or at each time step.

    Parameters
    ----------
    model, theta, x, initial
        As in ``forward_norms``.
    cotangent : array_like, shape (..., batch, n_L)
        dL/dx_L, what flows back into the output of an MLP, or into the last hidden state of an
        RNN: for example the gradient of a loss there, or random numbers. It must not be larger
        than what the net's ensemble and batch broadcast to.

    Returns
    -------
    BackwardNorms

    Raises
    ------
    TypeError
        If the model is neither an MLP nor an RNN.
    ValueError
        If a shape does not fit, or the cotangent is not finite.
    ArithmeticError
        If a pre-activation is not finite; the message says in which layer or at which step.
    """
    stages = run_stages(model, theta, x, initial, "backward_norms")
    g = np.asarray(cotangent, dtype=np.float64)
    shape = stages.before[-1].shape
    try:
        g = np.broadcast_to(g, shape)
    except ValueError:
        raise ValueError(
            f"backward_norms: the cotangent has shape {g.shape}, the output {shape}"
        ) from None
    if not np.isfinite(g).all():
        raise ValueError("backward_norms: the cotangent holds numbers that are not finite")
    g, log = _unit(g, np.zeros(shape[:-1]))
    outside, inside, weights = [log], [], []
    for stage in reversed(range(len(stages.before))):
        delta, log = _unit(g * stages.slopes[stage], log)
        inside.append(log)
        with np.errstate(divide="ignore"):  # an input of zeros has a gradient of zeros
            weights.append(log + np.log(_norms(stages.after[stage])))
        g, log = _unit(delta @ np.swapaxes(stages.weights[stage], -1, -2), log)
        outside.append(log)
    return BackwardNorms(
        _stacked(inside[::-1]),
        _stacked(outside[::-1]),
        _stacked(weights[::-1]),
        _widths(stages.after),
    )


def _unit(g: np.ndarray, log: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale each row to length 1, and add the logarithm of its length to ``log``."""
    size = _norms(g)
    with np.errstate(divide="ignore"):  # ln 0 = -inf: nothing comes through
        log = log + np.log(size)
    return g / np.where(size > 0.0, size, 1.0)[..., None], log


def _norms(rows: np.ndarray) -> np.ndarray:
    """Euclidean length of each row, safe from overflow and underflow of its square."""
    largest = np.max(np.abs(rows), axis=-1)
    scale = np.where(largest > 0.0, largest, 1.0)
    return scale * np.linalg.norm(rows / scale[..., None], axis=-1)


def _stacked(parts: Any) -> np.ndarray:
    """Stack stages; the input may have fewer leading axes than what an ensemble makes of it."""
    return np.stack(np.broadcast_arrays(*parts))


def _widths(after: tuple[np.ndarray, ...]) -> np.ndarray:
    return np.array([x.shape[-1] for x in after])


def _column(numbers: np.ndarray, like: np.ndarray) -> np.ndarray:
    return numbers.reshape(-1, *[1] * (like.ndim - 1))
