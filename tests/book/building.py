"""Build small books with the real configuration and extension, as a writer would.

A book here has the repository's configuration, extension and styles and a copy of the package,
but pages of its own, so that these tests neither wait for the real pages nor break when their
text changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
REPORT = "learndyn: the build has "
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LONGEST_BUILD = 120  # seconds


@dataclass(frozen=True)
class Build:
    """What a build command left on the terminal."""

    status: int
    log: str

    @property
    def failures(self) -> list[str]:
        """The lines of the final report, without their count."""
        if REPORT not in self.log:
            return []
        count, _, rest = self.log.rpartition(REPORT)[2].partition("\n")
        lines = [line.strip() for line in rest.split("\n\n")[0].splitlines()]
        assert count.split()[0] == str(len(lines)), self.log
        return lines


@dataclass(frozen=True)
class Book:
    """A book in a folder of its own."""

    root: Path

    @property
    def pages(self) -> Path:
        """The folder of the pages."""
        return self.root / "book"

    @property
    def html(self) -> Path:
        """The folder of the written pages."""
        return self.root / "_build" / "html"

    @property
    def executions(self) -> list[str]:
        """The names of the pages that were executed since the log was last cleared."""
        log = self.root / "executions.log"
        return log.read_text().split() if log.exists() else []

    def clear_executions(self) -> None:
        """Forget the executions up to now."""
        (self.root / "executions.log").unlink(missing_ok=True)

    def write_page(self, docname: str, text: str) -> None:
        """Write a page of the book."""
        path = self.pages / f"{docname}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_toc(self, docnames: Iterable[str]) -> None:
        """List the pages that follow the landing page."""
        lines = ["format: jb-book", "root: intro", "chapters:"]
        lines += [f"  - file: {docname}" for docname in docnames]
        (self.root / "_toc.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def copy_to(self, root: Path) -> Book:
        """Copy the book with all that was built, for a test to break."""
        shutil.copytree(self.root, root, symlinks=True)
        return Book(root)

    def build(self, *options: str, **variables: str) -> Build:
        """Run the literal build command at the root of the book."""
        command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "book", *options]
        environment = {
            name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")
        }
        # The kernel imports this book's copy of the package.
        environment["PYTHONPATH"] = str(self.root)
        environment["EXECUTION_LOG"] = str(self.root / "executions.log")
        finished = subprocess.run(
            command,
            cwd=self.root,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=LONGEST_BUILD,
        )
        return Build(finished.returncode, finished.stdout)


def new_book(root: Path) -> Book:
    """Set up a book with a landing page and no other page yet."""
    # Compiled files come along, so that no kernel compiles the package again; not those that are being written.
    not_pages = shutil.ignore_patterns("*.md", "*.pyc.*")
    shutil.copytree(REPOSITORY / "book", root / "book", ignore=not_pages, symlinks=True)
    shutil.copytree(REPOSITORY / "learndyn", root / "learndyn", ignore=not_pages)
    shutil.copy(REPOSITORY / "_config.yml", root)
    book = Book(root)
    book.write_page("intro", "# A small book\n\nProse.\n")
    (book.pages / "experiments").mkdir(exist_ok=True)
    (book.pages / "experiments" / "pixel.png").write_bytes(b64decode(PIXEL))
    return book


def notebook_page(*blocks: str, header: str = "") -> str:
    """Write the text of a page that is executed."""
    top = ["---", "file_format: mystnb", "kernelspec:", "  name: python3"]
    top += [*header.splitlines(), "---", "", "# A page", "", ""]
    return "\n".join(top) + "\n\n".join(blocks) + "\n"


def cell(code: str, *options: str) -> str:
    """Write a code cell with its options, each as ``:name: value``."""
    head = "\n".join(options) + "\n\n" if options else ""
    return f"```{{code-cell}} ipython3\n{head}{code}\n```"


def logging_cell(page: str) -> str:
    """Write a cell that leaves a trace outside the book each time it is executed."""
    return cell(
        "import os\n\nimport learndyn\n\n"
        'with open(os.environ["EXECUTION_LOG"], "a") as log:\n'
        f'    print("{page}", file=log)'
    )
