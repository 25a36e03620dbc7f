"""Exercises, numbered through the book as its figures are.

    :::{exercise} A title, or none
    :label: exercise-page-1

    What the reader is to do.
    :::

The cell with the solution follows. ``{numref}`exercise-page-1` `` refers to it as "Exercise 12".
"""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["Exercise", "connect", "exercise"]

KIND = "exercise"


class exercise(nodes.Admonition, nodes.Element):
    """One exercise: a title, which may be empty, and what it asks."""


class Exercise(SphinxDirective):
    """Write an exercise under its label."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"label": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Parse the title and the text; an exercise without a label cannot be referred to."""
        label = self.options.get("label", "").strip()
        if not label:
            raise self.error("an exercise needs a label. Write :label: exercise-page-number below it.")
        title = self.arguments[0] if self.arguments else ""
        parsed, messages = self.state.inline_text(title, self.lineno)
        name = nodes.fully_normalize_name(label)
        node = exercise("", nodes.title(title, "", *parsed), classes=[KIND], names=[name])
        self.set_source_info(node)
        self.state.document.note_explicit_target(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node, *messages]


def connect(app: Sphinx) -> None:
    """Let Sphinx number exercises; its HTML writer puts the number before the title."""
    app.add_enumerable_node(
        exercise,
        KIND,
        title_of,
        html=(begin, end),
        latex=(begin_plain, end_plain),
        text=(begin_plain, end_plain),
    )
    app.add_directive(KIND, Exercise)
    app.connect("config-inited", name_in_references)


def title_of(node: nodes.Node) -> str:
    """Give Sphinx what a reference by name would show."""
    return next(node.findall(nodes.title)).astext() or "Exercise"


def name_in_references(app: Sphinx, config: object) -> None:
    """Let a reference read "Exercise 12"."""
    app.config.numfig_format.setdefault(KIND, "Exercise %s")


def begin(translator: object, node: exercise) -> None:
    """Open the box."""
    translator.body.append(translator.starttag(node, "div"))


def end(translator: object, node: exercise) -> None:
    """Close the box."""
    translator.body.append("</div>\n")


def begin_plain(translator: object, node: exercise) -> None:
    """Open nothing: other writers show the title and the text as they are."""


def end_plain(translator: object, node: exercise) -> None:
    """Close nothing."""
