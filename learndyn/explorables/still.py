"""From Vega's SVG to a still figure that belongs in a page.

As with ``plots.svg``: ids stand behind the figure's name, colours become CSS variables in ``style``, and the whole
is one labelled image that fits its column.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import asdict

from ..plots.palette import DARK, LIGHT
from ..plots.svg import short
from .style import FONTS

__all__ = ["adapt_still"]

_COLOUR_PROPERTIES = ("fill", "stroke")
_CSS_COLOURS = {value: f"var(--ld-{role}, {value})" for role, value in asdict(LIGHT).items()}
_CSS_COLOURS[LIGHT.ink] = "currentColor"
_DECIMAL = re.compile(r"-?\d+(?:\.\d+(?:e-?\d+)?|e-?\d+)")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NOTEBOOK_RULE = (
    "[data-jp-theme-light=false] .ld-still,.vscode-dark .ld-still,html[theme=dark] .ld-still{"
    + ";".join(f"--ld-{role}:{value}" for role, value in asdict(DARK).items() if role != "ink")
    + "}"
)


def adapt_still(source: str, *, name: str, alt: str, width: int, height: int) -> str:
    """Return the SVG element for a page.

    Parameters
    ----------
    source : str
        An SVG document as Vega writes it.
    name : str
        What every id starts with.
    alt : str
        What the figure shows.
    width, height : int
        In CSS pixels.

    Raises
    ------
    ValueError
        If a colour is not in the palette: it would be lost on a dark page.
    """
    root = ET.fromstring(source)
    # Vega goes on counting from one drawing to the next, so ids are numbered anew.
    ids = (element.get("id") for element in root.iter())
    numbered = {value: f"{name}_{k}" for k, value in enumerate(filter(None, ids))}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        _shorten(element, numbered)
        _restyle(element, name)
    root.attrib.clear()
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "ld-figure ld-still",
        "role": "img",
        "aria-label": alt,
        "width": str(width),
        "height": str(height),
        "viewBox": f"0 0 {width} {height}",
        "font-family": FONTS,
        "style": "max-width:100%;height:auto;fill:none;stroke-miterlimit:10",
    }
    rule = ET.Element("style")
    rule.text = _NOTEBOOK_RULE
    root.insert(0, rule)
    return ET.tostring(root, encoding="unicode")


def _shorten(element: ET.Element, numbered: dict[str, str]) -> None:
    for attribute in ("class", "font-family", "aria-hidden", "role", "aria-roledescription"):
        element.attrib.pop(attribute, None)
    for attribute, value in element.attrib.items():
        if attribute == "id":
            element.set("id", numbered[value])
        elif "url(#" in value:
            element.set(attribute, _REFERENCE.sub(lambda found: f"url(#{numbered[found[1]]})", value))
        elif attribute in ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height"):
            element.set(attribute, _DECIMAL.sub(lambda found: short(float(found[0]), 2), value))


def _restyle(element: ET.Element, name: str) -> None:
    style = []
    for attribute in _COLOUR_PROPERTIES:
        value = element.attrib.pop(attribute, None)
        if value in _CSS_COLOURS:
            style.append(f"{attribute}:{_CSS_COLOURS[value]}")
        elif value in ("none", "transparent") or (value or "").startswith("url("):
            style.append(f"{attribute}:{value}")
        elif value is not None:
            raise ValueError(
                f"explorable {name!r} has a colour that does not adapt to a dark page: {value}. "
                f"Use a role of learndyn.plots.colours, and an opacity where a shade is needed"
            )
    if style:
        element.set("style", ";".join(style))
