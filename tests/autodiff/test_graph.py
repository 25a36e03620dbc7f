"""Laws of the graph as an object: what it counts, what flows along its edges, how it prints."""

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn.autodiff import Parameter, Tensor, exp, matmul, mean, no_grad, square, tanh
from learndyn.autodiff.graph import Graph

X, T = np.arange(8.0).reshape(4, 2) / 8, np.array([[0.0], [1.0], [1.0], [0.0]])


def net():
    """A 2-3-1 net with its loss; every third number of the sine is as good as random."""
    shapes = {"W1": (2, 3), "b1": (1, 3), "W2": (3, 1), "b2": (1, 1)}
    w = {
        name: Parameter(np.sin(3.0 * np.arange(1.0, 1 + np.prod(shape))).reshape(shape), name=name)
        for name, shape in shapes.items()
    }
    hidden = tanh(matmul(X, w["W1"]) + w["b1"])
    loss = mean(square(matmul(hidden, w["W2"]) + w["b2"] - T))
    return loss, hidden, w


def chain(length):
    y = Parameter(0.5, name="x")
    for _ in range(length):
        y = tanh(y)
    return y


# --- nodes and edges --------------------------------------------------------------------


def test_operands_come_before_results_and_operations_in_the_order_of_creation():
    graph = Graph.of(net()[0])
    assert [node.index for node in graph] == list(range(len(graph)))
    assert all(tail < head for tail, head, _ in graph.edges)
    assert [node.label for node in graph if not node.is_leaf] == [
        "matmul", "add", "tanh", "matmul", "add", "subtract", "square", "mean",
    ]  # fmt: skip
    assert graph.results == (len(graph) - 1,)


def test_a_node_says_what_it_is():
    loss, hidden, _ = net()
    graph = Graph.of(loss, names={"h": hidden, "x": X})
    first = graph[1]
    assert (first.kind, first.label, first.shape, first.params) == (
        "operation",
        "matmul",
        (4, 3),
        "",
    )
    assert first.parents == (0,)
    constant, weight = first.operands
    assert (constant.source, constant.name, constant.shape) == (None, "x", (4, 2))
    assert (weight.source, weight.shape, weight.dtype) == (0, (2, 3), np.float64)
    assert (graph[0].kind, graph[0].name, graph[0].is_leaf) == ("parameter", "W1", True)
    assert [node.label for node in graph if node.name == "h"] == ["tanh"]
    assert graph[-1].value == loss.item()


def test_a_0d_constant_keeps_its_value_and_other_leaves_say_so():
    leaf = Tensor([1.0, 2.0], requires_grad=True)
    graph = Graph.of(leaf * 2.5)
    assert [node.kind for node in graph] == ["leaf", "operation"]
    assert (graph[1].operands[1].value, graph[1].operands[1].source) == (2.5, None)
    assert graph[1].operands[0].value is None


def test_a_tensor_without_a_graph_is_one_node():
    for tensor, kind in (
        (Tensor([1.0]), "constant"),
        (Tensor(1.0, requires_grad=True), "leaf"),
        (Parameter(1.0), "parameter"),
        (tanh(Parameter(1.0)).detach(), "constant"),
    ):
        graph = Graph.of(tensor)
        assert [node.kind for node in graph] == [kind]
        assert (graph.edges, graph.depth, graph.results) == ((), 0, (0,))


def test_several_results_share_what_they_share():
    x = Parameter(2.0)
    a, b = x * x, exp(x)
    graph = Graph.of(b, a)
    assert [node.label for node in graph] == ["parameter", "multiply", "exp"]
    assert graph.results == (2, 1)
    assert len(Graph.of(a, x)) == 2


def test_a_shared_node_appears_once():
    y = Parameter(1.0)
    for _ in range(40):
        y = y + y
    graph = Graph.of(y, gradients=True)
    assert (len(graph), len(graph.edges), graph.depth) == (41, 80, 40)
    assert graph.counts == {"add": 40, "parameter": 1}
    assert graph[0].cotangent.value == 2.0**40


