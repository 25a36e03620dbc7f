"""Which checks find which faults: every row of the table, broken on purpose.

Each fault makes a new row whose rules are wrong in one way. Each check looks at it and says yes
or no. A fault that changes nothing for a row (a sign of a zero derivative) is not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import (
    GradientCheckError,
    Tensor,
    check_grads,
    grad,
    jvp,
    operation,
    vjp,
)
from .row_examples import RowExample, row_examples

EPS = float(np.finfo(np.float64).eps)
STEP = EPS ** (1 / 3)

Rules = tuple[Callable[..., Any], ...]


# --- the faults: (reverse rules, forward rules, example) -> the wrong pair -----------------


def _largest(reverse: Rules, forward: Rules, example: RowExample) -> int:
    """The operand with the largest gradient: breaking its rule makes the largest difference."""
    value, back = vjp(example.call, *example.operands)
    return int(np.argmax([np.sum(np.abs(g)) for g in back(_cotangent(np.shape(value)))]))


def _scaled_by(factor: float, *, both: bool = False) -> Callable[..., tuple[Rules, Rules]]:
    def fault(reverse: Rules, forward: Rules, example: RowExample) -> tuple[Rules, Rules]:
        place = _largest(reverse, forward, example)
        return (
            _changed(reverse, place, lambda c, *_: factor * c),
            _changed(forward, place, lambda c, *_: factor * c) if both else forward,
        )

    return fault


def _not_summed(reverse: Rules, forward: Rules, example: RowExample) -> tuple[Rules, Rules]:
    """Hand out the first slice of a stretched cotangent where the sum of all is due."""

    def first_slice(c: Any, operand: Any) -> Any:
        while c.ndim > operand.ndim:
            c = c[0]
        return c

    return _changed(reverse, len(reverse) - 1, first_slice), forward


def _swapped(reverse: Rules, forward: Rules, example: RowExample) -> tuple[Rules, Rules]:
    return reverse[::-1], forward[::-1]


def _sums_to_zero(reverse: Rules, forward: Rules, example: RowExample) -> tuple[Rules, Rules]:
    """Add to the cotangent its own deviation from its mean, which is zero for ones."""

    def rule(g: Any, *rest: Any, **params: Any) -> Any:
        return reverse[0](g, *rest, **params) + (g - g.mean())

    return (rule, *reverse[1:]), forward


def _frozen(reverse: Rules, forward: Rules, example: RowExample) -> tuple[Rules, Rules]:
    """Rules that take result and operands for constants: right once, wrong if differentiated."""

    def frozen(rule: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(g: Any, *rest: Any, **params: Any) -> Any:
            return rule(g, *(x.detach() if isinstance(x, Tensor) else x for x in rest), **params)

        return wrong

    return tuple(map(frozen, reverse)), tuple(map(frozen, forward))


def _changed(rules: Rules, place: int, change: Callable[[Any, Any], Any]) -> Rules:
    """The same rules, but what one of them sends back is changed."""

    def wrong(g: Any, y: Any, *operands: Any, **params: Any) -> Any:
        return change(rules[place](g, y, *operands, **params), operands[place])

    return (*rules[:place], wrong, *rules[place + 1 :])


FAULTS: dict[str, Callable[..., tuple[Rules, Rules]]] = {
    "sign flipped": _scaled_by(-1.0),
    "partial zeroed": _scaled_by(0.0),
    "scaled by 1.001": _scaled_by(1.001),
    "error sums to 0": _sums_to_zero,
    "sum left out": _not_summed,
    "operands swapped": _swapped,
    "both modes scaled": _scaled_by(1.001, both=True),
    "second order lost": _frozen,
}


def _applies(fault: str, example: RowExample) -> bool:
    shapes = [x.shape for x in example.operands]
    if fault == "sum left out":
        return len(shapes) == 2 and example.kind == "elementwise"
    if fault == "operands swapped":
        return len(shapes) == 2 and example.kind == "elementwise"
    if fault == "error sums to 0":
        return bool(np.shape(example.call(*example.operands)) == shapes[0] != ())
    return True


# --- the checks: True if they find something ---------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A broken function, and what an honest finite difference says about the right one."""

    broken: Callable[..., Any]
    operands: tuple[np.ndarray, ...]
    jacobian: np.ndarray  # (results, inputs), by central differences
    noise: float  # of its entries


def _reverse_misses(case: Case, cotangent: np.ndarray, rtol: float) -> bool:
    gradient = _flat(vjp(case.broken, *case.operands)[1](cotangent))
    expected = cotangent.ravel() @ case.jacobian
    size = np.abs(cotangent).ravel() @ np.abs(case.jacobian)
    return bool(np.any(np.abs(gradient - expected) > rtol * size + case.noise))


def _ones(case: Case) -> bool:
    return _reverse_misses(case, np.ones(_shape(case)), 1e-6)


def _random(case: Case) -> bool:
    return _reverse_misses(case, _cotangent(_shape(case)), 1e-6)


def _wide(case: Case) -> bool:
    return _reverse_misses(case, _cotangent(_shape(case)), 1e-2)


def _adjoint(case: Case) -> bool:
    rng = np.random.default_rng(2)
    u = tuple(rng.standard_normal(x.shape) for x in case.operands)
    value, tangent = jvp(case.broken, case.operands, u)
    v = _cotangent(np.shape(value))
    products = _flat(vjp(case.broken, *case.operands)[1](v)) * _flat(u)
    scale = float(np.sum(np.abs(products)))
    return bool(abs(np.vdot(v, tangent) - np.sum(products)) > 1e-12 * max(scale, 1e-3))


