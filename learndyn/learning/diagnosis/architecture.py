r"""Cause: no parameters of the model come near the target.

Exact for affine and deep linear models under squared error. They compute an affine map of rank r
at most, r the smallest width, and the least squared error of such maps is

    |Y - Y^|^2 + sum_{i > r} s_i^2,    Y^ the least-squares fit, s_i the singular values of Y^

(centred, if there are biases; Eckart and Young, 1936; Izenman, 1975, Reduced-rank regression for
the multivariate linear model, Journal of Multivariate Analysis 5, 248-264). For all other models
nothing is proved: the best of several starts, each descended with ``refit`` to a critical point or
the end of a budget, is compared with what a larger model reaches on the same budget. A cause is
named only if the larger model reaches the goal, or ends at less than half the loss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..losses import half_squared_error, mean_squared_error
from ..models import MLP
from ..models.activations import activation_name
from .case import Case
from .refit import refit
from .report import Cause, Finding

_STARTS = 5
_ITERATIONS = 400
_WIDER, _AT_LEAST = 4, 16  # the larger model: hidden widths times 4, and 16 or more
_MARGIN = 1.05  # a best loss within 5 % of the goal is no reason to change the model


def architecture(case: Case) -> Finding | None:
    """Return the finding that the model cannot represent the target, or None."""
    if case.model is None or case.data is None:
        return None
    exact = linear_optimum(case.model, case.data, case.criterion)
    best, evidence = (exact, "exact") if exact is not None else _best_refit(case, case.model)
    explained = case.share(best, case.goal)
    if not best > _MARGIN * max(case.goal, 0.0) or explained <= 0.0 or case.criterion is None:
        return None
    larger = _larger(case.model)
    richer = _larger_refit(case, larger, case.data, case.criterion)
    if richer > case.goal and richer > 0.5 * best:
        return None
    shown = "least loss of any parameters" if exact is not None else "best loss of the model"
    return Finding(
        Cause.ARCHITECTURE, explained,
        (
            ("model", repr(case.model)),
            (shown, f"{best:.4g} ({evidence})"),
            ("loss of a larger model", f"{richer:.3g} ({larger!r})"),
        ),
        f"use a larger model, such as {larger!r}",
        {"best": best, "larger": richer, "goal": case.goal},
    )  # fmt: skip


def linear_optimum(model: MLP, data: Any, criterion: Any) -> float | None:
    """Return the least loss of an affine or deep linear model, or None if it is not known exactly.

    Parameters
    ----------
    model : MLP
    data : tuple of array_like, shapes (samples, n_0) and (samples, n_L)
    criterion : callable
        Exact for ``mean_squared_error`` and ``half_squared_error``.
    """
    linear = {"linear", "identity"}
    names = [activation_name(model.output_activation)]
    if len(model.widths) > 2:
        names.append(activation_name(model.activation))
    if not linear.issuperset(names) or criterion not in (mean_squared_error, half_squared_error):
        return None
    x, y = (np.asarray(part, dtype=np.float64) for part in data)
    if x.ndim != 2 or y.ndim != 2:
        return None
    if model.bias:
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    fit = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    cut = np.linalg.svd(fit, compute_uv=False)[min(model.widths) :]
    error = float(np.sum((y - fit) ** 2) + np.sum(cut**2))
    return error / y.size if criterion is mean_squared_error else 0.5 * error


def _best_refit(case: Case, model: MLP) -> tuple[float, str]:
    """The best loss of the same model, from new starts and, last, from the end of the run."""
    rng = np.random.default_rng(case.seed)
    best, tried = np.inf, 0
    while best > case.goal and tried < _STARTS:
        last = tried == _STARTS - 1 and np.isfinite(case.final)
        theta = case.parameters(-1) if last else model.init(rng)
        best = min(best, refit(case.loss, theta, iterations=_ITERATIONS, goal=case.goal).loss)
        tried += 1
    return best, f"best of {tried} starts, {_ITERATIONS} quasi-Newton steps each"


def _larger(model: MLP) -> MLP:
    """The model with wider hidden layers, nonlinear, and with one if there was none."""
    first, *hidden, last = model.widths
    linear = activation_name(model.activation) in {"linear", "identity"}
    wide = [max(_WIDER * width, _AT_LEAST) for width in hidden] or [2 * _AT_LEAST]
    return MLP(
        (first, *wide, last), "tanh" if linear else model.activation,
        output_activation=model.output_activation,
    )  # fmt: skip


def _larger_refit(
    case: Case, model: MLP, data: tuple[Any, ...], criterion: Callable[[Any, Any], Any]
) -> float:
    x, y = data
    rng, best = np.random.default_rng(case.seed), np.inf
    for _ in range(_STARTS):
        found = refit(
            lambda theta: criterion(model(theta, x), y), model.init(rng),
            iterations=_ITERATIONS, goal=case.goal,
        )  # fmt: skip
        best = min(best, found.loss)
        if best <= case.goal:
            break
    return best
