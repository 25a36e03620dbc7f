"""Every page of the chapter on design says what was decided, what else was tried, and what would undo it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .building import REPOSITORY
from .measure_build import EDITED, RESULT, change_cell, change_sentence

PAGES = sorted((REPOSITORY / "book" / "design").glob("*.md"))
PARTS = {
    "the question": r"^\*\*The question\.\*\*",
    "a prediction": r"^\*\*What would you predict\?\*\*",
    "the decision": r"^(## The decision$|\*\*The decision\.\*\*)",
    "the alternatives": r"^## What was (tried|weighed)$",
    "what would change our mind": r"^## What would change our mind$",
    "a key takeaway": r"^:::\{admonition\} Key takeaway$",
}
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)


def missing(text: str) -> list[str]:
    """Name what a page of this chapter lacks; a heading with nothing under it counts as lacking."""
    prose = CELL.sub("", text)
    lacking = [what for what, form in PARTS.items() if not re.search(form, prose, re.MULTILINE)]
    for title, body in re.findall(
        r"^## ([^\n]*)\n(.*?)(?=^## |^:::\{admonition\}|\Z)", prose, re.MULTILINE | re.DOTALL
    ):
        if len(body.split()) < 20 and not title.startswith("Exercise"):
            lacking.append(f"a text under {title!r}")
    asserted = any(re.search(r"^\s*assert ", cell, re.MULTILINE) for cell in CELL.findall(text))
    if not (asserted and re.search(r"\{glue:(text)?\}`", prose)):
        lacking.append("a measurement")
    if not re.search(r"^\|.*\{glue:text\}`", prose, re.MULTILINE):
        lacking.append("a table of what was measured")
    return lacking


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_of_the_chapter_has_decision_alternatives_measurement_and_doubt(page: Path) -> None:
    assert missing(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_contents_name_every_page_of_the_chapter(page: Path) -> None:
    contents = (REPOSITORY / "_toc.yml").read_text(encoding="utf-8")
    assert f"- file: design/{page.stem}\n" in contents


@pytest.mark.parametrize("what", PARTS)
def test_a_part_that_is_taken_out_is_missed(what: str) -> None:
    text = (REPOSITORY / "book" / "design" / "maps.md").read_text(encoding="utf-8")
    without = re.sub(PARTS[what], "Something else", text, flags=re.MULTILINE)
    assert what in missing(without)


def test_a_heading_without_words_is_missed() -> None:
    text = (REPOSITORY / "book" / "design" / "maps.md").read_text(encoding="utf-8")
    before, heading, rest = text.partition("## What would change our mind\n")
    hollow = before + heading + rest[rest.index(":::{admonition}") :]
    assert missing(hollow) == ["a text under 'What would change our mind'"]


def test_the_file_of_timings_holds_what_a_measurement_writes() -> None:
    found = json.loads(RESULT.read_text(encoding="utf-8"))
    builds = found["book"]["builds"]
    assert set(builds) == {"cold", "unchanged", "sentence", "cell"}
    assert builds["unchanged"]["executed"] == builds["sentence"]["executed"] == 0
    assert builds["cell"]["executed"] == 1 and builds["cold"]["executed"] == len(found["book"]["pages"])
    assert sum(found["book"]["pages"].values()) < builds["cold"]["processor"]


def test_the_edits_that_are_timed_change_a_sentence_and_a_cell(tmp_path: Path) -> None:
    source = REPOSITORY / "book" / f"{EDITED}.md"
    copy = tmp_path / "book" / f"{EDITED}.md"
    copy.parent.mkdir(parents=True)
    before = source.read_text(encoding="utf-8")
    copy.write_text(before, encoding="utf-8")
    change_sentence(tmp_path)
    prose = copy.read_text(encoding="utf-8")
    assert CELL.findall(prose) == CELL.findall(before) and prose != before
    change_cell(tmp_path)
    assert [
        one != two
        for one, two in zip(CELL.findall(prose), CELL.findall(copy.read_text("utf-8")), strict=True)
    ] == [
        *[False] * (len(CELL.findall(prose)) - 1),
        True,
    ]
