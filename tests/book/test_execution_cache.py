"""Laws of the execution cache: a page is executed when its numbers could change, and only then."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from .building import REPOSITORY, Book, cell, notebook_page

HEALTHY = "foundations/healthy"


def change_package(book: Book, line: str) -> None:
    """Append a line to the book's copy of the package."""
    with open(book.root / "learndyn" / "__init__.py", "a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")


def test_a_second_build_reads_and_executes_nothing(healthy_book: Book) -> None:
    build = healthy_book.build()
    assert build.status == 0, build.log
    assert "0 added, 0 changed" in build.log
    assert healthy_book.executions == []


def test_a_change_of_prose_executes_nothing(book: Book) -> None:
    path = book.pages / f"{HEALTHY}.md"
    text = path.read_text(encoding="utf-8").replace("Two and two make", "The sum is")
    book.write_page(HEALTHY, text)
    build = book.build()
    assert build.status == 0, build.log
    assert "The sum is" in (book.html / f"{HEALTHY}.html").read_text(encoding="utf-8")
    assert book.executions == []


def test_a_change_of_the_package_executes_every_page_and_the_way_back_none(book: Book) -> None:
    book.build()  # the copy stands in another folder, which Sphinx takes for another book
    source = book.root / "learndyn" / "__init__.py"
    before = source.read_text(encoding="utf-8")
    change_package(book, "rule = 1")
    assert book.build().status == 0
    assert book.executions == ["healthy"]
    source.write_text(before, encoding="utf-8")
    assert book.build().status == 0
    assert book.executions == ["healthy"]


def test_a_package_that_breaks_a_page_is_reported_as_its_cell(book: Book) -> None:
    change_package(book, "raise RuntimeError('a broken rule')")
    build = book.build()
    assert build.status != 0
    assert build.failures == [f"book/{HEALTHY}.md, cell 2: RuntimeError: a broken rule"]


def test_a_page_that_reads_the_others_is_executed_when_one_of_them_changes(book: Book) -> None:
    text = notebook_page(
        cell('from pathlib import Path\n\nprint(len(Path("page.md").read_text()), "characters")'),
        header="reads_pages: true\nmystnb:\n  execution_mode: force",
    )
    book.write_page("experiments/counting", text)
    book.write_toc(["foundations/healthy", "experiments/page", "experiments/counting"])
    for more in ("", " And more.", " And still more."):
        page = f"# A page\n\nProse.{more}\n"
        book.write_page("experiments/page", page)
        build = book.build()
        assert build.status == 0, build.log
        written = (book.html / "experiments/counting.html").read_text(encoding="utf-8")
        assert f"{len(page)} characters" in written


def test_failed_pages_are_executed_again_and_the_others_are_not(book: Book) -> None:
    text = (book.pages / f"{HEALTHY}.md").read_text(encoding="utf-8")
    failing = text.replace('print("healthy", file=log)', 'print("failing", file=log)\n1 / 0')
    book.write_page("experiments/page", failing)
    for build in (book.build(), book.build()):
        assert build.status != 0, build.log
        assert build.failures == [
            "book/experiments/page.md, cell 2: ZeroDivisionError: division by zero"
        ]
    assert book.executions == ["failing", "failing"]


@pytest.fixture
def execution_cache(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The extension's module of this name, without a build around it."""
    monkeypatch.syspath_prepend(REPOSITORY / "book" / "_ext")
    return import_module("learndyn_book.execution_cache")


def test_the_key_of_a_package_changes_with_any_name_or_byte_but_not_with_compiled_code(
    execution_cache: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "table.csv").write_bytes(b"1,2")
    keys = [execution_cache.execution_key(tmp_path)]
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "rules.pyc").write_bytes(b"compiled")
    assert execution_cache.execution_key(tmp_path) == keys[0]
    (tmp_path / "rules" / "table.csv").write_bytes(b"1,3")
    keys.append(execution_cache.execution_key(tmp_path))
    (tmp_path / "rules" / "table.csv").rename(tmp_path / "rules" / "list.csv")
    keys.append(execution_cache.execution_key(tmp_path))
    assert len(set(keys)) == 3


def test_the_key_changes_with_the_data_that_pages_read(
    execution_cache: ModuleType, tmp_path: Path
) -> None:
    package, data = tmp_path / "package", tmp_path / "results.json"
    package.mkdir()
    keys = [execution_cache.execution_key(package, [data])]
    for content in (b"1", b"2"):
        data.write_bytes(content)
        keys.append(execution_cache.execution_key(package, [data]))
    assert len(set(keys)) == 3


def test_the_two_newest_caches_are_kept_and_foreign_folders_are_left_alone(
    execution_cache: ModuleType, tmp_path: Path
) -> None:
    names = [f"{number:016x}" for number in range(4)]
    for age, name in enumerate(names):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    (tmp_path / "notes").mkdir()
    (tmp_path / ("f" * 16)).symlink_to(tmp_path / "notes")
    execution_cache.prune(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*names[:2], "notes", "f" * 16}
