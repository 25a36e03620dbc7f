"""Laws of a graph's picture: what it says can be read, in both themes and without seeing it."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from learndyn.autodiff import (
    Parameter,
    Tensor,
    exp,
    matmul,
    mean,
    relu,
    sigmoid,
    sqrt,
    square,
    tanh,
)
from learndyn.autodiff.graph import Graph
from learndyn.plots import LIGHT
from learndyn.plots.graph import draw_graph

SVG = "{http://www.w3.org/2000/svg}"
PHONE = 343
ADAPTS = re.compile(r"none|currentColor|var\(--ld-[a-z]+, #[0-9a-f]{6}\)")
COLOUR = re.compile(r"(?:^|;)\s*(fill|stroke|stop-color)\s*:\s*([^;]+)")


def w(*shape, name):
    return Parameter(np.sin(2.0 + np.arange(float(np.prod(shape)))).reshape(shape), name=name)


def mlp():
    x, t = np.ones((4, 2)), np.zeros((4, 1))
    hidden = tanh(matmul(x, w(2, 3, name="W1")) + w(1, 3, name="b1"))
    return mean(square(matmul(hidden, w(3, 1, name="W2")) + w(1, 1, name="b2") - t))


def parabola():
    x = Parameter(3.0, name="x")
    return x * x + x


def skip():
    x = w(3, name="x")
    y = relu(sigmoid(exp(tanh(x))) * 2.0)
    return ((y + sqrt(square(y) + 1.0) + x) * Tensor([1.0, 2.0], requires_grad=True).sum()).sum(
        axis=0
    )


def residual():
    """Three layers, a skip connection and a penalty on all weights: 28 nodes."""
    layers = [(w(4, 4, name=f"W{i}"), w(1, 4, name=f"b{i}")) for i in range(3)]
    h = np.ones((5, 4))
    outputs = []
    for weight, bias in layers:
        h = tanh(matmul(h, weight) + bias)
        outputs.append(h)
    penalty = sum(
        (square(weight).sum() for weight, _ in layers[1:]), start=square(layers[0][0]).sum()
    )
    return mean(square(outputs[2] + outputs[0])) + 0.01 * penalty


GRAPHS = {"mlp": mlp, "parabola": parabola, "skip": skip, "residual": residual}


@pytest.fixture(
    params=[(g, flow, way) for g in GRAPHS for flow in (False, True) for way in ("down", "right")]
)
def picture(request):
    graph, gradients, direction = request.param
    return draw_graph(GRAPHS[graph](), name="one", gradients=gradients, direction=direction)


def root_of(picture):
    return ET.fromstring(picture.svg())


def boxes_of(root):
    """Bounds of each outline by the id of its group."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        shape = group[0]
        if shape.tag == f"{SVG}rect":
            x, y, width, height = (
                float(shape.attrib[key]) for key in ("x", "y", "width", "height")
            )
            found[group.attrib["id"]] = (x, y, x + width, y + height)
        else:
            points = np.array([pair.split(",") for pair in shape.attrib["points"].split()], float)
            found[group.attrib["id"]] = (*points.min(axis=0), *points.max(axis=0))
    return found


def line_points(root):
    """Points along all lines: a curve is sampled, a straight leg too."""
    path = next(root.iter(f"{SVG}path")).attrib["d"]
    points, here = [], None
    for command, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        corners = np.array(numbers.split(), float).reshape(-1, 2)
        s = np.linspace(0, 1, 40)[:, None]
        if command == "L":
            points.append(here + s * (corners[0] - here))
        elif command == "C":
            a, b, c = corners
            points.append(
                (1 - s) ** 3 * here + 3 * s * (1 - s) ** 2 * a + 3 * s**2 * (1 - s) * b + s**3 * c
            )
        here = corners[-1]
    return np.concatenate(points)


def arrow_tips(root):
    heads = list(root.iter(f"{SVG}path"))[1].attrib["d"]
    return [np.array(head.split("L")[1].split(), float) for head in heads.split("M")[1:]]


def test_it_is_one_well_formed_labelled_element(picture):
    root = root_of(picture)
    assert root.tag == f"{SVG}svg"
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", picture.alt)
    assert root.attrib["class"] == "ld-figure"
    assert "\n" not in picture.svg()
    assert root.find(f".//{SVG}title") is None


