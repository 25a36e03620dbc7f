"""Models are plain descriptions; their parameters are data that is handed in.

A model has ``init(rng, ensemble=...)``, which draws a tree of parameters, and
``__call__(theta, x)``; it holds numbers of units and names of activations, nothing that learns.
Leading axes of the parameters are an ensemble: nets that run side by side.

Reading order: ``layer`` (one layer's parameters), ``activations``, ``mlp``, ``rnn``,
``convolution``, ``summary``.
"""

from .activations import ACTIVATIONS, Activation
from .convolution import ConvNet, Convolution
from .layer import Layer
from .mlp import MLP, LayerTrace, deep_linear_network
from .rnn import RNN, RNNParameters
from .summary import count_parameters

__all__ = [
    "Activation", "ACTIVATIONS", "ConvNet", "Convolution", "count_parameters", "deep_linear_network",
    "Layer", "LayerTrace", "MLP", "RNN", "RNNParameters",
]  # fmt: skip
