"""Laws of a build that cannot hide a failure: every defect fails every build, by name."""

from __future__ import annotations

import pytest

from .building import Book, Build, cell, new_book, notebook_page
from .faults import FAULTS, Fault

PAGE = "experiments/page"
PAGES_OF_FAULTS = {name: f"experiments/page-{number}" for number, name in enumerate(FAULTS)}
ONE_OF_EACH_KIND = (
    "a misspelt tag",  # a warning while the page is read
    "a PNG output without text",  # a warning while the page is written
    "an id given twice",  # found on the written page
)  # and a failing cell, of which the tests of the cache build one alone
OPTIONS = {"plain": (), "again": (), "strict": ("-W", "-n", "--keep-going")}


def assert_reports(build: Build, docname: str, fault: Fault) -> None:
    """Assert that a build failed, and that its report says what is wrong with a page, and where."""
    assert build.status != 0, build.log
    place = f"book/{docname}.md{fault.place}: "
    messages = [line.removeprefix(place) for line in build.failures if line.startswith(place)]
    assert any(fault.message in message for message in messages), build.failures


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_a_fault_alone_fails_every_build(book: Book, name: str) -> None:
    book.write_page(PAGE, FAULTS[name].text)
    for build in (book.build(), book.build()):
        assert_reports(build, PAGE, FAULTS[name])
        assert len(build.failures) == 1, build.failures


@pytest.fixture(scope="module")
def builds_of_all_faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Build]:
    """Build a book with every fault, each on a page of its own, several times in a row."""
    book = new_book(tmp_path_factory.mktemp("faults") / "root")
    for docname, fault in zip(PAGES_OF_FAULTS.values(), FAULTS.values(), strict=True):
        book.write_page(docname, fault.text)
    book.write_toc([*PAGES_OF_FAULTS.values(), "experiments/no-such-page"])
    return {turn: book.build(*options) for turn, options in OPTIONS.items()}


@pytest.mark.parametrize("turn", OPTIONS)
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_reported_by_every_build(
    builds_of_all_faults: dict[str, Build], name: str, turn: str
) -> None:
    assert_reports(builds_of_all_faults[turn], PAGES_OF_FAULTS[name], FAULTS[name])


@pytest.mark.parametrize("turn", OPTIONS)
def test_a_page_of_the_contents_that_does_not_exist_is_reported_by_every_build(
    builds_of_all_faults: dict[str, Build], turn: str
) -> None:
    fault = Fault("", "", "nonexisting document 'experiments/no-such-page'")
    assert_reports(builds_of_all_faults[turn], "intro", fault)


def test_a_failing_cell_is_named_when_a_warning_ends_the_build_and_when_it_is_quiet(
    book: Book,
) -> None:
    fault = FAULTS["a failing cell"]
    book.write_page(PAGE, fault.text)
    for build in (book.build("-W"), book.build("-W", "-qq")):
        assert_reports(build, PAGE, fault)


def test_a_kernel_that_dies_fails_every_build_with_the_page_that_killed_it(book: Book) -> None:
    book.write_page(PAGE, notebook_page(cell("import os\n\nos._exit(1)")))
    for build in (book.build(), book.build()):
        assert build.status != 0, build.log
        assert build.failures == [f"book/{PAGE}.md: DeadKernelError: Kernel died"]


def test_a_cell_that_cannot_be_read_fails_the_build_with_its_page(book: Book) -> None:
    book.write_page(PAGE, notebook_page(cell("2 + 2", ":tags: hide-input")))
    build = book.build()
    assert build.status != 0, build.log
    assert build.failures[0].startswith(f"book/{PAGE}.md: NotebookValidationError: 'hide-input'")


def test_a_mended_page_mends_the_build(book: Book) -> None:
    healthy = (book.pages / f"{PAGE}.md").read_text(encoding="utf-8")
    book.write_page(PAGE, FAULTS["a dead link to a page"].text)
    assert book.build().status != 0
    book.write_page(PAGE, healthy)
    build = book.build()
    assert build.status == 0, build.log
    assert build.failures == []


def test_a_build_after_an_interrupted_one_reads_every_page_again(healthy_book: Book) -> None:
    (healthy_book.root / "_build" / ".doctrees" / "unfinished-build").touch()
    assert "3 added, 0 changed" in healthy_book.build().log


def test_a_warning_from_before_the_extension_fails_the_build(book: Book) -> None:
    config = book.root / "_config.yml"
    text = config.read_text(encoding="utf-8")
    merged_long_ago = text.replace("extra_extensions: [", "extra_extensions: [sphinxjp.themecore, ")
    assert merged_long_ago != text
    config.write_text(merged_long_ago, encoding="utf-8")
    build = book.build()
    assert build.status != 0, build.log
    assert build.failures == [
        "_config.yml: 1 warnings came before the book's extension, see the log's start"
    ]
