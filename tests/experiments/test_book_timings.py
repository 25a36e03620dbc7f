"""Laws of reading the file of timings: nothing is computed but sums and orders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from learndyn.experiments import book_timings
from learndyn.plots.book_timings import library_weights, page_seconds

BUILDS = {
    name: {"wall": 2.0, "processor": 3.0, "executed": 0} for name in ("cold", "unchanged", "sentence", "cell")
}
LIBRARY = {"version": "1", "packages": 1, "import_seconds": 0.1}
FILE = {
    "book": {
        "builds": BUILDS,
        "pages": {"a/slow": 1.5, "a/quick": 0.25, "b/middle": 0.5},
        "machine": {"cores": 2, "load": 0.1, "python": "3.11"},
        "rounds": 3,
        "edited": "a/quick",
    },
    "libraries": {"large": LIBRARY | {"megabytes": 90.0}, "small": LIBRARY | {"megabytes": 9.0}},
    "kernels": {"new": 1.0, "forked": 0.25},
}


@pytest.fixture
def timings(tmp_path: Path) -> book_timings.Timings:
    path = tmp_path / "timings.json"
    path.write_text(json.dumps(FILE), encoding="utf-8")
    return book_timings.read(path)


def test_pages_come_slowest_first_and_libraries_lightest_first(timings: book_timings.Timings) -> None:
    assert list(timings.pages) == ["a/slow", "b/middle", "a/quick"]
    assert [library.name for library in timings.libraries] == ["small", "large"]
    assert timings.page_seconds == 2.25
    assert timings.suite == {}


def test_a_name_that_is_not_there_is_refused_with_those_that_are(timings: book_timings.Timings) -> None:
    assert timings.build("cold").wall == 2.0 and timings.library("small").megabytes == 9.0
    with pytest.raises(KeyError, match="no build 'warm'"):
        timings.build("warm")
    with pytest.raises(KeyError, match="no library 'torch'"):
        timings.library("torch")


def test_a_missing_file_is_refused_with_the_command_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"tests\.book\.measure_build"):
        book_timings.read(tmp_path / "none.json")


def test_the_figures_say_their_numbers(timings: book_timings.Timings) -> None:
    assert "from 0.2 to 1.5 seconds" in page_seconds(timings).alt
    assert "small 9 MB and 100 ms, large 90 MB" in library_weights(timings).alt
