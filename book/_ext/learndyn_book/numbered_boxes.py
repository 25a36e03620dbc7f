"""Exercises, definitions, propositions and theorems, numbered through the book as its figures are.

    :::{theorem} A title, or none
    :label: theorem-page-name

    What is claimed, with its hypotheses.
    :::

``{numref}`theorem-page-name` `` refers to it as "Theorem 12". Each kind has numbers of its own.
"""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["BOXES", "Box", "connect", "numbers_of"]


class Box(nodes.Admonition, nodes.Element):
    """A title, which may be empty, and a text; the kind is the name of its tag."""


# Sphinx calls what writes a node by the name of its class, and docutils has a `definition` of its own.
class exercise_box(Box):
    """What the reader is to do; the cell with the solution follows."""

    tagname = "exercise"


class definition_box(Box):
    """What a word means."""

    tagname = "definition"


class proposition_box(Box):
    """A claim that takes a line or two to prove."""

    tagname = "proposition"


class theorem_box(Box):
    """A claim that other pages build on."""

    tagname = "theorem"


BOXES: tuple[type[Box], ...] = (exercise_box, definition_box, proposition_box, theorem_box)


class BoxDirective(SphinxDirective):
    """Write a box under its label."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"label": directives.unchanged_required}
    box: ClassVar[type[Box]]

    def run(self) -> list[nodes.Node]:
        """Parse the title and the text; a box without a label cannot be referred to."""
        kind = self.box.tagname
        label = self.options.get("label", "").strip()
        if not label:
            article = "an" if kind[0] in "aeiou" else "a"
            raise self.error(f"{article} {kind} needs a label. Write :label: {kind}-page-name below it.")
        title = self.arguments[0] if self.arguments else ""
        parsed, messages = self.state.inline_text(title, self.lineno)
        name = nodes.fully_normalize_name(label)
        node = self.box("", nodes.title(title, "", *parsed), classes=[kind], names=[name])
        self.set_source_info(node)
        self.state.document.note_explicit_target(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node, *messages]


def connect(app: Sphinx) -> None:
    """Let Sphinx number the boxes; its HTML writer puts the number before the title."""
    for box in BOXES:
        plain = (begin_plain, end_plain)
        app.add_enumerable_node(box, box.tagname, title_of, html=(begin, end), latex=plain, text=plain)
        app.add_directive(box.tagname, type(f"{box.__name__}_directive", (BoxDirective,), {"box": box}))
    app.connect("config-inited", name_in_references)


def numbers_of(kinds: dict[str, dict[str, tuple[int, ...]]]) -> dict[str, tuple[int, ...]]:
    """Give the numbers of a page's figures, formulas and boxes by their ids, from what Sphinx keeps by kind."""
    return {
        name: number
        for kind in ("figure", "displaymath", *(box.tagname for box in BOXES))
        for name, number in kinds.get(kind, {}).items()
    }


def title_of(node: nodes.Node) -> str:
    """Give Sphinx what a reference by name would show."""
    return next(node.findall(nodes.title)).astext() or node.tagname.capitalize()


def name_in_references(app: Sphinx, config: object) -> None:
    """Let a reference read "Theorem 12"."""
    for box in BOXES:
        app.config.numfig_format.setdefault(box.tagname, f"{box.tagname.capitalize()} %s")


def begin(translator: object, node: Box) -> None:
    """Open the box."""
    translator.body.append(translator.starttag(node, "div"))


def end(translator: object, node: Box) -> None:
    """Close the box."""
    translator.body.append("</div>\n")


def begin_plain(translator: object, node: Box) -> None:
    """Open nothing: other writers show the title and the text as they are."""


def end_plain(translator: object, node: Box) -> None:
    """Close nothing."""
