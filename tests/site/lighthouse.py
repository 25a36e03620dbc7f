"""Print a table of Lighthouse's scores for pages of the built site, and fail below the floor.

    python -m tests.site.lighthouse [PAGE ...] [--runs N] [--write FILE]        (default: every page, 3 runs)

Needs Node.js for ``npx lighthouse@12``, and Chromium, or ``CHROME_PATH``. Each run of a page takes about a quarter of a
minute. The performance score is a measurement, and falls on a busy machine: let nothing else run beside it. Of the
``--runs`` of a page, the one in the middle counts. ``--write`` keeps the numbers in a file, page by page, which the
book's page on its own pages reads; pages that the file has already are measured again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from learndyn.experiments.page_scores import CATEGORIES, page_score

from .conftest import page_paths, site_folder
from .serving import served

VERSION = "12"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
# What the theme and the extensions would load on each page, and Vega: their files are in the site's folder.
THEME = {
    "styles": "styles/*.css basic.css pygments.css sphinx-design*.css copybutton.css togglebutton.css mystnb*.css",
    "scripts": "scripts/bootstrap.js scripts/pydata-sphinx-theme.js scripts/sphinx-book-theme.js",
    "icons": "scripts/fontawesome.js vendor/fontawesome/webfonts/*.woff2",
    "vega": "explorables/vega-embed.js",
}
# What sets formulas while the book is built, and would come to each reader otherwise, with fonts and one output more.
MATHJAX = [
    Path(__file__).parents[2] / "book" / "_ext" / "learndyn_book" / "mathjax" / f"{name}.js"
    for name in ("startup", "core", "tex", "assistive-mml")
]
_SET = re.compile(
    r'<mjx-container.*?</mjx-container>|<style>mjx-container.*?</style>|<svg class="ld-signs".*?</svg>',
    re.DOTALL,
)


def measure(url: str) -> dict[str, Any]:
    """Return the four scores of a page, its largest paint in seconds, its weight in KB, by kind and in all, and Lighthouse's
    own measure of the machine in that minute.
    """
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
    environment = os.environ | {"CHROME_PATH": own}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=environment)
    report = json.loads(done.stdout)
    weights: Counter[str] = Counter()
    for request in report["audits"]["network-requests"]["details"]["items"]:
        weights[request.get("resourceType", "Other")] += request["transferSize"]
    return {
        **{name: report["categories"][name]["score"] or 0.0 for name in CATEGORIES},
        "paint": round(report["audits"]["largest-contentful-paint"]["numericValue"] / 1000, 2),
        "shift": round(report["audits"]["cumulative-layout-shift"]["numericValue"], 3),
        "KB": round(weights.total() / 1024, 1),
        "kinds": {kind: round(size / 1024, 1) for kind, size in sorted(weights.items())},
        "machine": report["environment"]["benchmarkIndex"],
    }


def theme_weights(site: Path) -> dict[str, float]:
    """Return what the theme's own files, Vega and MathJax weigh in KB: fonts as they are, all else compressed."""
    files = {
        kind: [file for pattern in patterns.split() for file in sorted((site / "_static").glob(pattern))]
        for kind, patterns in THEME.items()
    }
    files["mathjax"] = MATHJAX
    return {kind: round(sum(map(weight, map(Path.read_bytes, paths))), 1) for kind, paths in files.items()}


def weight(body: bytes) -> float:
    """Return what a file weighs over the wire in KB."""
    return len(body if body[:4] == b"wOF2" else gzip.compress(body, 6)) / 1024


def formulas_weight(html: str) -> float:
    """Return how much less a page would weigh in KB without its formulas."""
    return round(weight(html.encode()) - weight(_SET.sub("", html).encode()), 1)


def keep(file: Path, pages: dict[str, Any], site: Path) -> None:
    """Write the file anew, in one piece, without pages that the site no longer has."""
    there = {page: found for page, found in sorted(pages.items()) if (site / page).is_file()}
    content = {"lighthouse": VERSION, "theme": theme_weights(site), "pages": there}
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    part.replace(file)


def main(arguments: list[str]) -> int:
    """Measure each page, print its line, and return 1 if a score is below the floor."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error(f"--runs: received {options.runs}. A page is measured once or more often")
    site, low = site_folder(), []
    kept = json.loads(options.write.read_text())["pages"] if options.write and options.write.is_file() else {}
    print(f"{'page':40}", *(f"{name:>14}" for name in CATEGORIES), f"{'paint':>6}", f"{'KB':>6}")
    with served(site) as start:
        for page in options.pages or page_paths():
            runs = [measure(start + page) for _ in range(options.runs)]
            found = sorted(runs, key=lambda run: run["performance"])[len(runs) // 2]
            html = (site / page).read_text(encoding="utf-8")
            found |= {"explorable": "data-explorable=" in html, "formulas": formulas_weight(html)}
            low += [(page, name) for name in page_score(page, found).below_floor]
            scores = (f"{found[name]:14.2f}" for name in CATEGORIES)
            print(f"{page:40}", *scores, f"{found['paint']:6.2f}", f"{found['KB']:6.0f}", flush=True)
            kept[page] = found
            if options.write:
                keep(options.write, kept, site)
    print(*(f"below the floor: {page}, {name}" for page, name in low), sep="\n")
    return int(bool(low))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