def test_a_long_chain_needs_no_recursion():
    graph = Graph.of(chain(50_000))
    assert (len(graph), graph.depth, len(graph.edges)) == (50_001, 50_000, 50_000)
    assert str(graph).endswith("... and 49,941 more nodes")


def test_counts_are_sorted_and_add_up():
    graph = Graph.of(net()[0])
    assert list(graph.counts.items()) == [
        ("parameter", 4), ("add", 2), ("matmul", 2), ("mean", 1), ("square", 1),
        ("subtract", 1), ("tanh", 1),
    ]  # fmt: skip
    assert sum(graph.counts.values()) == len(graph)
    assert len(graph.edges) == sum(len(node.parents) for node in graph)


def test_bytes_of_a_shared_buffer_are_counted_once():
    x = Parameter(np.ones(100))
    y = exp(x)
    one = Graph.of(y).nbytes
    assert one == 2 * 800  # operand and result
    assert Graph.of(y * y).nbytes == one + 800
    # A reshaped result is a view of the same buffer, and a Python number is no array.
    assert Graph.of(y.reshape(10, 10) * 2.0).nbytes == one + 800
    assert Graph.of(y.reshape(10, 10)).nbytes == one


def test_a_graph_shows_the_value_that_it_saw():
    w = Parameter(3.0)
    y = w * w
    w.data = 100.0
    graph = Graph.of(y, gradients=True)
    assert (graph[0].value, graph[0].cotangent.value) == (3.0, 6.0)


def test_a_snapshot_keeps_no_graph_alive():
    gc.collect()
    gc.disable()
    try:
        loss, hidden, _ = net()
        graph = Graph.of(loss, names={"h": hidden}, gradients=True)
        watched = [weakref.ref(loss), weakref.ref(hidden)]
        del loss, hidden, _
        assert [ref() for ref in watched] == [None, None]
        assert len(graph) == 12
    finally:
        gc.enable()


def test_a_snapshot_is_frozen():
    graph = Graph.of(tanh(Parameter([1.0])).sum(), gradients=True)
    with pytest.raises(AttributeError):
        graph.nodes = ()
    with pytest.raises(AttributeError):
        graph[0].name = "w"
    with pytest.raises(ValueError, match="read-only"):
        graph[0].cotangent.value[0] = 1.0


# --- gradients on edges -----------------------------------------------------------------


def test_what_flows_into_a_node_adds_up_to_its_gradient():
    loss, _, w = net()
    graph = Graph.of(loss, gradients=True)
    loss.backward()
    for node in graph:
        along = [
            operand.cotangent
            for other in graph
            for operand in other.operands
            if operand.source == node.index
        ]
        if along and node.cotangent.value is not None:
            np.testing.assert_allclose(
                sum(c.value for c in along), node.cotangent.value, rtol=1e-15
            )
    leaves = {node.name: node.cotangent for node in graph if node.is_leaf}
    assert set(leaves) == set(w)
    for name, parameter in w.items():
        np.testing.assert_array_equal(leaves[name].value, parameter.grad)
        assert leaves[name].norm == pytest.approx(np.linalg.norm(parameter.grad), rel=1e-15)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_gradients_of_leaves_are_those_of_backward_in_random_graphs(seed):
    """Broadcast operands, repeated use, constants: whatever is drawn."""
    rng = np.random.default_rng(seed)
    leaves = [
        Parameter(rng.standard_normal(shape), name=str(i))
        for i, shape in enumerate([(3,), (2, 1), ()])
    ]
    tensors = list(leaves)
    for _ in range(8):
        a, b = (tensors[i] for i in rng.integers(len(tensors), size=2))
        tensors.append((tanh(a), a + b, a * b, a - 0.5 * b, a * 0.5)[rng.integers(5)])
    loss = sum((t.sum() for t in tensors[3:]), start=leaves[0].sum())
    graph = Graph.of(loss, gradients=True)
    loss.backward()
    for node in graph:
        if node.is_leaf:
            gradient = leaves[int(node.name)].grad
            np.testing.assert_allclose(node.cotangent.value, gradient, rtol=1e-13, atol=1e-13)
            assert node.cotangent.value.shape == node.shape


