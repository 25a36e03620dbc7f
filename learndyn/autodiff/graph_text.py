"""A recorded graph in words: names, indented text, keyword parameters in short form.

The text is the same in every process: it holds no address and follows the order of operands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .tensor import Parameter, Tensor, as_float_array

if TYPE_CHECKING:
    from .graph import Graph, Node, Operand

_LONGEST_PARAMETER = 24
# Operations up to which each one is said in words.
_SAID = 12


class GivenNames:
    """Finds the given name of a tensor or of a constant, and knows which names were used."""

    def __init__(self, names: Mapping[str, Any], places: Mapping[int, int]) -> None:
        self.nodes: dict[int, str] = {}
        self.constants: list[tuple[str, Any]] = []
        for name, target in names.items():
            if not isinstance(name, str) or not name.strip():
                raise ValueError(
                    f"Graph.of: a name must be text that is not empty, received {name!r}"
                )
            if not isinstance(target, Tensor):
                self.constants.append((name, as_float_array(target, f"Graph.of: names[{name!r}]")))
            elif id(target) in places:
                self.nodes.setdefault(id(target), name)
            elif target._tracked:
                raise self._unused(name, target)
            else:
                self.constants.append((name, target._data))
        self.used: set[str] = set()

    def of_node(self, tensor: Tensor) -> str:
        """The given name, a parameter's own name, or nothing."""
        own = tensor.name if isinstance(tensor, Parameter) else ""
        return self.nodes.get(id(tensor), own)

    def of_constant(self, value: Any) -> str:
        """The first name whose value is equal."""
        fitting = [name for name, target in self.constants if _equal(target, value)]
        self.used.update(fitting)
        return fitting[0] if fitting else ""

    def refuse_unused(self) -> None:
        """Raise if a name fitted nothing: it is a mistake, and would be missed in the picture."""
        for name, target in self.constants:
            if name not in self.used:
                raise self._unused(name, target)

    @staticmethod
    def _unused(name: str, target: Any) -> ValueError:
        return ValueError(
            f"Graph.of: {name!r} names a value of shape {target.shape} that is not in this graph. "
            "Name a tensor that the result was computed from, or a constant operand as it was "
            "passed"
        )


def _equal(a: Any, b: Any) -> bool:
    return a is b or (np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=True))


def indented_text(graph: Graph, max_nodes: int) -> str:
    """The results first, each operand under its operation, at most ``max_nodes`` nodes."""
    if max_nodes < 1:
        raise ValueError(f"text: max_nodes must be at least 1, got {max_nodes}")
    lines: list[str] = []
    printed: set[int] = set()
    stack: list[tuple[int, Node | Operand]] = [(0, graph[i]) for i in reversed(graph.results)]
    while stack:
        level, part = stack.pop()
        source = getattr(part, "source", getattr(part, "index", None))
        if source is None:
            line = described(part, "constant")
        elif source in printed:
            line = f"[{source}] {graph[source].name or graph[source].label}, as above{_flow(part)}"
        elif len(printed) == max_nodes:
            break
        else:
            node = graph[source]
            printed.add(source)
            line = f"[{source}] {described(node, node.label)}{_total(node)}"
            # The two differ only in a node with several uses.
            if part is not node and str(part.cotangent) != str(node.cotangent):
                line += _flow(part)
            stack += [(level + 1, operand) for operand in reversed(node.operands)]
        lines.append("  " * level + line)
    if left_out := len(graph) - len(printed):
        lines.append(f"... and {left_out:,} more node{'s' if left_out > 1 else ''}")
    return "\n".join(lines)


def _total(node: Node) -> str:
    return "" if node.cotangent is None else f", grad {node.cotangent}"


def _flow(part: Node | Operand) -> str:
    return "" if part.cotangent is None else f", along this edge {part.cotangent}"


def described(part: Node | Operand, label: str) -> str:
    """Name, label, keyword parameters, shape, and what else is worth a word."""
    title = f"{part.name}: {label}" if part.name else label
    params = getattr(part, "params", "")
    return f"{title}{' ' if params else ''}{params} {shape_and_value(part)}"


def in_words(graph: Graph) -> str:
    """Sentences for who does not see the picture: each operation of a small graph, else counts."""
    operations = [node for node in graph if not node.is_leaf]
    ends = " and ".join(f"{_word(graph[i])}, {graph[i].shape}" for i in graph.results)
    end = f"The result{' is' if len(graph.results) == 1 else 's are'} {ends}."
    if len(operations) > _SAID:
        counts = ", ".join(f"{count} {label}" for label, count in graph.counts.items())
        size = f"{len(graph)} nodes, {graph.depth} operations deep"
        return f"Computation graph of {size}: {counts}. {end}"
    steps = "; ".join(
        f"{_word(node)} takes {' and '.join(_operand_word(graph, each) for each in node.operands)}"
        for node in operations
    )
    return f"Computation graph. {steps}{'. ' if steps else ''}{end}"


def _word(node: Node) -> str:
    return (
        f"{node.name} = {node.label}" if node.name and not node.is_leaf else node.name or node.label
    )


def _operand_word(graph: Graph, operand: Operand) -> str:
    if operand.source is not None:
        return graph[operand.source].name or graph[operand.source].label
    return operand.name or ("a constant" if operand.value is None else f"{operand.value:.4g}")


def shape_and_value(part: Node | Operand) -> str:
    """The shape, the number of a 0-d value, and the dtype if it is not float64."""
    number = "" if part.value is None else f" = {part.value:.4g}"
    dtype = "" if part.dtype in (np.float64, np.int64) else f" {part.dtype}"
    return f"{part.shape}{number}{dtype}"


def short_params(params: Mapping[str, Any]) -> str:
    """Keyword parameters in few letters; those that are None or False say nothing."""
    return ", ".join(
        f"{key}={_short(value)}"
        for key, value in params.items()
        if value is not None and value is not False
    )


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        few = value.ndim == 1 and value.size <= 4
        text = str(value.tolist()) if few else f"{value.dtype} {value.shape}"
    elif isinstance(value, slice):
        ends = ["" if end is None else _short(end) for end in (value.start, value.stop)]
        text = ":".join(ends if value.step is None else [*ends, _short(value.step)])
    elif isinstance(value, tuple | list):
        inside = ", ".join(_short(part) for part in value)
        text = f"({inside},)" if len(value) == 1 else f"({inside})"
    elif isinstance(value, bool | int | str | None):
        text = repr(value)
    elif isinstance(value, float | np.generic):
        text = f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)
    else:
        # No repr: it may hold an address, and the text must be the same each time.
        text = "..." if value is Ellipsis else getattr(value, "__name__", type(value).__name__)
    return text if len(text) <= _LONGEST_PARAMETER else f"{text[: _LONGEST_PARAMETER - 3]}..."