def _symmetry(case: Case) -> bool:
    rng = np.random.default_rng(3)
    u, v = ([rng.standard_normal(x.shape) for x in case.operands] for _ in range(2))
    left, right = _second(case, u, v), _second(case, v, u)
    return bool(abs(left - right) > 1e-10 * max(abs(left), abs(right), 1e-3))


def _second(case: Case, u: list[np.ndarray], v: list[np.ndarray]) -> float:
    """v . H u for the weighted sum of the results, by reverse mode twice."""
    weight = _cotangent(_shape(case))

    def scalar(parts: list[Any]) -> Any:
        # The second term connects each part, so that every gradient exists.
        return (case.broken(*parts) * weight).sum() + 0.0 * sum(p.sum() for p in parts)

    def slope(parts: list[Any]) -> Any:
        return sum((g * d).sum() for g, d in zip(grad(scalar)(parts), u, strict=True))

    return float(np.vdot(_flat(grad(slope)(list(case.operands))), _flat(v)))


def _whole(case: Case) -> bool:
    try:
        check_grads(case.broken, *case.operands, order=2)
    except GradientCheckError:
        return True
    return False


CHECKS: dict[str, Callable[[Case], bool]] = {
    "ones": _ones,
    "wide": _wide,
    "random": _random,
    "adjoint": _adjoint,
    "symmetry": _symmetry,
    "check_grads": _whole,
}


# --- the experiment -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BrokenRules:
    """How many of the broken rows each check found.

    Attributes
    ----------
    faults, checks : tuple of str
    broken : ndarray of int, shape (faults,)
        For how many rows the fault makes a difference.
    found : ndarray of int, shape (faults, checks)
    missed : dict of (str, str) to tuple of str
        By fault and check, the rows that passed although they are broken.
    """

    faults: tuple[str, ...]
    checks: tuple[str, ...]
    broken: np.ndarray
    found: np.ndarray
    missed: dict[tuple[str, str], tuple[str, ...]]

    def share(self, check: str) -> float:
        """Share of all broken rows that a check found."""
        return float(self.found[:, self.checks.index(check)].sum() / self.broken.sum())


def run(*, kinds: tuple[str, ...] = ("elementwise", "linear", "bilinear", "general")) -> BrokenRules:
    """Break every row of these kinds in every way, and let every check look at it."""
    examples = [example for example in row_examples() if example.kind in kinds]
    measured = {example.name: _jacobian(example) for example in examples}
    broken = np.zeros(len(FAULTS), int)
    found = np.zeros((len(FAULTS), len(CHECKS)), int)
    missed: dict[tuple[str, str], tuple[str, ...]] = {}
    for i, (fault, change) in enumerate(FAULTS.items()):
        for example in examples:
            case = _broken_case(fault, change, example, *measured[example.name])
            if case is None:
                continue
            broken[i] += 1
            for j, (name, check) in enumerate(CHECKS.items()):
                if check(case):
                    found[i, j] += 1
                else:
                    missed[fault, name] = (*missed.get((fault, name), ()), example.name)
    return BrokenRules(tuple(FAULTS), tuple(CHECKS), broken, found, missed)


def _broken_case(
    fault: str,
    change: Callable[..., tuple[Rules, Rules]],
    example: RowExample,
    jacobian: np.ndarray,
    noise: float,
) -> Case | None:
    """The broken row, or None if the fault does not apply or changes nothing."""
    if not _applies(fault, example):
        return None
    op, count = example.row.op, len(example.operands)  # type: ignore[attr-defined]
    right = tuple(op.vjp[i] for i in range(count)), tuple(op.jvp[i] for i in range(count))
    reverse, forward = change(*right, example)
    row = operation(op.name, op.forward, vjp=reverse, jvp=forward)
    case = Case(lambda *xs: row(*xs, **example.params), example.operands, jacobian, noise)
    return case if _makes_a_difference(case, example) else None


def _makes_a_difference(case: Case, example: RowExample) -> bool:
    """True if a first or a second derivative differs from that of the right row."""
    right = Case(example.call, case.operands, case.jacobian, case.noise)
    for seed in (7, 8):
        rng = np.random.default_rng(seed)
        v = rng.standard_normal(_shape(case))
        ours, true = (_flat(vjp(c.broken, *c.operands)[1](v)) for c in (case, right))
        if not np.allclose(ours, true, rtol=1e-9, atol=1e-9):
            return True
        u, w = ([rng.standard_normal(x.shape) for x in case.operands] for _ in range(2))
        if not np.isclose(_second(case, u, w), _second(right, u, w), rtol=1e-9, atol=1e-9):
            return True
    return False


def _jacobian(example: RowExample) -> tuple[np.ndarray, float]:
    """The Jacobian of a right row by central differences, and the noise of its entries."""
    columns = []
    value = np.asarray(example.call(*example.operands))
    for i, x in enumerate(example.operands):
        for index in np.ndindex(x.shape):
            ahead, behind = x.copy(), x.copy()
            ahead[index] += STEP
            behind[index] -= STEP
            ends = (
                np.asarray(example.call(*example.operands[:i], z, *example.operands[i + 1 :]))
                for z in (ahead, behind)
            )
            high, low = ends
            columns.append((high - low).ravel() / (ahead[index] - behind[index]))
    # A rounding error of each result, and the truncation of a function of size one.
    noise = 100 * EPS * (1.0 + float(np.sum(np.abs(value)))) / STEP
    return np.column_stack(columns), noise


def _cotangent(shape: tuple[int, ...]) -> np.ndarray:
    """Random, neither uniform nor small anywhere."""
    rng = np.random.default_rng(1)
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))


def _shape(case: Case) -> tuple[int, ...]:
    return np.shape(case.broken(*case.operands))


def _flat(parts: Any) -> np.ndarray:
    return np.concatenate([np.ravel(part) for part in parts])
