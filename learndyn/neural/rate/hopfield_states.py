r"""Hopfield's network of two-state neurons: a map on the corners of a cube.

    s_i <- sign(h_i),    h = W s + b,    and s_i stays as it is where h_i = 0

One after another (asynchronous), with symmetric W and W_ii >= 0, the energy

    E(s) = -1/2 s' W s - b' s

never rises, so that every run ends in a fixed point (Hopfield, 1982). All at once (synchronous),
E may rise. What never rises then is a function of two successive states,

    E(s', s) = -s' W s - b' (s + s'),    s' the state after s

so that every run ends in a fixed point or in a cycle of two states (Goles, Fogelman and Pellegrin,
1985).

Hopfield, J. J. (1982). Neural networks and physical systems with emergent collective
computational abilities. Proceedings of the National Academy of Sciences 79, 2554-2558.
Goles, E., Fogelman, F. and Pellegrin, D. (1985). Decreasing energy functions as a tool for
studying threshold networks. Discrete Applied Mathematics 12, 261-277.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import sign, where
from ...dynamics import Map, simulate
from .checks import require_count, shaped, square_weight, symmetric_weight


@dataclass(frozen=True, slots=True, eq=False)
class SynchronousHopfield:
    """The map s -> sign(W s + b), all neurons at once, on states of shape (n,) of +1 and -1.

    Parameters
    ----------
    weight : array_like, shape (n, n)
    bias : array_like, shape (n,), optional

    Raises
    ------
    ValueError
        If a shape does not fit.
    """

    weight: Any
    bias: Any = None

    def __post_init__(self) -> None:
        _set_constants(self)

    def __call__(self, s: Any) -> Any:
        """Return the next state, shape (n,)."""
        field = _field(self, s)
        return where(field == 0.0, s, sign(field))


@dataclass(frozen=True, slots=True, eq=False)
class AsynchronousHopfield:
    """The map that updates all neurons once, one after another, each seeing those before it.

    Parameters
    ----------
    weight : array_like, shape (n, n)
    bias : array_like, shape (n,), optional
    order : array_like of int, optional
        In which order; 0 to n - 1 by default. Draw one with ``rng.permutation(n)``.

    Raises
    ------
    ValueError
        If a shape does not fit, or the order does not name neurons.
    """

    weight: Any
    bias: Any = None
    order: Any = None

    def __post_init__(self) -> None:
        _set_constants(self)
        n = len(self.weight)
        order = np.arange(n) if self.order is None else np.array(self.order)
        whole = order.ndim == 1 and order.dtype.kind in "iu" and order.size > 0
        if not (whole and order.min() >= 0 and order.max() < n):
            raise ValueError(
                f"AsynchronousHopfield: the order must be a vector of neurons 0 to {n - 1}, "
                f"got {self.order!r}"
            )
        object.__setattr__(self, "order", order)

    def __call__(self, s: np.ndarray) -> np.ndarray:
        """Return the state after each neuron in the order was updated, shape (n,)."""
        s = np.array(s, dtype=np.float64)
        for i in self.order:
            h = self.weight[i] @ s + (0.0 if self.bias is None else self.bias[i])
            if h != 0.0:
                s[i] = np.sign(h)
        return s


def two_state_energy(weight: Any, s: Any, *, bias: Any = None) -> np.ndarray:
    """Return E = -1/2 s' W s - b' s of states of shape (..., n).

    Raises
    ------
    ValueError
        If the weight is not symmetric, or a shape does not fit.
    """
    w = symmetric_weight(weight, "two_state_energy")
    s = np.asarray(s, dtype=np.float64)
    quadratic = -0.5 * np.einsum("...i,ij,...j->...", s, w, s)
    return quadratic if bias is None else quadratic - s @ _bias(bias, w, "two_state_energy")


def two_step_energy(weight: Any, s: Any, s_next: Any, *, bias: Any = None) -> np.ndarray:
    """Return E(s', s) = -s'' W s - b' (s + s') of successive states, each of shape (..., n).

    It never rises under the synchronous map, and is constant on a cycle of two states.

    Raises
    ------
    ValueError
        If the weight is not symmetric, or a shape does not fit.
    """
    w = symmetric_weight(weight, "two_step_energy")
    s, s_next = np.asarray(s, dtype=np.float64), np.asarray(s_next, dtype=np.float64)
    quadratic = -np.einsum("...i,ij,...j->...", s_next, w, s)
    return (
        quadratic if bias is None else quadratic - (s + s_next) @ _bias(bias, w, "two_step_energy")
    )


@dataclass(frozen=True, slots=True)
class EventualCycle:
    """Where a map with finitely many states ends.

    Attributes
    ----------
    transient : int
        Steps before the first state of the cycle.
    period : int
        1 for a fixed point.
    states : ndarray, shape (transient + period, n)
        All states of the run, each once.
    """

    transient: int
    period: int
    states: np.ndarray


def eventual_cycle(system: Map, s0: Any, *, max_steps: int = 1000) -> EventualCycle:
    """Iterate a map until a state comes back exactly.

    Parameters
    ----------
    system : Map
    s0 : array_like, shape (n,)
    max_steps : int, optional

    Returns
    -------
    EventualCycle

    Raises
    ------
    ArithmeticError
        If no state came back in ``max_steps`` steps.
    """
    require_count("eventual_cycle", max_steps=max_steps)
    seen: dict[bytes, int] = {}

    def came_back(s: np.ndarray) -> bool:
        key, known = _key(s), len(seen)
        return seen.setdefault(key, known) < known

    start = np.asarray(s0, dtype=np.float64)
    run = simulate(system, start, max_steps, stop_when=came_back, progress=False)
    if run.stopped is None:
        raise ArithmeticError(
            f"eventual_cycle: no state came back in {max_steps} steps. Raise max_steps, or the map "
            "has more than finitely many states"
        )
    last = len(run.states) - 1
    first = seen[_key(run.states[-1])]
    return EventualCycle(first, last - first, run.states[:last])


def _key(s: np.ndarray) -> bytes:
    return (s + 0.0).tobytes()  # since -0.0 has other bytes than 0.0


def _set_constants(network: SynchronousHopfield | AsynchronousHopfield) -> None:
    name = type(network).__name__
    object.__setattr__(network, "weight", square_weight(network.weight, name))
    if network.bias is not None:
        object.__setattr__(network, "bias", _bias(network.bias, network.weight, name))


def _bias(bias: Any, weight: np.ndarray, caller: str) -> Any:
    return shaped(bias, weight.shape[:1], caller, "the bias")


def _field(network: SynchronousHopfield, s: Any) -> Any:
    h = network.weight @ s
    return h if network.bias is None else h + network.bias
