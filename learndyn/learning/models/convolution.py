"""Convolutional layers and a small net of them, over one or two axes of places.

    y[n, o, l] = b[o] + sum_c sum_k  w[o, c, k]  x[n, c, l + k]

One kernel serves all places, so a shifted input gives a shifted output: exactly so on a ring
(circular padding), and away from the border otherwise (Fukushima, 1980; LeCun et al., 1989,
Backpropagation applied to handwritten zip code recognition). With stride s, shifts by multiples
of s are meant.

Shapes are the engine's: input (..., batch, channels, *lengths), kernel (..., out, in, *lengths).
Leading axes are an ensemble; its nets run as groups of one grouped convolution.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...autodiff import broadcast_to, conv1d, conv2d, mean, pad, reshape, swapaxes
from ..initialisers import Initialiser, he_normal
from .activations import Activation, activation_function, activation_name, check_activation
from .layer import Layer, affine, check_layer, counts
from .summary import Described, Part

_PADDINGS = ("valid", "same", "circular")


@dataclass(frozen=True, slots=True)
class Convolution(Described):
    """One convolutional layer over a signal or an image; the kernel is not flipped.

    Parameters
    ----------
    channels_in, channels_out : int
    kernel : tuple of int
        Its lengths: ``(5,)`` for signals, ``(3, 3)`` for images.
    stride : int, optional
        Places between windows, the same along all axes.
    padding : {"valid", "same", "circular"} or int, optional
        "valid" takes the windows that fit; "same" puts zeros around the input, "circular"
        continues it from the other end, so many that stride 1 keeps the length (an odd one
        goes last). A number is zeros on each side.
    bias : bool, optional
        One number per output channel.

    Raises
    ------
    ValueError
        If a number is not a positive whole one, the kernel does not have one or two lengths,
        or the padding is unknown.
    """

    channels_in: int
    channels_out: int
    kernel: tuple[int, ...]
    stride: int = field(default=1, kw_only=True)
    padding: str | int = field(default="valid", kw_only=True)
    bias: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        numbers = (self.channels_in, self.channels_out, self.stride)
        sizes = counts(numbers, "Convolution", "positive channels in, channels out and stride")
        for name, size in zip(("channels_in", "channels_out", "stride"), sizes, strict=True):
            object.__setattr__(self, name, size)
        object.__setattr__(self, "kernel", _kernel(self.kernel, "Convolution"))
        _check_padding(self.padding, "Convolution")

    def parts(self) -> list[Part]:
        """Return name and shapes of the layer of one net."""
        bias = (1, self.channels_out) if self.bias else None
        return [Part("convolution", self._weight, bias)]

    def init(
        self,
        rng: np.random.Generator,
        *,
        ensemble: tuple[int, ...] = (),
        initialiser: Initialiser = he_normal,
    ) -> Layer:
        """Draw an initial kernel and bias.

        Parameters
        ----------
        rng : numpy.random.Generator
        ensemble : tuple of int, optional
            Leading axes, one net each.
        initialiser : callable, optional
            It draws the kernel as a matrix of shape (in * places, out), so fan_in counts the
            places of the kernel. One that has an option ``places`` (Xavier's) is told their
            number, which its fan_out needs.

        Returns
        -------
        Layer
            ``weight`` of shape (\\*ensemble, out, in, \\*kernel), ``bias`` (\\*ensemble, 1, out).
        """
        places = math.prod(self.kernel)
        options = {"places": places} if _asks_for_places(initialiser) else {}
        fan_in = self.channels_in * places
        matrix, bias = initialiser(rng, ensemble, fan_in, self.channels_out, **options)
        rows = np.ascontiguousarray(np.swapaxes(matrix, -1, -2))
        return Layer(rows.reshape(*ensemble, *self._weight), bias if self.bias else None)

    def __call__(self, theta: Layer, x: Any) -> Any:
        """Compute the layer's output; no activation is applied.

        Parameters
        ----------
        theta : Layer
        x : array or Tensor, shape (..., batch, channels_in, *lengths)

        Returns
        -------
        array or Tensor, shape (..., batch, channels_out, *new lengths)

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        check_layer(theta, self._weight, self.channels_out, self.bias, "Convolution", "of theta")
        return self._apply(theta, x)

    @property
    def _weight(self) -> tuple[int, ...]:
        return (self.channels_out, self.channels_in, *self.kernel)

    def _apply(self, theta: Layer, x: Any) -> Any:
        axes = len(self.kernel)
        x = x if hasattr(x, "shape") else np.asarray(x, dtype=np.float64)
        if len(x.shape) < axes + 2 or x.shape[-axes - 1] != self.channels_in:
            raise ValueError(
                f"Convolution: the input has shape {x.shape}, expected (..., batch, "
                f"{self.channels_in} channels, {axes} axes of places)"
            )
        padding: Any = self.padding
        if padding == "circular":
            borders = [((k - 1) // 2, k // 2) for k in self.kernel]
            x = pad(x, [(0, 0)] * (len(x.shape) - axes) + borders, mode="wrap")
            padding = 0
        elif padding == "same":  # so said here, since the engine's "same" refuses a stride
            padding = tuple(((k - 1) // 2, k // 2) for k in self.kernel)
        y = _grouped(x, theta.weight, axes, stride=self.stride, padding=padding)
        if theta.bias is None:
            return y
        return y + reshape(theta.bias, (*theta.bias.shape, *(1,) * axes))


@dataclass(frozen=True, slots=True, repr=False)
class ConvNet(Described):
    """Convolutional layers with an activation between them, and an optional readout.

    Parameters
    ----------
    channels : tuple of int
        Channels of each layer, the input's first: ``(1, 8, 8)`` has two convolutions.
    kernel : tuple of int
        Lengths of every kernel, as in ``Convolution``.
    activation : str or callable, optional
        As in ``MLP``.
    outputs : int, optional
        None returns the last layer's feature maps, which have no activation. A number adds
        an activation, the mean over all places, and an affine layer with so many outputs.
        With circular padding and stride 1 these do not change when the input is shifted.
    stride, padding, bias
        As in ``Convolution``; the padding is "circular" by default.

    Raises
    ------
    ValueError
        As ``Convolution`` and ``MLP``.
    """

    channels: tuple[int, ...]
    kernel: tuple[int, ...]
    activation: Activation = "relu"
    outputs: int | None = field(default=None, kw_only=True)
    stride: int = field(default=1, kw_only=True)
    padding: str | int = field(default="circular", kw_only=True)
    bias: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        channels = counts(self.channels, "ConvNet", "two or more positive numbers of channels", 2)
        object.__setattr__(self, "channels", channels)
        object.__setattr__(self, "kernel", _kernel(self.kernel, "ConvNet"))
        if self.outputs is not None:
            counts((self.outputs,), "ConvNet", "a positive number of outputs")
        counts((self.stride,), "ConvNet", "a positive stride")
        _check_padding(self.padding, "ConvNet")
        check_activation(self.activation, "ConvNet")

    def __repr__(self) -> str:
        readout = "" if self.outputs is None else f", outputs={self.outputs}"
        name = activation_name(self.activation)
        options = f"{readout}, padding={self.padding!r}"
        options += f", stride={self.stride}" if self.stride != 1 else ""
        options += "" if self.bias else ", bias=False"
        return f"ConvNet({self.channels}, {self.kernel}, {name!r}{options})"

    def parts(self) -> list[Part]:
        """Return name and shapes of each layer of one net."""
        lines = [
            part._replace(name=f"{i} {part.name}")
            for i, layer in enumerate(self._convolutions())
            for part in layer.parts()
        ]
        if self.outputs is not None:
            bias = (1, self.outputs) if self.bias else None
            lines.append(Part(f"{len(lines)} readout", (self.channels[-1], self.outputs), bias))
        return lines

    def init(
        self,
        rng: np.random.Generator,
        *,
        ensemble: tuple[int, ...] = (),
        initialiser: Initialiser = he_normal,
    ) -> list[Layer]:
        """Draw initial parameters, layer by layer, as in ``Convolution.init``.

        Returns
        -------
        list of Layer
        """
        theta = [
            layer.init(rng, ensemble=ensemble, initialiser=initialiser)
            for layer in self._convolutions()
        ]
        if self.outputs is not None:
            weight, bias = initialiser(rng, ensemble, self.channels[-1], self.outputs)
            theta.append(Layer(weight, bias if self.bias else None))
        return theta

    def __call__(self, theta: list[Layer], x: Any) -> Any:
        """Compute the output for a batch.

        Parameters
        ----------
        theta : list of Layer
            From ``init``, or a tree of the same structure.
        x : array or Tensor, shape (..., batch, channels[0], *lengths)

        Returns
        -------
        array or Tensor
            Feature maps, shape (..., batch, channels[-1], *new lengths), or with ``outputs``
            (..., batch, outputs).

        Raises
        ------
        ValueError
            If a shape does not fit, or theta has another depth.
        """
        lines, phi = self.parts(), activation_function(self.activation)
        if len(theta) != len(lines):
            raise ValueError(f"ConvNet: {self.channels} has {len(lines)} layers, got {len(theta)}")
        for i, (layer, part) in enumerate(zip(theta, lines, strict=True)):
            units = self.channels[i + 1] if i + 1 < len(self.channels) else part.weight[-1]
            check_layer(layer, part.weight, units, self.bias, "ConvNet", i)
        convolutions = self._convolutions()
        for i, (layer, convolution) in enumerate(zip(theta, convolutions, strict=False)):
            x = convolution._apply(layer, x)
            if i + 1 < len(convolutions) or self.outputs is not None:
                x = phi(x)
        if self.outputs is None:
            return x
        return affine(mean(x, axis=tuple(range(-len(self.kernel), 0))), *theta[-1])

    def _convolutions(self) -> list[Convolution]:
        pairs = zip(self.channels[:-1], self.channels[1:], strict=True)
        return [
            Convolution(a, b, self.kernel, stride=self.stride, padding=self.padding, bias=self.bias)
            for a, b in pairs
        ]


def _grouped(x: Any, kernel: Any, axes: int, **options: Any) -> Any:
    """Convolve each net's input with its own kernels: nets are groups of channels."""
    convolve = conv1d if axes == 1 else conv2d
    nets = np.broadcast_shapes(x.shape[: -axes - 2], kernel.shape[: -axes - 2])
    if not nets:
        return convolve(x, kernel, **options)
    many, (batch, channels, *lengths) = math.prod(nets), x.shape[-axes - 2 :]
    out, taps = kernel.shape[-axes - 2], kernel.shape[-axes - 1 :]
    x = broadcast_to(x, (*nets, batch, channels, *lengths))
    x = swapaxes(reshape(x, (many, batch, channels, *lengths)), 0, 1)
    kernel = reshape(broadcast_to(kernel, (*nets, out, *taps)), (many * out, *taps))
    y = convolve(reshape(x, (batch, many * channels, *lengths)), kernel, groups=many, **options)
    places = y.shape[2:]
    y = swapaxes(reshape(y, (batch, many, out, *places)), 0, 1)
    return reshape(y, (*nets, batch, out, *places))


def _asks_for_places(initialiser: Initialiser) -> bool:
    return "places" in inspect.signature(initialiser).parameters


def _kernel(kernel: Any, model: str) -> tuple[int, ...]:
    given = kernel if isinstance(kernel, tuple | list) else (kernel,)
    what = "a kernel of one or two positive lengths, such as (3,) or (3, 3)"
    lengths = counts(given, model, what)
    if not isinstance(kernel, tuple | list) or len(lengths) > 2:
        raise ValueError(f"{model}: needs {what}, got {kernel}")
    return lengths


def _check_padding(padding: Any, model: str) -> None:
    whole = isinstance(padding, int | np.integer) and not isinstance(padding, bool)
    if not (padding in _PADDINGS if isinstance(padding, str) else whole and padding >= 0):
        raise ValueError(
            f"{model}: unknown padding {padding!r}. Choose from {list(_PADDINGS)}, or pass a "
            "number of zeros that is not negative"
        )
