"""Print a table of Lighthouse's scores for pages of the built site, and fail below the floor.

    python -m tests.site.lighthouse [PAGE ...]        (default: every page)

Needs Node.js for ``npx lighthouse@12``, and Chromium, or ``CHROME_PATH``. Each page takes about half a minute. The
performance score is a measurement, and falls on a busy machine: let nothing else run beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from .conftest import page_paths, site_folder
from .serving import served

FLOOR = 0.95
VERSION = "12"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
NO_SEO = frozenset(
    {"404.html", "search.html", "genindex.html"}
)  # none of them is meant to be found by a search
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


def scores(url: str) -> dict[str, float]:
    """Return the four scores of a page, between 0 and 1, and its weight in KB."""
    own = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome") or ""
    command = [
        "npx",
        "--yes",
        f"lighthouse@{VERSION}",
        url,
        "--quiet",
        "--output=json",
        f"--chrome-flags={FLAGS}",
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env=os.environ | {"CHROME_PATH": own},
    )
    report = json.loads(done.stdout)
    found = {name: report["categories"][name]["score"] or 0.0 for name in CATEGORIES}
    return found | {"KB": report["audits"]["total-byte-weight"]["numericValue"] / 1024}


def main(pages: list[str]) -> int:
    """Measure each page, print its line, and return 1 if a score is below the floor."""
    low = False
    print(f"{'page':40}", *(f"{name:>14}" for name in CATEGORIES), f"{'KB':>6}")
    with served(site_folder()) as start:
        for page in pages or page_paths():
            found = scores(start + page)
            print(
                f"{page:40}",
                *(f"{found[name]:14.2f}" for name in CATEGORIES),
                f"{found['KB']:6.0f}",
                flush=True,
            )
            low |= any(found[name] < FLOOR for name in CATEGORIES if not (name == "seo" and page in NO_SEO))
    return int(low)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
