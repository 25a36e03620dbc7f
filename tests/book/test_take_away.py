"""A page's notebook and script hold its prose, its numbers and all of its code, and run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .building import REPOSITORY, Book, cell, new_book, notebook_page

sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))
from learndyn_book.page_notebook import Cell, notebook_text, reads_checkout, script_text
from learndyn_book.page_prose import code, fenced, indented

nbformat = pytest.importorskip("nbformat", reason="run `pip install -e .[book]`")
nbclient = pytest.importorskip("nbclient", reason="run `pip install -e .[book]`")

NOWHERE = {"LEARNDYN_REPOSITORY": "", "GITHUB_REPOSITORY": "", "LEARNDYN_SITE_URL": ""}
SOMEWHERE = {**NOWHERE, "LEARNDYN_REPOSITORY": "https://github.com/someone/some-book.git"}

PROSE = r"""Six times seven is {glue:text}`answer`, as *every* **reader** of `learndyn` knows_it. A price of \$2.
See [the landing page](../intro.md) and [elsewhere](https://example.org/a_b). Inline: $a_1 < |b|$.

$$
x_{t+1} = x_t - \eta \nabla L(x_t)
$$ (eq-step)

By {eq}`eq-step` and {numref}`fig-line`, see {doc}`../intro`.

| what | $\lvert x \rvert$ |
|---|---|
| `a \| b` | $\|x\|$ and {glue:text}`answer` |

:::{div} takeaway
**Takeaway.** It is {glue:text}`answer`.
:::

:::{admonition} A title
:class: note
- one
- two

  still two
:::

1. first
2. second

```python
unexecuted = "code"
```"""
FIGURE = """:mystnb: {figure: {name: fig-line, caption: A line that rises.}, image: {alt: a line}}"""
BLOCKS = (
    cell("import learndyn as ld\n\nvalue = 6 * 7\nprint(value)", ":tags: [snippet]"),
    cell('from myst_nb import glue\n\nglue("answer", value, display=False)', ":tags: [remove-cell]"),
    PROSE,
    cell("import matplotlib.pyplot as plt\n\nplt.plot([0, 1])\nplt.show()", FIGURE),
    "## The end\n\nOf it.",
    cell("late = value + 1", ":tags: [remove-cell]"),
    "### Solution",
    cell("assert late == 43", ":tags: [hide-cell]"),
)


@pytest.fixture(scope="module")
def unplaced(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A built book whose repository nobody knows."""
    book = new_book(tmp_path_factory.mktemp("unplaced") / "root")
    book.write_page("foundations/page", notebook_page(*BLOCKS))
    book.write_page(
        "foundations/reader", notebook_page(cell('from pathlib import Path\n\nPath("..").resolve()'))
    )
    book.write_toc(["foundations/page", "foundations/reader"])
    build = book.build(**NOWHERE)
    assert build.status == 0, build.log
    return book


@pytest.fixture(scope="module")
def placed(unplaced: Book, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The same book, built again where its repository is known."""
    book = unplaced.copy_to(tmp_path_factory.mktemp("placed") / "root")
    build = book.build(**SOMEWHERE)
    assert build.status == 0, build.log
    return book


def notebook_of(book: Book, name: str = "foundations/page"):
    """Read a page's notebook, which must be valid."""
    notebook = nbformat.read(book.html / "notebooks" / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    return notebook


def prose_of(book: Book) -> str:
    """Join the prose of the page's notebook."""
    return "\n\n".join(each.source for each in notebook_of(book).cells if each.cell_type == "markdown")


def test_the_cells_stand_in_the_order_of_the_page(unplaced: Book) -> None:
    cells = notebook_of(unplaced).cells
    assert cells[0].source == "# A page"
    assert 'pip install -e ".[explorables]"' in cells[1].source
    starts = [each.source.splitlines()[0] for each in cells if each.cell_type == "code"][1:]
    assert starts == [
        "import learndyn as ld",
        "def glue(name, value, display=True):",
        "import matplotlib.pyplot as plt",
        "late = value + 1",
        "assert late == 43",
    ]
    sources = [each.source for each in cells]
    assert [source for source in sources if source.startswith("#")][-2:] == [
        "## The end\n\nOf it.",
        "### Solution",
    ]
    assert (
        sources.index("## The end\n\nOf it.")
        < sources.index("late = value + 1")
        < sources.index("### Solution")
    )


def test_what_the_page_hides_is_folded_and_what_runs_alone_is_marked(unplaced: Book) -> None:
    metadata = [each.metadata for each in notebook_of(unplaced).cells if each.cell_type == "code"][1:]
    assert [each.get("jupyter", {}).get("source_hidden", False) for each in metadata] == [0, 1, 0, 1, 1]
    assert [each.get("tags", []) for each in metadata] == [["snippet"], [], [], [], []]


def test_the_prose_has_the_numbers_of_the_build_and_plain_markdown(unplaced: Book) -> None:
    prose = prose_of(unplaced)
    assert "Six times seven is 42, as *every* **reader** of `learndyn` knows\\_it. A price of \\$2." in prose
    assert "See the landing page and [elsewhere](https://example.org/a_b). Inline: $a_1 < |b|$." in prose
    assert "$$\nx_{t+1} = x_t - \\eta \\nabla L(x_t) \\tag{1}\n$$" in prose
    assert "By (1) and Fig. 1, see A small book." in prose
    assert "| what | $\\lvert x \\rvert$ |\n| --- | --- |\n| `a \\| b` | $\\vert x\\vert$ and 42 |" in prose
    assert "> **Takeaway.** It is 42." in prose
    assert "> **A title**\n>\n> - one\n> - two\n>\n>   still two" in prose
    assert "1. first\n2. second" in prose
    assert '```python\nunexecuted = "code"\n```' in prose
    assert "**Figure 1.** A line that rises." in prose
    for foreign in ("{glue", "{doc}", "{eq}", "{numref}", ":::", "eq-step"):
        assert foreign not in prose


def test_with_an_address_links_lead_to_the_site(unplaced: Book, tmp_path: Path) -> None:
    book = unplaced.copy_to(tmp_path / "root")
    build = book.build(**NOWHERE | {"LEARNDYN_SITE_URL": "https://example.org/book"})
    assert build.status == 0, build.log
    assert "[the landing page](https://example.org/book/intro.html)" in prose_of(book)


def test_the_notebook_runs_from_top_to_bottom_anywhere(unplaced: Book, tmp_path: Path) -> None:
    notebook = notebook_of(unplaced)
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = [
        output.text
        for each in notebook.cells
        for output in each.get("outputs", ())
        if output.output_type == "stream"
    ]
    assert printed == ["42\n", "answer: 42\n"]


def test_the_script_runs_anywhere(unplaced: Book, tmp_path: Path) -> None:
    script = unplaced.html / "notebooks" / "foundations" / "page.py"
    assert script.read_text(encoding="utf-8").startswith("# %% [markdown]\n# # A page\n\n# %%\n")
    finished = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env={"MPLBACKEND": "agg"}, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "42\nanswer: 42\n"


def test_the_menu_leads_to_both_files(unplaced: Book) -> None:
    html = (unplaced.html / "foundations" / "page.html").read_text(encoding="utf-8")
    for name in ("page.ipynb", "page.py"):
        assert f'href="../notebooks/foundations/{name}"' in html
    assert notebook_of(unplaced, "intro").cells[0].source == "# A small book\n\nProse."


def test_code_has_a_copy_button_and_outputs_have_none(unplaced: Book) -> None:
    script = (unplaced.html / "_static" / "site.js").read_text(encoding="utf-8")
    assert "COPYBUTTON_SELECTOR = 'div:not(.output) > div.highlight > pre'" in script
    assert "Copy this code" in script


def test_no_link_leads_to_a_repository_that_nobody_knows(unplaced: Book) -> None:
    html = (unplaced.html / "foundations" / "page.html").read_text(encoding="utf-8")
    for sign in ("colab", "mybinder", "Edit this page", "dropdown-launch-buttons", "dropdown-source-buttons"):
        assert sign not in html
    assert not (unplaced.html / "notebooks" / "requirements.txt").exists()


def test_a_known_repository_puts_its_links_on_every_page(placed: Book) -> None:
    html = (placed.html / "foundations" / "page.html").read_text(encoding="utf-8")
    for url in (
        "https://github.com/someone/some-book",
        "https://github.com/someone/some-book/edit/main/book/foundations/page.md",
        "https://colab.research.google.com/github/someone/some-book/blob/notebooks/foundations/page.ipynb",
        "https://mybinder.org/v2/gh/someone/some-book/notebooks?labpath=foundations%2Fpage.ipynb",
    ):
        assert f'href="{url}"' in html
    requirement = "learndyn[explorables] @ git+https://github.com/someone/some-book"
    assert (placed.html / "notebooks" / "requirements.txt").read_text() == f"{requirement}\n"
    installs = notebook_of(placed).cells[1].source
    assert f'%pip install --quiet "{requirement}"' in installs
    script = (placed.html / "notebooks" / "foundations" / "page.py").read_text(encoding="utf-8")
    assert f'#     %pip install --quiet "{requirement}"' in script
    compile(script, "page.py", "exec")


def test_a_page_that_reads_the_checkout_says_where_to_start_it(unplaced: Book, placed: Book) -> None:
    assert (
        "start it in the folder book/foundations"
        in notebook_of(unplaced, "foundations/reader").cells[1].source
    )
    source = notebook_of(placed, "foundations/reader").cells[1].source
    assert "git clone --quiet --depth 1 https://github.com/someone/some-book learndyn-book" in source
    assert 'os.chdir("learndyn-book/book/foundations")' in source
    assert "git clone" not in notebook_of(placed).cells[1].source


def test_a_path_that_leads_upward_reads_the_checkout_and_dots_do_not() -> None:
    def cell_with(source: str) -> nbformat.NotebookNode:
        return nbformat.NotebookNode(cell_type="code", source=source)

    assert reads_checkout([cell_with('read("../../tests/x.json")')])
    assert reads_checkout([cell_with("run('..')")])
    assert not reads_checkout([cell_with('print("...", "a..b", x[..., 0])')])


def test_an_address_that_is_none_stops_the_build(unplaced: Book, tmp_path: Path) -> None:
    book = unplaced.copy_to(tmp_path / "root")
    build = book.build(**NOWHERE | {"LEARNDYN_REPOSITORY": "/a/folder"})
    assert build.status != 0
    assert "LEARNDYN_REPOSITORY is '/a/folder', which is no address of a repository" in build.log


def test_the_same_cells_give_the_same_bytes() -> None:
    cells = [Cell(False, "# T"), Cell(True, "x = 1\n\ny = 2", ("hide-cell",))]
    assert notebook_text(cells) == notebook_text(cells)
    assert [each["id"] for each in json.loads(notebook_text(cells))["cells"]] == ["cell-001", "cell-002"]
    assert script_text(cells) == "# %% [markdown]\n# # T\n\n# %%\nx = 1\n\ny = 2\n"


def test_code_and_lists_keep_their_text() -> None:
    assert code("a`b") == "`` a`b ``"
    assert fenced("x\n```\ny", "none") == "````\nx\n```\ny\n````"
    assert indented("a\n\nb", "1. ") == "1. a\n\n   b"
