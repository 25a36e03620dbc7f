"""Minutes that a page takes to read, counted when the book is built.

Words of prose, displayed equations, figures and visible lines of code each take their time:
``RATES`` says how long, and the role ``{reading}`` puts these numbers on a page. The directive

    ```{reading-path}
    foundations/tensor: why this page comes here
    ```

lists pages in order, each with its minutes, and their sum.

Source of the words a minute: Brysbaert (2019), who finds that most adults read non-fiction in
English at 175 to 300; the slow end is taken. The other three are assumptions of this book.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

__all__ = ["Contents", "RATES", "Rates", "connect", "contents_of", "in_words", "minutes"]

HIDDEN = ("hide-input", "hide-cell", "remove-input", "remove-cell", "remove_input", "remove_cell")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a page asks its reader to take in."""

    words: int
    equations: int
    figures: int
    code_lines: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Words a minute, and seconds for each displayed equation, figure and line of code."""

    words: int = 175
    equation: int = 30
    figure: int = 30
    code: int = 4


RATES = Rates()


class minutes_of(nodes.Inline, nodes.Element):
    """The place of the minutes of some pages, filled when the page around it is written."""


def connect(app: Sphinx) -> None:
    """Count when a page is read, and fill in the minutes when one is written."""
    app.add_node(minutes_of)
    app.add_directive("reading-path", ReadingPath)
    app.add_role("reading", ReadingRate())
    app.connect("doctree-read", count)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", pages_to_write_again)
    app.connect("doctree-resolved", fill_in)


def contents_of(doctree: nodes.document) -> Contents:
    """Count the contents of a page. Code that is hidden at first is not counted, nor are outputs."""
    words = equations = figures = lines = 0
    for node in doctree.findall():
        if isinstance(node, nodes.paragraph) and not in_output(node):
            words += len(node.astext().split())
        elif isinstance(node, nodes.math_block):
            equations += 1
        elif isinstance(node, nodes.figure):
            figures += 1
        elif isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
            if not set(node.get("cell_metadata", {}).get("tags", ())) & set(HIDDEN):
                lines += sum(code_lines(each) for each in node.findall(is_source))
        elif isinstance(node, nodes.literal_block) and not in_cell(node):
            lines += code_lines(node)
    return Contents(words, equations, figures, lines)


def is_source(node: nodes.Node) -> bool:
    """Tell whether a node holds the code of a cell."""
    return isinstance(node, nodes.literal_block) and not in_output(node)


def in_output(node: nodes.Node) -> bool:
    """Tell whether a node belongs to the output of a cell."""
    return any(each.get("nb_element") == "cell_code_output" for each in around(node))


def in_cell(node: nodes.Node) -> bool:
    """Tell whether a node belongs to a cell."""
    return any(each.get("nb_element") == "cell_code" for each in around(node))


def around(node: nodes.Node) -> list[nodes.Element]:
    """List the elements around a node."""
    found = []
    while (node := node.parent) is not None:
        found.append(node)
    return found


def code_lines(node: nodes.Node) -> int:
    """Count the lines of a piece of code that are not empty."""
    return sum(bool(line.strip()) for line in node.astext().splitlines())


def minutes(contents: Contents, rates: Rates = RATES) -> float:
    """Return how long a page takes."""
    seconds = (
        60 * contents.words / rates.words
        + rates.equation * contents.equations
        + rates.figure * contents.figures
        + rates.code * contents.code_lines
    )
    return seconds / 60


def in_words(time: float) -> str:
    """Write minutes as a reader would say them: no more exact than they are."""
    if time < 60:
        return f"{max(1, round(time))} min"
    hours, rest = divmod(5 * round(time / 5), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


class ReadingRate(SphinxRole):
    """One of the assumed rates, by its name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write the number, or report a name that is not known."""
        if self.text not in RATES.__slots__:
            names = ", ".join(RATES.__slots__)
            message = f"{{reading}} knows no rate {self.text!r}. Use one of: {names}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [nodes.Text(str(getattr(RATES, self.text)))], []


class ReadingPath(SphinxDirective):
    """Pages in order, each with the reason why it comes there."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """List the pages; their titles and minutes come when the page is written."""
        path = nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".")
        names = []
        for line in filter(None, map(str.strip, self.content)):
            name, _, reason = line.partition(": ")
            names.append(name)
            link = addnodes.pending_xref(
                "",
                nodes.inline("", name),
                refdomain="std",
                reftype="doc",
                reftarget=f"/{name}",
                refdoc=self.env.docname,
                refexplicit=False,
                refwarn=True,
            )
            end = nodes.Text(f"): {reason}" if reason else ")")
            text = nodes.paragraph("", "", link, nodes.Text(" ("), place(name), end)
            path += nodes.list_item("", text)
        store(self.env)["paths"].add(self.env.docname)
        total = nodes.paragraph("", "", nodes.Text("Together "), place(*names), nodes.Text("."))
        for node in (path, total):
            self.set_source_info(node)
        return [path, total]


def place(*names: str) -> minutes_of:
    """Keep a place for the minutes of some pages."""
    return minutes_of("", pages=names)


def store(env: BuildEnvironment) -> dict:
    """Return what is kept with the environment: contents by page, and the pages with a path."""
    if not hasattr(env, "learndyn_reading"):
        env.learndyn_reading = {"contents": {}, "paths": set(), "known": None}
    return env.learndyn_reading


def count(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the contents of a page that was read."""
    store(app.env)["contents"][app.env.docname] = contents_of(doctree)


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or removed."""
    store(env)["contents"].pop(docname, None)
    store(env)["paths"].discard(docname)


def pages_to_write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the pages with paths again if a page takes another time than in the last build."""
    kept = store(env)
    counted = {name: astuple(each) for name, each in kept["contents"].items()}
    before, kept["known"] = kept["known"], counted
    return [] if before == counted else sorted(kept["paths"])


def fill_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the minutes in their places."""
    contents = store(app.env)["contents"]
    for node in list(doctree.findall(minutes_of)):
        known = [contents[name] for name in node["pages"] if name in contents]
        node.replace_self(nodes.Text(in_words(sum(map(minutes, known)))))
