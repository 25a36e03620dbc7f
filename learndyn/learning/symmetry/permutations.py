"""Hidden units can be renumbered: the permutation symmetry of a net.

A permutation p of the units of a hidden layer moves the columns of the weights and biases that
lead to the layer and the rows of the weights that leave it. Unit i of the new net is unit p[i] of
the old one:

    W_l' = W_l[:, p],   b_l' = b_l[p],   W_{l+1}' = W_{l+1}[p, :]

The net computes the same function. First p, then q, is the permutation p[q]. In a recurrent net
one permutation moves rows and columns of the recurrent weights.

References
----------
Hecht-Nielsen, R. (1990). On the algebraic structure of feedforward network weight spaces. Advanced
Neural Computers, 129-135.
Brea, J., Simsek, B., Illing, B. and Gerstner, W. (2019). Weight-space symmetry in deep networks
gives rise to permutation saddles, connected by equal-loss valleys across the loss landscape.
arXiv:1907.02911.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ..models import Layer, RNNParameters

Permutations = Sequence[Any]


def permute_units(theta: Tree, permutations: Permutations) -> Tree:
    """Return the parameters of the same net with its hidden units renumbered.

    Parameters
    ----------
    theta : list of Layer, or RNNParameters
        Of an ``MLP`` or an ``RNN``; arrays or Tensors; leading axes are an ensemble, and all its
        nets are permuted alike.
    permutations : sequence
        One entry for each hidden layer (one for an ``RNN``): integers of shape (units,), or None,
        which leaves the layer as it is. Unit i of the result is unit p[i] of ``theta``.

    Returns
    -------
    list of Layer, or RNNParameters

    Raises
    ------
    TypeError
        If ``theta`` is neither, for example of a convolutional net.
    ValueError
        If the number of permutations is not that of the hidden layers, or one is no permutation.
    """
    orders = checked_permutations(theta, permutations, "permute_units")
    if isinstance(theta, RNNParameters):
        return _permute_recurrent(theta, orders[0])
    layers = [Layer(*layer) for layer in theta]
    for l, p in enumerate(orders):
        if p is None:
            continue
        into, out = layers[l], layers[l + 1]
        bias = None if into.bias is None else into.bias[..., p]
        layers[l] = Layer(into.weight[..., p], bias)
        layers[l + 1] = Layer(out.weight[..., p, :], out.bias)
    return layers


def hidden_widths(theta: Tree, caller: str) -> tuple[int, ...]:
    """Return the number of units of each hidden layer, as the shapes of the parameters tell.

    Raises
    ------
    TypeError
        If ``theta`` is neither a list of Layer nor RNNParameters.
    ValueError
        If the layers do not fit to each other.
    """
    if isinstance(theta, RNNParameters):
        return (theta.recurrent_weight.shape[-1],)
    layered = isinstance(theta, list | tuple) and len(theta) > 0
    if not layered or not all(isinstance(layer, tuple) and len(layer) == 2 for layer in theta):
        raise TypeError(
            f"{caller}: theta is a {type(theta).__name__}. Pass the parameters of an MLP (a list "
            "of Layer) or of an RNN (RNNParameters)"
        )
    shapes = [np.shape(weight) for weight, _ in theta]
    for l, (into, out) in enumerate(pairwise(shapes)):
        if len(into) < 2 or len(out) < 2 or into[-1] != out[-2]:
            raise ValueError(
                f"{caller}: layer {l} has a weight of shape {into} and layer {l + 1} one of shape "
                f"{out}. The columns of one are the rows of the next"
            )
    return tuple(shape[-1] for shape in shapes[:-1])


def checked_permutations(
    theta: Tree, permutations: Permutations, caller: str
) -> list[np.ndarray | None]:
    """Return one index array, or None, for each hidden layer, or say what is wrong with them."""
    widths = hidden_widths(theta, caller)
    if len(permutations) != len(widths):
        raise ValueError(
            f"{caller}: received {len(permutations)} permutations for hidden layers of widths "
            f"{widths}. Pass one for each, or None for a layer that stays as it is"
        )
    return [
        None if p is None else as_permutation(p, width, caller, f"hidden layer {l}")
        for l, (p, width) in enumerate(zip(permutations, widths, strict=True))
    ]


def as_permutation(p: Any, size: int, caller: str, place: str) -> np.ndarray:
    """Return a permutation of 0, ..., size - 1 as an index array, or say that it is none."""
    order = np.asarray(p)
    if order.dtype.kind in "iu" and np.array_equal(np.sort(order, axis=None), np.arange(size)):
        return order.reshape(size).astype(np.intp)
    raise ValueError(
        f"{caller}: {place} has {size} units, and {p!r} is no permutation of them. Pass each of "
        f"0, ..., {size - 1} once"
    )


def _permute_recurrent(theta: RNNParameters, p: np.ndarray | None) -> RNNParameters:
    if p is None:
        return theta
    return RNNParameters(
        theta.input_weight[..., p],
        theta.recurrent_weight[..., p, :][..., p],
        None if theta.bias is None else theta.bias[..., p],
        theta.output_weight[..., p, :],
        theta.output_bias,
    )