def test_each_use_of_a_node_has_its_own_edge():
    x = Parameter(3.0)
    graph = Graph.of(x * x + x, gradients=True)
    assert [(tail, head) for tail, head, _ in graph.edges] == [(0, 1), (0, 1), (1, 2), (0, 2)]
    assert [operand.cotangent.value for operand in graph[1].operands] == [3.0, 3.0]
    assert [operand.cotangent.value for operand in graph[2].operands] == [1.0, 1.0]
    assert graph[0].cotangent.value == 7.0


def test_a_broadcast_operand_gets_a_cotangent_of_its_own_shape():
    b = Parameter(np.zeros((1, 3)))
    graph = Graph.of((Parameter(np.ones((4, 3))) + b).sum(), gradients=True)
    _, bias = graph[2].operands
    np.testing.assert_array_equal(bias.cotangent.value, [[4.0, 4.0, 4.0]])


def test_gradients_of_several_results_are_those_of_their_sum():
    x = Parameter(3.0)
    a, b = x * x, exp(x * 0.0)
    assert Graph.of(a, b, gradients=True)[0].cotangent.value == 6.0
    assert Graph.of(a, a, gradients=True)[0].cotangent.value == 12.0


def test_a_large_cotangent_keeps_its_norm_only_and_the_norm_does_not_overflow():
    x = Parameter(np.full(400, 1.0))
    graph = Graph.of((x * 1e200).sum(), gradients=True)
    assert graph[0].cotangent.value is None
    assert graph[0].cotangent.norm == pytest.approx(20e200, rel=1e-14)
    assert Graph.of((x * 0.0).sum(), gradients=True)[0].cotangent.norm == 0.0
    assert Graph.of(Parameter(np.ones(0)).sum(), gradients=True)[0].cotangent.norm == 0.0


def test_no_gradients_unless_they_are_wanted():
    graph = Graph.of(net()[0])
    assert all(node.cotangent is None for node in graph)
    assert all(operand.cotangent is None for node in graph for operand in node.operands)


# --- names ------------------------------------------------------------------------------


def test_names_belong_to_the_graph_and_come_before_a_parameter_s_own():
    w = Parameter(2.0, name="w")
    y = w * 3.0
    assert [node.name for node in Graph.of(y, names={"slope": w, "line": y})] == ["slope", "line"]
    assert [node.name for node in Graph.of(y)] == ["w", ""]
    assert Graph.of(y, names={"three": 3.0})[1].operands[1].name == "three"
    assert Graph.of(w + Tensor(X), names={"x": X})[1].operands[1].name == "x"


def test_the_first_name_that_fits_wins():
    w = Parameter(2.0)
    y = w * 3.0
    assert Graph.of(y, names={"a": w, "b": w})[0].name == "a"
    assert Graph.of(y, names={"a": 3.0, "b": 3})[1].operands[1].name == "a"


def test_a_name_that_fits_nothing_is_an_error():
    y = Parameter(2.0) * X
    for stranger in (Parameter(2.0), Tensor(X + 1.0), X + 1.0):
        with pytest.raises(
            ValueError, match=r"Graph\.of: 'h' names a value of shape .* not in this"
        ):
            Graph.of(y, names={"h": stranger})
    with pytest.raises(ValueError, match=r"Graph\.of: a name must be text .* received ' '"):
        Graph.of(y, names={" ": y})
    with pytest.raises(TypeError, match=r"Graph\.of: names\['h'\]: received dtype"):
        Graph.of(y, names={"h": "text"})


# --- errors -----------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [3.0, X, None, [Parameter(1.0)]])
def test_what_is_no_tensor_is_refused_by_name(bad):
    with pytest.raises(
        TypeError, match=rf"Graph\.of: received {type(bad).__name__}\. Pass the Tensor"
    ):
        Graph.of(bad)


def test_no_result_at_all_is_refused():
    with pytest.raises(TypeError, match="received no tensor"):
        Graph.of()


