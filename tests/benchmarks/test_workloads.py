"""By hand and with learndyn: the same numbers, so that their times may be compared."""

import numpy as np
import pytest

from learndyn import Tensor

from .node import bare, recorded
from .profile import recorded_nodes
from .workloads import WORKLOADS


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_the_hand_written_limit_and_learndyn_compute_the_same_numbers(workload):
    pair = workload.make()
    for _ in range(3):
        by_hand, ours = pair.limit(), pair.ours()
        assert len(by_hand) == len(ours)
        for expected, result in zip(by_hand, ours, strict=True):
            number = result.numpy() if isinstance(result, Tensor) else result
            assert np.shape(number) == np.shape(expected)
            assert np.any(expected)
            np.testing.assert_allclose(number, expected, rtol=1e-10, atol=1e-10 * np.max(np.abs(expected)))


def test_the_chain_and_its_bare_rules_compute_the_same_bits():
    np.testing.assert_array_equal(recorded(100)(), bare(100)())


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_each_step_records_the_same_number_of_nodes(workload):
    ours = workload.make().ours
    assert recorded_nodes(ours) == recorded_nodes(ours) > 0
