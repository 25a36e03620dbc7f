"""Figures with sliders in a built book: their data in files of their own, and Vega only where it is used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("sphinx")
pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from .building import REPOSITORY, Book, Build, cell, new_book, notebook_page

FIGURE = """
import altair as alt
from learndyn.explorables import Explorable, Slider, frames, shown_frame
from learndyn.plots import colours

chart = shown_frame(frames(2, x=[1.0, 2.0])).mark_point(color=colours.blue)
chart = chart.encode(x="x:Q").properties(width=496, height=246)
Explorable("one-dot", chart, [Slider("place", ["a", "b"])],
           ["A <dot>.", "Two."], "A dot on a line.", height=314)
""".strip()
PAGES = ("foundations/sliders", "foundations/plain")
SCRIPTS = Path("_static", "explorables")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, Build]:
    """Build a book of two pages, one of them with a figure that has a slider."""
    book = new_book(tmp_path_factory.mktemp("explorables") / "root")
    caption = ":mystnb:\n:  figure:\n:    name: fig-dot\n:    caption: A dot."
    book.write_page(PAGES[0], notebook_page("Move it.", cell(FIGURE, ":tags: [hide-input]", caption)))
    book.write_page(PAGES[1], "# A page\n\nNo figure.\n")
    book.write_toc(PAGES)
    return book, book.build()


def page(book: Book, name: str) -> str:
    return (book.html / f"{name}.html").read_text(encoding="utf-8")


def test_a_book_with_an_explorable_builds_without_a_complaint(built):
    _, build = built
    assert (build.status, build.failures) == (0, []), build.log


def test_the_page_says_where_the_data_and_vega_are_and_has_neither(built):
    book, _ = built
    html = page(book, PAGES[0])
    (tag,) = re.findall(r'<div class="ld-explorable"[^>]*>', html)
    for attribute, file in (("source", "one-dot.js"), ("vega", "vega-embed.js")):
        address = re.search(rf'data-{attribute}="([^"]+)"', tag)[1]
        assert (book.html / PAGES[0]).parent.joinpath(address).resolve() == (
            book.html / SCRIPTS / file
        ).resolve()
    assert "ld-payload" not in html
    assert "<svg" in html[html.index(tag) :]
    assert not any("explorables/" in source for source in re.findall(r'<script[^>]* src="([^"]+)"', html))


def test_the_data_are_a_script_that_registers_them_by_name(built):
    book, _ = built
    script = (book.html / SCRIPTS / "one-dot.js").read_text(encoding="utf-8")
    found = re.fullmatch(r'learndynExplorables\["one-dot"\] = (\{.*\});\n', script)
    payload = json.loads(found[1])
    assert payload["captions"] == ["A <dot>.", "Two."]
    assert payload["texts"] == [["a", "b"]]
    assert payload["spec"]["width"] == 496


def test_a_page_without_one_names_neither(built):
    book, _ = built
    assert "ld-explorable" not in page(book, PAGES[1])


def test_vega_is_written_once_beside_the_data(built):
    book, _ = built
    assert {file.name for file in (book.html / SCRIPTS).iterdir()} == {"one-dot.js", "vega-embed.js"}
    assert "window.vegaEmbed" in (book.html / SCRIPTS / "vega-embed.js").read_text(encoding="utf-8")


def test_a_second_build_writes_the_same_bytes(built, tmp_path):
    book, _ = built
    again = book.copy_to(tmp_path / "root")
    first = {file.name: file.read_bytes() for file in (book.html / SCRIPTS).iterdir()}
    html = page(again, PAGES[0])
    for file in (*(again.html / SCRIPTS).iterdir(), again.html / f"{PAGES[0]}.html"):
        file.unlink()
    build = again.build("--all")
    assert build.status == 0, build.log
    assert {file.name: file.read_bytes() for file in (again.html / SCRIPTS).iterdir()} == first
    assert page(again, PAGES[0]) == html


@pytest.fixture
def extension(monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY / "book" / "_ext")
    from learndyn_book import explorables

    return explorables


def test_vega_is_put_together_again_only_for_another_version(extension, tmp_path):
    file = tmp_path / extension.FOLDER / extension.VEGA
    file.parent.mkdir(parents=True)
    file.write_text("/* Vega, from vl-convert-python 0.0.1 */\n", encoding="utf-8")
    app = SimpleNamespace(outdir=tmp_path)
    extension.write_vega(app, None)
    whole = file.read_text(encoding="utf-8")
    assert "window.vegaEmbed" in whole
    kept = whole.splitlines()[0]
    file.write_text(kept + "\nof an earlier build", encoding="utf-8")
    extension.write_vega(app, None)
    assert file.read_text(encoding="utf-8") == kept + "\nof an earlier build"


def test_a_site_without_explorables_gets_no_vega(extension, tmp_path):
    extension.write_vega(SimpleNamespace(outdir=tmp_path), None)
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_failed_gets_no_vega(extension, tmp_path):
    (tmp_path / SCRIPTS).mkdir(parents=True)
    extension.write_vega(SimpleNamespace(outdir=tmp_path), RuntimeError())
    assert list((tmp_path / SCRIPTS).iterdir()) == []


DATA = '<script type="application/json" class="ld-payload">{1}</script>'
PART = '<div class="ld-explorable" data-explorable="{0}">x' + DATA + "</div>"


def test_each_payload_goes_with_its_own_name(extension):
    html = PART.format("a", '{"n":1}') + "<p>between</p>" + PART.format("b-2", '{"n":2}')
    rest, payloads = extension.take_out_payloads(html, "at/{}".format)
    assert payloads == {"a": '{"n":1}', "b-2": '{"n":2}'}
    assert re.findall(r'data-source="([^"]+)"', rest) == ["at/a.js", "at/b-2.js"]
    assert "<p>between</p>" in rest
    assert "payload" not in rest


@pytest.mark.parametrize(
    "html", [PART.format("a", "{}") * 2, PART.format("a", "{}").replace("</script>", "")]
)
def test_a_name_given_twice_or_without_data_is_a_warning(extension, monkeypatch, html):
    warnings = []
    monkeypatch.setattr(extension.logger, "warning", lambda *words: warnings.append(words))
    extension.take_out_payloads(html, str)
    assert len(warnings) == 1
    assert "need different names, and each its data" in warnings[0][0]
