"""Measure how long the book takes to build, and write the medians to ``timings.json``.

Run from the root of the repository, on a machine that has little else to do::

    python -m tests.book.measure_build --rounds 3

Each round builds a copy of the repository in a folder of its own: cold, then with nothing changed,
then with a changed sentence, then with a changed cell. Wall time is what a writer waits, and depends
on what else runs; processor time (of the build and all that it starts) depends on it far less.
``python -m tests.book.measure_build_libraries`` adds what the libraries under the book weigh.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

REPOSITORY = Path(__file__).parents[2]
RESULT = Path(__file__).with_name("timings.json")
EXECUTED = re.compile(r"executed (\S+) in ([\d.]+) s(?:, ([\d.]+) s of processor time)?")
KERNEL_TURNS = 7
EDITED = "foundations/descent"
"""The page of which a sentence and then a cell is changed; its cells are neither fast nor slow."""


@dataclass(frozen=True)
class Timed:
    """One build: what a writer waits, what the processors do, and which pages were executed."""

    wall: float
    processor: float
    pages: dict[str, float]


def build(root: Path) -> Timed:
    """Build the book of a repository with the literal command."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "book"]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    environment |= {"PYTHONPATH": str(root), "NO_COLOR": "1"}
    before, started = processor_seconds(), time.perf_counter()
    finished = subprocess.run(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    wall = time.perf_counter() - started
    if finished.returncode != 0:
        raise RuntimeError(f"the build failed, so there is nothing to time:\n{finished.stdout[-3000:]}")
    pages = {page: float(own or whole) for page, whole, own in EXECUTED.findall(finished.stdout)}
    return Timed(wall, processor_seconds() - before, pages)


def processor_seconds() -> float:
    """Return what all processes took that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def kernel_seconds() -> dict[str, float]:
    """Time a kernel that imports what most pages do: a new process, and a forked one."""
    sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))
    warm = import_module("learndyn_book.warm_kernels")
    cell = nbformat.v4.new_code_cell("import numpy, matplotlib.figure, matplotlib.backends.backend_svg")
    kernels = warm.WarmKernels()
    found: dict[str, list[float]] = {"new": [], "forked": []}
    for _ in range(KERNEL_TURNS + 1):
        for name, launch in (("new", warm.start_process), ("forked", kernels.launch)):
            warm.local_provisioner.launch_kernel = launch
            warm.THREAD.kernel = None
            notebook = nbformat.v4.new_notebook(cells=[cell])
            before = processor_seconds()
            NotebookClient(notebook, kernel_name="python3").execute()
            own = warm.processor_seconds()
            found[name].append(processor_seconds() - before if own is None else own)
    warm.local_provisioner.launch_kernel = warm.start_process
    kernels.stop(None, None)
    return {name: round(median(seconds[1:]), 2) for name, seconds in found.items()}


def change_sentence(root: Path) -> None:
    """Add a sentence at the end of a page."""
    with open(root / "book" / f"{EDITED}.md", "a", encoding="utf-8") as page:
        page.write("\nOne more sentence.\n")


def change_cell(root: Path) -> None:
    """Change the last cell of a page."""
    path = root / "book" / f"{EDITED}.md"
    before, fence, after = path.read_text(encoding="utf-8").rpartition("```{code-cell} ipython3\n")
    cell, end, rest = after.partition("\n```")
    path.write_text(f"{before}{fence}{cell}\nunused = 1{end}{rest}", encoding="utf-8")


EDITS: dict[str, Callable[[Path], None]] = {
    "unchanged": lambda root: None,
    "sentence": change_sentence,
    "cell": change_cell,
}


def one_round(root: Path) -> dict[str, Timed]:
    """Copy the repository and build it four times."""
    leave = shutil.ignore_patterns("_build", ".git", "__pycache__", ".hypothesis", ".*_cache")
    shutil.copytree(REPOSITORY, root, symlinks=True, ignore=leave)
    found = {"cold": build(root)}
    for name, edit in EDITS.items():
        edit(root)
        found[name] = build(root)
    return found


def summary(rounds: list[dict[str, Timed]]) -> dict[str, Any]:
    """Take medians, and hold that each build executed what it had to and nothing else."""
    for found in rounds:
        assert found["unchanged"].pages == {}, found["unchanged"].pages
        # A page of a forced execution is no business of the cache, and is not logged
        assert found["sentence"].pages == {}, found["sentence"].pages
        assert set(found["cell"].pages) == {EDITED}, found["cell"].pages
    return {
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "load": round(os.getloadavg()[2], 1),
            "python": platform.python_version(),
        },
        "rounds": len(rounds),
        "edited": EDITED,
        "builds": {
            name: {
                "wall": round(median(found[name].wall for found in rounds), 1),
                "processor": round(median(found[name].processor for found in rounds), 1),
                "executed": len(rounds[0][name].pages),
            }
            for name in rounds[0]
        },
        "pages": {
            page: round(median(found["cold"].pages[page] for found in rounds), 2)
            for page in sorted(rounds[0]["cold"].pages)
        },
    }


def write(**parts: Any) -> None:
    """Replace these parts of the file and keep the others."""
    known = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    text = json.dumps(known | parts, indent=1, sort_keys=True)
    RESULT.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Measure as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a new folder for the last round's book, to look at")
    parser.add_argument("--suite", action="store_true", help="time the tests of README.md, too")
    options = parser.parse_args()
    write(kernels=kernel_seconds())
    rounds = []
    for number in range(options.rounds):
        with TemporaryDirectory() as folder:
            last = options.keep is not None and number == options.rounds - 1
            rounds.append(one_round(options.keep if last else Path(folder, "root")))
    write(book=summary(rounds))
    if options.suite:
        before, started = processor_seconds(), time.perf_counter()
        subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=REPOSITORY, check=True)
        wall = time.perf_counter() - started
        write(suite={"wall": round(wall, 1), "processor": round(processor_seconds() - before, 1)})


if __name__ == "__main__":
    main()
