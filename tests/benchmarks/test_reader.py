"""The results' file is read back as it was written, and the one in the repository is complete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from learndyn.experiments import benchmarks

from .workloads import WORKLOADS

WRITTEN = Path(__file__).with_name("results.json")


@pytest.fixture(autouse=True)
def _old_results_are_of_no_interest_while_new_ones_are_made(request):
    if request.config.getoption("measure", None):
        pytest.skip("the results are being measured again")


def test_the_committed_results_cover_every_workload_under_both_allocators():
    found = benchmarks.read(WRITTEN)
    assert {row.allocator for row in found.times} == set(benchmarks.CEILINGS)
    for setting in benchmarks.CEILINGS:
        assert [row.workload for row in found.under(setting)] == [w.name for w in WORKLOADS]
    assert found.machine["blas_threads"] in (1, None)


def test_what_is_read_is_what_was_written():
    found, raw = benchmarks.read(WRITTEN), json.loads(WRITTEN.read_text(encoding="utf-8"))
    for row, written in zip(found.times, raw["times"], strict=True):
        assert row.ratio.low <= row.ratio.median <= row.ratio.high
        assert row.our_seconds.median == written["our_seconds"]["median"]
    assert [row.peak_bytes for row in found.memory] == [row["peak_bytes"] for row in raw["memory"]]


def test_shares_of_a_step_add_up_and_its_nodes_do_not_depend_on_the_allocator():
    found = benchmarks.read(WRITTEN)
    for default, kept in zip(*map(found.under, benchmarks.CEILINGS), strict=True):
        for part in (default.profile, kept.profile):
            shares = part.forward_share, part.backward_share, part.update_share
            assert min(shares) >= 0
            assert sum(shares) == pytest.approx(1)
        assert default.profile.nodes == kept.profile.nodes > 0


def test_a_ceiling_is_missed_where_the_median_is_above_it():
    found = benchmarks.read(WRITTEN)
    for setting, ceilings in benchmarks.CEILINGS.items():
        above = {r.workload for r in found.under(setting) if r.ratio.median > ceilings[r.workload]}
        assert {row.workload for row in found.missed(setting)} == above
        for row in found.under(setting):
            assert row.ceiling * (1 + row.excess) == pytest.approx(row.ratio.median)


def test_chains_are_found_by_length_and_collector():
    found = benchmarks.read(WRITTEN)
    for chain in found.chains:
        assert found.chain(chain.length, collector=chain.collector) is chain
    with pytest.raises(ValueError, match="no chain of 7 nodes was measured, only"):
        found.chain(7)


def test_a_missing_file_says_where_it_should_be(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no results file gone\.json.*--measure FILE"):
        benchmarks.read(tmp_path / "gone.json")


def test_a_setting_that_was_not_measured_is_an_error():
    with pytest.raises(ValueError, match="nothing was measured under 'jemalloc', only"):
        benchmarks.read(WRITTEN).under("jemalloc")


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"machine": {}, "times": [{}]}'])
def test_a_file_that_is_no_result_says_how_to_make_one(text, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"other\.json is no complete results file.*Measure again"):
        benchmarks.read(path)
