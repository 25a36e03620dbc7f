"""From matplotlib's SVG to one that belongs in a page.

matplotlib writes a document; a page needs an element. What has to change, and why:

- prolog, doctype, metadata and comments go, as does matplotlib's ``*{...}`` rule, which would style the whole page;
- ids are numbered afresh behind the figure's name, so no two figures of a page share one;
- colours become CSS variables. Only in ``style``: a presentation attribute does not take ``var()``;
- text is set to read well in another typeface than matplotlib's (``lettering``).

There is no ``<title>``: it would show as a tooltip over the whole figure, and be read out after the label once more.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import asdict

import matplotlib
from matplotlib.figure import Figure

from learndyn.plots.lettering import set_text
from learndyn.plots.palette import DARK, LIGHT
from learndyn.plots.path_data import compact_path
from learndyn.plots.style import STYLE

__all__ = ["adapt_svg", "draw_svg"]

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_COLOUR_PROPERTIES = ("fill", "stroke", "stop-color")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
# matplotlib numbers its groups (line2d_3); an author's own gid is kept.
_AUTOMATIC_ID = re.compile(r"[A-Za-z][\w.]*_\d+")
_DECIMAL = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
# Hundredths of a point are far below a pixel, and take up to a quarter off the size. Scales need more places. A curve
# can do with tenths: matplotlib's own simplification moves its points by as much. A marker is too small for that.
_PLACES = {"x": 2, "y": 2, "width": 2, "height": 2, "points": 2, "transform": 4}
_PLACES_OF_CURVE, _PLACES_OF_MARKER = 1, 2

# The figure was laid out with the widths of DejaVu Sans (Linux). Verdana (Windows, macOS, iOS) has nearly the same, and
# what Android has is narrower, so text fits.
_FONTS = "DejaVu Sans, Verdana, Roboto, sans-serif"

# Black and white are what matplotlib falls back to: they mean ink and page.
_CSS_COLOURS = {value: f"var(--ld-{role}, {value})" for role, value in asdict(LIGHT).items()}
_CSS_COLOURS |= {LIGHT.ink: "currentColor", "#000000": "currentColor"}

# Notebooks have no style sheet of ours: the dark values travel with the figure (JupyterLab, VS Code, Colab).
_NOTEBOOK_RULE = (
    "[data-jp-theme-light=false] .ld-figure,.vscode-dark .ld-figure,html[theme=dark] .ld-figure{"
    + ";".join(f"--ld-{role}:{value}" for role, value in asdict(DARK).items() if role != "ink")
    + "}"
)


def draw_svg(figure: Figure) -> str:
    """Return matplotlib's own SVG of `figure`, text as text, the same for the same figure in every process."""
    settings = STYLE | {"svg.fonttype": "none", "svg.hashsalt": "learndyn", "svg.image_inline": True}
    target = io.StringIO()
    with matplotlib.rc_context(settings):
        figure.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def adapt_svg(source: str, *, name: str, alt: str) -> tuple[str, frozenset[str]]:
    """Return the SVG element for a page, and the colours in it that no theme will change.

    Parameters
    ----------
    source : str
        An SVG document as matplotlib writes it with ``svg.fonttype: none``.
    name : str
        What every id starts with.
    alt : str
        What the figure shows.

    Returns
    -------
    svg : str
        Well-formed, on one line.
    strays : frozenset of str
        Colours that are not in the palette.
    """
    root = ET.fromstring(source)
    _drop_what_a_page_does_not_need(root)
    set_text(root)
    strays: set[str] = set()
    for element in root.iter():
        _shorten_numbers(element)
        strays |= _restyle(element)
    _shorten_paths(root, _PLACES_OF_CURVE)
    _rename_ids(root, name)
    _unwrap_bare_groups(root)
    finish_root(root, alt)
    return ET.tostring(root, encoding="unicode"), frozenset(strays)


def _drop_what_a_page_does_not_need(root: ET.Element) -> None:
    for parent in list(root.iter()):
        parent.tag = parent.tag.rpartition("}")[2]
        parent.tail = None
        if not (parent.text or "").strip() and parent.tag != "tspan":
            parent.text = None
        for child in list(parent):
            empty_path = child.tag.endswith("}path") and not child.get("d")
            if empty_path or child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
        if _XLINK_HREF in parent.attrib:
            parent.set("href", parent.attrib.pop(_XLINK_HREF).replace("\n", ""))


