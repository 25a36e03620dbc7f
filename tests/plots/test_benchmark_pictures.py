"""The picture of the ratios says every number that it draws, and is the same twice."""

from pathlib import Path

import pytest

from learndyn.experiments import benchmarks
from learndyn.plots.benchmarks import ratio_dots

WRITTEN = Path(__file__).parents[1] / "benchmarks" / "results.json"


@pytest.fixture
def found():
    return benchmarks.read(WRITTEN)


def test_the_words_for_the_picture_name_every_ratio(found):
    alt = ratio_dots(found, name="some-name").alt
    for default, kept in zip(*map(found.under, benchmarks.CEILINGS), strict=True):
        ratios = f"{default.ratio.median:.1f} and {kept.ratio.median:.1f}"
        assert f"{default.workload} {ratios}" in alt


def test_the_picture_is_the_same_twice(found):
    first, second = ratio_dots(found, name="some-name"), ratio_dots(found, name="some-name")
    assert first.svg() == second.svg()
