"""The second-order expansion of a control problem along a trajectory.

With z = (x, u), at each step t: the slope f_z of the dynamics, gradient l_z and Hessian l_zz of the
cost, and, for DDP, the curvature f_zz of the dynamics. All steps are expanded at once: a step does not
depend on the others' z, so one forward sweep with the unit vector e_j in each of them gives column j
for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import concatenate, grad, hessian, jvp, stack, transpose
from .control_problem import ControlProblem


@dataclass(frozen=True, slots=True, eq=False)
class Expansion:
    """Derivatives along a trajectory; k = n + m components of z = (x, u).

    Attributes
    ----------
    slope : (T, n, k)
        f_z.
    curvature : (T, n, k, k) or None
        f_zz; None if it was not asked for.
    cost_slope : (T, k)
        l_z.
    cost_curvature : (T, k, k)
        l_zz.
    end_slope : (n,)
        Gradient of the terminal cost.
    end_curvature : (n, n)
    """

    slope: Any
    curvature: Any
    cost_slope: Any
    cost_curvature: Any
    end_slope: Any
    end_curvature: Any


def expand(problem: ControlProblem, states: Any, controls: Any, *, second_order: bool) -> Expansion:
    """Expand dynamics and costs along a trajectory.

    Parameters
    ----------
    problem : ControlProblem
    states : array or Tensor, shape (T + 1, n)
    controls : array or Tensor, shape (T, m)
    second_order : bool
        Also the curvature of the dynamics.

    Returns
    -------
    Expansion
        Of Tensors where a Tensor was given, so that the expansion can itself be differentiated.

    Raises
    ------
    ValueError
        By ``grad``, if a cost does not depend on its arguments at all.
    """
    n = problem.initial_state.size
    z = concatenate([states[:-1].T, controls.T])

    def step(z: Any) -> Any:
        return problem.step(z[:n], z[n:])

    def cost(z: Any) -> Any:
        return problem.running_cost(z[:n], z[n:]).sum()

    curvature = None
    if second_order:
        parts = [_columns(grad(lambda z, i=i: step(z)[i].sum()), z) for i in range(n)]
        curvature = transpose(stack(parts), (1, 0, 2, 3))
    return Expansion(
        _columns(step, z),
        curvature,
        transpose(grad(cost)(z)),
        _columns(grad(cost), z),
        grad(problem.terminal_cost)(states[-1]),
        hessian(problem.terminal_cost)(states[-1]),
    )


def _columns(f: Callable[[Any], Any], z: Any) -> Any:
    """Jacobians, (T, outputs, k), of a function that takes each column of z, (k, T), by itself."""
    columns = []
    for j in range(z.shape[0]):
        along = np.zeros(z.shape)
        along[j] = 1.0
        columns.append(jvp(f, (z,), (along,))[1])
    return transpose(stack(columns), (2, 1, 0))
