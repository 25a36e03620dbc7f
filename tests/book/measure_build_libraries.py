"""Measure what libraries weigh and how long they take to import, and add it to ``timings.json``.

Run from the root of the repository, once for each environment that has one to compare with::

    python -m tests.book.measure_build_libraries numpy matplotlib --python PYTHON

The size is that of the files that an installation lists, with those of the packages that it
requires. The import is the processor time of a fresh interpreter, less that of an empty one, the
median of nine turns after one that fills the caches.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from statistics import median
from typing import Any

from .measure_build import RESULT, processor_seconds, write

TURNS = 9
WEIGH = """
import json, os, re, sys
from importlib.metadata import PackageNotFoundError, distribution

def weigh(name, seen):
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    paths = (found.locate_file(file) for file in found.files or () if ".pyc" not in str(file))
    seen[key] = sum(os.path.getsize(path) for path in paths if os.path.isfile(path))
    for line in found.requires or ():
        if "extra ==" not in line:
            weigh(re.match(r"[A-Za-z0-9._-]+", line)[0], seen)

seen = {}
weigh(sys.argv[1], seen)
print(json.dumps({"version": distribution(sys.argv[1]).version, "sizes": seen}))
"""


def seconds_of(python: str, code: str) -> float:
    """Return the median processor time of a fresh interpreter that runs this."""
    found = []
    for _ in range(TURNS + 1):
        before = processor_seconds()
        subprocess.run([python, "-c", code], check=True)
        found.append(processor_seconds() - before)
    return median(found[1:])


def measure(python: str, library: str) -> dict[str, Any]:
    """Weigh one library with what it requires, and time its import."""
    text = subprocess.run([python, "-c", WEIGH, library], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(text.stdout)
    return {
        "version": found["version"],
        "megabytes": round(sum(found["sizes"].values()) / 1e6, 1),
        "packages": len(found["sizes"]),
        "import_seconds": round(seconds_of(python, f"import {library}") - seconds_of(python, "pass"), 3),
    }


def main() -> None:
    """Measure as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("libraries", nargs="+")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that has them")
    options = parser.parse_args()
    known = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    found = {name: measure(options.python, name) for name in options.libraries}
    write(libraries=known.get("libraries", {}) | found)


if __name__ == "__main__":
    main()
