"""Laws of the layout and of the output: the same source gives the same site, by either command."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pytest
import yaml

from .building import REPOSITORY, Book, cell, new_book, notebook_page

VARYING = {
    "the order of a set": "print({'learning', 'is', 'a', 'dynamical', 'system'})",
    "output in pieces": (
        "import time\n\n"
        "for number in range(3):\n    print(number, flush=True)\n    time.sleep(0.3)"
    ),
    "a line in pieces": (
        "import sys\n\n"
        "for piece in ('one', ' line', '\\n', 'and another', '\\n'):\n"
        "    sys.stdout.write(piece)\n    sys.stdout.flush()\n    time.sleep(0.3)"
    ),
    "the number of threads": (
        "import os\n\n"
        "counts = [os.environ[f'{name}_NUM_THREADS'] for name in ('OMP', 'OPENBLAS')]\n"
        "print('threads: ' + ' '.join(counts))"
    ),
    "a figure": (
        "import matplotlib.pyplot as plt\n\n"
        "figure, axes = plt.subplots()\naxes.plot([0, 1], [1, 0])\nplt.show()"
    ),
}
ALT = ":mystnb: {image: {alt: a falling line}}"


def differing_files(first: Path, second: Path) -> list[str]:
    """Name the files that two folders do not share byte for byte."""
    names = {
        str(path.relative_to(root))
        for root in (first, second)
        for path in root.rglob("*")
        if path.is_file()
    }
    _, differing, missing = filecmp.cmpfiles(first, second, sorted(names), shallow=False)
    return differing + missing


@pytest.fixture
def varied_book(tmp_path: Path) -> Book:
    """A book of outputs that vary from run to run unless something holds them still."""
    book = new_book(tmp_path / "first")
    cells = [cell(code, ALT) for code in VARYING.values()]
    book.write_page("experiments/page", notebook_page(*cells))
    book.write_toc(["experiments/page"])
    return book


def test_two_cold_builds_are_the_same_byte_for_byte_even_in_two_folders(
    varied_book: Book, tmp_path: Path
) -> None:
    second = varied_book.copy_to(tmp_path / "second" / "and-deeper")
    for book, seed in ((varied_book, "1"), (second, "2")):
        build = book.build(PYTHONHASHSEED=seed)
        assert build.status == 0, build.log
    page = (varied_book.html / "experiments" / "page.html").read_text(encoding="utf-8")
    assert "threads: 1 1\n" in page
    assert "one line\nand another\n" in page
    assert differing_files(varied_book.html, second.html) == []


def test_the_absolute_table_of_contents_serves_a_system_without_symbolic_links(book: Book) -> None:
    (book.pages / "_toc.yml").unlink()
    (book.pages / "_toc.yml").write_text("../_toc.yml", encoding="utf-8")  # what git leaves there
    build = book.build("--toc", str(book.root / "_toc.yml"))
    assert build.status == 0, build.log
    assert (book.html / "experiments" / "page.html").is_file()


def test_the_two_tables_of_contents_are_one() -> None:
    at_root = (REPOSITORY / "_toc.yml").read_text(encoding="utf-8")
    in_book = REPOSITORY / "book" / "_toc.yml"
    text = in_book.read_text(encoding="utf-8")
    # Without symbolic links git writes the target's name into a file.
    assert text == at_root or text.strip() == "../_toc.yml"


def test_every_page_of_the_table_of_contents_exists() -> None:
    toc = yaml.safe_load((REPOSITORY / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    missing = [
        docname
        for docname in [toc["root"], *chapters]
        if not (REPOSITORY / "book" / f"{docname}.md").is_file()
    ]
    assert missing == []
