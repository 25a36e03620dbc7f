"""What each page of the site gives to take away holds all of its code, and runs.

By default three pages run from top to bottom; with ``LEARNDYN_PROFILE=deep`` all of them do.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import DEEP, site_folder

ROOT = Path(__file__).parents[2]
QUICK = ["foundations/tensor", "foundations/backpropagation", "foundations/step_size"]
SOURCES = site_folder() / "_sources"
TO_RUN = (
    sorted(p.relative_to(SOURCES).with_suffix("").as_posix() for p in SOURCES.rglob("*.md"))
    if DEEP
    else QUICK
)
CODE = re.compile(r"^```\{code-cell\} ipython3\n((?::[^\n]*\n)*)\n?(.*?)\n*```$", re.MULTILINE | re.DOTALL)
FOREIGN = re.compile(r"\{(?:glue|doc|cite|eq|ref|numref|term|py)(?::\w+)?\}`|^:::|^```\{", re.MULTILINE)


@pytest.fixture(scope="module")
def name(page_path: str, site: Path) -> str:
    """Name a page that was written for the book, and none that Sphinx adds."""
    found = page_path.removesuffix(".html")
    if not (site / "_sources" / f"{found}.md").is_file():
        pytest.skip("not a page with a source")
    return found


def notebook_of(site: Path, name: str) -> Any:
    """Read a notebook, which must be valid."""
    nbformat = pytest.importorskip("nbformat", reason="run `pip install -e .[book]`")
    notebook = nbformat.read(site / "notebooks" / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook


def folder_of(notebook: Any, fallback: Path) -> Path:
    """Give the folder of the checkout that a notebook asks for, if it does."""
    second = "".join(each.source for each in notebook.cells[1:2])  # a page of one cell has no code
    asks = re.search(r"start it in the folder (\S+)\.$", second, re.MULTILINE)
    return ROOT / asks[1] if asks else fallback


def test_a_notebook_is_valid_and_its_prose_plain(site: Path, name: str) -> None:
    notebook = notebook_of(site, name)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert len({each.id for each in notebook.cells}) == len(notebook.cells) > 0
    prose = [each.source for each in notebook.cells if each.cell_type == "markdown"]
    assert prose[0].startswith("# ")
    assert [found[0] for text in prose if (found := FOREIGN.search(text))] == []
    assert all(not each.outputs for each in notebook.cells if each.cell_type == "code")


def test_a_notebook_has_all_code_of_its_page_in_order(site: Path, name: str) -> None:
    source = (site / "_sources" / f"{name}.md").read_text(encoding="utf-8")
    expected = [code.strip() for _, code in CODE.findall(source)]
    found = [each.source.strip() for each in notebook_of(site, name).cells if each.cell_type == "code"]
    if expected:
        assert "pip install" in found.pop(0)
    glue = 'def glue(name, value, display=True):\n    print(f"{name}: {value}")'
    assert [code.replace(glue, "from myst_nb import glue") for code in found] == expected


def test_a_script_is_python(site: Path, name: str) -> None:
    text = (site / "notebooks" / f"{name}.py").read_text(encoding="utf-8")
    compile(text, f"{name}.py", "exec")
    assert text.startswith("# %% [markdown]\n# # ")
    assert "myst_nb" not in text


def test_the_page_leads_to_both(site: Path, name: str) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    for suffix in (".ipynb", ".py"):
        address = f"{'../' * name.count('/')}notebooks/{name}{suffix}"
        assert f'href="{address}"' in html


@pytest.mark.parametrize("name", TO_RUN)
def test_a_notebook_runs_from_top_to_bottom(site: Path, name: str, tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient", reason="run `pip install -e .[book]`")
    notebook = notebook_of(site, name)
    path = folder_of(notebook, tmp_path)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path)}}).execute()
    printed = json.dumps([each.get("outputs", []) for each in notebook.cells])
    assert '"output_type": "error"' not in printed


@pytest.mark.parametrize("name", QUICK)  # the others' code is that of the notebooks
def test_a_script_runs(site: Path, name: str, tmp_path: Path) -> None:
    script = site / "notebooks" / f"{name}.py"
    finished = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
