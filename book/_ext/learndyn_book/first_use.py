"""Link the first mention of each glossary term on each page to its definition.

A term is looked for in prose alone: not in headings, links, code, formulas, tables, captions,
docstrings or the outputs of cells, and not in the glossary. It is found as a whole word, in the
singular or the regular plural, and with a capital where a sentence begins. Of terms that overlap
("gradient", "gradient flow") the longest counts. The terms of one definition are one concept,
which is linked once on a page.

The check of a build: each concept has a definition, no two have a name in common, and each is
mentioned on some page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

__all__ = ["Concept", "Vocabulary", "concepts_of", "connect", "link_first_uses", "prose_of", "spellings"]

STYLE = "first-use"
PROSE = (
    *(nodes.paragraph, nodes.emphasis, nodes.strong, nodes.section, nodes.document),
    *(nodes.bullet_list, nodes.enumerated_list, nodes.list_item, nodes.block_quote),
    *(nodes.definition_list, nodes.definition_list_item, nodes.definition, nodes.Admonition),
)
"""What may stand around a text for the text to be prose."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Concept:
    """One entry of the glossary: its names, the first of which heads it, and where it stands."""

    names: tuple[str, ...]
    docname: str
    anchor: str
    definition: str


class Vocabulary:
    """All concepts, and the pattern that finds their names in a text."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = tuple(concepts)
        self.of_spelling: dict[str, Concept] = {}
        self.problems = [
            f"the term {each.names[0]!r} has no definition. Write one below it."
            for each in self.concepts
            if not each.definition.strip()
        ]
        for concept in self.concepts:
            for spelling in spellings(concept):
                other = self.of_spelling.setdefault(spelling, concept)
                if other is not concept:
                    self.problems.append(
                        f"the term {spelling!r} belongs to {other.names[0]!r} and to "
                        f"{concept.names[0]!r}. Leave it with one of them."
                    )
        longest_first = sorted(self.of_spelling, key=lambda each: (-len(each), each))
        self.pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(pattern_of, longest_first)) + r")(?![\w-])")

    def mentions(self, text: str) -> Iterator[tuple[re.Match[str], Concept]]:
        """Find the names in a text from left to right, the longest at each place."""
        if not self.of_spelling:
            return
        for found in self.pattern.finditer(text):
            words = " ".join(found[0].split()).replace("’", "'")
            small = words[0].lower() + words[1:]
            yield found, self.of_spelling.get(words) or self.of_spelling[small]


def spellings(concept: Concept) -> list[str]:
    """Give each name of a concept, and its regular plural."""
    plain = [name.replace("’", "'") for name in concept.names]
    return [form for name in plain for form in dict.fromkeys((name, plural(name)))]


def plural(name: str) -> str:
    """Form the regular plural of a name's last word."""
    if name.endswith("matrix"):
        return f"{name[:-1].removesuffix('i')}ices"
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def pattern_of(name: str) -> str:
    """Write a name as a pattern: any white space, either apostrophe, a capital at a sentence's start."""
    first, rest = name[0], re.escape(name[1:]).replace(r"\ ", r"\s+").replace("'", "['’]")
    return (f"[{first}{first.upper()}]" if first.islower() else re.escape(first)) + rest


def connect(app: Sphinx) -> None:
    """Collect terms and prose when pages are read, and link the terms when they are written."""
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", pages_to_write_again)
    app.connect("env-check-consistency", check)
    app.connect("doctree-resolved", link_page)


def store(env: BuildEnvironment, name: str) -> dict:
    """Return one of the two dictionaries, by page, that are kept with the environment."""
    if not hasattr(env, "learndyn_first_use"):
        env.learndyn_first_use = {"concepts": {}, "prose": {}, "known": None}
    return env.learndyn_first_use[name]


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the concepts that a page defines, or the prose of a page that defines none."""
    docname = app.env.docname
    if concepts := list(concepts_of(doctree, docname)):
        store(app.env, "concepts")[docname] = concepts
    else:
        store(app.env, "prose")[docname] = [text.astext() for text in prose_of(doctree)]


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or removed."""
    for name in ("concepts", "prose"):
        store(env, name).pop(docname, None)


