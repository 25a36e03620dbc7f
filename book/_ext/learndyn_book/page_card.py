"""What a page says of itself to a search engine, and to one who shares a link to it.

The description is the page's first paragraph, unless its front matter gives one under
``myst: html_meta: description``. The Open Graph card and ``sitemap.xml`` need the site's
address, and are left out where ``site_address`` knows none.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

__all__ = ["connect", "description_of", "shortened"]

LONGEST = 160  # characters; search engines show about as many


def connect(app: Sphinx) -> None:
    """Give each page its card, and the site its map."""
    app.connect("html-page-context", give_card)
    app.connect("build-finished", write_sitemap)


def give_card(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the (name, content) pairs of a page's meta tags where the template finds them."""
    title = without_tags(context.get("title", "")) or app.config.project
    text = description_of(doctree) if doctree is not None else f"{title}: {app.config.html_title}"
    card = [] if 'name="description"' in context.get("metatags", "") else [("description", text)]
    if address := app.config.html_baseurl:
        page = "" if pagename == app.config.root_doc else app.builder.get_target_uri(pagename)
        card += [
            ("og:type", "website" if pagename == app.config.root_doc else "article"),
            ("og:site_name", app.config.project),
            ("og:title", title),
            ("og:description", text),
            ("og:url", f"{address}{page}"),
            ("og:image", f"{address}_static/card.png"),
            ("og:image:alt", "learndyn: learning is a dynamical system"),
            ("twitter:card", "summary_large_image"),
        ]
    context["page_card"] = card


def without_tags(html: str) -> str:
    """Take the markup out of a title as the template receives it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def description_of(doctree: nodes.document) -> str:
    """Return the first paragraph of a page's own text, shortened at the end of a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            return shortened(" ".join(paragraph.astext().split()))
    title = next(doctree.findall(nodes.title), None)
    return "" if title is None else title.astext()


def shortened(text: str, *, longest: int = LONGEST) -> str:
    """Cut a text between words so that it is no longer than is shown."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List the pages of the book, and no search page or index, for search engines."""
    address = app.config.html_baseurl
    if exception is not None or not address or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    pages = [app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
    lines = [f"  <url><loc>{escape(address + page)}</loc></url>" for page in pages]
    text = "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines,
            "</urlset>",
            "",
        ]
    )
    Path(app.outdir, "sitemap.xml").write_text(text, encoding="utf-8", newline="\n")
