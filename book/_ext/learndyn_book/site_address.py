"""Where the site will stand, if the build knows: only then can pages carry absolute addresses.

The environment variable ``LEARNDYN_SITE_URL`` says it. Without it, a book that GitHub's own
service builds stands at its repository's page; any other build has no address.
"""

from __future__ import annotations

import os

from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["connect", "site_address"]


def connect(app: Sphinx) -> None:
    """Let Sphinx write the canonical address on each page."""
    app.connect("config-inited", set_address)


def set_address(app: Sphinx, config: Config) -> None:
    """Set ``html_baseurl`` where the configuration leaves it open."""
    if not config.html_baseurl:
        config.html_baseurl = site_address(dict(os.environ))


def site_address(environment: dict[str, str]) -> str:
    """Return the address with a slash at its end, or an empty text."""
    address = environment.get("LEARNDYN_SITE_URL", "")
    owner, _, name = environment.get("GITHUB_REPOSITORY", "").partition("/")
    if not address and name:
        address = f"https://{owner.lower()}.github.io/{name}"
    return f"{address.rstrip('/')}/" if address else ""