def test_gradients_need_one_element_and_a_parameter():
    with pytest.raises(ValueError, match=r"one element, got shape \(2,\)\. Reduce"):
        Graph.of(Parameter([1.0, 2.0]) * 2.0, gradients=True)
    with no_grad():
        y = Parameter(1.0) * 2.0
    with pytest.raises(ValueError, match="not computed from a Parameter"):
        Graph.of(y, gradients=True)


# --- text -------------------------------------------------------------------------------


def test_text_shows_the_result_first_and_each_operand_under_it():
    x = Parameter(3.0, name="x")
    assert str(Graph.of(x * x + 2.0)) == (
        "[2] add () = 11\n"
        "  [1] multiply () = 9\n"
        "    [0] x: parameter () = 3\n"
        "    [0] x, as above\n"
        "  constant () = 2"
    )
    assert str(Graph.of(x * x + x, gradients=True)) == (
        "[2] add () = 12, grad 1\n"
        "  [1] multiply () = 9, grad 1\n"
        "    [0] x: parameter () = 3, grad 7, along this edge 3\n"
        "    [0] x, as above, along this edge 3\n"
        "  [0] x, as above, along this edge 1"
    )


def test_text_mentions_each_node_once_and_each_further_use_by_its_number():
    graph = Graph.of(net()[0])
    lines = str(graph).splitlines()
    constants = sum(operand.source is None for node in graph for operand in node.operands)
    assert len(lines) == len(graph.edges) + constants + 1
    assert sum("as above" not in line and "[" in line for line in lines) == len(graph)


@pytest.mark.parametrize("shown", [1, 5, 11])
def test_a_cut_text_says_how_many_nodes_are_left_out(shown):
    lines = Graph.of(net()[0]).text(max_nodes=shown).splitlines()
    assert sum(line.lstrip().startswith("[") for line in lines) == shown
    left_out = 12 - shown
    assert lines[-1] == f"... and {left_out} more node{'s' if left_out > 1 else ''}"
    assert "more node" not in Graph.of(net()[0]).text(max_nodes=12)


def test_max_nodes_is_at_least_one():
    with pytest.raises(ValueError, match="max_nodes must be at least 1, got 0"):
        Graph.of(Parameter(1.0)).text(max_nodes=0)


def test_keyword_parameters_are_short_and_say_nothing_needless():
    x = Parameter(np.ones((4, 3)))
    for y, expected in (
        (x.sum(), ""),
        (x.sum(axis=0, keepdims=True), "axis=0, keepdims=True"),
        (x.mean(axis=(0, 1)), "axis=(0, 1)"),
        (x[1:, None, ::2], "index=(1:, None, ::2)"),
        (x[..., 0], "index=(..., 0)"),
        (x[[0, 0, 2]], "index=[0, 0, 2]"),
        (x[np.ones((4, 3), bool)], "index=bool (4, 3)"),
        (x.reshape(12), "shape=12"),
    ):
        assert Graph.of(y)[1].params == expected
    long = Graph.of(x[tuple(np.zeros((2, 30), int))])[1].params
    assert long == "index=(int64 (30,), int64 (..."


def test_other_precision_is_said():
    assert str(Graph.of(Parameter(np.ones(2, np.float32)))) == "[0] parameter (2,) float32"


def test_text_and_repr_are_the_same_in_every_process():
    script = (
        "import numpy as np; from learndyn.autodiff import Parameter, tanh;"
        "from learndyn.autodiff.graph import Graph;"
        "x = Parameter(np.ones(3), name='x'); y = (tanh(x) * x[::-1]).sum();"
        "g = Graph.of(y, names={'y': y}, gradients=True); print(repr(g)); print(g)"
    )
    command = [sys.executable, "-c", script]
    runs = {
        subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
        for _ in range(2)
    }
    (text,) = runs
    assert text.startswith(b"<Graph of sum (): 5 nodes, 5 edges, depth 3>")
    assert b"0x" not in text


def test_the_engine_s_graph_needs_no_matplotlib():
    script = (
        "import sys; import learndyn.autodiff.graph, learndyn.autodiff.graph_layout;"
        "sys.exit(any(m.startswith(('matplotlib', 'learndyn.plots')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0
