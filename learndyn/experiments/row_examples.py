"""One example of each row of the operation table: operands that fit, away from kinks.

The operands of an elementwise row follow from their number and domains. Any other row has the
shapes of its operands here, and the keyword parameters that go with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import TABLE
from ..autodiff.rules.convolution import Window

_LINE = Window((2,), ((1, 0),), (1,), 1)
_PLANE = Window((1, 2), ((1, 0), (0, 1)), (1, 1), 1)

# name: (shapes of the operands, keyword parameters)
_EXAMPLES: dict[str, tuple[tuple[tuple[int, ...], ...], dict[str, Any]]] = {
    "sum": (((2, 3),), {"axis": 1, "keepdims": False}),
    "mean": (((2, 3),), {"axis": 0, "keepdims": False}),
    "prod": (((2, 3),), {"axis": 1, "keepdims": False}),
    "max": (((2, 3),), {"axis": 1, "keepdims": False}),
    "min": (((2, 3),), {"axis": 1, "keepdims": False}),
    "var": (((2, 3),), {"axis": 1, "ddof": 0, "keepdims": False}),
    "std": (((2, 3),), {"axis": 1, "ddof": 0, "keepdims": False}),
    "mean_square": (((2, 3),), {"axis": 1, "keepdims": False}),
    "norm": (((2, 3),), {"axis": 1, "keepdims": False}),
    "layer_norm": (((2, 3),), {"axis": -1, "eps": 1e-5}),
    "logsumexp": (((2, 3),), {"axis": 1, "keepdims": False}),
    "softmax": (((2, 3),), {"axis": 1}),
    "log_softmax": (((2, 3),), {"axis": 1}),
    "softmax_cross_entropy": (((2, 3),), {"labels": np.array([2, 0])}),
    "matmul": (((2, 3), (3, 2)), {}),
    "affine": (((2, 3), (3, 2), (2,)), {}),
    "dot": (((2, 3), (3, 2)), {}),
    "inner": (((2, 3), (2, 3)), {}),
    "outer": (((2,), (3,)), {}),
    "vdot": (((2, 3), (2, 3)), {}),
    "tensordot": (((2, 3), (3, 2)), {"axes": ((1,), (0,))}),
    "einsum": (((2, 3), (3, 2)), {"subscripts": "ij,jk->ki", "optimize": False}),
    "diagonal": (((2, 3),), {"offset": 0, "axis1": 0, "axis2": 1}),
    "diagonal_scatter": (((2,),), {"shape": (2, 3), "offset": 0, "axis1": 0, "axis2": 1}),
    "trace": (((2, 3),), {"offset": 0, "axis1": 0, "axis2": 1}),
    "inv": (((2, 2),), {}),
    "solve": (((2, 2), (2, 3)), {}),
    "det": (((2, 2),), {}),
    "slogdet": (((2, 2),), {}),
    "cholesky": (((2, 2),), {}),
    "eigvalsh": (((2, 2),), {}),
    "eigh": (((2, 2),), {}),
    "broadcast_to": (((3,),), {"shape": (2, 3)}),
    "sum_to": (((2, 3),), {"shape": (1, 3)}),
    "reshape": (((2, 3),), {"shape": (3, 2)}),
    "expand_dims": (((2, 3),), {"axis": 1}),
    "squeeze": (((2, 1, 3),), {"axis": 1}),
    "swapaxes": (((2, 3),), {"axis1": 0, "axis2": 1}),
    "moveaxis": (((2, 3),), {"source": 0, "destination": 1}),
    "transpose": (((2, 3),), {"axes": (1, 0)}),
    "flip": (((2, 3),), {"axis": 1}),
    "roll": (((2, 3),), {"shift": 1, "axis": 1}),
    "cumsum": (((2, 3),), {"axis": 1}),
    "diff": (((2, 4),), {"n": 1, "axis": 1}),
    "getitem": (((4,),), {"index": np.array([0, 0, 2])}),
    "scatter": (((3,),), {"index": np.array([0, 0, 2]), "shape": (4,)}),
    "take": (((2, 3),), {"indices": np.array([2, 2, 0]), "axis": 1}),
    "take_along_axis": (((2, 3),), {"indices": np.array([[2, 0], [1, 1]]), "axis": 1}),
    "concatenate": (((2, 1), (2, 2)), {"axis": 1}),
    "stack": (((3,), (3,)), {"axis": 0}),
    "repeat": (((2, 2),), {"repeats": 2, "axis": 1}),
    "tile": (((3,),), {"reps": (2, 1)}),
    "pad": (((2, 2),), {"widths": ((1, 0), (0, 2))}),
    "conv1d": (((1, 2, 4), (2, 2, 2)), {"window": _LINE}),
    "conv1d_to_input": (((1, 2, 2), (2, 2, 2)), {"window": _LINE, "size": (4,)}),
    "conv1d_to_kernel": (((1, 2, 4), (1, 2, 2)), {"window": _LINE, "kernel": (2,)}),
    "conv2d": (((1, 1, 2, 3), (2, 1, 2, 2)), {"window": _PLANE}),
    "conv2d_to_input": (((1, 2, 2, 2), (2, 1, 2, 2)), {"window": _PLANE, "size": (2, 3)}),
    "conv2d_to_kernel": (((1, 1, 2, 3), (1, 2, 2, 2)), {"window": _PLANE, "kernel": (2, 2)}),
}
_ELEMENTWISE_PARAMS: dict[str, dict[str, Any]] = {
    "where": {"condition": np.array([[1, 0, 1], [0, 1, 1]], bool)},
    "leaky_relu": {"negative_slope": 0.1},
    "clip": {"a_min": -0.6, "a_max": 0.6},
    "sinc": {"order": 0},
}

# Their first operand gets 2 and 4 on its diagonal: regular, positive definite, eigenvalues apart.
_SQUARE = {"inv", "solve", "det", "slogdet", "cholesky", "eigvalsh", "eigh"}


@dataclass(frozen=True, slots=True)
class RowExample:
    """A row of the table, ready to be called.

    Attributes
    ----------
    name, kind : str
        Of the operation.
    row : callable
        The operation itself; ``row.op`` has its rules.
    operands : tuple of ndarray
    params : dict
        Keyword parameters that suit the operands.
    """

    name: str
    kind: str
    row: Callable[..., Any]
    operands: tuple[np.ndarray, ...]
    params: dict[str, Any]

    def call(self, *operands: Any) -> Any:
        """Apply the row with its parameters to other operands."""
        return self.row(*operands, **self.params)


def row_examples(*, seed: int = 0) -> list[RowExample]:
    """Return an example of each row of the table, but for those of ``missing_examples``."""
    examples = (_example(name, row, np.random.default_rng(seed)) for name, row in TABLE.items())
    return [example for example in examples if example is not None]


def missing_examples() -> list[str]:
    """Names of the rows of which this file knows no example that can be called."""
    found = {example.name for example in row_examples()}
    return [name for name in TABLE if name not in found]


def _example(
    name: str, row: Callable[..., Any], rng: np.random.Generator
) -> RowExample | None:
    op = row.op  # type: ignore[attr-defined]
    if op.kind == "elementwise":
        # The last operand is stretched, so that the un-broadcast is part of the example.
        shapes: tuple[tuple[int, ...], ...] = ((2, 3), (3,))[: len(op.domains)]
        params = _ELEMENTWISE_PARAMS.get(name, {})
    elif name in _EXAMPLES:
        shapes, params = _EXAMPLES[name]
    else:
        return None
    domains = op.domains or ("real",) * len(shapes)
    operands = [_draw(rng, shape, domain) for shape, domain in zip(shapes, domains, strict=False)]
    if name in _SQUARE:
        operands[0] = operands[0] + 2.0 * np.diag([1.0, 2.0])
    try:
        row(*operands, **params)
    except (TypeError, ValueError):
        return None  # it needs other operands or parameters
    return RowExample(name, op.kind, row, tuple(operands), params)


def _draw(rng: np.random.Generator, shape: tuple[int, ...], domain: str) -> np.ndarray:
    """Numbers of size 0.4 to 0.9: inside every domain, and away from every kink at 0 or 1."""
    size = rng.uniform(0.4, 0.9, shape)
    return size if domain == "positive" else size * rng.choice([-1.0, 1.0], shape)
