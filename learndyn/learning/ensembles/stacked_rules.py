"""One rule for many members: a rule whose numbers are columns, shape (members, 1).

The rules are arithmetic, element by element, and so work on rows as they are: a step size of shape
(members, 1) meets parameters of shape (members, n). Two things are not elementwise. A gradient is
clipped by the norm of its own row, and a schedule that differs from member to member is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from ...autodiff import Tensor, maximum, sqrt, where
from ...autodiff import sum as sum_over
from ..clipping import Clipped
from ..rules import Rule

_NUMBERS = (int, float, np.integer, np.floating)


def stack_rules(rules: Sequence[Rule]) -> Any:
    """Return the rule that makes the step of ``rules[i]`` in row i.

    Parameters
    ----------
    rules : sequence of Rule
        Of one kind, rules inside rules included: the rules of learndyn, or frozen dataclasses of
        the same make. Numbers and schedules may differ. A single rule is that of every member.

    Returns
    -------
    Rule
        Its states and gradients are matrices, shape (members, n); step counts are columns.

    Raises
    ------
    TypeError
        If one is no rule.
    ValueError
        If there is none, if they are of different kinds, or if they differ in something that is
        not a number, such as a switch.
    """
    rules = list(rules)
    if not rules:
        raise ValueError("stack_rules: received no rules. Pass one for each member, or one for all")
    for rule in rules:
        if not _is_rule(rule):
            given = rule.__name__ if isinstance(rule, type) else type(rule).__name__
            raise TypeError(
                f"stack_rules: {given} is no update rule. Pass instances, such as GradientDescent(0.1)"
            )
    return _stacked(rules)


def take_members(rule: Any, kept: np.ndarray) -> Any:
    """Return a stacked rule for some of its members."""
    if isinstance(rule, MemberSchedules):
        return MemberSchedules(rule.schedules, rule.which[kept])
    if isinstance(rule, np.ndarray):
        return rule[kept]
    if not (is_dataclass(rule) and _is_rule(rule)):
        return rule
    return _filled(type(rule), {f.name: take_members(getattr(rule, f.name), kept) for f in fields(rule)})


@dataclass(frozen=True, slots=True, eq=False)
class MemberSchedules:
    """Schedules that differ from member to member.

    Attributes
    ----------
    schedules : tuple of callable
        Each takes the step counts, shape (members, 1), to factors.
    which : ndarray of int, shape (members, 1)
        The place of each member's own.
    """

    schedules: tuple[Callable[[Any], Any], ...]
    which: np.ndarray

    def __call__(self, t: Any) -> Any:
        """Return the factor of each member at its step ``t``, shape (members, 1)."""
        factor = self.schedules[0](t)
        for j, schedule in enumerate(self.schedules[1:], start=1):
            factor = where(self.which == j, schedule(t), factor)
        return factor


@dataclass(frozen=True, slots=True, eq=False)
class RowClipped:
    """``Clipped`` for rows: each member's gradient has its own norm.

    Attributes
    ----------
    rule : Rule
    max_norm : float or ndarray of shape (members, 1)
    """

    rule: Any
    max_norm: Any

    def init(self, theta: Any) -> Any:
        """Return the state of the rule inside before the first step."""
        return self.rule.init(theta)

    def step(self, state: Any, gradient: Any, **options: Any) -> Any:
        """Return the state after one step with the clipped gradients."""
        return self.rule.step(state, clip_rows(gradient, self.max_norm), **options)


def clip_rows(gradient: Any, max_norm: Any) -> Any:
    """Return each row, shortened to Euclidean length ``max_norm`` if it is longer.

    Parameters
    ----------
    gradient : array or Tensor, shape (members, n)
    max_norm : float or ndarray of shape (members, 1)

    Returns
    -------
    array or Tensor, shape (members, n)
        ``clip_norm`` of each row. A row that is not finite is handed on as it is, and does not
        touch the others.
    """
    values = gradient.data if isinstance(gradient, Tensor) else gradient
    largest = np.max(np.abs(values), axis=-1, keepdims=True, initial=0.0)
    usable = np.isfinite(largest)
    unit = np.where(usable, np.maximum(largest, max_norm), 1.0)  # a constant: it cancels
    limit = max_norm / unit
    scaled = where(usable, gradient, 0.0) / unit
    length = sqrt(maximum(sum_over(scaled * scaled, axis=-1, keepdims=True), limit * limit))
    return gradient * where(usable, limit / length, 1.0)


def _is_rule(rule: Any) -> bool:
    return not isinstance(rule, type) and hasattr(rule, "init") and hasattr(rule, "step")


def _stacked(rules: list[Any]) -> Any:
    first = rules[0]
    for rule in rules[1:]:
        if type(rule) is not type(first):
            raise ValueError(
                f"stack_rules: received {type(first).__name__} and {type(rule).__name__}. The "
                "members of one ensemble have rules of one kind: make one ensemble for each"
            )
    if not is_dataclass(first):
        if all(rule is first for rule in rules):
            return first
        raise ValueError(
            f"stack_rules: {type(first).__name__} is no dataclass, so its numbers cannot be found. "
            "Make it a frozen dataclass, or pass one instance for all members"
        )
    merged = {
        f.name: _merged(f.name, [getattr(rule, f.name) for rule in rules], first) for f in fields(first)
    }
    return _filled(RowClipped if type(first) is Clipped else type(first), merged)


def _merged(name: str, values: list[Any], rule: Any) -> Any:
    """The values of one field: the common one, a column of numbers, or schedules."""
    first = values[0]
    if _is_rule(first):
        return _stacked(values)
    if all(value is first or _equal(value, first) for value in values):
        return first
    if all(isinstance(value, _NUMBERS) and not isinstance(value, bool) for value in values):
        return np.array(values, dtype=np.float64)[:, None]
    if all(callable(value) for value in values):
        distinct: list[Any] = []
        which = []
        for value in values:
            places = [j for j, known in enumerate(distinct) if value is known or _equal(value, known)]
            which.append(places[0] if places else len(distinct))
            distinct += [] if places else [value]
        return MemberSchedules(tuple(distinct), np.array(which)[:, None])
    shown = ", ".join(sorted({repr(value) for value in values})[:3])
    raise ValueError(
        f"stack_rules: the rules {type(rule).__name__} differ in {name} ({shown}), which is neither "
        "a number nor a schedule. Make one ensemble for each"
    )


def _equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and not isinstance(a, Tensor) and bool(a == b)


def _filled(kind: type[Any], values: dict[str, Any]) -> Any:
    """An instance whose fields were checked already, one member at a time: columns are no floats."""
    made: Any = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made
