"""Links between the reference and the pages: where each function is used, and where it is described.

Under each function and class of the reference stands "Used on" with the pages whose code cells use
it, hidden cells included. A page's code is read as a syntax tree, and not executed: names that it
imports from the package, and attributes of the package or of a module of it.

In the prose of a page, code that names a public object, as ``ld.simulate``, ``simulate`` or
``simulate()``, leads to the reference. A name without its module does so only if the reference has
one object of that name, and if it cannot be taken for a common word: it has a capital, an
underscore or parentheses, or the page's code uses it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .first_use import is_prose

__all__ = ["Names", "connect", "names_used"]

PACKAGE = "learndyn"
NICKNAME = "ld"

_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^:.*$", re.MULTILINE)  # no line of Python begins so
_MENTION = re.compile(r"((?:\w+\.)*)(\w+)(\([^()]*\))?")


class Names:
    """The public objects of the reference, found by their full name or, if it is unique, by the last part."""

    def __init__(self, documented: Iterable[str]) -> None:
        self.documented = frozenset(documented)
        self.by_last: dict[str, str | None] = {}
        for name in sorted(self.documented):
            last = name.rpartition(".")[2]
            self.by_last[last] = None if last in self.by_last else name

    def find(self, dotted: str) -> str | None:
        """Return the documented name of an object of the package that code calls by a dotted name."""
        if dotted in self.documented:
            return dotted
        return self.by_last.get(dotted.rpartition(".")[2])

    def mentioned(self, text: str, used: frozenset[str]) -> str | None:
        """Return the object that a piece of code in prose names, if it is sure."""
        found = _MENTION.fullmatch(text)
        if found is None:
            return None
        module, last, call = found.groups()
        if module:
            first, _, rest = module.partition(".")
            return self.find(f"{PACKAGE}.{rest}{last}") if first in {PACKAGE, NICKNAME} else None
        name = self.by_last.get(last)
        plain = last.islower() and "_" not in last and not call
        return None if plain and name not in used else name


def code_of(source: str) -> str:
    """Put the code cells of a page's source together."""
    return "\n".join(_OPTION.sub("", cell) for cell in _CELL.findall(source))


def names_used(code: str) -> set[str]:
    """List the dotted names of the package's objects that a piece of code uses."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set()  # the build names the cell when it is executed
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                if each.name.partition(".")[0] == PACKAGE:
                    known[each.asname or PACKAGE] = each.name if each.asname else PACKAGE
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE:
            known |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    dotted = (dotted_name(node, known) for node in ast.walk(tree))
    return {name for name in dotted if name}


def dotted_name(node: ast.AST, known: Mapping[str, str]) -> str:
    """Write a name or a chain of attributes in full, or nothing if it is not of the package."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = dotted_name(node.value, known)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def connect(app: Sphinx) -> None:
    """Read each page's code, and write the links."""
    app.connect("source-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", pages_to_write_again)
    app.connect("doctree-resolved", link_page)


def store(env: BuildEnvironment) -> dict:
    """Return what is kept with the environment: the names that each page uses."""
    if not hasattr(env, "learndyn_used"):
        env.learndyn_used = {"names": {}, "known": None}
    return env.learndyn_used


def collect(app: Sphinx, docname: str, source: list[str]) -> None:
    """Keep the names that a page uses."""
    if used := names_used(code_of(source[0])):
        store(app.env)["names"][docname] = frozenset(used)


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or removed."""
    store(env)["names"].pop(docname, None)


def documented(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return page and anchor of each function and class of the package's reference."""
    return {
        name: (entry.docname, entry.node_id)
        for name, entry in env.get_domain("py").objects.items()
        if entry.objtype in {"function", "class", "exception", "data"} and name.startswith(f"{PACKAGE}.")
    }


def users(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the pages that use each documented object, in the order of the book."""
    names = Names(documented(env))
    found: dict[str, list[str]] = {}
    used = store(env)["names"]
    for page in pages_in_order(env):
        for name in sorted({names.find(each) or "" for each in used.get(page, ())} - {""}):
            found.setdefault(name, []).append(page)
    return found


def pages_in_order(env: BuildEnvironment) -> Iterator[str]:
    """Yield the pages as the table of contents has them."""
    waiting, seen = [env.config.root_doc], set()
    while waiting:
        page = waiting.pop(0)
        if page not in seen:
            seen.add(page)
            yield page
            waiting = [*env.toctree_includes.get(page, ()), *waiting]


def pages_to_write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write every page again if the reference changed, and the reference if the use of it did."""
    places, used = documented(env), users(env)
    before, store(env)["known"] = store(env)["known"], (places, used)
    if before == (places, used):
        return []
    if before is None or before[0] != places:
        return sorted(env.found_docs)
    return sorted({page for page, _ in places.values()})


def link_page(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the links of one page."""
    if app.builder.format != "html":
        return
    places = documented(app.env)
    for description in list(doctree.findall(addnodes.desc)):
        add_users(app, description, docname, places)
    names = Names(places)
    used = frozenset(names.find(each) or "" for each in store(app.env)["names"].get(docname, ()))
    for literal in list(doctree.findall(nodes.literal)):
        name = names.mentioned(literal.astext(), used) if is_prose(literal) else None
        if name:
            page, anchor = places[name]
            address = f"{app.builder.get_relative_uri(docname, page)}#{anchor}"
            link = nodes.reference("", "", internal=True, refuri=address, classes=["api"])
            literal.replace_self(link)
            link += literal


def add_users(
    app: Sphinx, description: addnodes.desc, docname: str, places: Mapping[str, tuple[str, str]]
) -> None:
    """Write under an object of the reference which pages use it."""
    name = next((each for each in description[0].get("ids", ()) if each in places), None)
    pages = users_once(app).get(name or "", [])
    if not pages:
        return
    line = nodes.paragraph("", "Used on: ", classes=["used-on"])
    for number, page in enumerate(pages):
        address = app.builder.get_relative_uri(docname, page)
        title = app.env.titles[page].astext()
        line += [nodes.Text(", ")] if number else []
        line += nodes.reference("", title, internal=True, refuri=address)
    description[-1] += line


def users_once(app: Sphinx) -> dict[str, list[str]]:
    """Return the users of all objects; ``pages_to_write_again`` has found them for this build."""
    known = store(app.env)["known"]
    return known[1] if known else {}
