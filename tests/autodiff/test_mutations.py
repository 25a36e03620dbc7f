"""Every row's rules are broken on purpose, and the checker must see it, for each row and mode.

A checker that a wrong rule passes is worth nothing; this is the test of the tests.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from learndyn.autodiff import TABLE, GradientCheckError, check_grads, vjp

from .cases import cases

FLAT = {"sign"}  # its derivative is zero, so there is nothing to break
SYMMETRIC = {"add"}  # both of its rules are the same
few = settings(
    max_examples=3, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.data_too_large]
)


def negated(rule: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **params: -rule(*args, **params)


def zeroed(rule: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **params: 0.0 * rule(*args, **params)


def scaled(rule: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **params: 1.001 * rule(*args, **params)


def not_summed(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Hand out one slice of a broadcast cotangent where the sum over all is due."""

    def wrong(g: Any, y: Any, *operands: Any, **params: Any) -> Any:
        c = rule(g, y, *operands, **params)
        shape = wrong.shape
        while c.ndim > len(shape):
            c = c[0]
        for axis, length in enumerate(shape):
            if length == 1 != c.shape[axis]:
                c = c[(slice(None),) * axis + (slice(0, 1),)]
        return c

    return wrong


@contextmanager
def broken(name: str, attribute: str, rules: Any) -> Iterator[None]:
    """Put other rules into a row, and the right ones back."""
    op = TABLE[name].op
    right = getattr(op, attribute)
    object.__setattr__(op, attribute, rules)
    try:
        yield
    finally:
        object.__setattr__(op, attribute, right)


class Changed:
    """The rules of a row with one, or all, of them changed."""

    def __init__(self, rules: Any, change: Callable[..., Any], place: int | None) -> None:
        self.rules, self.change, self.place = rules, change, place

    def __getitem__(self, i: int) -> Any:
        rule = self.rules[i]
        return self.change(rule) if self.place in (None, i) else rule


def drawn(data: st.DataObject, name: str) -> tuple[Any, list[np.ndarray], list[np.ndarray]]:
    """A case whose gradients are not tiny, so that a broken rule makes a difference."""
    call, operands = data.draw(cases(name))
    value, back = vjp(call, *operands)
    cotangent = np.random.default_rng(5).uniform(0.5, 1.5, np.shape(value))
    gradients = back(cotangent)
    assume(any(np.sum(np.abs(g)) > 0.1 for g in gradients))
    return call, operands, list(gradients)


rows = pytest.mark.parametrize("name", sorted(set(TABLE) - FLAT))


@rows
@pytest.mark.parametrize("attribute", ["vjp", "jvp"])
@pytest.mark.parametrize("change", [negated, zeroed, scaled])
@given(data=st.data())
@few
def test_a_broken_partial_is_caught(name, attribute, change, data):
    call, operands, gradients = drawn(data, name)
    place = int(np.argmax([np.sum(np.abs(g)) for g in gradients]))
    rules = Changed(getattr(TABLE[name].op, attribute), change, place)
    with broken(name, attribute, rules), pytest.raises(GradientCheckError):
        check_grads(call, *operands, order=1)


BINARY = sorted(
    name
    for name, row in TABLE.items()
    if row.op.kind == "elementwise" and len(row.op.vjp) == 2
)


@pytest.mark.parametrize("name", BINARY)
@given(data=st.data())
@few
def test_a_dropped_unbroadcast_is_caught(name, data):
    call, operands, gradients = drawn(data, name)
    shape = np.broadcast_shapes(*(x.shape for x in operands))
    stretched = [
        i
        for i, (x, g) in enumerate(zip(operands, gradients, strict=True))
        if x.size < np.prod(shape) and np.sum(np.abs(g)) > 0.1
    ]
    assume(stretched)
    place = stretched[0]
    wrong = not_summed(TABLE[name].op.vjp[place])
    wrong.shape = operands[place].shape
    rules = Changed(TABLE[name].op.vjp, lambda rule: wrong, place)
    with broken(name, "vjp", rules):
        kept = vjp(call, *operands)[1](np.ones(shape))[place]
    assume(not np.allclose(kept, vjp(call, *operands)[1](np.ones(shape))[place], rtol=1e-3))
    with broken(name, "vjp", rules), pytest.raises(GradientCheckError):
        check_grads(call, *operands, order=1)


@pytest.mark.parametrize("name", sorted(set(BINARY) - SYMMETRIC))
@given(data=st.data())
@few
def test_swapped_arguments_are_caught(name, data):
    call, operands, (first, second) = drawn(data, name)
    op = TABLE[name].op
    assume(operands[0].shape == operands[1].shape)
    assume(not np.allclose(first, second, rtol=1e-3))
    with broken(name, "vjp", op.vjp[::-1]), pytest.raises(GradientCheckError):
        check_grads(call, *operands, order=1)
