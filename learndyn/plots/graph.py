"""The picture of a computation graph, as SVG that follows the page from light to dark.

What a box is shows in its shape, and in its colour only besides: an operation has round
corners, a parameter is a rectangle with a heavy line, another leaf a hexagon, a constant has
a dashed line. A result has a heavy line. Data flow along the arrows; a number beside a small
arrow against them is the cotangent that flows back.
"""

from __future__ import annotations

import math
import os
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from learndyn.autodiff import Tensor
from learndyn.autodiff.graph import Graph, Node, Operand
from learndyn.autodiff.graph_layout import Layout, Point, layered_layout
from learndyn.autodiff.graph_text import in_words, shape_and_value
from learndyn.plots.files import check_name, save
from learndyn.plots.lettering import advance
from learndyn.plots.palette import LIGHT
from learndyn.plots.svg import finish_root, short

__all__ = ["GraphPicture", "draw_graph"]

# Pixels. A graph of a dozen nodes is less than 343 wide, so a phone shows it at full size.
_TITLE, _SMALL = 13.0, 11.5
_LINE_HEIGHT, _PADDING_X, _PADDING_Y = 16, 9, 5
_ARROW, _MARGIN, _CUT = 6, 4, 8


@dataclass(frozen=True, slots=True)
class _Text:
    """One line of text in a box or on an edge."""

    words: str
    size: float = _SMALL
    weight: str = "400"
    role: str = "ink"

    @property
    def width(self) -> float:
        # A slanted letter is as wide as an upright one.
        return self.size * sum(advance(letter, "normal", self.weight) for letter in self.words)


@dataclass(frozen=True, slots=True)
class _Box:
    """A node or a constant operand, ready to be drawn."""

    id: str
    kind: str
    lines: tuple[_Text, ...]
    is_result: bool = False

    @property
    def size(self) -> tuple[int, int]:
        slant = _CUT if self.kind == "leaf" else 0
        return (
            2 * math.ceil(max(line.width for line in self.lines) / 2 + _PADDING_X + slant),
            2 * math.ceil(len(self.lines) * _LINE_HEIGHT / 2 + _PADDING_Y),
        )


