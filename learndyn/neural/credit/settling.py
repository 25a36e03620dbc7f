"""Networks whose activities settle before they learn: where to, and how they get there.

The activities of all units and examples are one flat state of a flow. Either Newton's method takes it
to an equilibrium at once (``equilibrium``), or the flow is followed for a time (``integrate``), as a
brain would have to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...dynamics import DormandPrince, Flow, dominant_modes, equilibrium, integrate, linearise
from ...dynamics.state import flatten
from ...learning.training import Layout

_APPROACH = 10.0  # time constants for which the flow is followed before Newton's method
_LONGEST = 640.0
_NEAR = 0.1  # of the state: what may be left when Newton's method takes over
_FAR = 1e9  # an activity that is larger does not come back
_LOOSE = 1e-4  # tolerance on the way there, which decides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How activities come to rest.

    Parameters
    ----------
    time : float or None, optional
        How long the flow is followed, in units of the time constant of a unit, which is 1. None
        solves for the equilibrium, by Newton's method; where that finds none, the flow is followed for
        a while first.
    tolerance : float, optional
        On the velocity at the equilibrium; with a time, the relative tolerance of the integrator.

    Raises
    ------
    ValueError
        If a number is not positive, or the time is not finite.
    """

    time: float | None = None
    tolerance: float = 1e-11

    def __post_init__(self) -> None:
        timed = self.time is None or (math.isfinite(self.time) and self.time > 0)
        if not (timed and self.tolerance > 0):
            raise ValueError(
                f"Settling: time and tolerance must be positive, got {self.time} and {self.tolerance}. "
                "time=None solves for the equilibrium"
            )

    def __call__(
        self, flow: Flow, z0: np.ndarray, caller: str, *, from_afar: bool = False
    ) -> tuple[np.ndarray, int]:
        """Return the settled state, shape (n,), and how many steps or evaluations it took.

        Newton's method finds an equilibrium near its start, whether the flow would rest there or not.
        ``from_afar=True`` therefore follows the flow first, until Newton's method confirms the rest
        that it approaches, and takes no saddle for it. The flow must be minus the gradient of an
        energy for that.

        Raises
        ------
        RuntimeError
            If there is no equilibrium within reach, or the run did not last to the end.
        """
        if not z0.size:
            return z0, 0  # a net without hidden units has nothing to settle
        if self.time is not None:
            return _follow(flow, z0, self.time, self.tolerance, caller)
        z, spent, followed = z0, 0, _APPROACH if from_afar else 0.0
        while followed <= _LONGEST:
            if followed:
                z, more = _follow(flow, z, followed, _LOOSE, caller)
                spent += more
            found = equilibrium(flow, z, tolerance=self.tolerance)
            spent += found.iterations
            rests = not from_afar or (_near(z, found.state) and _is_minimum(flow, found.state))
            if found.converged and rests:
                return found.state, spent
            followed = max(2.0 * followed, _APPROACH)
        raise RuntimeError(
            f"{caller}: the activities found no rest; |velocity| is {found.residual:.3g} at the end. Make "
            "weights or nudging smaller, or settle for a time: settling=Settling(time=50.0)"
        )


def _follow(flow: Flow, z0: np.ndarray, time: float, tolerance: float, caller: str) -> tuple[np.ndarray, int]:
    """The state after a time, and how often the flow was evaluated."""
    method = DormandPrince(rtol=tolerance, atol=tolerance)
    run = integrate(flow, z0, [0.0, time], method=method, stop_when=_escaped, progress=False)
    if run.stopped:
        size = np.abs(run.final_state).max()
        raise RuntimeError(
            f"{caller}: the activities did not settle; the largest is {size:.3g} when {run.stopped}. If they "
            "grow, their energy has no minimum: make the weights smaller, or use a bounded activation"
        )
    return run.final_state, run.evaluations


def _escaped(z: np.ndarray) -> bool:
    return bool(np.abs(z).max() > _FAR)


def _near(z: np.ndarray, rest: np.ndarray) -> bool:
    """True if the flow had all but reached the equilibrium that Newton's method found."""
    size = max(np.linalg.norm(z), np.linalg.norm(rest))
    return bool(np.linalg.norm(z - rest) <= _NEAR * size + _LOOSE)


def _is_minimum(flow: Flow, rest: np.ndarray) -> bool:
    """True if the energy curves up in all directions, so that the flow stays there."""
    jacobian = replace(linearise(flow, rest, t=0.0), symmetric=True)
    return bool(dominant_modes(jacobian, which="largest", tolerance=1e-4).values[0] < 0.0)


class Activities:
    """The activities of some layers for a batch, as one flat state and back.

    Parameters
    ----------
    batch : int
    units : tuple of int
        How many units each of the layers has.
    """

    __slots__ = ("_layout",)

    def __init__(self, batch: int, units: tuple[int, ...]) -> None:
        self._layout = Layout([np.empty((batch, n)) for n in units])

    @property
    def size(self) -> int:
        """The length of the flat state."""
        return self._layout.size

    def layers(self, z: Any) -> list[Any]:
        """Return the layers in the state z, shape (size,), each of shape (batch, n_l)."""
        return self._layout.cut(z)

    def flat(self, layers: list[Any]) -> Any:
        """Return the flat state of the layers, shape (size,)."""
        return flatten(layers) if layers else np.zeros(0)
