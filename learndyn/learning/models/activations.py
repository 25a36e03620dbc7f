"""Activations by name: what a unit makes of its input.

A model takes one of these names, or any function that acts element by element and is written
with learndyn operations. ``erf`` is the one for which averages over Gaussian inputs have closed
forms (Williams, 1997, Computing with infinite networks); ``linear`` and ``identity`` are two
names of the same thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...autodiff import erf, gelu, leaky_relu, relu, sigmoid, sin, softplus, tanh

Activation = str | Callable[[Any], Any]


def identity(x: Any) -> Any:
    """Return x itself."""
    return x


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "erf": erf,
    "gelu": gelu,
    "identity": identity,
    "leaky_relu": leaky_relu,
    "linear": identity,
    "relu": relu,
    "sigmoid": sigmoid,
    "sin": sin,
    "softplus": softplus,
    "tanh": tanh,
}


def check_activation(activation: Activation, caller: str) -> None:
    """Refuse what is neither a known name nor a function.

    Raises
    ------
    ValueError
    """
    known = isinstance(activation, str) and activation in ACTIVATIONS
    if not (known or callable(activation)):
        raise ValueError(
            f"{caller}: unknown activation {activation!r}. Choose from {sorted(ACTIVATIONS)}, or "
            "pass a function of learndyn operations"
        )


def activation_function(activation: Activation) -> Callable[[Any], Any]:
    """Return the function behind a name; a function is returned as it is."""
    return ACTIVATIONS[activation] if isinstance(activation, str) else activation


def activation_name(activation: Activation) -> str:
    """Return a name to print: of a function, without its address in memory."""
    if isinstance(activation, str):
        return activation
    return getattr(activation, "__name__", type(activation).__name__)
