"""A graph has few nodes and many paths; its record has a size that can be said in advance."""

import numpy as np
import pytest

from learndyn.experiments import graph_memory, graph_sharing


def test_a_sweep_applies_one_rule_for_each_edge_and_counts_all_paths():
    result = graph_sharing.run()
    np.testing.assert_array_equal(result.nodes, result.depths + 1)
    np.testing.assert_array_equal(result.rules, 2 * result.depths)
    np.testing.assert_array_equal(result.slopes, 2.0**result.depths)


def test_a_walk_along_each_path_finds_as_many_paths_with_exponential_work():
    result = graph_sharing.run(range(1, 9), walk_up_to=8)
    np.testing.assert_array_equal(result.walk_paths, result.slopes)
    np.testing.assert_array_equal(result.walk_rules, result.predicted_walk_rules)
    assert result.walk_rules[-1] > 30 * result.rules[-1]


def test_a_chain_without_a_step_is_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        graph_sharing.run([0, 1])


@pytest.mark.parametrize("widths", [(1, 1), (3, 1), (2, 8, 1), (5, 4, 3, 2), (2, 64, 64, 1)])
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_a_record_has_the_predicted_nodes_and_bytes(widths, batch):
    record = graph_memory.run(widths, batch)
    assert record.nodes == record.predicted_nodes
    assert record.nbytes == record.predicted_bytes


def test_the_size_of_a_record_does_not_depend_on_the_numbers_in_it():
    assert graph_memory.run(seed=1).nbytes == graph_memory.run(seed=2).nbytes
