"""Pages are executed side by side, each once, and with the results that they have alone."""

from __future__ import annotations

from .building import Book, cell, notebook_page

MEETING = """
import time
from pathlib import Path

here, there = Path("{own}.here"), Path("{other}.here")
here.touch()
deadline = time.monotonic() + 60
while not there.exists():
    assert time.monotonic() < deadline, "{other} is not executed as long as {own} is"
    time.sleep(0.05)
print("{own} met {other}")
"""


def test_two_pages_are_executed_at_the_same_time(book: Book) -> None:
    """Each waits for the other: one after another, the first would wait in vain."""
    for own, other in (("left", "right"), ("right", "left")):
        page = notebook_page(cell(MEETING.format(own=own, other=other).strip()))
        book.write_page(f"experiments/{own}", page)
    book.write_toc(["foundations/healthy", "experiments/page", "experiments/left", "experiments/right"])
    build = book.build()
    assert build.status == 0, build.log
    for own, other in (("left", "right"), ("right", "left")):
        written = (book.html / f"experiments/{own}.html").read_text(encoding="utf-8")
        assert f"{own} met {other}" in written


def test_of_two_pages_that_fail_both_are_named_and_each_is_executed_once(book: Book) -> None:
    for name in ("first", "second"):
        log = f'import os\n\nwith open(os.environ["EXECUTION_LOG"], "a") as log:\n    print("{name}", file=log)'
        book.write_page(f"experiments/{name}", notebook_page(cell(log), cell("1 / 0")))
    book.write_toc(["foundations/healthy", "experiments/page", "experiments/first", "experiments/second"])
    build = book.build()
    assert build.status != 0, build.log
    assert build.failures == [
        f"book/experiments/{name}.md, cell 2: ZeroDivisionError: division by zero"
        for name in ("first", "second")
    ]
    assert sorted(book.executions) == ["first", "second"]


def test_a_page_keeps_a_time_limit_of_its_own(book: Book) -> None:
    page = notebook_page(cell("import time\n\ntime.sleep(30)"), header="mystnb:\n  execution_timeout: 1")
    book.write_page("experiments/hurried", page)
    book.write_toc(["foundations/healthy", "experiments/page", "experiments/hurried"])
    build = book.build()
    assert build.status != 0, build.log
    (failure,) = build.failures
    assert failure.startswith("book/experiments/hurried.md, cell 1: CellTimeoutError")
