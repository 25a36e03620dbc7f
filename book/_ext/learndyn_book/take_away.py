"""What a reader takes away from a page: each code cell by a button, and the page as files.

Beside the site, in its folder ``notebooks``, the build writes each page as a notebook and as a
script, and the page's download menu leads there. Where the repository is known, two more menus
lead to the page's source and to services that run the notebook.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.errors import ConfigError

from .numbered_boxes import numbers_of
from .page_notebook import cells_of_page, first_cell, notebook_text, reads_checkout, script_text
from .page_prose import ProseWriter
from .repository import NOTEBOOKS, Repository, repository_of

__all__ = ["connect"]

BEFORE_THE_BUTTONS = 100  # sphinx-copybutton writes its script from the configuration at 500
AFTER_THE_THEME = 600  # its menus are there from 501 on
COPIED = "div:not(.output) > div.highlight > pre"
"""What has a copy button: code, and no output of a cell."""


def connect(app: Sphinx) -> None:
    """Choose what is copied, and write each page's files and menus when the page is written."""
    # Known to Sphinx, so that the pages are written again when it changes.
    app.add_config_value("learndyn_repository", "", "html", types=[str])
    app.connect("config-inited", configure, BEFORE_THE_BUTTONS)
    app.connect("html-page-context", take_away, AFTER_THE_THEME)
    app.connect("build-finished", write_requirements)


def configure(app: Sphinx, config: Config) -> None:
    """Find the repository, and give outputs no copy button."""
    config.copybutton_selector = COPIED
    try:
        found = repository_of(os.environ, Path(app.srcdir))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    app.learndyn_repository = found  # type: ignore[attr-defined]
    config.learndyn_repository = "" if found is None else f"{found.address} {found.branch}"


def take_away(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write a page's notebook and script, and put them into its menus."""
    if doctree is None or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    repository: Repository | None = app.learndyn_repository  # type: ignore[attr-defined]
    write_files(app, pagename, doctree, repository)
    buttons = context.get("header_buttons", [])
    for menu in buttons:
        if menu.get("label") == "download-buttons":
            menu["buttons"][:0] = download_links(context["pathto"], pagename)
    if repository is not None:
        buttons[:0] = [launch_menu(repository, pagename), source_menu(repository, pagename)]


def write_files(app: Sphinx, docname: str, doctree: nodes.document, repository: Repository | None) -> None:
    """Write one page as a notebook and as a script."""
    source = Path(app.env.doc2path(docname)).read_text(encoding="utf-8")
    cells, lines = [], []
    if is_myst_markdown_notebook(source):
        notebook = read_myst_markdown_notebook(source, config=app.env.myst_config, add_source_map=True)
        cells, lines = notebook.cells, notebook.metadata["source_map"]
    base = app.config.html_baseurl
    numbers = numbers_of(app.env.toc_fignumbers.get(docname, {}))
    writer = ProseWriter(
        address=base + app.builder.get_target_uri(docname) if base else "",
        figure_number=lambda ids: next((numbers[each] for each in ids if each in numbers), None),
    )
    folder = f"book/{docname}".rpartition("/")[0] if reads_checkout(cells) else ""
    written = cells_of_page(writer.chunks(doctree), cells, lines, first=first_cell(repository, folder))
    for suffix, text in ((".ipynb", notebook_text(written)), (".py", script_text(written))):
        path = Path(app.outdir, NOTEBOOKS, f"{docname}{suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def download_links(pathto: Any, docname: str) -> list[dict[str, str]]:
    """Lead to the page's files."""
    return [
        link(pathto(f"{NOTEBOOKS}/{docname}.ipynb", 1), ".ipynb", "Download as a notebook", "fas fa-code"),
        link(pathto(f"{NOTEBOOKS}/{docname}.py", 1), ".py", "Download as a script", "fas fa-file"),
    ]


def launch_menu(repository: Repository, docname: str) -> dict[str, Any]:
    """Lead to the services that run the page's notebook."""
    return {
        "type": "group",
        "tooltip": "Run this page",
        "icon": "fas fa-play",
        "label": "launch-buttons",
        "buttons": [
            link(url, name, f"Run on {name}", "fas fa-play")
            for name, url in repository.launch_links(docname).items()
        ],
    }


def source_menu(repository: Repository, docname: str) -> dict[str, Any]:
    """Lead to the repository, and to the page's source in it."""
    links = [link(repository.address, "Repository", "The book's sources", "fas fa-code")]
    if edit := repository.edit_link(docname):
        links.append(link(edit, "Edit this page", "Suggest a change", "fas fa-pencil"))
    return {
        "type": "group",
        "tooltip": "Source of this page",
        "icon": "fas fa-code",
        "label": "source-buttons",
        "buttons": links,
    }


def link(url: str, text: str, tooltip: str, icon: str) -> dict[str, str]:
    """Describe an entry of a menu as the theme's template takes it."""
    return {"type": "link", "url": url, "text": text, "tooltip": tooltip, "icon": icon}


def write_requirements(app: Sphinx, exception: Exception | None) -> None:
    """Say beside the notebooks what Binder installs for them, where the repository is known."""
    repository: Repository | None = app.learndyn_repository  # type: ignore[attr-defined]
    if exception is None and repository is not None and isinstance(app.builder, StandaloneHTMLBuilder):
        path = Path(app.outdir, NOTEBOOKS, "requirements.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{repository.requirement}\n", encoding="utf-8", newline="\n")