class GraphPicture:
    """A picture of a computation graph; a page or notebook shows it as inline SVG.

    Make one with ``draw_graph``. A front end without HTML shows the graph as text.

    Attributes
    ----------
    graph : Graph
    name : str
        What every id in the SVG starts with.
    alt : str
        The graph in words.
    """

    def __init__(self, graph: Graph, *, name: str, alt: str, direction: str = "down") -> None:
        self.graph = graph
        self.name = name
        self.alt = alt
        self._svg = _drawn(graph, name, alt, direction)

    def __repr__(self) -> str:
        return f"<GraphPicture {self.name}: {self.alt}>"

    def svg(self) -> str:
        """Return the picture as one ``<svg>`` element, for a page or a file of its own."""
        return self._svg

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, whole or not at all.

        Parameters
        ----------
        path : str or path-like
            Ends in ``.svg``. Its folder must exist.

        Returns
        -------
        pathlib.Path
            The file that was written.

        Raises
        ------
        ValueError
            If the suffix is another one.
        FileNotFoundError
            If the folder does not exist.
        """
        return save(path, {".svg": lambda: self.svg().encode()})

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.svg(), "text/plain": self.graph.text()}


def draw_graph(
    *results: Tensor | Graph,
    name: str = "computation-graph",
    alt: str | None = None,
    names: Mapping[str, Any] | None = None,
    gradients: bool = False,
    direction: str = "down",
    max_boxes: int = 150,
) -> GraphPicture:
    """Draw the computation graph below one tensor or several.

    Parameters
    ----------
    *results : Tensor, or one Graph
    name : str, optional
        A slug that is unique on its page: lower-case letters, digits and hyphens.
    alt : str, optional
        What the picture shows, in words; made from the graph by default.
    names, gradients : optional
        As in ``Graph.of``. With gradients each edge shows the cotangent that flows back along
        it (a number, or its norm between bars), and a node the sum, where the edges do not say it.
    direction : {"down", "right"}, optional
        Where data flow. "down" suits a page, and a phone above all.
    max_boxes : int, optional
        More nodes and constants than this are refused: nobody could read them.

    Raises
    ------
    TypeError
        If a result is neither a Tensor nor a single Graph.
    ValueError
        If the name is no slug, the description empty, the direction unknown or the graph too
        large; if a Graph comes with ``names`` or ``gradients``, which it has already; and as
        ``Graph.of``.

    Examples
    --------
    >>> from learndyn import Parameter
    >>> from learndyn.plots.graph import draw_graph
    >>> x = Parameter(3.0, name="x")
    >>> draw_graph(x * x + x, name="parabola", gradients=True).alt
    'Computation graph. multiply takes x and x; add takes multiply and x. The result is add, ().'
    """
    _check_options(name, alt, direction)
    if len(results) == 1 and isinstance(results[0], Graph):
        graph = results[0]
        if names is not None or gradients:
            raise ValueError(
                "draw_graph: received a Graph with names or gradients. Give them to Graph.of"
            )
    else:
        graph = Graph.of(*results, names=names, gradients=gradients)  # type: ignore[arg-type]
    boxes = len(graph) + sum(operand.source is None for node in graph for operand in node.operands)
    if boxes > max_boxes:
        raise ValueError(
            f"draw_graph: the graph has {boxes:,} boxes, more than max_boxes={max_boxes}. Print it "
            "instead, as print(Graph.of(y)), draw a smaller part, or raise max_boxes"
        )
    described = in_words(graph) if alt is None else " ".join(alt.split())
    return GraphPicture(graph, name=name, alt=described, direction=direction)


def _check_options(name: Any, alt: Any, direction: Any) -> None:
    check_name(name)
    if alt is not None and not (isinstance(alt, str) and alt.strip()):
        raise ValueError(
            f"draw_graph: alt must say in words what the picture shows, received {alt!r}. "
            "Leave it out to have it made from the graph"
        )
    if direction not in ("down", "right"):
        raise ValueError(f"draw_graph: direction must be 'down' or 'right', received {direction!r}")


# --- what to draw -----------------------------------------------------------------------


def _boxes(graph: Graph, name: str) -> tuple[list[_Box], list[tuple[int, int]], list[str]]:
    """Boxes in topological order, edges between them, and what flows back along each."""
    boxes: list[_Box] = []
    edges: list[tuple[int, int]] = []
    flows: list[str] = []
    place_of: dict[int, int] = {}
    uses = Counter(tail for tail, _, _ in graph.edges)
    for node in graph:
        tails = []
        for place, operand in enumerate(node.operands):
            if operand.source is None:
                tails.append(len(boxes))
                boxes.append(
                    _Box(f"{name}_constant-{node.index}-{place}", "constant", _constant(operand))
                )
            else:
                tails.append(place_of[operand.source])
        place_of[node.index] = len(boxes)
        edges += [(tail, len(boxes)) for tail in tails]
        flows += [str(operand.cotangent or "") for operand in node.operands]
        result = node.index in graph.results
        # Elsewhere the only edge says it.
        total = node.is_leaf or result or uses[node.index] > 1
        boxes.append(_Box(f"{name}_node-{node.index}", node.kind, _lines(node, total), result))
    return boxes, edges, flows


def _lines(node: Node, total: bool) -> tuple[_Text, ...]:
    title = (
        f"{node.name}: {node.label}" if node.name and not node.is_leaf else node.name or node.label
    )
    lines = [_Text(title, _TITLE, "700")]
    lines += [_Text(node.params)] if node.params else []
    lines.append(_Text(shape_and_value(node)))
    if total and node.cotangent is not None:
        lines.append(_Text(f"grad {node.cotangent}", role="pink"))
    return tuple(lines)


def _constant(operand: Operand) -> tuple[_Text, ...]:
    if operand.value is not None and not operand.name:
        return (_Text(f"{operand.value:.4g}", _TITLE),)
    return _Text(operand.name or "constant", _TITLE), _Text(shape_and_value(operand))


# --- drawing ----------------------------------------------------------------------------


def _drawn(graph: Graph, name: str, alt: str, direction: str) -> str:
    boxes, edges, flows = _boxes(graph, name)
    down = direction == "down"
    texts = [
        _Text(f"{'↑' if down else '←'} {flow}", role="pink") if flow else None for flow in flows
    ]
    extents = [None if text is None else (2 * math.ceil(text.width / 2 + 2), 14) for text in texts]
    sizes = [box.size for box in boxes]
    has_labels = any(flows)
    # To the right is down, seen with the two axes exchanged.
    layout = layered_layout(
        sizes if down else [(h, w) for w, h in sizes],
        edges,
        labels=extents if down else [size and (size[1], size[0]) for size in extents],
        layer_gap=(18 if has_labels else 30) if down else (22 if has_labels else 36),
        box_gap=14,
    )
    width, height = (layout.width, layout.height) if down else (layout.height, layout.width)
    width, height = width + 2 * _MARGIN, height + 2 * _MARGIN
    # A page's figures are measured in points, 3/4 of a pixel.
    root = ET.Element("svg", {"viewBox": f"0 0 {width} {height}"})
    root.attrib |= {"width": f"{0.75 * width}pt", "height": f"{0.75 * height}pt"}
    _draw_lines(root, layout, down)
    for text, centre in zip(texts, layout.labels, strict=True):
        if text is not None and centre is not None:
            _draw_texts(root, (text,), _turned(centre, down))
    for box, centre in zip(boxes, layout.centres, strict=True):
        group = ET.SubElement(root, "g", {"id": box.id})
        _draw_outline(group, box, _turned(centre, down))
        _draw_texts(group, box.lines, _turned(centre, down))
    finish_root(root, alt)
    return ET.tostring(root, encoding="unicode")


def _turned(point: Point, down: bool) -> Point:
    x, y = point if down else point[::-1]
    return x + _MARGIN, y + _MARGIN


def _style(**properties: Any) -> str:
    return ";".join(f"{key.replace('_', '-')}:{value}" for key, value in properties.items())


def _colour(role: str) -> str:
    """A colour that follows the page; with the light value where there is no style sheet."""
    return "currentColor" if role == "ink" else f"var(--ld-{role}, {getattr(LIGHT, role)})"


def _draw_lines(root: ET.Element, layout: Layout, down: bool) -> None:
    """Draw all edges as one path and all arrow heads as another."""
    strokes, heads = [], []
    for pieces in layout.lines:
        *before, last = pieces
        (x, y) = last[-1]
        corners = [((x - 4, y - _ARROW - 1)), (x, y), ((x + 4, y - _ARROW - 1))]
        heads.append("M" + "L".join(_pair(corner, down) for corner in corners) + "Z")
        # The line ends inside the arrow head.
        end = (x, y - _ARROW)
        shortened = (*last[:-2], (x, min(last[-2][1], end[1])), end)
        strokes += [_path(piece, down) for piece in (*before, shortened)]
    if strokes:
        muted = _colour("muted")
        style = _style(fill="none", stroke=muted, stroke_width=1.3)
        ET.SubElement(root, "path", {"d": "".join(strokes), "style": style})
        ET.SubElement(root, "path", {"d": "".join(heads), "style": _style(fill=muted)})


def _path(corners: tuple[Point, ...], down: bool) -> str:
    """Straight within layers; between layers a curve that leaves and arrives straight."""
    parts = [f"M{_pair(corners[0], down)}"]
    for i, (a, b) in enumerate(pairwise(corners)):
        if a == b:
            continue
        if i % 2 == 0 or a[0] == b[0]:
            parts.append(f"L{_pair(b, down)}")
        else:
            middle = (a[1] + b[1]) / 2
            bend = ((a[0], middle), (b[0], middle), b)
            parts.append("C" + " ".join(_pair(point, down) for point in bend))
    return "".join(parts)


def _pair(point: Point, down: bool) -> str:
    return " ".join(short(value, 2) for value in _turned(point, down))


def _draw_outline(group: ET.Element, box: _Box, centre: Point) -> None:
    (x, y), (w, h) = centre, box.size
    left, top = x - w / 2, y - h / 2
    role = {"operation": "muted", "parameter": "blue", "leaf": "green"}.get(box.kind, "muted")
    style = _style(
        fill=_colour(role) if box.kind in ("parameter", "leaf") else "none",
        fill_opacity=0.1,
        stroke=_colour("ink" if box.is_result else role),
        stroke_width=2.2 if box.is_result or box.kind == "parameter" else 1.3,
    )
    if box.kind == "leaf":
        ends = [(left, y), (left + _CUT, top), (left + w - _CUT, top)]
        ends += [(left + w, y), (left + w - _CUT, top + h), (left + _CUT, top + h)]
        points = " ".join(f"{short(px, 2)},{short(py, 2)}" for px, py in ends)
        ET.SubElement(group, "polygon", {"points": points, "style": style})
        return
    sides = {"x": left, "y": top, "width": w, "height": h}
    sides |= {"rx": 13} if box.kind == "operation" else {}
    style += ";stroke-dasharray:4 3" if box.kind == "constant" else ""
    ET.SubElement(group, "rect", {k: short(v, 2) for k, v in sides.items()} | {"style": style})


def _draw_texts(parent: ET.Element, lines: tuple[_Text, ...], centre: Point) -> None:
    x, y = centre
    for i, line in enumerate(lines):
        # The middle of a digit is about 0.36 of its size above the base line.
        base = y + (i - (len(lines) - 1) / 2) * _LINE_HEIGHT + 0.36 * line.size
        style = {"font_size": f"{line.size}px", "text_anchor": "middle"}
        style |= {"font_weight": line.weight} if line.weight != "400" else {}
        style |= {"fill": _colour(line.role)} if line.role != "ink" else {}
        place = {"x": short(x, 2), "y": short(base, 2), "style": _style(**style)}
        ET.SubElement(parent, "text", place).text = line.words
