"""Trade time for memory: forget what happened inside a function, and redo it on the way back.

A chain of n equal operations keeps n values for the backward pass. Cut into sqrt(n) checkpointed
segments it keeps sqrt(n) values at the cuts and, while one segment is walked back, the
sqrt(n) inside it, at the price of computing the forward pass twice.

References
----------
Griewank, A. (1992). Achieving logarithmic growth of temporal and spatial complexity in reverse
automatic differentiation. Optimization Methods and Software 1, 35-54.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .op import operation
from .run import record_run
from .tensor import Tensor
from .transforms import jvp, vjp
from .tree import leaves, rebuild


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function with the same values and derivatives as ``f`` that keeps no inner graph.

    Parameters
    ----------
    f : callable
        Pure; takes arrays or trees of arrays and returns one tensor. All that it
        differentiates must come in as an argument.

    Returns
    -------
    callable
        Its result is a single node. Each backward sweep evaluates ``f`` again.

    Raises
    ------
    ValueError
        When called: if ``f`` closes over a tensor that is being differentiated. Its gradient
        would be lost.
    """

    @wraps(f)
    def checkpointed(*args: Any) -> Any:
        flat = leaves(args)
        if not any(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in flat):
            return f(*args)

        def on_leaves(*parts: Any) -> Any:
            return f(*rebuild(args, list(parts)))

        run = record_run(on_leaves, tuple(flat), "checkpoint")
        if run.others:
            raise ValueError(
                "checkpoint: the function closes over a tensor that is being differentiated. "
                "Pass it as an argument"
            )
        value = run.value._data if isinstance(run.value, Tensor) else run.value
        del run  # and with it the inner graph
        return _node(on_leaves, value)(*flat)

    return checkpointed


def _node(f: Callable[..., Any], value: Any) -> Callable[..., Any]:
    """An operation whose value is known and whose rules evaluate ``f`` again."""
    known: list[Any] = [None, ()]  # the last cotangent, and what it became for each operand

    def backward(place: int, g: Any, y: Any, *operands: Any) -> Any:
        if known[0] is not g:
            known[:] = [g, vjp(f, *operands)[1](g)]
        return known[1][place]

    def forward(place: int, t: Any, y: Any, *operands: Any) -> Any:
        def in_one(x: Any) -> Any:
            return f(*operands[:place], x, *operands[place + 1 :])

        return jvp(in_one, (operands[place],), (t,))[1]

    return operation("checkpoint", lambda *values: value, vjp=backward, jvp=forward)
