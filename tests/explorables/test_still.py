"""A still figure belongs in its page: own ids, the theme's colours, one label."""

import re
import xml.etree.ElementTree as ET
from dataclasses import asdict
from pathlib import Path

import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.explorables.still import adapt_still
from learndyn.plots.palette import DARK, LIGHT

from .small import dots, small

STATIC = Path(__file__).parents[2] / "book" / "_static"
NOT_INK = {role: value for role, value in asdict(LIGHT).items() if role != "ink"}


def adapted(inside: str) -> ET.Element:
    """Return the element that becomes of an SVG document."""
    source = f'<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="9">{inside}</svg>'
    return ET.fromstring(adapt_still(source, name="name", alt="A line.", width=576, height=314))


def last(inside: str) -> ET.Element:
    """Return the last element of the SVG that becomes of a document."""
    return list(adapted(inside).iter())[-1]


def test_ids_are_numbered_behind_the_name_and_references_follow_them():
    root = adapted('<clipPath id="clip77"/><clipPath id="clip78"/><g clip-path="url(#clip78)"/>')
    assert [each.get("id") for each in root.iter() if each.get("id")] == ["name_0", "name_1"]
    assert root[-1].get("clip-path") == "url(#name_1)"


@pytest.mark.parametrize("role", NOT_INK)
def test_each_colour_of_the_palette_becomes_the_variable_of_its_role(role):
    style = last(f'<path fill="{NOT_INK[role]}" stroke="none"/>').get("style")
    assert style == f"fill:var(--ld-{role}, {NOT_INK[role]});stroke:none"


def test_ink_is_the_colour_of_the_text_around():
    assert last(f'<path stroke="{LIGHT.ink}"/>').get("style") == "stroke:currentColor"


def test_a_colour_that_would_be_lost_on_a_dark_page_is_refused():
    with pytest.raises(ValueError, match="explorable 'small-dots' has a colour .* a dark page: #ff0000"):
        small(chart=dots(colour="#ff0000"))


def test_hundredths_of_a_pixel_are_the_last_that_is_written():
    path = last('<path d="M1.23456,-7.00001L1e-9,20" transform="translate(0.125001,3)"/>')
    assert re.findall(r"\d+\.\d{3,}|e-", path.get("d") + path.get("transform")) == []
    numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+", path.get("d"))]
    assert numbers == pytest.approx([1.23456, -7.0, 0.0, 20.0], abs=0.005)


def test_the_whole_is_one_labelled_image_and_its_parts_say_nothing():
    root = adapted('<g role="graphics-object" aria-roledescription="axis" aria-hidden="true" class="axis"/>')
    assert (root.get("role"), root.get("aria-label"), root.get("viewBox")) == (
        "img",
        "A line.",
        "0 0 576 314",
    )
    assert root[-1].attrib == {}


def test_dark_values_travel_with_the_figure_into_a_notebook():
    rule = adapted("").find("{http://www.w3.org/2000/svg}style").text
    written = dict(re.findall(r"--ld-(\w+):(#\w+)", rule))
    assert written == {role: value for role, value in asdict(DARK).items() if role != "ink"}


def test_the_style_sheet_gives_each_colour_that_vega_writes_to_the_role_it_has():
    sheet = (STATIC / "explorables.css").read_text(encoding="utf-8")
    rules = re.findall(r'\.ld-live \[(fill|stroke)="(#\w+)"\] \{ (fill|stroke): var\(--ld-(\w+)\); \}', sheet)
    expected = [
        (kind, value, kind, role) for role, value in asdict(LIGHT).items() for kind in ("fill", "stroke")
    ]
    assert sorted(rules) == sorted(expected)


@pytest.mark.parametrize(("palette", "block"), [(LIGHT, 0), (DARK, 1)], ids=["light", "dark"])
def test_each_role_has_a_value_in_both_themes(palette, block):
    sheet = (STATIC / "learndyn.css").read_text(encoding="utf-8")
    themes = re.findall(r"\{([^{}]*--ld-ink:[^{}]*)\}", sheet)
    assert asdict(palette).items() <= dict(re.findall(r"--ld-(\w+): (#\w+);", themes[block])).items()
