"""A cycle that no eigenvalue announces: the optimal heavy ball on a strongly convex function.

The function of Lessard, Recht and Packard (2016) has curvatures 25, 1, 25 on x < 1, 1 <= x < 2 and
x >= 2, and a continuous gradient. Polyak's constants for curvatures from 1 to 25, eta = 1/9 and
beta = 4/9, make both multipliers of size sqrt(beta) = 2/3 at either curvature, so at every point.
Still there is a cycle of period 3 on which x_{t+1} = (1 + beta) x_t - beta x_{t-1} - eta f'(x_t).

References
----------
Lessard, L., Recht, B. and Packard, A. (2016). Analysis and design of optimization algorithms via
integral quadratic constraints. SIAM Journal on Optimization 26, 57-95, section 4.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import where
from ..dynamics import linearise, simulate, spectral_radius
from ..learning import HeavyBall, TrainingMap, optimal_heavy_ball, training_map

CURVATURES = (1.0, 25.0)


@dataclass(frozen=True, slots=True)
class MomentumCycle:
    """Two runs on the same function: one converges, one cycles.

    Attributes
    ----------
    starts : ndarray, shape (2,)
    positions : ndarray, shape (2, records)
        x_t of both runs, from rest.
    cycle : ndarray, shape (3,)
        The last three positions of the second run, from the smallest on.
    predicted : ndarray, shape (3,)
        The cycle in closed form, in the same order.
    radii : ndarray, shape (records,)
        Spectral radius of the step at each state of the second run.
    cycle_radius : float
        Spectral radius of three steps along the cycle.
    """

    starts: np.ndarray
    positions: np.ndarray
    cycle: np.ndarray
    predicted: np.ndarray
    radii: np.ndarray
    cycle_radius: float

    @property
    def period(self) -> int:
        """The smallest p with x_{t+p} = x_t to 1e-9 at the end of the second run."""
        x = self.positions[1]
        return next(p for p in range(1, len(x)) if abs(x[-1] - x[-1 - p]) < 1e-9)


def loss(x: Any) -> Any:
    """Return f, element by element: strongly convex, with a continuous gradient."""
    steep, flat = 12.5 * x * x, 0.5 * x * x + 24.0 * x - 12.0
    return where(x < 1.0, steep, where(x < 2.0, flat, steep - 24.0 * x + 36.0))


def optimal_step() -> TrainingMap:
    """Return the heavy ball with Polyak's constants on f; its state is (x, last move)."""
    rule = HeavyBall(*optimal_heavy_ball(*CURVATURES))
    return training_map(lambda x: loss(x).sum(), rule, np.zeros(1))


def closed_form() -> np.ndarray:
    """Solve the three equations of the cycle, with its points in x < 1, x >= 2 and x < 1."""
    eta, beta = optimal_heavy_ball(*CURVATURES)
    shift = np.roll(np.eye(3), 1, axis=1)  # takes (x_0, x_1, x_2) to (x_1, x_2, x_0)
    matrix = shift - (1.0 + beta - 25.0 * eta) * np.eye(3) + beta * shift.T
    return np.linalg.solve(matrix, eta * np.array([0.0, 24.0, 0.0]))


def run(*, starts: tuple[float, float] = (2.5, 3.3), steps: int = 200) -> MomentumCycle:
    """Run the optimal heavy ball from rest at two starts."""
    step = optimal_step()
    runs = [simulate(step, np.array([x, 0.0]), steps) for x in starts]
    last = runs[1].states[-3:]
    first = int(np.argmin(last[:, 0]))
    jacobians = [linearise(step, z).to_matrix() for z in last]
    return MomentumCycle(
        np.array(starts),
        np.stack([r.states[:, 0] for r in runs]),
        np.roll(last[:, 0], -first),
        closed_form(),
        np.array([spectral_radius(linearise(step, z)) for z in runs[1].states]),
        spectral_radius(jacobians[2] @ jacobians[1] @ jacobians[0]),
    )
