"""Equations of motion from a Lagrangian alone, by automatic differentiation.

    d/dt (dL/dv) - dL/dq = u      with v = dq/dt, that is
    L_vv dv/dt = u + L_q - L_vq v

No textbook formula enters: whoever writes down L(q, v) = T - V has a mechanism, and a mechanism whose
equations were derived by hand can be held against it.

References
----------
Lagrange, J.-L. (1788). Mechanique analitique.
Goldstein, H., Poole, C. and Safko, J. (2002). Classical Mechanics, 3rd ed., section 1.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import concatenate, grad, jacobian, jvp, solve
from ...dynamics.running import plain


@dataclass(frozen=True, slots=True, eq=False)
class LagrangianMechanism:
    """The mechanism of a Lagrangian.

    Attributes
    ----------
    lagrangian : callable
        L(q, v), J: takes angles and velocities, each of shape (coordinates,), to one element.
        Written with learndyn operations, and twice differentiable; L_vv must be invertible.
    coordinates : int

    Raises
    ------
    ValueError
        If there are no coordinates.
    """

    lagrangian: Callable[[Any, Any], Any]
    coordinates: int

    def __post_init__(self) -> None:
        if self.coordinates < 1:
            raise ValueError(f"LagrangianMechanism: needs at least one coordinate, got {self.coordinates}")

    def __call__(self, t: float, z: Any) -> Any:
        """Return dz/dt of the free motion, shape (2 coordinates,)."""
        return self.velocity(z, np.zeros(self.coordinates))

    def velocity(self, z: Any, u: Any) -> Any:
        """Return dz/dt under generalised forces ``u``, shape (coordinates,), N m.

        Raises
        ------
        ValueError
            If the state does not have the shape (2 coordinates,): no batches here.
        """
        n = self.coordinates
        if np.shape(plain(z)) != (2 * n,):
            raise ValueError(
                f"LagrangianMechanism: the state (q, v) has shape ({2 * n},), got shape "
                f"{np.shape(plain(z))}. Differentiate one state at a time"
            )
        q, v = z[:n], z[n:]
        momentum = grad(self.lagrangian, 1)
        mass = jacobian(momentum, 1)(q, v)
        _, transported = jvp(lambda x: momentum(x, v), (q,), (v,))
        force = u + grad(self.lagrangian, 0)(q, v) - transported
        return concatenate([v, solve(mass, force)])

    def energy(self, z: Any) -> Any:
        """Return v . dL/dv - L, J, which the free motion conserves."""
        n = self.coordinates
        q, v = z[:n], z[n:]
        return (v * grad(self.lagrangian, 1)(q, v)).sum() - self.lagrangian(q, v)
