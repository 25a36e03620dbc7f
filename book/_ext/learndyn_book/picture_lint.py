"""Warn of a picture that has no text for a reader who cannot see it.

Sphinx itself is silent: it writes the file's own name, for a figure of a cell a hash, as the
alternative text.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

__all__ = ["connect", "pictures_without_text"]

logger = logging.getLogger(__name__)


def connect(app: Sphinx) -> None:
    """Look at each page when the form of its outputs has been chosen."""
    app.connect("doctree-resolved", check_pictures)


def check_pictures(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Check the images and the inline HTML of one page, cell outputs included."""
    for image in doctree.findall(nodes.image):
        if not is_described(image.get("alt", ""), image["uri"]):
            warn(image_without_text(image), image, docname)
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "").split():
            for problem in pictures_without_text(raw.astext()):
                warn(problem, raw, docname)


def image_without_text(image: nodes.image) -> str:
    """Say how to describe an image: that of a cell has no file that its author knows."""
    if any(each.get("nb_element") == "cell_code" for each in ancestors(image)):
        return (
            "a figure of this cell has no alternative text. "
            "Give the cell the option :mystnb: {image: {alt: what it shows}}."
        )
    return (
        f"the image {image['uri']!r} has no alternative text. "
        "Write ![what it shows](file), or give its figure the option :alt:."
    )


def is_described(alt: str, source: str) -> bool:
    """Tell whether an alternative text says more than the name of the file does."""
    file = PurePosixPath(source)
    return alt.strip() not in {"", source, file.name, file.stem}


def pictures_without_text(html: str) -> list[str]:
    """Say what is missing at each picture in a piece of HTML."""
    finder = PictureFinder()
    finder.feed(html)
    finder.close()
    return list(finder.problems())


class PictureFinder(HTMLParser):
    """Collect the pictures of a piece of HTML, each with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an image or a drawing; the parser calls this for each tag that opens."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in {"img", "svg"} and attributes.get("aria-hidden") != "true":
            self.pictures.append((tag, attributes))

    def problems(self) -> Iterator[str]:
        """Say for each picture what a screen reader would miss."""
        for tag, attributes in self.pictures:
            if tag == "img":
                source = attributes.get("src", "")
                if not is_described(attributes.get("alt", ""), source):
                    start = source[:60]  # a source may hold the whole picture
                    yield f"the HTML image {start!r} has no alternative text. Give it an alt."
            elif attributes.get("role") != "img" or not attributes.get("aria-label", "").strip():
                yield (
                    "an inline SVG has no text for a screen reader. "
                    'Give it role="img" and an aria-label that says what it shows.'
                )


def ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    """Give the elements around a node, from the inside out."""
    while (node := node.parent) is not None:
        yield node


def warn(message: str, node: nodes.Element, docname: str) -> None:
    """Emit a warning at the first line that is known of a node or of what is around it."""
    lines = (each.line for each in (node, *ancestors(node)) if each.line)
    location = (docname, next(lines, None))
    logger.warning(message, type="learndyn", subtype="picture", location=location)
