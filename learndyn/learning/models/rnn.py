"""The simple recurrent network (Elman, 1990): a driven map, unrolled over time.

    h_t = phi(x_t U + h_{t-1} W + b)        hidden state, N = hidden units
    y_t = h_t V + c                         output

Rows are samples. With W drawn from N(0, g^2 / N), the gain g decides what the undriven network
does: for tanh and N to infinity it comes to rest at 0 if g < 1 and is chaotic if g > 1
(Sompolinsky, Crisanti and Sommers, 1988, in continuous time; Molgedey, Schuchhardt and
Schuster, 1992, in discrete time and with a drive that can silence the chaos). For a given W of
finite N the state 0 is stable if the spectral radius is below 1, and that is only about g.

Elman, J. L. (1990). Finding structure in time. Cognitive Science 14, 179-211.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...autodiff import expand_dims, reshape, stack
from ..initialisers import Initialiser, lecun_normal
from .activations import Activation, activation_function, activation_name, check_activation
from .layer import affine, check_array, check_bias, check_features, counts
from .summary import Described, Part


class RNNParameters(NamedTuple):
    """The parameters of an ``RNN``; leading axes are an ensemble.

    Attributes
    ----------
    input_weight : array or Tensor, shape (..., inputs, hidden)
        U.
    recurrent_weight : array or Tensor, shape (..., hidden, hidden)
        W; entry (i, j) is the connection from unit i to unit j.
    bias : array or Tensor, shape (..., 1, hidden), or None
        b.
    output_weight : array or Tensor, shape (..., hidden, outputs)
        V.
    output_bias : array or Tensor, shape (..., 1, outputs), or None
        c.
    """

    input_weight: Any
    recurrent_weight: Any
    bias: Any
    output_weight: Any
    output_bias: Any


@dataclass(frozen=True, slots=True, repr=False)
class RNN(Described):
    """A simple recurrent network with a linear readout.

    Parameters
    ----------
    inputs, hidden, outputs : int
        Numbers of input features, hidden units and outputs.
    activation : str or callable, optional
        phi, as in ``MLP``.
    bias : bool, optional
        False leaves b and c out.

    Raises
    ------
    ValueError
        If a number is not a positive whole one, or the activation is unknown.
    """

    inputs: int
    hidden: int
    outputs: int
    activation: Activation = "tanh"
    bias: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        given = (self.inputs, self.hidden, self.outputs)
        sizes = counts(given, "RNN", "positive numbers of inputs, hidden units and outputs")
        for name, size in zip(("inputs", "hidden", "outputs"), sizes, strict=True):
            object.__setattr__(self, name, size)
        check_activation(self.activation, "RNN")

    def __repr__(self) -> str:
        name, bias = activation_name(self.activation), "" if self.bias else ", bias=False"
        return f"RNN({self.inputs}, {self.hidden}, {self.outputs}, {name!r}{bias})"

    def parts(self) -> list[Part]:
        """Return name and shapes of the three weights of one net."""
        n, name = self.hidden, activation_name(self.activation)
        return [
            Part("input", (self.inputs, n), None),
            Part(f"recurrent {name}", (n, n), (1, n) if self.bias else None),
            Part("output", (n, self.outputs), (1, self.outputs) if self.bias else None),
        ]

    def init(
        self,
        rng: np.random.Generator,
        *,
        ensemble: tuple[int, ...] = (),
        gain: float = 1.0,
        initialiser: Initialiser = lecun_normal,
        recurrent_initialiser: Initialiser = lecun_normal,
    ) -> RNNParameters:
        """Draw initial parameters.

        Parameters
        ----------
        rng : numpy.random.Generator
        ensemble : tuple of int, optional
            Leading axes: ``(400,)`` draws 400 independent nets that train side by side.
        gain : float, optional
            g, a factor of the recurrent weights: by default they are N(0, g^2 / hidden).
        initialiser : callable, optional
            Of U, b and of V, c: by default N(0, 1 / fan_in), and biases zero.
        recurrent_initialiser : callable, optional
            Of W before it is multiplied by g; the biases that it draws are dropped.
            ``orthogonal`` keeps the length of h at g = 1 where phi is linear.

        Returns
        -------
        RNNParameters
        """
        u, b = initialiser(rng, ensemble, self.inputs, self.hidden)
        w, _ = recurrent_initialiser(rng, ensemble, self.hidden, self.hidden)
        v, c = initialiser(rng, ensemble, self.hidden, self.outputs)
        return RNNParameters(u, gain * w, b if self.bias else None, v, c if self.bias else None)

    def step(self, theta: RNNParameters, h: Any, x_t: Any) -> Any:
        """Return the next hidden state, phi(x_t U + h W + b).

        Parameters
        ----------
        theta : RNNParameters
        h : array or Tensor, shape (..., batch, hidden)
        x_t : array or Tensor, shape (..., batch, inputs)
            The input at this time.

        Returns
        -------
        array or Tensor, shape (..., batch, hidden)

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        self._check(theta)
        h, x_t = self._state(h), check_features(x_t, self.inputs, "RNN", 2)
        return self._next(theta, h, x_t)

    def hidden_states(self, theta: RNNParameters, x: Any, *, initial: Any = None) -> Any:
        """Run the network over a batch of sequences and return all its hidden states.

        Parameters
        ----------
        theta : RNNParameters
            From ``init``, or a tree of the same structure.
        x : array or Tensor, shape (..., time, batch, inputs)
            Time comes before the batch, so that each time is a batch of its own.
        initial : array or Tensor, shape (..., batch, hidden), optional
            h_0; zero by default. It is not among the states returned.

        Returns
        -------
        array or Tensor, shape (..., time, batch, hidden)
            h_1, ..., h_T.

        Raises
        ------
        ValueError
            If a shape does not fit, or there is no time step.
        """
        self._check(theta)
        x = check_features(x, self.inputs, "RNN", 3)
        length, batch = x.shape[-3:-1]
        if length == 0:
            raise ValueError(
                f"RNN: the input has shape {x.shape}, without a time step. Pass one or more"
            )
        h = np.zeros((batch, self.hidden)) if initial is None else self._state(initial)
        states = []
        for t in range(length):
            h = self._next(theta, h, x[..., t, :, :])
            states.append(h)
        return stack(states, axis=-3)

    def readout(self, theta: RNNParameters, states: Any) -> Any:
        """Return the outputs h V + c of hidden states, shape (..., time, batch, hidden)."""
        weight, bias = theta.output_weight, theta.output_bias
        if weight.ndim > 2:  # the ensemble's axes come before time
            weight = expand_dims(weight, -3)
            bias = bias if bias is None else expand_dims(bias, -3)
        return affine(states, weight, bias)

    def __call__(
        self, theta: RNNParameters, x: Any, *, initial: Any = None, return_hidden: bool = False
    ) -> Any:
        """Return the outputs for all times of a batch of sequences.

        Parameters
        ----------
        theta, x, initial
            As in ``hidden_states``.
        return_hidden : bool, optional
            True returns the pair (outputs, hidden states).

        Returns
        -------
        array or Tensor, shape (..., time, batch, outputs)
            y_1, ..., y_T, each after the input of its time.

        Raises
        ------
        ValueError
            If a shape does not fit, or there is no time step.
        """
        states = self.hidden_states(theta, x, initial=initial)
        outputs = self.readout(theta, states)
        return (outputs, states) if return_hidden else outputs

    def state_map(self, theta: RNNParameters, x_t: Any = None) -> Callable[[Any], Any]:
        """Return the map h -> phi(x_t U + h W + b) on the flat hidden state, input held fixed.

        Parameters
        ----------
        theta : RNNParameters
        x_t : array or Tensor, shape (..., batch, inputs), optional
            The fixed input; one sample of zeros by default.

        Returns
        -------
        Map
            On vectors of shape (ensemble * batch * hidden,), each sample of each net after
            the other: of shape (hidden,) for one net and one sample.

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        self._check(theta)
        x_t = np.zeros((1, self.inputs)) if x_t is None else x_t
        x_t = check_features(x_t, self.inputs, "RNN", 2)
        nets = np.broadcast_shapes(theta.recurrent_weight.shape[:-2], x_t.shape[:-2])
        shape = (*nets, x_t.shape[-2], self.hidden)

        def step(z: Any) -> Any:
            return reshape(self._next(theta, reshape(z, shape), x_t), -1)

        return step

    def _next(self, theta: RNNParameters, h: Any, x_t: Any) -> Any:
        drive = affine(x_t, theta.input_weight, theta.bias)
        return activation_function(self.activation)(drive + h @ theta.recurrent_weight)

    def _state(self, h: Any) -> Any:
        h = h if hasattr(h, "shape") else np.asarray(h, dtype=np.float64)
        if len(h.shape) < 2 or h.shape[-1] != self.hidden:
            raise ValueError(
                f"RNN: the hidden state has shape {h.shape}, expected (..., batch, {self.hidden})"
            )
        return h

    def _check(self, theta: RNNParameters) -> None:
        if not isinstance(theta, tuple) or len(theta) != len(RNNParameters._fields):
            raise ValueError(
                f"RNN: theta must be RNNParameters, got {type(theta).__name__}. "
                "Take theta from the model's own init"
            )
        n, bias = self.hidden, self.bias
        check_array(theta[0], (self.inputs, n), "RNN", "input_weight")
        check_array(theta[1], (n, n), "RNN", "recurrent_weight")
        check_bias(theta[2], n, bias, "RNN", "bias")
        check_array(theta[3], (n, self.outputs), "RNN", "output_weight")
        check_bias(theta[4], self.outputs, bias, "RNN", "output_bias")
