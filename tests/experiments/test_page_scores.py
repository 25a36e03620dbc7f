"""Laws of reading what Lighthouse said: the lowest of each kind is found, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from learndyn.experiments import page_scores
from learndyn.plots.page_scores import paint_and_weight


def facts(performance: float, kilobytes: float, *, explorable: bool = False, seo: float = 1) -> dict[str, Any]:
    return {
        "performance": performance, "accessibility": 1, "best-practices": 1, "seo": seo, "paint": 1.5,
        "shift": 0.0, "KB": kilobytes, "kinds": {"Document": kilobytes}, "explorable": explorable,
        "formulas": 5.0, "machine": 2000.0,
    }  # fmt: skip


FILE = {
    "lighthouse": "12",
    "theme": {"styles": 1.0, "scripts": 2.0, "icons": 3.0},
    "pages": {
        "b.html": facts(0.91, 300.0, explorable=True),
        "a.html": facts(0.97, 200.0),
        "search.html": facts(0.99, 90.0, seo=0.5),
    },
}


@pytest.fixture
def scores(tmp_path: Path) -> page_scores.PageScores:
    path = tmp_path / "lighthouse.json"
    path.write_text(json.dumps(FILE), encoding="utf-8")
    return page_scores.read(path)


def test_the_lowest_score_is_that_of_the_pages_that_are_asked_for(scores: page_scores.PageScores) -> None:
    assert [each.page for each in scores.pages] == ["a.html", "b.html", "search.html"]
    assert scores.lowest("performance") == scores.lowest("performance", explorables=True) == 0.91
    assert scores.lowest("performance", explorables=False) == 0.97
    assert scores.heaviest.page == "b.html"


def test_a_page_that_no_search_is_meant_to_find_does_not_count_for_it(scores: page_scores.PageScores) -> None:
    assert scores.lowest("seo") == 1.0


def test_a_page_with_sliders_has_a_lower_floor_and_only_in_performance() -> None:
    plain, sliders = (page_scores.page_score("a.html", facts(0.92, 1.0, explorable=e)) for e in (False, True))
    assert (plain.below_floor, sliders.below_floor) == (("performance",), ())
    poor = facts(0.92, 1.0, explorable=True, seo=0.92)
    assert page_scores.page_score("a.html", poor).below_floor == ("seo",)
    assert page_scores.page_score("search.html", poor).below_floor == ()


def test_a_missing_file_is_refused_with_the_command_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"tests\.site\.lighthouse --write"):
        page_scores.read(tmp_path / "none.json")


def test_the_figure_has_a_mark_for_each_page_and_says_its_numbers(scores: page_scores.PageScores) -> None:
    drawn = paint_and_weight(scores)
    (axes,) = drawn.figure.axes
    assert sum(len(line.get_xdata()) for line in axes.lines) == len(scores.pages)
    assert "3 pages" in drawn.alt and "90 to 300 KB" in drawn.alt and "1 of them have sliders" in drawn.alt
