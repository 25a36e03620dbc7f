"""Laws of four ways to remember a computation: what is freed, what is read, and how much is recorded."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from learndyn.experiments import recording_designs
from learndyn.experiments.recording_designs import Closure, Taped
from learndyn.plots.recording_designs import nodes_by_width


@pytest.mark.parametrize("length", [1, 37, 400])
def test_only_a_graph_of_operands_is_freed_with_its_last_reference(length: int) -> None:
    closures, tape, graph = recording_designs.run(length=length)
    assert (closures.alive, tape.alive, graph.alive) == (length, length, 0)


def test_a_gradient_of_the_numbers_that_the_loss_saw_needs_a_copy() -> None:
    closures, tape, graph = recording_designs.run(length=1)
    assert np.array_equal(graph.stale, [1.0, 4.0])
    assert np.array_equal(closures.stale, [1e4, 1e4]) and np.array_equal(tape.stale, [1e4, 1e4])


def test_the_graph_can_be_differentiated_twice() -> None:
    assert recording_designs.run(length=1)[2].second == 12.0


def test_a_node_is_lighter_than_a_closure_and_heavier_than_a_line_of_a_tape() -> None:
    closures, tape, graph = recording_designs.run()
    assert tape.node_bytes < graph.node_bytes < closures.node_bytes


def test_the_closures_have_the_right_gradient_if_no_buffer_changes() -> None:
    x = Closure(np.array([0.3, -1.1]))
    (x * x * x.tanh()).backward()
    t = np.tanh(x.value)
    assert np.allclose(x.grad, 2 * x.value * t + x.value**2 * (1 - t**2), rtol=1e-14)


@pytest.mark.parametrize("batch", [1, 4])
def test_a_product_of_matrices_takes_a_product_and_a_sum_for_each_pair_less_one_sum(batch: int) -> None:
    found = recording_designs.widths((1, 3, 8), batch=batch)
    assert np.array_equal(found.boxes, batch * found.widths * (2 * found.widths - 1))
    assert np.array_equal(found.operations, [1, 1, 1])


@pytest.mark.parametrize(
    ("value", "recorded_at", "same"), [(-1.0, 2.0, False), (3.0, 2.0, True), (-1.0, -2.0, True)]
)
def test_a_replayed_record_is_right_on_the_branch_that_it_saw_only(
    value: float, recorded_at: float, same: bool
) -> None:
    afresh, again = recording_designs.branch_replayed(value, recorded_at=recorded_at)
    assert afresh == (value * value if value > 0 else np.tanh(value))
    assert (again == afresh) is same


def test_a_measurement_leaves_the_collector_and_the_tape_as_they_were() -> None:
    before = gc.isenabled()
    recording_designs.run(length=3)
    assert gc.isenabled() == before and Taped.tape == []


def test_a_chain_without_a_node_is_refused() -> None:
    with pytest.raises(ValueError, match="received length 0"):
        recording_designs.run(length=0)


def test_the_figure_says_both_counts() -> None:
    found = recording_designs.widths((1, 2, 4, 8))
    drawn = nodes_by_width(found)
    assert f"from {found.boxes[0]} to {found.boxes[-1]}" in drawn.alt
