"""Text that reads well in whatever typeface the reader has.

matplotlib lays a formula out letter by letter in fonts of its own. Letters of DejaVu Sans may be shown in any typeface.
Tall brackets, roots and blackboard letters come from fonts that no reader has, some of them under private code points:
they are drawn as outlines.
"""

import re
import unicodedata
import xml.etree.ElementTree as ET
from functools import lru_cache
from typing import Any

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, Glyph, LoadFlags
from matplotlib.path import Path

__all__ = ["set_text"]

_TEXT_FONT = "DejaVu Sans"
# Large, then scaled down to size one, to lose nothing to the font's grid.
_DRAWN_SIZE = 100.0
# matplotlib writes the spaces of text beside a formula as no-break spaces.
_SIGNS_IN_WORDS = " \N{NO-BREAK SPACE}-."
_COMMANDS = {
    int(Path.MOVETO): "M",
    int(Path.LINETO): "L",
    int(Path.CURVE3): "Q",
    int(Path.CURVE4): "C",
    int(Path.CLOSEPOLY): "Z",
}


def set_text(root: ET.Element) -> None:
    """Rework every ``<text>`` of `root`, an SVG by matplotlib with ``svg.fonttype: none`` and without namespaces."""
    for parent in list(root.iter()):
        for text in [child for child in parent if child.tag == "text"]:
            letters = [span for span in text if span.tag == "tspan" and "x" in span.attrib]
            for span in letters:
                if _needs_outline(span):
                    text.remove(span)
                    parent.append(_outline(span))
            # Next to a drawn sign or the bar of a fraction, letters stay where they were put.
            _join_words(text, flow=not any(child.tag in ("path", "rect") for child in parent))
            if not len(text) and not text.text:
                parent.remove(text)


def _needs_outline(span: ET.Element) -> bool:
    if len(letter := span.text or "") != 1:
        return False
    # A combining accent stands where its own font puts it, and that differs from font to font.
    return _font(span)["family"] != _TEXT_FONT or unicodedata.combining(letter) != 0


def _font(span: ET.Element) -> dict[str, str]:
    found = dict(re.findall(r"font-(family|style|weight|size):\s*([^;]+)", span.get("style", "")))
    return found | {"family": found.get("family", _TEXT_FONT).split(",")[0].strip(" '\"")}


def _outline(span: ET.Element) -> ET.Element:
    font = _font(span)
    x, y, size = float(span.attrib["x"]), float(span.attrib["y"]), float(font["size"].removesuffix("px"))
    parts = []
    for points, code in _glyph(span.text or "", font["family"], font.get("style", "normal"), font.get("weight", "400")):
        # A font's y axis points up, an SVG's down.
        pairs = zip(points[::2], points[1::2], strict=True)
        numbers = (f"{x + size * a:.2f} {y - size * b:.2f}" for a, b in pairs)
        parts.append(_COMMANDS[code] + ("" if code == Path.CLOSEPOLY else " ".join(numbers)))
    style = ";".join(re.findall(r"(?:fill|opacity)[^;]*", span.get("style", "")))
    return ET.Element("path", {"d": "".join(parts)} | ({"style": style} if style else {}))


def _load(letter: str, family: str, style: Any, weight: str) -> tuple[FT2Font, Glyph]:
    asked = FontProperties(family=family, style=style, weight=weight)
    font = get_font(findfont(asked, fallback_to_default=False))
    font.set_size(_DRAWN_SIZE, 72)
    # Straight from the font: text layout would put a dotted circle under an accent that stands alone.
    return font, font.load_char(ord(letter), flags=LoadFlags.NO_HINTING)


@lru_cache(maxsize=256)
def _glyph(letter: str, family: str, style: str, weight: str) -> list[tuple[list[float], int]]:
    """Return the outline of a letter at size one, as (points, code) segments."""
    font, _ = _load(letter, family, style, weight)
    segments = Path(*font.get_path()).iter_segments(simplify=False)
    return [([float(p) / _DRAWN_SIZE for p in points], int(code)) for points, code in segments]


@lru_cache(maxsize=256)
def advance(letter: str, style: str, weight: str) -> float:
    """Return the width of a letter of the text font at size one."""
    return _load(letter, _TEXT_FONT, style, weight)[1].linearHoriAdvance / 65536 / _DRAWN_SIZE


def _join_words(text: ET.Element, *, flow: bool) -> None:
    """Join the letters of a formula to words, and let one word follow the other.

    In a narrower typeface the places that matplotlib chose would show l e t t e r s  a p a r t. Upright letters make
    words; a sign or a variable stays by itself, as the space around it has a meaning. With `flow` each word keeps its
    distance from the end of the one before; otherwise it keeps its place.
    """
    letters = [span for span in text if span.tag == "tspan" and "x" in span.attrib]
    if not letters:
        return
    letters.sort(key=lambda span: float(span.attrib["x"]))
    text[:] = []
    end = (0.0, 0.0)
    for span in letters:
        x, y = float(span.attrib["x"]), float(span.attrib["y"])
        if len(text) and _continues(text[-1], span, y == end[1]):
            text[-1].text = (text[-1].text or "") + (span.text or "")
        else:
            if flow and len(text):
                del span.attrib["x"], span.attrib["y"]
                span.attrib |= {"dx": f"{x - end[0]:.2f}"} | ({"dy": f"{y - end[1]:.2f}"} if y != end[1] else {})
            text.append(span)
        end = (x + _width(span), y)


def _width(span: ET.Element) -> float:
    font = _font(span)
    size = float(font["size"].removesuffix("px"))
    letters = (span.text or "")[-1:]
    return sum(size * advance(c, font.get("style", "normal"), font.get("weight", "400")) for c in letters)


def _continues(word: ET.Element, span: ET.Element, on_its_line: bool) -> bool:
    upright = "font-style" not in span.get("style", "")
    letters = (word.text or "") + (span.text or "")
    same = on_its_line and word.get("style") == span.get("style")
    return same and upright and all(c.isalnum() or c in _SIGNS_IN_WORDS for c in letters)
