r"""Planning a movement: iLQR and DDP as maps on controls, and their rates as spectra of those maps.

Near an optimum one sweep of iLQR is U -> U - G^-1 grad J(U), with the Gauss-Newton Hessian G that forgets
the curvature of the dynamics. Its Jacobian there is I - G^-1 H, so errors shrink by the spectral radius of
that, and grow if it is above 1. DDP has the true Hessian H in the place of G: its Jacobian is 0, and its
convergence quadratic.

References
----------
Jacobson, D. H. and Mayne, D. Q. (1970). Differential Dynamic Programming. Li, W. and Todorov, E. (2004).
Iterative linear quadratic regulator design for nonlinear biological movement systems. ICINCO.
Baumgaertner, K., Messerer, F. and Diehl, M. (2023). arXiv:2301.04047.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import cos
from ..dynamics import RK4, Heun, linearise, simulate, spectral_radius
from ..neural.control import (
    ControlProblem,
    Pendulum,
    TwoLinkArm,
    held_step,
    optimise,
    predicted_ratio,
    sweep_map,
)

INTERVAL = 0.1
"""Between two commands to the pendulum, s."""


def swing_up(*, horizon: int = 25, effort: float = 0.05) -> ControlProblem:
    """Return the task to bring a hanging pendulum to stand, with a motor that is too weak to lift it.

    Parameters
    ----------
    horizon : int, optional
        Number of commands, each held for 0.1 s.
    effort : float, optional
        Cost of a squared torque, per second.
    """
    return ControlProblem(
        step=held_step(Pendulum(damping=0.1), INTERVAL, method=RK4(INTERVAL)),
        running_cost=lambda x, u: effort * INTERVAL * (u * u).sum(axis=0),
        terminal_cost=lambda x: 10.0 * (1.0 + cos(x[0])) + 0.5 * x[1] * x[1],
        initial_state=np.zeros(2),
        horizon=horizon,
    )


def arm_reach() -> ControlProblem:
    """Return the task to bring the hand of a human arm to rest at a target, in half a second."""
    arm, start = TwoLinkArm(), np.array([0.6, 1.6])
    target = arm.kinematics.hand(start) + np.array([-0.08, 0.12])
    return ControlProblem(
        step=held_step(arm, 0.04, method=Heun(0.04)),
        running_cost=lambda x, u: 1e-4 * (u * u).sum(axis=0),
        terminal_cost=lambda x: (
            50.0 * ((arm.kinematics.hand(x[:2]) - target) ** 2).sum() + (x[2:] ** 2).sum()
        ),
        initial_state=np.append(start, [0.0, 0.0]),
        horizon=12,
        inputs=2,
    )


def curved_command(curvature: float, *, effort: float = 0.5) -> ControlProblem:
    """Return one command u that moves a point to u^2 / 2, with a target at -effort curvature.

    At the optimum u = 0 the Gauss-Newton Hessian is the effort r and the true one r (1 + curvature): iLQR's
    multiplier is -curvature.

    Parameters
    ----------
    curvature : float
        Positive.
    effort : float, optional
        r.
    """
    target = -effort * curvature
    return ControlProblem(
        step=lambda x, u: 0.5 * u * u + 0.0 * x,
        running_cost=lambda x, u: 0.5 * effort * (u * u).sum(axis=0),
        terminal_cost=lambda x: 0.5 * ((x - target) ** 2).sum(),
        initial_state=np.zeros(1),
        horizon=1,
    )


def pushes(problem: ControlProblem, *, size: float = -6.0) -> np.ndarray:
    """Return torques, shape (T, 1), that push a pendulum to and fro at its own frequency.

    The sign of ``size``, N m, decides on which side optimisation makes it stand up.
    """
    times = INTERVAL * np.arange(problem.horizon)
    return size * np.sin(Pendulum().frequency * times)[:, None]


@dataclass(frozen=True, slots=True)
class Planning:
    """The swing-up, and how both methods come to it from near by.

    Attributes
    ----------
    times : ndarray, shape (T + 1,)
        s.
    angles : ndarray, shape (T + 1,)
        Of the pendulum, rad; 0 hangs.
    torques : ndarray, shape (T,)
        N m.
    torque_to_lift : float
        m g l, what it takes to hold the pendulum horizontal, N m.
    gradient : float
        Largest component of dJ/dU at the optimum.
    least_curvature : float
        Smallest eigenvalue of the Hessian of J there.
    ilqr, ddp : ndarray, shapes (sweeps + 1,)
        Distance of the controls from the optimum.
    radius : float
        Spectral radius of the linearised sweep of iLQR.
    ratio_predicted : float
        That of I - G^-1 H, from two Hessians.
    ddp_slope : float
        Largest length to which the Jacobian of a sweep of DDP takes three random unit vectors: 0 is
        predicted.
    """

    times: np.ndarray
    angles: np.ndarray
    torques: np.ndarray
    torque_to_lift: float
    gradient: float
    least_curvature: float
    ilqr: np.ndarray
    ddp: np.ndarray
    radius: float
    ratio_predicted: float
    ddp_slope: float

    @property
    def ratio(self) -> float:
        """Factor of the error in the last sweep of iLQR."""
        return float(self.ilqr[-1] / self.ilqr[-2])

    @property
    def orders(self) -> np.ndarray:
        """ln(e_{k+1}/e_k) / ln(e_k/e_{k-1}) of DDP, while errors are above rounding: 2 is predicted."""
        logs = np.diff(np.log(self.ddp[self.ddp > 1e-12]))
        return logs[1:] / logs[:-1]


def run(*, sweeps: int = 26, distance: float = 2.0, seed: int = 5) -> Planning:
    """Find the optimum by damped DDP, then start both bare iterations near it.

    Parameters
    ----------
    sweeps : int, optional
        Of iLQR; DDP makes 4.
    distance : float, optional
        Of the start from the optimum, in a random direction, N m.
    seed : int, optional
    """
    task = swing_up()
    found = optimise(task, pushes(task), method="ddp", tolerance=1e-11)
    ilqr, ddp = sweep_map(task, method="ilqr"), sweep_map(task, method="ddp")
    # Two bare sweeps take the optimum to rounding, as the last errors of DDP are close to it.
    best = simulate(ddp, found.controls.reshape(-1), 2).final_state
    rng = np.random.default_rng(seed)
    direction = rng.standard_normal(best.size)
    start = best + distance * direction / np.linalg.norm(direction)
    ilqr_errors, ddp_errors = (
        np.linalg.norm(simulate(system, start, count).states - best, axis=1)
        for system, count in ((ilqr, sweeps), (ddp, 4))
    )
    pendulum, slope = Pendulum(), linearise(ddp, best)
    stretched = [slope.matvec(v / np.linalg.norm(v)) for v in rng.standard_normal((3, best.size))]
    return Planning(
        INTERVAL * np.arange(task.horizon + 1), task.rollout(best)[:, 0], best,
        pendulum.mass * pendulum.gravity * pendulum.length,
        float(np.abs(task.gradient(best)).max()), float(np.linalg.eigvalsh(task.hessian(best))[0]),
        ilqr_errors, ddp_errors, spectral_radius(linearise(ilqr, best)), predicted_ratio(task, best),
        float(np.linalg.norm(stretched, axis=1).max()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArmPlanning:
    """A reach of the arm by both methods, from no torques at all.

    Attributes
    ----------
    ilqr, ddp : int
        Iterations.
    ratio : float
        Predicted for iLQR at the optimum.
    miss : float
        Distance of the hand from its target at the end, m.
    difference : float
        Largest difference between the two methods' torques, N m.
    """

    ilqr: int
    ddp: int
    ratio: float
    miss: float
    difference: float


def arm_planning(*, tolerance: float = 5e-11) -> ArmPlanning:
    """Plan the reach of ``arm_reach`` with iLQR and with DDP."""
    problem = arm_reach()
    still = np.zeros((problem.horizon, problem.inputs))
    found = {name: optimise(problem, still, method=name, tolerance=tolerance) for name in ("ilqr", "ddp")}
    kinematics = TwoLinkArm().kinematics
    target = kinematics.hand(problem.initial_state[:2]) + np.array([-0.08, 0.12])
    end = kinematics.hand(found["ilqr"].states[-1, :2])
    return ArmPlanning(
        found["ilqr"].iterations, found["ddp"].iterations,
        predicted_ratio(problem, found["ddp"].controls), float(np.linalg.norm(end - target)),
        float(np.abs(found["ilqr"].controls - found["ddp"].controls).max()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repulsion:
    """iLQR near the optimum of ``curved_command``.

    Attributes
    ----------
    predicted : ndarray, shape (curvatures,)
        Size of the multiplier.
    radii : ndarray, shape (curvatures,)
        Spectral radius of the linearised sweep.
    measured : ndarray, shape (curvatures,)
        Factor of the error in the first sweep from 1e-6.
    ddp : ndarray, shape (curvatures,)
        Error that one sweep of DDP leaves of 1e-3.
    """

    predicted: np.ndarray
    radii: np.ndarray
    measured: np.ndarray
    ddp: np.ndarray


def repulsion(curvatures: Sequence[float] = (0.5, 0.9, 2.0)) -> Repulsion:
    """Start beside the optimum, for several curvatures of the dynamics."""
    radii, measured, left = [], [], []
    for curvature in curvatures:
        problem = curved_command(curvature)
        ilqr, ddp = sweep_map(problem), sweep_map(problem, method="ddp")
        radii.append(spectral_radius(linearise(ilqr, np.zeros(1))))
        measured.append(abs(float(ilqr(np.array([1e-6]))[0])) / 1e-6)
        left.append(abs(float(ddp(np.array([1e-3]))[0])))
    return Repulsion(np.array(curvatures), np.array(radii), np.array(measured), np.array(left))
