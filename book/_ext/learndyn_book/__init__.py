"""The book's Sphinx extension: a build that cannot hide a failure.

Each module holds one idea:

- ``build_gate``: any failure fails this build, and the next one until it is mended;
- ``execution_report``: which cell failed, on which page, and why;
- ``cell_lint``: what myst-nb would ignore in silence in a code cell;
- ``picture_lint``: every picture has a text for a reader who cannot see it;
- ``docstring_bars``: |x| in a docstring is an absolute value;
- ``written_pages``: unique ids and living links on the pages as written;
- ``execution_cache``: outputs are kept until the package that computed them changes;
- ``kernel_environment``: a page computes the same numbers each time;
- ``parallel_execution``: pages are executed side by side;
- ``reads_pages``: a page that counts what stands on the others is executed when they change;
- ``site_address``: absolute addresses only where the build knows its site;
- ``page_card``: each page's description, its card for a shared link, and the site's map;
- ``plain_markup``: nothing that a screen reader stumbles over;
- ``not_found``: a page for addresses that lead nowhere;
- ``one_asset``: one small style sheet and one script for all pages;
- ``used_styles``: which rules of a style sheet some page can use.

Nothing here imports ``learndyn``: a broken package must fail as a cell of a page, with the
page's name, and not as a traceback of the build.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import (
    build_gate,
    cell_lint,
    docstring_bars,
    execution_cache,
    kernel_environment,
    not_found,
    one_asset,
    page_card,
    parallel_execution,
    picture_lint,
    plain_markup,
    reads_pages,
    site_address,
)

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect every module to the build; Sphinx calls this by its name."""
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
        site_address,
        page_card,
        not_found,
        one_asset,
    ):
        module.connect(app)
    own_sources = Path(__file__).parent
    return {
        # A changed lint has to see every page again, so the saved environment is tied to it.
        "env_version": execution_cache.digest_of_folder(own_sources),
        # The threads that execute pages live in this process: a forked reader would wait for ever.
        "parallel_read_safe": False,
        "parallel_write_safe": True,
    }
