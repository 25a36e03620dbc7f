"""A cell with the tag ``snippet`` runs alone: copied into a fresh interpreter, with learndyn installed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .building import REPOSITORY

LONGEST = 60  # seconds; each takes about one
CELL = re.compile(r"^```\{code-cell\} ipython3\n((?::[^\n]*\n)*)\n?(.*?)\n```$", re.MULTILINE | re.DOTALL)
TAGGED = re.compile(r"^:tags: \[(?:.*[ ,])?snippet(?:[ ,].*)?\]$", re.MULTILINE)
WITHOUT = {
    "intro": "its one cell draws a figure",
    "design/honesty": "its cells read the pages of the book",
    "design/timings": "its cells read the table of timings",
    "design/light_pages": "its cells read the table of scores",
}
PACKAGES = {"learndyn", "numpy"}


def snippets_of(text: str) -> list[str]:
    """Return the code of the cells of a page that are tagged."""
    return [code for options, code in CELL.findall(text) if TAGGED.search(options)]


PAGES = {
    path.relative_to(REPOSITORY / "book").with_suffix("").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((REPOSITORY / "book").rglob("*.md"))
}
SNIPPETS = [
    pytest.param(code, id=f"{name}-{number}")
    for name, text in PAGES.items()
    for number, code in enumerate(snippets_of(text), start=1)
]


def run_alone(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter, in an empty folder, where a warning is an error."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-I", "-c", code],
        cwd=folder,
        env=environment | one_thread,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )


@pytest.mark.parametrize("code", SNIPPETS)
def test_a_snippet_runs_alone(code: str, tmp_path: Path) -> None:
    finished = run_alone(code, tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", SNIPPETS)
def test_a_snippet_needs_learndyn_and_numpy_alone(code: str) -> None:
    imported = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= PACKAGES | sys.stdlib_module_names
    assert "learndyn.plots" not in code


@pytest.mark.parametrize(
    "name", [name for name, text in PAGES.items() if "file_format: mystnb" in text and CELL.search(text)]
)
def test_every_page_that_computes_has_a_snippet(name: str) -> None:
    assert bool(snippets_of(PAGES[name])) != (name in WITHOUT), WITHOUT.get(
        name, "tag a cell that runs alone"
    )


def test_a_cell_that_needs_another_or_warns_does_not_run_alone(tmp_path: Path) -> None:
    assert run_alone("import numpy as np\nprint(value)", tmp_path).returncode != 0
    assert run_alone("import numpy as np\nnp.log(np.zeros(1))", tmp_path).returncode != 0
    assert run_alone("import learndyn as ld\nimport numpy as np", tmp_path).returncode == 0


def test_the_tag_is_found_beside_others_and_in_no_other_word() -> None:
    page = "```{code-cell} ipython3\n:tags: [%s]\nx = 1\n```\n"
    assert snippets_of(page % "snippet") == snippets_of(page % "a, snippet, b") == ["x = 1"]
    assert snippets_of(page % "snippets") == snippets_of(page % "remove-cell") == []
    assert snippets_of("```{code-cell} ipython3\nx = 1\n```\n") == []
