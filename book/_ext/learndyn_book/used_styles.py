"""Keep of a style sheet what the site's pages can use.

A rule stays if each class and id that it asks for is on some page, or is a word of some script,
which may put it on a page later. What stands in parentheses, such as ``:not(.a)``, is not looked
at, so a rule is kept when in doubt. The rules of the icon font go in any case: the icons are
drawn in ``icons.css``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["UsedNames", "names_on_page", "rebase_urls", "used_styles", "with_narrow_last_children", "words_of_script"]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"""\[[^\]]*\]|"[^"]*"|'[^']*'""")
_NAMED = re.compile(r"[.#]((?:[\w-]|\\.)+)")
_PIECE = re.compile(r"""url\([^"')]*\)|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]""")
_ICON_CLASS = re.compile(r"\.(?:fa[srbl]?|fa-[\w-]+|svg-inline--fa)(?![\w-])")
_URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^"')]+)\1\)""")
_ANY_LAST_CHILD = re.compile(r":last-child\s*>\s*:last-child")
_CONDITIONS = ("@media", "@supports", "@container", "@layer")


@dataclass(frozen=True, slots=True)
class UsedNames:
    """The classes and ids that pages have or scripts may give them; prefixes end in a hyphen."""

    names: frozenset[str]
    prefixes: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        """Tell whether an element with this class or id can be on a page."""
        return name in self.names or name.startswith(self.prefixes)


def names_on_page(html: str) -> set[str]:
    """Collect the classes and ids of a page."""
    values = re.findall(r"""\s(?:class|id)=(?:"([^"]*)"|'([^']*)')""", html)
    return {name for pair in values for value in pair for name in value.split()}


def words_of_script(script: str) -> set[str]:
    """Collect whatever in a script may be a class or an id."""
    return set(re.findall(r"[A-Za-z_][\w-]*", script))


def with_narrow_last_children(css: str) -> str:
    """Name the elements that may be the last child of a last child.

    Any element may match ``:last-child > :last-child``, so a browser that sees one more element come while it reads a
    page has to style all that stands in the one before again: on a long page some seven thousand elements at once.
    """
    return _ANY_LAST_CHILD.sub(":last-child > :is(p, ul, ol, dl):last-child", css)


def used_styles(css: str, used: UsedNames) -> str:
    """Return the style sheet without the rules that no page can use."""
    kept = []
    for prelude, body in rules(_COMMENT.sub("", css)):
        if body is None:
            kept.append(f"{prelude};")
        elif prelude.startswith(_CONDITIONS):
            if inner := used_styles(body, used):
                kept.append(f"{prelude}{{{inner}}}")
        elif prelude.startswith("@"):
            if "Font Awesome" not in body and not prelude.startswith("@keyframes fa-"):
                kept.append(f"{prelude}{{{body}}}")
        elif selectors := [each for each in split_selectors(prelude) if is_used(each, used)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "\n".join(kept)


def rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield each rule as what stands before its braces and in them; None for a bare statement."""
    depth, start, opened = 0, 0, 0
    for piece in _PIECE.finditer(css):
        mark = piece[0]
        if mark == "{":
            depth += 1
            if depth == 1:
                opened = piece.start()
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : piece.start()].strip()
                start = piece.end()
        elif mark == ";" and depth == 0:
            if statement := css[start : piece.start()].strip():
                yield statement, None
            start = piece.end()


def split_selectors(prelude: str) -> list[str]:
    """Split a list of selectors at the commas that are not in brackets."""
    selectors, depth = [""], 0
    for character in prelude:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            selectors.append("")
        else:
            selectors[-1] += character
    return [selector.strip() for selector in selectors]


def is_used(selector: str, used: UsedNames) -> bool:
    """Tell whether a selector can match an element of the site."""
    plain = _QUOTED.sub("", selector)
    if _ICON_CLASS.search(plain):
        return False
    while (shorter := re.sub(r"\([^()]*\)", "", plain)) != plain:
        plain = shorter
    return all(name.replace("\\", "") in used for name in _NAMED.findall(plain))


def rebase_urls(css: str, folder: str) -> str:
    """Let the relative addresses of a style sheet in a folder hold for one beside the folder."""
    return _URL.sub(lambda url: f"url({posixpath.normpath(posixpath.join(folder, url[2]))})", css)
