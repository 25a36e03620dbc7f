"""The Dormand-Prince pair of orders 5 and 4 with step-size control and dense output.

Seven stages k_i = f(t + c_i h, z + h sum_j a_ij k_j) give a state of order 5, and a second one
of order 4; their difference e = h sum_i e_i k_i measures the local error. The last stage is
the first of the next step. Between the ends the curve

    z(t + theta h) = z + h sum_i k_i b_i(theta),   b_i(theta) = P_i1 theta + ... + P_i4 theta^4

has order 4 and costs no further evaluation. A step is accepted if

    err = rms(e / (atol + rtol max(|z|, |z_new|))) <= 1,

and a proportional-integral rule chooses the next: h err^-0.17 err_before^0.04.

References
----------
Dormand, J. R. and Prince, P. J. (1980). A family of embedded Runge-Kutta formulae. Journal of
Computational and Applied Mathematics 6, 19-26.
Shampine, L. F. (1986). Some practical Runge-Kutta formulas. Mathematics of Computation 46, 135-150.
Hairer, E., Norsett, S. P. and Wanner, G. (1993). Solving Ordinary Differential Equations I,
sections II.4 and II.5. Springer. Hairer, E. and Wanner, G. (1996). II, section IV.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..flow import Flow
from ..running import is_finite
from .control import StepControl, StiffnessTest, first_step_size, rms
from .field import Field
from .step import Step, StoppedError

C = np.array([0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1])
A = np.array(
    [
        [0, 0, 0, 0, 0, 0],
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
ERROR = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
P = np.array(
    [
        [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
        [0, 0, 0, 0],
        [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
        [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
        [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
        [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
        [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
    ]
)
_NODES = C.tolist()
_WEIGHTS = [A[i, :i].copy() for i in range(7)]
_ROWS = [[a for a in row if a] for row in A.tolist()]
_PLACES = [[j for j, a in enumerate(row) if a] for row in A.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class DormandPrince:
    """The adaptive Dormand-Prince method of order 5(4), the default for flows that are not stiff.

    Parameters
    ----------
    rtol, atol : float, optional
        Error of a step that is allowed, relative to each component and in its own unit.
        The error of the whole run is proportional to them, not equal.
    first_step : float or None, optional
        Length of the first step, in units of time; chosen from the flow by default.
    max_steps : int, optional
        Most steps to try. A run that needs more stops, and says where.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    rtol: float = 1e-6
    atol: float = 1e-9
    first_step: float | None = None
    max_steps: int = 100_000

    def __post_init__(self) -> None:
        if not (0 <= self.rtol < math.inf and 0 < self.atol < math.inf):
            raise ValueError(
                "DormandPrince: needs rtol >= 0 and atol > 0, both finite, "
                f"got rtol={self.rtol}, atol={self.atol}"
            )
        if self.first_step is not None and not 0 < self.first_step < math.inf:
            raise ValueError(
                f"DormandPrince: first_step must be positive and finite, got {self.first_step}. "
                "Leave it out to have it chosen"
            )
        if self.max_steps < 1:
            raise ValueError(f"DormandPrince: max_steps must be at least 1, got {self.max_steps}")

    def step(self, flow: Flow, t: float, z: Any, h: float) -> Any:
        """Return the state of order 5 a time ``h`` after ``z``, shape (n,), array or Tensor."""
        k = [flow(t, z)]
        for node, weights, places in zip(_NODES[1:6], _ROWS[1:6], _PLACES[1:6], strict=True):
            k.append(flow(t + node * h, z + h * _weighted(weights, [k[j] for j in places])))
        return z + h * _weighted(_ROWS[6], [k[j] for j in _PLACES[6]])

    def steps(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]:
        """Walk from the first time to the last; used by ``integrate``."""
        t, end = float(times[0]), float(times[-1])
        if t == end:
            return
        v = field(t, z)
        if not is_finite(v):
            raise StoppedError(f"the velocity at the start, t = {t:.6g}, is not finite")
        h = self.first_step or first_step_size(field, t, z, v, end - t, self.rtol, self.atol)
        control, stiffness = StepControl(), StiffnessTest()
        least = 1e-20 * (end - t)  # near t = 0 the spacing of numbers is no limit
        for _ in range(self.max_steps):
            if not h > max(10 * math.ulp(t), least):  # so that NaN ends the run, too
                raise StoppedError(_underflow(t, end, h, control.finite))
            last = t + 1.01 * h >= end
            h = end - t if last else h
            t_new = end if last else t + h
            k, before_last, z_new = _stages(field, t, z, h, v)
            scale = self.atol + self.rtol * np.maximum(np.abs(z), np.abs(z_new))
            finite = is_finite(z_new) and is_finite(k[6])
            error = rms(h * ERROR.dot(k) / scale) if finite else math.nan
            h_next = control.next_step_size(h, error)
            if control.accepted:
                stiffness.look(t, h, k[6] - k[5], z_new - before_last)
                yield Step(t, t_new, z, z_new, _curve(k, h))
                if last:
                    return
                t, z, v = t_new, z_new, k[6]
            h = h_next
        raise StoppedError(
            f"DormandPrince used all max_steps={self.max_steps} steps and reached t = {t:.6g} of "
            f"{end:.6g} with a step size of {h:.3g}. {stiffness.advice()}"
        )


def _weighted(weights: list[float], k: list[Any]) -> Any:
    total = weights[0] * k[0]
    for weight, stage in zip(weights[1:], k[1:], strict=True):
        total = total + weight * stage
    return total


def _stages(
    field: Field, t: float, z: np.ndarray, h: float, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the stages, shape (7, n), and the arguments of the last two."""
    k = np.empty((7, z.size))
    k[0] = v
    before, argument = z, z
    for i in range(1, 7):
        before, argument = argument, z + h * _WEIGHTS[i].dot(k[:i])
        k[i] = field(t + _NODES[i] * h, argument)
    return k, before, argument


def _curve(k: np.ndarray, h: float) -> Callable[[], np.ndarray]:
    return lambda: h * (P.T @ k)


def _underflow(t: float, end: float, h: float, finite: bool) -> str:
    reason = (
        "the tolerance is out of reach there: the solution blows up, the flow jumps, or rtol and "
        "atol ask for more digits than there are. Loosen them, or use ImplicitEuler if the flow "
        "is stiff"
        if finite
        else "beyond it the flow is not finite. Check the flow there, or end the run before it"
    )
    return f"the step size fell to {h:.3g} at t = {t:.9g} of {end:.6g}; {reason}"
