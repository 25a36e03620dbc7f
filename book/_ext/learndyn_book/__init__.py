"""The book's Sphinx extension: a build that cannot hide a failure.

Each module holds one idea:

- ``build_gate``: any failure fails this build, and the next one until it is mended;
- ``undrawn_figures``: a figure that cannot be drawn is a failure of its cell;
- ``execution_report``: which cell failed, on which page, and why;
- ``cell_lint``: what myst-nb would ignore in silence in a code cell;
- ``picture_lint``: every picture has a text for a reader who cannot see it;
- ``docstring_bars``: |x| in a docstring is an absolute value;
- ``written_pages``: unique ids and living links on the pages as written;
- ``execution_cache``: outputs are kept until the package that computed them changes;
- ``kernel_environment``: a page computes the same numbers each time;
- ``parallel_execution``: pages are executed side by side;
- ``warm_kernels``: their kernels are forked from a process that has the libraries;
- ``reads_pages``: a page that counts what stands on the others is executed when they change;
- ``site_address``: absolute addresses only where the build knows its site;
- ``page_card``: each page's description, its card for a shared link, and the site's map;
- ``plain_markup``: nothing that a screen reader stumbles over;
- ``set_formulas``: formulas are set while the book is built, and a page needs no script for them;
- ``typesetter``: MathJax in a JavaScript engine without a browser;
- ``explorables``: the data of a figure with sliders, and Vega, in scripts that wait for the reader;
- ``first_use``: a term's first mention on a page leads to the glossary;
- ``reading_time``: how many minutes a page and a path through the book take;
- ``numbered_boxes``: exercises, definitions and theorems have numbers, and are referred to by them;
- ``not_found``: a page for addresses that lead nowhere;
- ``one_asset``: one small style sheet and one script for all pages;
- ``used_on``: the reference and the pages that use it lead to each other;
- ``used_styles``: which rules of a style sheet some page can use;
- ``take_away``: cells to copy, and each page as a notebook and as a script;
- ``page_prose``: a page's prose as plain Markdown;
- ``page_notebook``: prose and code as the cells of a notebook;
- ``repository``: links to the sources and to notebooks that run, only where the build knows them.

Nothing here imports ``learndyn``: a broken package must fail as a cell of a page, with the
page's name, and not as a traceback of the build.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import (
    build_gate,
    cell_lint,
    docstring_bars,
    execution_cache,
    explorables,
    first_use,
    kernel_environment,
    not_found,
    numbered_boxes,
    one_asset,
    page_card,
    parallel_execution,
    picture_lint,
    plain_markup,
    reading_time,
    reads_pages,
    set_formulas,
    site_address,
    take_away,
    used_on,
)

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect every module to the build; Sphinx calls this by its name."""
    # Sphinx keeps millions of nodes alive; looking through them again and again took a third of a short build.
    gc.set_threshold(200_000, 50, 1000)
    build_gate.connect(app)
    for module in (
        kernel_environment,
        execution_cache,
        parallel_execution,
        cell_lint,
        picture_lint,
        docstring_bars,
        reads_pages,
        plain_markup,
        set_formulas,
        explorables,
        first_use,
        numbered_boxes,
        reading_time,
        used_on,
        site_address,
        page_card,
        not_found,
        one_asset,
        take_away,
    ):
        module.connect(app)
    own_sources = Path(__file__).parent
    return {
        # A changed lint has to see every page again, and a changed style goes into the one sheet that is written with
        # the pages: the saved environment is tied to both.
        "env_version": "".join(
            execution_cache.digest_of_folder(folder) for folder in (own_sources, own_sources.parents[1] / "_static")
        ),
        # The threads that execute pages live in this process: a forked reader would wait for ever.
        "parallel_read_safe": False,
        "parallel_write_safe": True,
    }