def vocabulary(env: BuildEnvironment) -> Vocabulary:
    """Return the vocabulary of the book's glossaries, made once for a state of them."""
    concepts = tuple(each for _, page in sorted(store(env, "concepts").items()) for each in page)
    known = getattr(env.app, "learndyn_vocabulary", None)
    if known is None or known.concepts != concepts:
        known = env.app.learndyn_vocabulary = Vocabulary(concepts)
    return known


def pages_to_write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write every page again if the glossary's terms are not those of the last build."""
    names = tuple((each.names, each.docname, each.anchor) for each in vocabulary(env).concepts)
    before, env.learndyn_first_use["known"] = env.learndyn_first_use["known"], names
    return [] if before == names else sorted(env.found_docs)


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of a term without a definition, of one in two definitions, and of one on no page."""
    words = vocabulary(env)
    for problem in words.problems:
        warn(problem, words.concepts[0].docname)
    prose = [text for _, texts in sorted(store(env, "prose").items()) for text in texts]
    used = {concept for text in prose for _, concept in words.mentions(text)}
    for concept in words.concepts:
        if concept not in used:
            warn(
                f"the term {concept.names[0]!r} is mentioned on no page. Use it, or take it out.",
                concept.docname,
            )


def warn(message: str, docname: str) -> None:
    """Emit a warning, which the build gate turns into a failure."""
    logger.warning(message, type="learndyn", subtype="glossary", location=docname)


def concepts_of(doctree: nodes.document, docname: str) -> Iterator[Concept]:
    """Read the entries of the glossaries on a page."""
    for glossary in doctree.findall(addnodes.glossary):
        for entry in glossary.findall(nodes.definition_list_item):
            terms = [child for child in entry.children if isinstance(child, nodes.term)]
            definition = " ".join(
                child.astext() for child in entry.children if isinstance(child, nodes.definition)
            )
            # A term's first text is its name; an index entry may follow it.
            names = tuple(next(term.findall(nodes.Text)).astext() for term in terms)
            yield Concept(names, docname, terms[0]["ids"][0], definition)


def prose_of(doctree: nodes.document) -> list[nodes.Text]:
    """List the texts of a page that are prose, in order; lines of one text are joined first."""
    join_lines(doctree)
    return [text for text in doctree.findall(nodes.Text) if is_prose(text)]


def join_lines(doctree: nodes.document) -> None:
    """Make one text of the texts that follow each other: the parser begins one at each line."""
    for element in doctree.findall(nodes.TextElement):
        joined: list[nodes.Node] = []
        for child in element.children:
            if isinstance(child, nodes.Text) and joined and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(joined[-1] + child)
            else:
                joined.append(child)
        if len(joined) < len(element.children):
            element.children = joined
            for child in joined:
                child.parent = element


def is_prose(node: nodes.Node) -> bool:
    """Tell whether everything around a text, or a piece of code in one, lets it be prose."""
    node = node.parent
    while node is not None:
        plain_box = isinstance(node, nodes.container) and node.get("design_component") == "div"
        if not (isinstance(node, PROSE) or plain_box):
            return False
        node = node.parent
    return True


def link_page(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link a page's first mentions, unless it is a glossary."""
    if docname in store(app.env, "concepts"):
        return
    words = vocabulary(app.env)
    link_first_uses(
        doctree,
        words,
        {
            concept: f"{app.builder.get_relative_uri(docname, concept.docname)}#{concept.anchor}"
            for concept in words.concepts
        }
        if app.builder.format == "html"
        else {},
    )


def link_first_uses(doctree: nodes.document, words: Vocabulary, addresses: dict[Concept, str]) -> None:
    """Replace in a page the first mention of each concept that has an address by a link."""
    linked: set[Concept] = set()
    for text in prose_of(doctree):
        source, pieces, end = text.astext(), [], 0
        for found, concept in words.mentions(source):
            if concept in linked or concept not in addresses:
                continue
            linked.add(concept)
            link = nodes.reference("", found[0], internal=True, refuri=addresses[concept], classes=[STYLE])
            pieces += [nodes.Text(source[end : found.start()]), link]
            end = found.end()
        if pieces:
            pieces.append(nodes.Text(source[end:]))
            text.parent.replace(text, [piece for piece in pieces if piece.astext()])
