r"""The recurrent network in continuous time, of which most circuits here are cases.

    tau dx/dt = -x + W phi(x) + B u(t) + b

x is the summed input (the "current") of each neuron and r = phi(x) its firing rate; W_ij is the
connection from neuron j to neuron i. Where W is invertible, y with x = W y + B u + b obeys the
other common form, tau dy/dt = -y + phi(W y + B u + b), for a constant input (Miller and Fumarola,
2012).

With symmetric W it has an energy (Hopfield), with circulant W a ring of equilibria (the ring
attractor), with random W chaos (Sompolinsky), and trained it computes (FORCE, backpropagation
through time).

Amari, S. (1972). Characteristics of random nets of analog neuron-like elements. IEEE Transactions
on Systems, Man, and Cybernetics 2, 643-657.
Miller, K. D. and Fumarola, F. (2012). Mathematical equivalence of two common forms of firing rate
models of neural networks. Neural Computation 24, 25-31.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import matmul, transpose
from ...learning.models.activations import Activation, activation_function, check_activation
from .checks import require_count, require_positive, shaped, square_weight


@dataclass(frozen=True, slots=True, eq=False)
class ContinuousTimeRNN:
    """The flow tau dx/dt = -x + W phi(x) + B u(t) + b.

    Parameters
    ----------
    weight : array or Tensor, shape (n, n)
        W; entry (i, j) is the connection from neuron j to neuron i.
    activation : str or callable, optional
        phi.
    tau : float or array of shape (n,), optional
        Time constants, in the unit of time.
    bias : array or Tensor, shape (n,), optional
        b.
    input_weight : array or Tensor, shape (n, m), optional
        B. Give it together with ``drive``.
    drive : callable, optional
        u: takes a time to an array of shape (m,), or (trials, m) for a state of that many rows.

    Raises
    ------
    ValueError
        If a shape does not fit, a time constant is not positive, the activation is unknown, or
        only one of ``input_weight`` and ``drive`` is given.

    Notes
    -----
    Constants may be Tensors, so that the flow can be differentiated in them. The state is a
    vector of shape (n,), as everywhere in ``dynamics``; rows of shape (trials, n) work as well
    with the methods of an integrator (``RK4(...).step``), which is how trials are trained
    side by side.
    """

    weight: Any
    activation: Activation = "tanh"
    tau: Any = 1.0
    bias: Any = None
    input_weight: Any = None
    drive: Callable[[float], Any] | None = None

    def __post_init__(self) -> None:
        name = "ContinuousTimeRNN"
        object.__setattr__(self, "weight", square_weight(self.weight, name))
        check_activation(self.activation, name)
        require_positive(name, tau=self.tau)
        if self.bias is not None:
            object.__setattr__(self, "bias", shaped(self.bias, (self.size,), name, "the bias"))
        if (self.input_weight is None) != (self.drive is None):
            raise ValueError(f"{name}: input_weight (B) and drive (u) go together. Give both")
        if self.input_weight is not None:
            b = self.input_weight
            inputs = np.shape(b)[1] if len(np.shape(b)) == 2 else 1
            b = shaped(b, (self.size, inputs), name, "the input weight")
            object.__setattr__(self, "input_weight", b)

    @property
    def size(self) -> int:
        """n, the number of neurons."""
        return len(self.weight)

    def rates(self, x: Any) -> Any:
        """Return the firing rates phi(x), of the shape of x."""
        return activation_function(self.activation)(x)

    def __call__(self, t: float, x: Any) -> Any:
        """Return dx/dt, of the shape of x: (n,), or (trials, n)."""
        change = _apply(self.weight, self.rates(x)) - x
        if self.drive is not None:
            change = change + _apply(self.input_weight, self.drive(t))
        if self.bias is not None:
            change = change + self.bias
        return change if type(self.tau) is float and self.tau == 1.0 else change / self.tau


def random_network(
    n: int,
    gain: float,
    rng: int | np.random.Generator,
    *,
    activation: Activation = "tanh",
    tau: float = 1.0,
) -> ContinuousTimeRNN:
    """Return a network with independent weights from N(0, gain^2 / n).

    Excitation and inhibition balance on average. For tanh and large n it rests at 0 if
    gain < 1, and is chaotic if gain > 1 (Sompolinsky, Crisanti and Sommers, 1988).

    Parameters
    ----------
    n : int
        Neurons.
    gain : float
        g, positive.
    rng : int or numpy.random.Generator
    activation, tau
        As for ``ContinuousTimeRNN``.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    require_count("random_network", n=n)
    require_positive("random_network", gain=gain)
    weight = np.random.default_rng(rng).standard_normal((n, n)) * (gain / math.sqrt(n))
    return ContinuousTimeRNN(weight, activation=activation, tau=tau)


def _apply(matrix: Any, vectors: Any) -> Any:
    """Matrix times vector, or times each row."""
    if len(vectors.shape) == 1:
        return matmul(matrix, vectors)
    return matmul(vectors, transpose(matrix))
