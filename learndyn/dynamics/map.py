"""A discrete-time dynamical system: z(t + 1) = F(z(t))."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Map(Protocol):
    """Anything that takes a flat state vector of shape (n,) to the next one, of shape (n,).

    It accepts an array or a Tensor and computes with learndyn operations, so that the
    Jacobian of the map is available to whoever studies it. Any function will do.
    """

    def __call__(self, z: Any, /) -> Any: ...
