"""A flow as an integrator sees it: checked, counted, and differentiable in the state."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff import Tensor, no_grad
from ...autodiff.run import Run, record_run
from ...autodiff.sweep import forward_sweep
from ..flow import Flow
from ..running import as_state


class Field:
    """The velocity f(t, z) of a flow, with a count of its evaluations.

    A velocity is a copy: a flow may write each into the same buffer. A state that was handed
    to the flow is read-only from then on: a flow that works in place is an error, not a wrong
    number. The last velocity is remembered, for a method that asks twice for the same one.
    """

    __slots__ = ("_t", "_velocity", "_z", "evaluations", "flow")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.evaluations = 0
        self._t = 0.0
        self._z: np.ndarray | None = None
        self._velocity: Any = None

    def __call__(self, t: float, z: np.ndarray) -> np.ndarray:
        """Return the velocity, shape (n,)."""
        if z is self._z and t == self._t:
            return self._velocity
        z.setflags(write=False)
        self.evaluations += 1
        velocity = self._checked(t, z, self.flow(t, z)).copy()
        self._t, self._z, self._velocity = t, z, velocity
        return velocity

    def linearised(self, t: float, z: np.ndarray) -> Linearised:
        """Return the velocity together with its derivative in the state."""
        self.evaluations += 1
        with no_grad():  # what the flow closes over is a constant here
            run = record_run(lambda z: self.flow(t, z), (z,), "integrate")
        return Linearised(self._checked(t, z, run.value), run)

    def _checked(self, t: float, z: np.ndarray, velocity: Any) -> np.ndarray:
        return as_state(
            velocity,
            z.shape,
            f"integrate: at t = {t:.6g} the flow",
            "A flow returns one velocity per component of the state",
        )


class Linearised:
    """A velocity, shape (n,), and the Jacobian J = df/dz, which is never formed for a product."""

    __slots__ = ("_run", "velocity")

    def __init__(self, velocity: np.ndarray, run: Run) -> None:
        self.velocity = velocity
        self._run = run

    def matvec(self, v: np.ndarray) -> np.ndarray:
        """Return J v by one forward sweep."""
        nodes = self._run.nodes
        along = forward_sweep(nodes, {self._run.sources[0]: v}) if nodes else None
        if along is None:  # the velocity does not depend on the state
            return np.zeros_like(v)
        return along.numpy() if isinstance(along, Tensor) else along

    def matrix(self) -> np.ndarray:
        """Return J, shape (n, n), column by column."""
        return np.stack([self.matvec(e) for e in np.eye(self.velocity.size)], axis=1)
