"""One backward and one forward sweep: the step that iLQR and DDP share.

Backwards in time, with V the value of the step after and z = (x, u),

    q = l_z + f_z' V_x,      Q = l_zz + f_z' V_xx f_z  [ + sum_i V_x,i f_zz,i ]
    k = -Q_uu^-1 q_u,        K = -Q_uu^-1 Q_ux
    V_x = q_x + Q_xu k + K' (Q_uu k + q_u)
    V_xx = Q_xx + Q_xu K + K' Q_ux + K' Q_uu K .

The bracket is the curvature of the dynamics: with it the sweep is differential dynamic programming,
whose steps are Newton-like; without it it is iLQR, a Gauss-Newton method. Forwards,

    u'_t = u_t + alpha k_t + K_t (x'_t - x_t),    x'_{t+1} = F(x'_t, u'_t) .

A regularisation mu adds mu f_u' f_u to Q_uu and mu f_u' f_x to Q_ux in the solves for k and K, which
makes the new *states* stay near the old ones. V is that of the k and K that are used, with mu or without.

References
----------
Jacobson, D. H. and Mayne, D. Q. (1970). Differential Dynamic Programming. Elsevier.
Li, W. and Todorov, E. (2004). Iterative linear quadratic regulator design for nonlinear biological
movement systems. ICINCO.
Tassa, Y., Erez, T. and Todorov, E. (2012). Synthesis and stabilization of complex behaviors through
online trajectory optimization. IROS, 4906-4913.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import concatenate, solve, stack
from ...dynamics.running import plain
from .control_problem import ControlProblem
from .expansion import Expansion


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """What the backward sweep hands to the forward one.

    Attributes
    ----------
    feedforward : (T, m)
        k.
    feedback : (T, m, n)
        K.
    slope : float
        sum_t k' q_u: dJ/d alpha at alpha = 0, negative unless the trajectory is stationary.
    curvature : float
        sum_t k' Q_uu k. The cost is expected to change by alpha slope + alpha^2 curvature / 2.
    """

    feedforward: Any
    feedback: Any
    slope: float
    curvature: float

    def expected_change(self, alpha: float) -> float:
        """Return what the quadratic model says of J(alpha) - J(0)."""
        return alpha * self.slope + 0.5 * alpha**2 * self.curvature


def backward_sweep(expansion: Expansion, *, regularisation: float = 0.0) -> Gains | None:
    """Solve the quadratic problem along a trajectory, from the last step to the first.

    Parameters
    ----------
    expansion : Expansion
    regularisation : float, optional
        mu, not negative.

    Returns
    -------
    Gains or None
        None if a Q_uu is not positive definite: the model has no minimum, and needs a larger mu.
    """
    value_slope, value_curvature = expansion.end_slope, expansion.end_curvature
    steps, n, _ = expansion.slope.shape
    forward, back, slope, curvature = [], [], 0.0, 0.0
    for t in reversed(range(steps)):
        f = expansion.slope[t]
        q = expansion.cost_slope[t] + value_slope @ f
        big_q = expansion.cost_curvature[t] + f.T @ value_curvature @ f
        if expansion.curvature is not None:
            big_q = big_q + (value_slope[:, None, None] * expansion.curvature[t]).sum(axis=0)
        held = big_q[n:] + regularisation * (f[:, n:].T @ f) if regularisation else big_q[n:]
        if not _positive_definite(held[:, n:]):
            return None
        gains = -solve(held[:, n:], concatenate([q[n:][:, None], held[:, :n]], axis=1))
        k, big_k = gains[:, 0], gains[:, 1:]
        own = big_q[n:, n:]
        pull = own @ k + q[n:]
        value_slope = q[:n] + big_k.T @ pull + big_q[:n, n:] @ k
        cross = big_q[:n, n:] @ big_k
        value_curvature = big_q[:n, :n] + big_k.T @ own @ big_k + cross + cross.T
        forward.append(k)
        back.append(big_k)
        slope += float(plain(k @ q[n:]))
        curvature += float(plain(k @ own @ k))
    return Gains(stack(forward[::-1]), stack(back[::-1]), slope, curvature)


def forward_sweep(
    problem: ControlProblem, states: Any, controls: Any, gains: Gains, *, alpha: float = 1.0
) -> tuple[Any, Any]:
    """Follow the new feedback law through the true dynamics.

    Parameters
    ----------
    problem : ControlProblem
    states, controls : arrays or Tensors, shapes (T + 1, n) and (T, m)
        The trajectory around which the gains were computed.
    gains : Gains
    alpha : float, optional
        The share of the feedforward step.

    Returns
    -------
    states, controls : of the same shapes
    """
    x = problem.initial_state
    visited, used = [x], []
    for t in range(problem.horizon):
        u = controls[t] + alpha * gains.feedforward[t] + gains.feedback[t] @ (x - states[t])
        x = problem.step(x, u)
        used.append(u)
        visited.append(x)
    return stack(visited), stack(used)


def _positive_definite(matrix: Any) -> bool:
    a = plain(matrix)
    if not np.isfinite(a).all():
        return False
    try:
        np.linalg.cholesky(0.5 * (a + a.T))
    except np.linalg.LinAlgError:
        return False
    return True