def test_every_node_and_constant_has_a_box_of_its_own_id(picture):
    ids = [e.attrib["id"] for e in root_of(picture).iter() if "id" in e.attrib]
    assert len(set(ids)) == len(ids)
    graph = picture.graph
    expected = {f"one_node-{node.index}" for node in graph} | {
        f"one_constant-{node.index}-{place}"
        for node in graph
        for place, operand in enumerate(node.operands)
        if operand.source is None
    }
    assert set(ids) == expected == set(boxes_of(root_of(picture)))


def test_no_two_boxes_overlap_and_all_are_in_view(picture):
    root = root_of(picture)
    boxes = list(boxes_of(root).values())
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for x, y, u, v in boxes:
        assert x >= 0 and y >= 0 and u <= width and v <= height


def test_no_line_passes_through_a_box_and_each_arrow_ends_at_one(picture):
    root = root_of(picture)
    boxes, points = boxes_of(root), line_points(root)
    for x, y, u, v in boxes.values():
        inside = (points > [x + 0.01, y + 0.01]) & (points < [u - 0.01, v - 0.01])
        assert not np.any(inside.all(axis=1))
    graph = picture.graph
    tips = arrow_tips(root)
    assert len(tips) == sum(len(node.operands) for node in graph)
    for x, y in tips:
        above = any(y == top and left < x < right for left, top, right, _ in boxes.values())
        beside = any(x == left and top < y < bottom for left, top, _, bottom in boxes.values())
        assert above or beside


