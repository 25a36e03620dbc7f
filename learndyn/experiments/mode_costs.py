"""Forward or reverse mode: the arithmetic of a whole Jacobian, both ways, counted.

For f: R^n -> R^m with one hidden layer or more, the Jacobian is a product J_k ... J_1 of matrices of
sizes w_i x w_{i-1}. One sweep multiplies a vector by all of them, and costs

    E = sum_i w_i w_{i-1}     multiply-adds, and 3 operations for each tanh,

in either direction. Forward mode needs n sweeps, reverse mode m: the ratio is n / m, whatever
is between.

Neither end is always best. Where a chain has a waist of w < n, m units, backward sweeps from the
waist and forward sweeps from the waist give two thin factors, J = A B with A of shape (m, w) and B
of shape (w, n): w E + m w n multiply-adds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np

from ..autodiff import Parameter, jvp, matmul, vjp
from ..learning import MLP
from .operation_counts import Operations, count, count_after

TANH_RULE = 3  # g - g * (y * y)


@dataclass(frozen=True, slots=True)
class JacobianCost:
    """One Jacobian of one net at one point, formed by columns and by rows.

    Attributes
    ----------
    widths : tuple of int
        (n, hidden widths, m).
    forward, reverse : Operations
        Of n forward sweeps, and of m backward sweeps. The run of the function itself is left out.
    difference : float
        Largest entry of the difference of both matrices, relative to the largest entry.
    """

    widths: tuple[int, ...]
    forward: Operations
    reverse: Operations
    difference: float

    @property
    def inputs(self) -> int:
        """n."""
        return self.widths[0]

    @property
    def outputs(self) -> int:
        """m."""
        return self.widths[-1]

    @property
    def predicted_sweep(self) -> Operations:
        """What one sweep costs, in either direction."""
        return _sweep(self.widths)

    @property
    def ratio(self) -> float:
        """Forward over reverse."""
        return self.forward.total / self.reverse.total


@dataclass(frozen=True, slots=True)
class WaistCost:
    """One Jacobian of a net with a waist, in three orders.

    Attributes
    ----------
    before, after : tuple of int
        Widths up to the waist, and from the waist on.
    forward, reverse, mixed : Operations
    difference : float
        Largest entry of the difference of the mixed order and reverse mode, relative to the largest
        entry.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    forward: Operations
    reverse: Operations
    mixed: Operations
    difference: float

    @property
    def predicted(self) -> tuple[int, int, int]:
        """Total operations in the orders forward, reverse, mixed."""
        n, waist, m = self.before[0], self.after[0], self.after[-1]
        sweep = sum(_sweep(part).total for part in (self.before, self.after))
        return n * sweep, m * sweep, waist * sweep + m * waist * n


def measure(widths: tuple[int, ...], *, seed: int = 0) -> JacobianCost:
    """Form the Jacobian of a net in its input, both ways, and count."""
    rng = np.random.default_rng(seed)
    f, x = _net(widths, rng), Parameter(rng.standard_normal(widths[0]))
    (columns, forward), (rows, reverse) = by_columns(f, x), by_rows(f, x)
    return JacobianCost(tuple(widths), forward, reverse, _difference(columns, rows))


def measure_waist(
    before: tuple[int, ...] = (24, 24, 2), after: tuple[int, ...] = (2, 24, 24), *, seed: int = 0
) -> WaistCost:
    """Form the Jacobian of a net with a waist forward, in reverse, and from the waist out."""
    rng = np.random.default_rng(seed)
    first, second = _net(before, rng), _net(after, rng)
    x = Parameter(rng.standard_normal(before[0]))

    def whole(x: Any) -> Any:
        return second(first(x))

    forward, (rows, reverse) = by_columns(whole, x)[1], by_rows(whole, x)
    b, below = by_rows(first, x)
    a, above = by_columns(second, Parameter(first(x).numpy()))
    jacobian = matmul(Parameter(a), b)
    mixed = below + above + count(jacobian)
    difference = _difference(jacobian.numpy(), rows)
    return WaistCost(tuple(before), tuple(after), forward, reverse, mixed, difference)


def by_columns(f: Callable[[Any], Any], x: Parameter) -> tuple[np.ndarray, Operations]:
    """Return the Jacobian of f by forward sweeps, and what these cost beside the runs of f."""
    columns, cost = [], Operations(0, 0)
    for unit in np.eye(x.size):
        # A parameter as tangent, so that the sweep records itself.
        value, tangent = jvp(f, (x,), (Parameter(unit),))
        columns.append(tangent.numpy())
        cost += count_after(value, tangent)
    return np.stack(columns, axis=1), cost


def by_rows(f: Callable[[Any], Any], x: Parameter) -> tuple[np.ndarray, Operations]:
    """Return the Jacobian of f by backward sweeps, and what these cost beside the run of f."""
    value, pull_back = vjp(f, x)
    rows, cost = [], Operations(0, 0)
    for unit in np.eye(value.size):
        (gradient,) = pull_back(Parameter(unit))
        rows.append(gradient.numpy())
        cost += count_after(value, gradient)
    return np.stack(rows), cost


def run(
    sizes: Sequence[int] = (1, 2, 8, 32), hidden: Sequence[tuple[int, ...]] = ((4,), (16, 16))
) -> tuple[JacobianCost, ...]:
    """Measure nets with every pair of sizes as inputs and outputs, for each hidden part."""
    return tuple(measure((n, *middle, m)) for middle, n, m in product(hidden, sizes, sizes))


def _sweep(widths: tuple[int, ...]) -> Operations:
    """What one sweep through a net costs, in either direction."""
    products = sum(a * b for a, b in pairwise(widths))
    return Operations(products, TANH_RULE * sum(widths[1:-1]))


def _net(widths: tuple[int, ...], rng: np.random.Generator) -> Callable[[Any], Any]:
    """A net from a vector to a vector."""
    model = MLP(widths)
    theta = model.init(rng)
    return lambda x: model(theta, x.reshape(1, -1)).reshape(-1)


def _difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b)) / np.max(np.abs(b)))
