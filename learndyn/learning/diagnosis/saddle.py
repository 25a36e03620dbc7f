r"""Cause: the run stands at a saddle, or on a plateau.

At the end of the run, with lambda_min the most negative eigenvalue of the Hessian and v its vector,
the distance a = |g v| / |lambda_min| from the saddle along v grows by a factor of

    mu = 1 + eta |lambda_min|,    heavy ball: mu^2 - (1 + beta + eta |lambda_min|) mu + beta = 0

each step, and so on for other rules (``multipliers``). It takes ln(s / a) / ln(mu) steps to grow to
s, the distance along v where the loss is least. With a = 0 that is infinite. The index is the
number of eigenvalues below -1e-3 of the largest magnitude.

Where no eigenvalue is negative, the point may be a plateau that is flat in second order, like the
zero of a net for XOR: then it is left by random kicks.

Named only if the second half of the run won less than a tenth of the distance to the goal, and if
the run made again from beside the saddle wins a fifth or more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics.modes import dominant_modes
from ..curvature import gradient_and_hessian
from ..gradient_flow import flat_loss
from ..stability_limits import bare_rule, multipliers
from .case import Case, number
from .report import Cause, Finding

_NEGATIVE = 1e-3  # part of the largest eigenvalue: a slower way out is bad conditioning
_WRITE_OUT = 300
_KICKS = 3
_CLOSE = 0.1  # the gradient on the way out is of the order of |lambda_min| s
_FLAT = 1e-3  # a first-order gain over the whole run below this part of the loss is a plateau


@dataclass(frozen=True, slots=True, eq=False)
class Saddle:
    """The point at which a run stands.

    Attributes
    ----------
    index : int
        Number of negative eigenvalues. A lower bound (1) where the Hessian is not written out.
    exact : bool
        Whether the index is exact.
    lowest, largest : float
        lambda_min, and the largest magnitude.
    vector : ndarray, shape (n,)
        v.
    offset : float
        a.
    reach : float
        s; nan if the loss falls along v at no distance that was tried.
    escape : float
        Steps until a has grown to s; inf if a = 0 or nothing is negative.
    gradient : float
        Euclidean length.
    """

    index: int
    exact: bool
    lowest: float
    largest: float
    vector: np.ndarray
    offset: float
    reach: float
    escape: float
    gradient: float

    @property
    def close(self) -> bool:
        """Whether the gradient is a tenth or less of what it is on the way out, |lambda_min| s.

        The directions that curve up have settled then, and the one that curves down has not begun.
        """
        return self.gradient <= _CLOSE * abs(self.lowest) * self.reach


def saddle(case: Case) -> Finding | None:
    """Return the finding that the run is stuck at a saddle or on a plateau, or None."""
    found = stands_at(case) if np.isfinite(case.final) and case.stalled else None
    if found is None or (found.index and not found.close):
        return None
    z, flat = flat_loss(case.loss, case.parameters(-1))
    if found.index:
        sides = [z + s * found.vector for s in (found.reach, -found.reach)]
        starts = sorted(sides, key=lambda point: number(flat, point))[:1]
    elif _is_flat(case):
        rng = np.random.default_rng(case.seed)
        starts = [z + 0.5 * rng.standard_normal(z.size) for _ in range(_KICKS)]
    else:
        return None
    loss = np.inf
    for point in starts:
        loss = min(loss, case.again(flat.parameters(point)))
        if loss <= case.goal:
            break
    explained = case.explained(loss)
    if not case.names(loss):
        return None
    least = "" if found.exact else "at least "
    kind = "plateau, flat in second order"
    if found.index:
        kind = f"saddle of index {least}{found.index}"
    steps = f"{found.escape:.3g} steps" if math.isfinite(found.escape) else "never, within rounding"
    return Finding(
        Cause.SADDLE, explained,
        (
            ("the run stands at", kind),
            ("lowest eigenvalue of the Hessian", f"{found.lowest:.3g}"),
            ("largest magnitude", f"{found.largest:.3g}"),
            ("gradient at the end", f"{case.run.gradient_norms[-1]:.3g}"),
            *((("distance, and where it ends", f"{found.offset:.2g}, {found.reach:.2g}"),
               ("predicted escape in", steps)) if found.index else ()),
            ("loss from beside it", f"{loss:.3g} after {case.budget} steps at most"),
        ),
        "start elsewhere: larger random weights, or a push along the direction that curves down",
        {
            "index": float(found.index), "lowest": found.lowest, "largest": found.largest,
            "offset": found.offset, "reach": found.reach, "escape": found.escape, "loss": loss,
        },
    )  # fmt: skip


def stands_at(case: Case) -> Saddle | None:
    """Measure the point at which a run ended."""
    z, flat = flat_loss(case.loss, case.parameters(-1))
    gradient, hessian = gradient_and_hessian(flat, z)
    exact = z.size <= _WRITE_OUT
    if exact:
        matrix = hessian.to_matrix()
        if not np.isfinite(matrix).all():
            return None
        values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
        lowest, vector, largest = float(values[0]), vectors[:, 0], float(np.abs(values).max())
        index = int((values < -_NEGATIVE * largest).sum()) if largest > 0.0 else 0
    else:
        try:
            low = dominant_modes(hessian, which="smallest", tolerance=1e-4, max_iterations=400)
            top = dominant_modes(hessian, which="magnitude", tolerance=1e-3, max_iterations=400)
        except ValueError:
            return None  # a product is not finite
        lowest, vector, largest = float(low.values[0]), low.vectors[:, 0], float(abs(top.values[0]))
        index = int(lowest < -_NEGATIVE * largest)
    size = float(np.linalg.norm(gradient))
    offset = float(abs(gradient @ vector) / abs(lowest)) if index else 0.0
    reach = _reach(flat, z, vector) if index else math.nan
    if index and math.isnan(reach):
        index = 0
    escape = math.inf
    if index and offset > 0.0:
        growth = _growth(case, lowest)
        escape = max(0.0, math.log(reach / offset) / math.log(growth)) if growth > 1.0 else math.inf
    return Saddle(index, exact, lowest, largest, vector, offset, reach, escape, size)


def _growth(case: Case, lowest: float) -> float:
    """The factor by which the distance along v grows in a step."""
    rule = bare_rule(case.rule)
    if hasattr(rule, "preconditioner"):
        return math.nan  # the second moment changes on the way out
    return float(np.abs(multipliers(rule, lowest)[0]))


def _reach(flat: Any, z: np.ndarray, v: np.ndarray) -> float:
    """The distance along v, to either side, at which the loss is least."""
    here, best = number(flat, z), (math.inf, math.nan)
    for s in np.geomspace(1e-3, 1e2, 26):
        best = min(best, (min(number(flat, z + s * v), number(flat, z - s * v)), float(s)))
    return best[1] if best[0] < here else math.nan


def _is_flat(case: Case) -> bool:
    """Whether the gradient, kept for another run of the same length, would win next to nothing."""
    rule = bare_rule(case.rule)
    g = float(case.run.gradient_norms[-1])
    gain = 1.0 / (1.0 - getattr(rule, "momentum", 0.0))
    won = gain * rule.step_size * g * g * max(int(case.run.times[-1]), 1)
    return bool(won < _FLAT * abs(case.final))
