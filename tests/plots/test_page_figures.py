"""Every figure of every page is drawn from the page's own cells, and shows what it says that it shows.

By default the figures of the quickest pages are drawn; with ``LEARNDYN_PROFILE=deep`` those of all pages are.
"""

from __future__ import annotations

import ast
import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from learndyn.experiments.page_census import CELL
from learndyn.plots import BookFigure

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
QUICK = ["foundations/tensor", "foundations/descent", "foundations/modes", "design/rules", "design/cost"]
EXECUTED = sorted(
    path.relative_to(BOOK).with_suffix("").as_posix()
    for path in BOOK.glob("*/*.md")
    if CELL.search(path.read_text(encoding="utf-8"))
)
PAGES = EXECUTED if os.environ.get("LEARNDYN_PROFILE") == "deep" else QUICK


def cells(page: str) -> list[str]:
    """Return the code of a page, without the options above it."""
    text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
    blocks = (match.group().splitlines()[1:-1] for match in CELL.finditer(text))
    return ["\n".join(line for line in block if not re.match(r":\w|:  ", line)) for block in blocks]


def shown_by(page: str) -> list[Any]:
    """Execute the cells of a page in one namespace; return what their last lines show."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for code in cells(page):
        body = ast.parse(code).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), page, "exec"), names)
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), page, "eval"), names))
    return shown


@pytest.fixture(scope="module", params=PAGES)
def drawn(request: pytest.FixtureRequest) -> list[BookFigure]:
    """Draw the figures of one page, where its cells expect to be."""
    pytest.importorskip("myst_nb", reason="run `pip install -e .[book]`")
    home = Path.cwd()
    os.chdir((BOOK / request.param).parent)
    try:
        return [value for value in shown_by(request.param) if isinstance(value, BookFigure)]
    finally:
        os.chdir(home)


def plots_of(figure: BookFigure) -> list[Axes]:
    """Return the axes on which something is measured, without colour bars and blank ones."""
    return [
        axes
        for axes in figure.figure.axes
        if axes.axison
        and axes.get_label() != "<colorbar>"
        and (axes.lines or axes.collections or axes.images)
    ]


def test_names_are_unique_on_a_page(drawn):
    names = [figure.name for figure in drawn]
    assert len(set(names)) == len(names)


def test_a_description_in_words_is_one_or_more_sentences(drawn):
    for figure in drawn:
        assert len(figure.alt.split()) >= 8, figure.name
        assert figure.alt.endswith("."), figure.name


def test_every_figure_says_what_its_axes_are(drawn):
    """In words along an axis, at its ticks, above it, or in the picture."""
    for figure in drawn:
        words = [
            text
            for axes in figure.figure.axes
            for text in (
                axes.get_xlabel(),
                axes.get_ylabel(),
                *(axes.get_title(loc) for loc in ("left", "center", "right")),
                *(tick.get_text() for tick in axes.get_xticklabels() + axes.get_yticklabels()),
                *(part.get_text() for part in axes.texts),
            )
        ]
        assert any(re.search(r"[A-Za-z]{3}", text) for text in words) or not plots_of(figure), figure.name


def test_every_curve_has_a_point_in_view(drawn):
    for figure in drawn:
        for axes in plots_of(figure):
            (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
            for line in axes.lines:
                x, y = (np.asarray(part, float) for part in line.get_data(orig=False))
                if line.get_transform() != axes.transData or x.size == 0:
                    continue  # a rule across the axes, or a curve of a case that did not occur
                inside = [(left, x, right), (low, y, high)]
                crosses = all(np.nanmin(v) <= b and np.nanmax(v) >= a for a, v, b in inside)
                assert crosses, (figure.name, line.get_label())


def test_a_legend_has_one_entry_for_each_name(drawn):
    for figure in drawn:
        legends = [axes.get_legend() for axes in figure.figure.axes] + figure.figure.legends
        for legend in filter(None, legends):
            words = [text.get_text() for text in legend.get_texts()]
            assert len(set(words)) == len(words) > 0, (figure.name, words)


def test_the_svg_is_one_element_whose_ids_start_with_its_name(drawn):
    for figure in drawn:
        root = ElementTree.fromstring(figure.svg())
        assert root.tag.endswith("svg")
        ids = [each.get("id") for each in root.iter() if each.get("id")]
        assert len(set(ids)) == len(ids)
        assert all(each.startswith(figure.name) for each in ids), figure.name
