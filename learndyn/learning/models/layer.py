"""The parameters of one layer, and the check that they are the ones a model needs."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ...autodiff import affine as _affine


class Layer(NamedTuple):
    """The parameters of one affine layer x W + b.

    Attributes
    ----------
    weight : array or Tensor, shape (..., fan_in, fan_out)
        Of a convolution: the kernel, shape (..., out channels, in channels, *lengths).
    bias : array or Tensor, shape (..., 1, fan_out), or None
        The axis of length 1 is the batch: it lets leading axes, one net each, broadcast.
        None if the model has no biases.
    """

    weight: Any
    bias: Any


def affine(x: Any, weight: Any, bias: Any) -> Any:
    """Return x W + b, or x W if there is no bias."""
    return x @ weight if bias is None else _affine(x, weight, bias)


def check_layer(
    layer: Any, weight: tuple[int, ...], units: int, has_bias: bool, model: str, place: Any
) -> None:
    """Refuse a layer whose arrays do not end in the shapes that the model needs.

    Parameters
    ----------
    layer : Layer
    weight : tuple of int
        The weight's trailing shape.
    units : int
        Length of the bias.
    has_bias : bool
    model : str
        Whom the message names.
    place : int or str
        Which layer it is.

    Raises
    ------
    ValueError
    """
    # The usual case first, in few operations: this runs in every step of training.
    try:
        given, bias = layer
        if has_bias and given.shape[-len(weight) :] == weight and bias.shape[-2:] == (1, units):
            return
    except (AttributeError, TypeError, ValueError):
        pass  # what is wrong is said below
    if not isinstance(layer, tuple | list) or len(layer) != 2:
        raise ValueError(
            f"{model}: layer {place} must be a pair Layer(weight, bias), got "
            f"{type(layer).__name__}. Take theta from the model's own init"
        )
    check_array(layer[0], weight, model, f"layer {place}: the weight")
    check_bias(layer[1], units, has_bias, model, f"layer {place}: the bias")


def check_array(array: Any, trailing: tuple[int, ...], model: str, role: str) -> None:
    """Refuse an array that does not end in the axes ``trailing``.

    Raises
    ------
    ValueError
    """
    shape = getattr(array, "shape", None)
    if shape is None or shape[-len(trailing) :] != trailing:
        raise ValueError(
            f"{model}: {role} has shape {_shown(array)}, expected {_dots(trailing)}. "
            "Take theta from the model's own init"
        )


def check_bias(bias: Any, units: int, has_bias: bool, model: str, role: str) -> None:
    """Refuse a bias of another length, one that varies over the batch, or one too many.

    Raises
    ------
    ValueError
    """
    if has_bias and bias is not None:
        shape = getattr(bias, "shape", None)
        # A vector of shape (units,) broadcasts to the same numbers where there is one net.
        if shape == (units,) or (shape is not None and shape[-2:] == (1, units)):
            return
    elif not has_bias and bias is None:
        return
    expected = _dots((1, units)) if has_bias else "none, since the model has bias=False"
    raise ValueError(
        f"{model}: {role} has shape {_shown(bias)}, expected {expected}. "
        "Take theta from the model's own init"
    )


def check_features(x: Any, features: int, model: str, axes: int = 1) -> Any:
    """Return the input as an array or Tensor; its last axis must hold the features.

    Raises
    ------
    ValueError
    """
    if not hasattr(x, "shape"):
        x = np.asarray(x, dtype=np.float64)
    if len(x.shape) < axes or x.shape[-1] != features:
        raise ValueError(
            f"{model}: the input has shape {x.shape}; its last axis must hold {features} features"
            + (f", and it needs {axes} axes or more" if axes > 1 else "")
        )
    return x


def counts(numbers: Iterable[Any], caller: str, what: str, least: int = 1) -> tuple[int, ...]:
    """Return positive whole numbers as a tuple, at least ``least`` of them.

    Raises
    ------
    ValueError
    """
    given = tuple(numbers)
    try:
        whole = tuple(operator.index(number) for number in given)
    except TypeError:
        whole = ()
    if len(whole) < least or len(whole) != len(given) or any(number < 1 for number in whole):
        raise ValueError(f"{caller}: needs {what}, got {given}")
    return whole


def _shown(array: Any) -> Any:
    """A shape to print, or what stands in the place of an array."""
    return getattr(array, "shape", "none" if array is None else f"none ({type(array).__name__})")


def _dots(shape: tuple[int, ...]) -> str:
    return f"(..., {', '.join(map(str, shape))})"
