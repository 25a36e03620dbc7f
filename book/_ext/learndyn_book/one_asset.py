"""Give a page one style sheet and one script, and nothing that it does not use.

The theme and the extensions load some twenty files on each page, most of their bytes for icons
and for rules that no page of the book uses. Here they are put together as ``site.css``, cut to
what the pages use (``used_styles``), and ``site.js``, which is loaded without holding up the
page. The icon font is left out, and so are the scripts that would fetch a remote kernel and set formulas.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from .used_styles import (
    UsedNames,
    names_on_page,
    rebase_urls,
    used_styles,
    with_narrow_last_children,
    words_of_script,
)

__all__ = ["connect"]

AFTER_THE_EXTENSIONS = 900
BEFORE_THE_GATE = 800  # it looks at the pages last
THEME_STYLES = ("styles/theme.css", "styles/pydata-sphinx-theme.css")
THEME_SCRIPTS = ("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js")
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js")
BOOK_STYLES = ("icons.css", "learndyn.css")
_IMPORT = re.compile(r"""@import\s+["']([^"':]+)["'];""")
_COMMENT_LINES = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?!!).*?\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_KEPT_COMMENT = re.compile(r"licen[cs]e|copyright", re.IGNORECASE)
# What a figure brings for notebooks, the style sheet has for all figures; each copy has the whole page styled again.
_NOTEBOOK_RULES = re.compile(r"<style>\[data-jp-theme-light=false\][^<]*</style>")
LEFT_OUT = re.compile(r"thebe|fontawesome|mathjax", re.IGNORECASE)  # formulas are set already: set_formulas

# A browser lets no script read another file of a folder, so the search from one shows titles only.
_PROLOGUE = 'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'


def connect(app: Sphinx) -> None:
    """Take the shared files off each page, and write them as two at the end."""
    app.connect("html-page-context", take_off_shared, AFTER_THE_EXTENSIONS)
    app.connect("build-finished", write_shared, BEFORE_THE_GATE)


def take_off_shared(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Leave on a page the files that only this page asks for, and let its scripts wait."""
    builder = app.builder
    if not isinstance(builder, StandaloneHTMLBuilder):
        return
    if body := context.get("body"):
        context["body"] = _NOTEBOOK_RULES.sub("", body)
    context["css_files"] = [
        each for each in context["css_files"] if each not in builder._orig_css_files and not left_out(each)
    ]
    scripts = []
    for script in context["script_files"]:
        if left_out(script) or (script in builder._orig_js_files and is_shared(script)):
            continue
        if "design-tabs" in str(script.filename or "") and "sd-tab-set" not in context.get("body", ""):
            continue
        body = script.attributes.get("body")
        if script.filename:
            script.attributes["defer"] = "defer"
        elif body and body.startswith("DOCUMENTATION_OPTIONS."):
            # What it sets comes with site.js, which has run when this event comes.
            script.attributes["body"] = f'addEventListener("DOMContentLoaded", () => {{ {body} }});'
        scripts.append(script)
    context["script_files"] = scripts


def left_out(asset: Any) -> bool:
    """Tell whether a file or an inline script serves the icon font, remote kernels or formulas."""
    return bool(LEFT_OUT.search(f"{asset.filename or ''} {asset.attributes.get('body', '')}"))


def is_shared(script: Any) -> bool:
    """Tell whether a script is the same text on each page, with no attributes that it reads."""
    return not set(script.attributes) - {"body", "async", "defer"}


def write_shared(app: Sphinx, exception: Exception | None) -> None:
    """Write the style sheet and the script that all pages share."""
    builder = app.builder
    if exception is not None or not isinstance(builder, StandaloneHTMLBuilder):
        return
    if not hasattr(builder, "_orig_js_files"):
        return  # no page was written, so the files of the last build still serve
    static = Path(app.outdir, "_static")
    script = shared_script(builder, static)
    (static / "site.js").write_text(without_comments(script), encoding="utf-8", newline="\n")
    words = words_of_script(script)
    for name in SEARCH_SCRIPTS:
        words |= words_of_script((static / name).read_text(encoding="utf-8"))
    for page in Path(app.outdir).rglob("*.html"):
        words |= names_on_page(page.read_text(encoding="utf-8"))
    prefixes = tuple(sorted(word for word in words if word.endswith("-") and len(word) > 4))
    style = shared_style(builder, static, UsedNames(frozenset(words), prefixes))
    (static / "site.css").write_text(style, encoding="utf-8", newline="\n")


def shared_script(builder: StandaloneHTMLBuilder, static: Path) -> str:
    """Put the scripts of all pages together, in the order in which the pages would load them."""
    parts: dict[str, None] = {}  # in order, each once: two extensions may set the same constant
    for script in sorted(builder._orig_js_files, key=lambda each: each.priority):
        if left_out(script) or not is_shared(script):
            continue
        if script.filename:
            parts[read(static, script.filename)] = None
        elif body := script.attributes.get("body"):
            parts[body] = None
        if script.filename and str(script.filename).endswith("documentation_options.js"):
            parts[_PROLOGUE] = None
    for name in THEME_SCRIPTS:
        # The theme waits for a page that is read, and this one is by then. A task of its own holds up nobody's finger.
        parts[f"setTimeout(() => {{\n{read(static, name)}\n}});"] = None
    return "\n;\n".join(parts) + "\n"


def without_comments(script: str) -> str:
    """Leave out the comments that stand on lines of their own, unless they say whose the script is."""
    return _COMMENT_LINES.sub(lambda found: found[0] if _KEPT_COMMENT.search(found[0]) else "", script)


def shared_style(builder: StandaloneHTMLBuilder, static: Path, used: UsedNames) -> str:
    """Put the used rules of all style sheets together; the book's own come last, and whole."""
    names = [*THEME_STYLES]
    for sheet in sorted(builder._orig_css_files, key=lambda each: each.priority):
        name = str(sheet.filename).removeprefix("_static/")
        if not left_out(sheet) and name not in names and name not in BOOK_STYLES:
            names.append(name)
    parts = [used_styles(with_imports(static, name), used) for name in names]
    return with_narrow_last_children("\n".join(parts + [read(static, name) for name in BOOK_STYLES]) + "\n")


def with_imports(static: Path, name: str) -> str:
    """Read a style sheet with those that it imports in their places; only the head of a sheet may import."""
    folder = posixpath.dirname(name)
    return _IMPORT.sub(
        lambda found: with_imports(static, posixpath.normpath(posixpath.join(folder, found[1]))),
        rebase_urls(read(static, name), folder),
    )


def read(static: Path, name: str) -> str:
    """Read a file of the site's static folder by the name that a page would load it by."""
    return (static / str(name).removeprefix("_static/")).read_text(encoding="utf-8")
