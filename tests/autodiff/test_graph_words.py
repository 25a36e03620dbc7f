"""Laws of a graph's description for those who do not see the picture: every operation and the result are named."""

import numpy as np
import pytest

from learndyn.autodiff import Parameter, getitem, pad, softmax, tanh
from learndyn.autodiff.graph import Graph
from learndyn.autodiff.graph_text import in_words, short_params


def test_a_small_graph_is_told_operation_by_operation():
    w, x = Parameter(2.0, name="w"), Parameter(3.0, name="x")
    y = w * x
    words = in_words(Graph.of(tanh(y + 0.5), names={"y": y}))
    assert words == (
        "Computation graph. y = multiply takes w and x; add takes y and 0.5; tanh takes add. "
        "The result is tanh, ()."
    )


def test_a_large_constant_is_called_one_and_several_results_are_all_named():
    x = Parameter(np.ones(3), name="x")
    words = in_words(Graph.of(x + np.arange(3.0), tanh(x)))
    assert "add takes x and a constant" in words
    assert words.endswith("The results are add, (3,) and tanh, (3,).")


def test_a_graph_of_a_leaf_alone_has_no_operations():
    assert in_words(Graph.of(Parameter(1.0, name="w"))) == "Computation graph. The result is w, ()."


@pytest.mark.parametrize("depth", [1, 5, 40, 300])
def test_a_graph_is_told_or_counted_and_counts_are_right(depth):
    y = Parameter(0.5, name="x")
    for _ in range(depth):
        y = tanh(y)
    words = in_words(Graph.of(y))
    told = words.count(" takes ")
    counted = f"{depth + 1} nodes, {depth} operations deep:" in words and f" {depth} tanh" in words
    assert (told == depth) != counted
    assert len(words) < 1000


def test_parameters_are_short_and_the_same_each_time():
    assert (
        short_params({"axis": 0, "keepdims": False, "out": None, "rate": 0.123456}) == "axis=0, rate=0.1235"
    )
    assert short_params({"index": (slice(1, None), slice(0, 9, 2), Ellipsis)}) == "index=(1:, 0:9:2, ...)"
    assert short_params({"at": np.array([1, 2])}) == "at=[1, 2]"
    assert short_params({"at": np.zeros((3, 2))}) == "at=float64 (3, 2)"
    assert short_params({"by": (np.int64(4),)}) == "by=(4,)"
    assert short_params({"of": np.tanh}) == "of=tanh"
    assert "0x" not in short_params({"of": object()})


def test_long_parameters_are_cut_to_one_length():
    lengths = {len(short_params({"p": tuple(range(n))})) for n in (50, 100, 1000)}
    assert len(lengths) == 1
    assert short_params({"p": tuple(range(50))}).endswith("...")


def test_a_line_of_the_text_shows_the_parameters():
    x = Parameter(np.arange(6.0).reshape(2, 3), name="x")
    text = Graph.of(softmax(pad(getitem(x, (0, slice(1, None))), 1), axis=0)).text()
    assert "axis=0" in text
    assert "1:" in text
