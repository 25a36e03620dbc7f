"""Laws of the inline SVG: it is an element among others on a page that may be light or dark."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from learndyn.plots import LIGHT, BookFigure, colours, figure_style, new_axes

SVG = "{http://www.w3.org/2000/svg}"
COLOUR = re.compile(r"(?:^|;)\s*(fill|stroke|stop-color)\s*:\s*([^;]+)")
ADAPTS = re.compile(r"none|currentColor|var\(--ld-[a-z]+, #[0-9a-f]{6}\)|url\(#[^)]+\)")


def book_figure(figure: Figure, name: str = "one", alt: str = "Everything.") -> BookFigure:
    return BookFigure(figure, name=name, alt=alt)


def ids_and_references(svg: str) -> tuple[list[str], set[str]]:
    elements = list(ET.fromstring(svg).iter())
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    references = {name for e in elements for v in e.attrib.values() for name in re.findall(r"url\(#([^)]+)\)", v)}
    references |= {e.attrib["href"][1:] for e in elements if e.get("href", "").startswith("#")}
    return ids, references


def test_it_is_one_well_formed_element(drawing: Figure) -> None:
    svg = book_figure(drawing).svg()
    assert ET.fromstring(svg).tag == f"{SVG}svg"
    assert svg.startswith("<svg ")
    for leftover in ("<?xml", "<!DOCTYPE", "<!--", "metadata", "rdf", "xlink", "\n"):
        assert leftover not in svg


def test_two_figures_on_a_page_share_no_id(drawing: Figure) -> None:
    first, _ = ids_and_references(book_figure(drawing, "one").svg())
    second, _ = ids_and_references(book_figure(drawing, "one-1").svg())
    both = first + second
    assert first and second
    assert len(set(both)) == len(both)


def test_every_reference_leads_to_an_id_of_the_same_figure(drawing: Figure) -> None:
    ids, references = ids_and_references(book_figure(drawing, "one").svg())
    assert references and references <= set(ids)
    assert all(name.startswith("one_") for name in ids)


def test_an_author_keeps_the_name_of_a_group() -> None:
    figure, axes = new_axes()
    axes.plot([0, 1], color=colours.blue)[0].set_gid("loss-curve")
    assert ids_and_references(book_figure(figure).svg())[0].count("one_loss-curve") == 1


def test_no_colour_is_left_that_does_not_adapt(drawing: Figure) -> None:
    root = ET.fromstring(book_figure(drawing).svg())
    seen = set()
    for element in root.iter():
        # A presentation attribute does not take var().
        assert not {"fill", "stroke", "stop-color", "color"} & set(element.attrib), element.attrib
        for _, value in COLOUR.findall(element.get("style", "")):
            assert ADAPTS.fullmatch(value.strip()), element.attrib
            seen.add(value.strip())
    assert {"currentColor", f"var(--ld-page, {LIGHT.page})", f"var(--ld-muted, {LIGHT.muted})"} <= seen


def test_what_has_no_colour_of_its_own_is_ink(drawing: Figure) -> None:
    # matplotlib leaves out black, the initial value of fill.
    assert "fill:currentColor" in ET.fromstring(book_figure(drawing).svg()).attrib["style"]


def test_no_rule_reaches_beyond_the_figure(drawing: Figure) -> None:
    rules = [style.text or "" for style in ET.fromstring(book_figure(drawing).svg()).iter(f"{SVG}style")]
    selectors = [s for rule in rules for block in re.findall(r"([^{}]+){", rule) for s in block.split(",")]
    assert selectors
    assert all(selector.split()[-1] == ".ld-figure" for selector in selectors)


def test_a_colour_from_elsewhere_is_named_unless_it_is_meant() -> None:
    figure, axes = new_axes()
    axes.plot([0, 1], color="#12ab34")
    with pytest.raises(ValueError, match=r"#12ab34.*fixed_colours"):
        book_figure(figure)
    assert "#12ab34" in BookFigure(figure, name="one", alt="A line.", fixed_colours=True).svg()


@pytest.mark.parametrize(
    "alt", ["a < b & c > d", "the \"loss\" and the 'rate'", "line one\n   line two", "η ≤ 2/λ"]
)
def test_the_description_survives_escaping(alt: str) -> None:
    figure, _ = new_axes()
    root = ET.fromstring(book_figure(figure, alt=alt).svg())
    assert root.attrib["aria-label"] == " ".join(alt.split())
    assert root.attrib["role"] == "img"
    # A title would be a tooltip, and a second reading of the same words.
    assert root.find(f".//{SVG}title") is None


def test_it_shrinks_with_the_page_and_never_grows_past_its_size() -> None:
    figure, _ = new_axes(width=6, height=3)
    root = ET.fromstring(book_figure(figure).svg())
    assert (root.attrib["width"], root.attrib["height"], root.attrib["viewBox"]) == ("576", "288", "0 0 432 216")
    assert root.attrib["style"].startswith("max-width:100%;height:auto")


def test_the_background_is_transparent() -> None:
    figure, _ = new_axes()
    assert "--ld-page" not in book_figure(figure).svg().partition("</style>")[2]


def test_the_same_figure_gives_the_same_bytes_in_a_new_process(drawing: Figure) -> None:
    script = (
        "import sys; from conftest import draw_everything; from learndyn.plots import BookFigure;"
        "sys.stdout.buffer.write(BookFigure(draw_everything(), name='one', alt='Everything.').svg().encode())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=Path(__file__).parent, check=True, capture_output=True, timeout=120
        ).stdout
        for _ in range(2)
    }
    assert runs == {book_figure(drawing).svg().encode()}


@figure_style
def svg_of(text: str) -> ET.Element:
    figure, axes = new_axes()
    axes.set_axis_off()
    axes.text(0, 0, text)
    return ET.fromstring(book_figure(figure).svg())


def test_the_words_of_a_formula_stay_whole_and_in_order() -> None:
    spans = svg_of(r"step size $\eta\lambda = 10$ at start").iter(f"{SVG}tspan")
    words = [(span.text or "").replace("\N{NO-BREAK SPACE}", " ") for span in spans]
    assert words == ["step size ", "η", "λ", "=", "10 at start"]


@pytest.mark.parametrize("formula", [r"$\mathbb{E}$", r"$\left(\frac{a}{b}\right)$", r"$\hat{x}$", r"$\sqrt{2}$"])
def test_signs_from_fonts_that_no_reader_has_are_drawn(formula: str) -> None:
    root = svg_of(formula)
    shown = "".join(root.itertext())
    assert not any("\ue000" <= letter <= "\uf8ff" or letter in "()√̂" for letter in shown.partition("}")[2])
    assert "STIX" not in ET.tostring(root, encoding="unicode")
    # Beyond the background, at least one shape.
    assert len(list(root.iter(f"{SVG}path"))) >= 2


def test_letters_next_to_the_bar_of_a_fraction_keep_their_places() -> None:
    spans = list(svg_of(r"$\frac{a}{b}$").iter(f"{SVG}tspan"))
    assert len(spans) == 2
    assert all({"x", "y"} <= set(span.attrib) for span in spans)
