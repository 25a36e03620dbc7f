"""Cause: a number arises that is not finite, where the parameters are of ordinary size.

The run is made again up to the first state, finite itself, from which the step was not. The loss
there is differentiated under ``detect_anomaly``, which names the first operation. A run that
diverges overflows as well, in the end: that is a consequence, told by parameters that have grown a
millionfold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ...autodiff import AnomalyError, detect_anomaly, value_and_grad
from .case import Case
from .report import Cause, Finding

_GROWN = 1e6


@dataclass(frozen=True, slots=True)
class Fault:
    """The first number of a run that is not finite.

    Attributes
    ----------
    step : int
        The step in which it arose.
    operation : str
    message : str
        What ``detect_anomaly`` says.
    size : float
        Euclidean length of the parameters before that step.
    """

    step: int
    operation: str
    message: str
    size: float


def numerical(case: Case) -> Finding | None:
    """Return the finding of a numerical fault, or None."""
    fault = first_fault(case)
    if fault is None:
        return None
    at_start = _length(case.training.state(case.training.initial_state).theta)
    if fault.size > _GROWN * max(at_start, 1.0):
        return None
    return Finding(
        Cause.NUMERICAL, 1.0,
        (
            ("first operation that is not finite", fault.operation),
            ("in step", str(fault.step)),
            ("what it met", fault.message),
            ("length of the parameters before", f"{fault.size:.3g} (at the start {at_start:.3g})"),
        ),
        "keep the operation within its domain: use logits, a stable form, or smaller arguments",
        {"step": float(fault.step), "size": fault.size},
    )  # fmt: skip


def first_fault(case: Case) -> Fault | None:
    """Find the step and the operation in which the first number arose that is not finite."""
    run = case.run
    good = np.isfinite(run.losses) & np.isfinite(run.gradient_norms)
    if good.all() and np.isfinite(run.state.z).all():
        return None
    z, step = _first_bad(case, int(run.times[np.argmin(good)] - run.times[0]))
    training = case.training
    size = _length(training.state(z).theta)
    count = float(z[-1])
    batch = () if training.batches is None else training.batches(round(count))
    batch = batch if isinstance(batch, tuple) else (batch,)
    try:
        with np.errstate(all="ignore"), detect_anomaly():
            value_and_grad(training.loss)(training.parameters(z.copy()), *batch)
    except AnomalyError as error:
        # A file by its name alone: where it lies says nothing about the fault.
        message = re.sub(r"(Made at )\S*[/\\]", r"\1", str(error))
        return Fault(step, message.split(":", 1)[0], message, size)
    return Fault(step, "update rule", "loss and gradient are finite, the step is not", size)


def _length(theta: np.ndarray) -> float:
    """Euclidean length, also where its square overflows."""
    largest = max(float(np.abs(theta).max()), np.finfo(float).tiny)
    return largest * float(np.linalg.norm(theta / largest))


def _first_bad(case: Case, recorded: int) -> tuple[np.ndarray, int]:
    """The first state, all of it finite, whose loss, gradient or next state is not; and its step.

    ``recorded`` is the first record that was not finite. It may be ``every`` steps late.
    """
    training, before = case.training, np.flatnonzero(case.times < max(recorded, 1))
    k = int(before[-1]) if len(before) else 0
    z, t = case.states[k], int(case.times[k])
    with np.errstate(all="ignore"):
        while True:
            z_next, loss, gradient = training.advance(z)
            whole = np.isfinite(loss) and np.isfinite(gradient).all() and np.isfinite(z_next).all()
            if not whole or t >= recorded:
                return z, t
            z, t = z_next, t + 1
