"""Execute a page again when another page has changed, if it reads the others.

A page that counts what stands on the pages of the book says so at its top, with

    reads_pages: true
    mystnb:
      execution_mode: force

Sphinx then reads it whenever any page was added, changed or removed, and myst-nb, which would
find its outputs in the cache, executes it each time that it is read.
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

__all__ = ["connect"]


def connect(app: Sphinx) -> None:
    """Add such pages to those that are out of date."""
    app.connect("env-get-outdated", outdated)


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """List the pages that read other pages, if any page is not as it was."""
    if not (added or changed or removed):
        return []
    return [name for name in env.found_docs if env.metadata.get(name, {}).get("reads_pages")]