def _to_places(places: int) -> Callable[[re.Match[str]], str]:
    return lambda match: short(float(match[0]), places)


def _shorten_numbers(element: ET.Element) -> None:
    for attribute, places in _PLACES.items():
        if (value := element.get(attribute)) is not None:
            rounded = _DECIMAL.sub(_to_places(places), value)
            element.set(attribute, " ".join(rounded.split()))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]


def _shorten_paths(parent: ET.Element, places: int) -> None:
    for child in parent:
        if (data := child.get("d")) is not None:
            child.set("d", compact_path(data, places=places))
        _shorten_paths(child, _PLACES_OF_MARKER if child.tag == "defs" else places)


def short(number: float, places: int) -> str:
    text = f"{number:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _restyle(element: ET.Element) -> set[str]:
    """Give `element` the palette's CSS colours and the root's typeface; return the colours that are not ours."""
    style = dict(_declarations(element.get("style", "")))
    for attribute in _COLOUR_PROPERTIES:
        if attribute in element.attrib:
            style.setdefault(attribute, element.attrib.pop(attribute))
    if "DejaVu Sans" in style.get("font-family", ""):
        del style["font-family"]
    strays = set()
    for attribute in _COLOUR_PROPERTIES:
        value = style.get(attribute, "none")
        if value in _CSS_COLOURS:
            style[attribute] = _CSS_COLOURS[value]
        elif value != "none" and not value.startswith("url("):
            strays.add(value)
    element.attrib.pop("style", None)
    if style:
        element.set("style", ";".join(f"{key}:{value}" for key, value in style.items()))
    return strays


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        key, colon, value = declaration.partition(":")
        if colon:
            yield key.strip(), value.strip()


def _rename_ids(root: ET.Element, name: str) -> None:
    """Number the ids that something refers to, behind `name` and an underscore, which no name contains."""
    used = set()
    for element in root.iter():
        used |= {target for value in element.attrib.values() for target in _REFERENCE.findall(value)}
        if element.get("href", "").startswith("#"):
            used.add(element.attrib["href"][1:])
    new_names: dict[str, str] = {}
    for element in root.iter():
        if (old := element.attrib.pop("id", None)) is None:
            continue
        if old in used:
            new_names[old] = f"{name}_{len(new_names) + 1}"
            element.set("id", new_names[old])
        elif not _AUTOMATIC_ID.fullmatch(old):
            element.set("id", f"{name}_{old}")
    for element in root.iter():
        for key, value in element.attrib.items():
            if "url(#" in value:
                element.set(key, _REFERENCE.sub(lambda match: f"url(#{new_names[match[1]]})", value))
            elif key == "href" and value.startswith("#"):
                element.set(key, f"#{new_names[value[1:]]}")


def _unwrap_bare_groups(parent: ET.Element) -> None:
    """Put the children of groups that say nothing in the place of the group, and drop groups without children."""
    children: list[ET.Element] = []
    for child in parent:
        _unwrap_bare_groups(child)
        if child.tag in ("g", "defs") and not len(child):
            continue
        children.extend(child if child.tag == "g" and not child.attrib else [child])
    parent[:] = children


def finish_root(root: ET.Element, alt: str) -> None:
    """Make the root responsive, labelled, and the parent of what matplotlib set for all elements."""
    width, height = (float(root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "ld-figure",
        "role": "img",
        "aria-label": alt,
        # A point is 4/3 of a CSS pixel. The natural width is the largest; a narrow page scales the figure down.
        "width": short(width * 4 / 3, 2),
        "height": short(height * 4 / 3, 2),
        "viewBox": box,
        "font-family": _FONTS,
        # matplotlib leaves black out, as it is the initial value: here that must be the page's ink.
        "style": "max-width:100%;height:auto;fill:currentColor;stroke-linejoin:round;stroke-linecap:butt",
    }
    rule = ET.Element("style")
    rule.text = _NOTEBOOK_RULE
    root.insert(0, rule)
