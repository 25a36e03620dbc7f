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
    settings = {row.allocator for row in found.times}
    assert len(settings) == 2
    for setting in settings:
        assert [row.workload for row in found.under(setting)] == [w.name for w in WORKLOADS]
    assert found.machine["blas_threads"] in (1, None)


def test_what_is_read_is_what_was_written():
    found, raw = benchmarks.read(WRITTEN), json.loads(WRITTEN.read_text(encoding="utf-8"))
    for row, written in zip(found.times, raw["times"], strict=True):
        assert row.ratio.low <= row.ratio.median <= row.ratio.high
        assert row.our_seconds.median == written["our_seconds"]["median"]
    assert [row.peak_bytes for row in found.memory] == [row["peak_bytes"] for row in raw["memory"]]


def test_a_setting_that_was_not_measured_is_an_error():
    with pytest.raises(ValueError, match="nothing was measured under 'jemalloc', only"):
        benchmarks.read(WRITTEN).under("jemalloc")


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"machine": {}, "times": [{}]}'])
def test_a_file_that_is_no_result_says_how_to_make_one(text, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"other\.json is no complete results file.*Measure again"):
        benchmarks.read(path)