def test_every_text_is_inside_its_box(picture):
    """Measured in the font that the figures are laid out with."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    for group in root_of(picture).iter(f"{SVG}g"):
        left, top, right, bottom = boxes_of(group)[group.attrib["id"]]
        for text in group.iter(f"{SVG}text"):
            style = dict(pair.split(":") for pair in text.attrib["style"].split(";"))
            font = FontProperties(
                family="DejaVu Sans",
                size=float(style["font-size"][:-2]),
                weight=int(style.get("font-weight", 400)),
            )
            width, height, descent = TextToPath().get_text_width_height_descent(
                text.text, font, False
            )
            assert float(text.attrib["x"]) - width / 2 > left + 4
            assert float(text.attrib["x"]) + width / 2 < right - 4
            assert top < float(text.attrib["y"]) - height + descent
            assert float(text.attrib["y"]) + descent < bottom


def test_every_colour_follows_the_page(picture):
    for element in root_of(picture).iter():
        # A presentation attribute does not take var().
        assert not {"fill", "stroke", "color"} & set(element.attrib)
        for _, value in COLOUR.findall(element.get("style", "")):
            assert ADAPTS.fullmatch(value), value


def test_a_net_of_a_dozen_nodes_fits_a_phone_at_full_size():
    for gradients in (False, True):
        root = root_of(draw_graph(mlp(), gradients=gradients))
        assert float(root.attrib["width"]) <= PHONE
        # One unit of the view is one pixel, so a text is as large as it says.
        assert root.attrib["viewBox"].split()[2] == root.attrib["width"]
    sizes = re.findall(r"font-size:([\d.]+)px", draw_graph(mlp()).svg())
    assert min(map(float, sizes)) >= 11


def test_kinds_are_told_apart_by_shape():
    y = (Parameter([1.0]) * Tensor([2.0], requires_grad=True) * np.array([3.0])).sum()
    root = root_of(draw_graph(y, name="one"))
    outlines = {group.attrib["id"]: group[0] for group in root.iter(f"{SVG}g")}
    kinds = {
        node.kind: outlines[f"one_node-{node.index}"] for node in Graph.of(y) if node.index < 3
    }
    constant = outlines["one_constant-3-1"]
    assert kinds["leaf"].tag == f"{SVG}polygon"
    assert "rx" in kinds["operation"].attrib and "rx" not in kinds["parameter"].attrib
    assert (
        "dasharray" in constant.attrib["style"]
        and "dasharray" not in kinds["parameter"].attrib["style"]
    )
    widths = [
        re.search(r"stroke-width:([\d.]+)", e.attrib["style"])[1]
        for e in (kinds["operation"], outlines["one_node-4"])
    ]
    assert float(widths[0]) < float(widths[1])  # the result


def test_gradients_stand_on_the_edges_and_their_sum_in_the_node():
    texts = [
        text.text for text in root_of(draw_graph(parabola(), gradients=True)).iter(f"{SVG}text")
    ]
    assert sorted(text for text in texts if "↑" in text) == ["↑ 1", "↑ 1", "↑ 3", "↑ 3"]
    assert sorted(text for text in texts if "grad" in text) == ["grad 1", "grad 7"]
    across = draw_graph(parabola(), gradients=True, direction="right").svg()
    assert across.count("← ") == 4 and "↑" not in across
    assert not re.search("grad|↑", draw_graph(parabola()).svg())


def test_names_labels_and_shapes_are_shown_and_escaped():
    x = Parameter([[1.0, 2.0]], name="a<b>&\"c'")
    y = tanh(x).sum(axis=1)
    texts = [t.text for t in root_of(draw_graph(y, names={"η": y})).iter(f"{SVG}text")]
    assert texts == ["a<b>&\"c'", "(1, 2)", "tanh", "(1, 2)", "η: sum", "axis=1", "(1,)"]


def test_the_description_is_made_from_the_graph_unless_it_is_given():
    assert draw_graph(parabola()).alt == (
        "Computation graph. multiply takes x and x; add takes multiply and x. "
        "The result is add, ()."
    )
    assert draw_graph(Parameter(1.0, name="w")).alt == "Computation graph. The result is w, ()."
    large = draw_graph(residual()).alt
    assert large.startswith(f"Computation graph of {len(Graph.of(residual()))} nodes, ")
    assert "6 parameter" in large
    given = draw_graph(parabola(), alt="A  parabola\n by hand.")
    assert given.alt == root_of(given).attrib["aria-label"] == "A parabola by hand."


def test_the_same_graph_gives_the_same_bytes_in_a_new_process():
    script = (
        "import sys; from test_graph_picture import residual;"
        "from learndyn.plots.graph import draw_graph;"
        "sys.stdout.buffer.write(draw_graph(residual(), gradients=True).svg().encode())"
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(
        command, cwd=Path(__file__).parent, check=True, capture_output=True, timeout=120
    )
    assert run.stdout == draw_graph(residual(), gradients=True).svg().encode()


def test_a_notebook_gets_svg_and_a_terminal_the_text():
    picture = draw_graph(parabola(), name="one")
    data = picture._repr_mimebundle_()
    assert data == {"text/html": picture.svg(), "text/plain": str(Graph.of(parabola()))}
    assert repr(picture) == f"<GraphPicture one: {picture.alt}>"


def test_a_graph_is_drawn_as_it_is():
    graph = Graph.of(parabola(), gradients=True)
    assert draw_graph(graph).svg() == draw_graph(parabola(), gradients=True).svg()
    for options in ({"gradients": True}, {"names": {}}):
        with pytest.raises(ValueError, match=r"received a Graph with names or gradients"):
            draw_graph(graph, **options)


def test_several_results_stand_in_one_picture():
    x = Parameter(2.0)
    svg = draw_graph(x * x, exp(x)).svg()
    assert svg.count("stroke-width:2.2") == 3  # the parameter and both results


def test_save_writes_the_picture_whole_or_not_at_all(tmp_path, monkeypatch):
    picture = draw_graph(parabola())
    target = picture.save(tmp_path / "a.svg")
    assert target.read_text(encoding="utf-8") == picture.svg()
    with pytest.raises(ValueError, match=r"as \.svg, received 'a\.png'"):
        picture.save(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        picture.save(tmp_path / "nowhere" / "a.svg")

    def fail(*arguments):
        raise OSError("the disk is full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="the disk is full"):
        draw_graph(mlp()).save(target)
    assert target.read_text(encoding="utf-8") == picture.svg()
    assert os.listdir(tmp_path) == ["a.svg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "My Graph"}, "name must be a slug .* received 'My Graph'"),
        ({"name": None}, "name must be a slug"),
        ({"alt": " "}, "alt must say in words"),
        ({"direction": "up"}, "direction must be 'down' or 'right', received 'up'"),
        ({"max_boxes": 2}, r"3 boxes, more than max_boxes=2\. Print it"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        draw_graph(parabola(), **options)


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"received ndarray\. Pass the Tensor"):
        draw_graph(np.ones(3))
    with pytest.raises(TypeError, match=r"received Graph\."):
        draw_graph(Graph.of(parabola()), parabola())


def test_colours_have_the_palette_s_light_values_where_there_is_no_style_sheet():
    svg = draw_graph(parabola(), gradients=True).svg()
    for role in ("blue", "muted", "pink"):
        assert f"var(--ld-{role}, {getattr(LIGHT, role)})" in svg
