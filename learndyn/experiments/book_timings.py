"""Measured times of the book's builds, and the weight of libraries, read from the file of measurements.

Nothing is timed here: ``tests/book/measure_build.py`` and ``measure_build_libraries.py`` write the
file. Wall time belongs to a machine and to what else it does; processor time mostly to the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .measurements import read_measurements

CEILINGS: Mapping[str, float] = MappingProxyType({"cold": 300.0, "cell": 15.0, "sentence": 15.0})
"""Seconds that a build may take on two cores with nothing else to do."""


@dataclass(frozen=True, slots=True)
class Build:
    """One kind of build.

    Attributes
    ----------
    name : str
        "cold", "unchanged", "sentence" or "cell": what was done before it.
    wall, processor : float
        Seconds, medians; the second of all processes together.
    executed : int
        Pages whose cells ran.
    """

    name: str
    wall: float
    processor: float
    executed: int


@dataclass(frozen=True, slots=True)
class Library:
    """What a library weighs.

    Attributes
    ----------
    name, version : str
    megabytes : float
        Of its files and of those of the packages that it requires.
    packages : int
        How many packages that is.
    import_seconds : float
        Processor time of importing it, median.
    """

    name: str
    version: str
    megabytes: float
    packages: int
    import_seconds: float


@dataclass(frozen=True, slots=True)
class Timings:
    """The whole file.

    Attributes
    ----------
    builds : tuple of Build
    pages : mapping of str to float
        Processor seconds of each page's kernel in the cold build, the slowest first.
    libraries : tuple of Library
        The lightest first.
    kernels : mapping of str to float
        Processor seconds of a kernel that imports NumPy and matplotlib: "new" and "forked".
    machine : mapping
        Processor, cores, Python, and the load of the machine while it built.
    rounds : int
        Builds of each kind that the medians are of.
    edited : str
        The page that was edited.
    suite : mapping of str to float
        "wall" and "processor" of the test suite; empty if it was not measured.
    """

    builds: tuple[Build, ...]
    pages: Mapping[str, float]
    libraries: tuple[Library, ...]
    kernels: Mapping[str, float]
    machine: Mapping[str, Any]
    rounds: int
    edited: str
    suite: Mapping[str, float]

    def build(self, name: str) -> Build:
        """Return the build of one name."""
        for build in self.builds:
            if build.name == name:
                return build
        raise KeyError(f"book_timings: no build {name!r}. There are {[build.name for build in self.builds]}")

    def library(self, name: str) -> Library:
        """Return the library of one name."""
        for library in self.libraries:
            if library.name == name:
                return library
        raise KeyError(
            f"book_timings: no library {name!r}. There are {[each.name for each in self.libraries]}"
        )

    @property
    def page_seconds(self) -> float:
        """Processor seconds of all pages' kernels in the cold build."""
        return sum(self.pages.values())


def read(path: str | Path) -> Timings:
    """Read the file of measurements.

    Parameters
    ----------
    path : path

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    found = read_measurements(path, caller="book_timings", command="python -m tests.book.measure_build")
    book = found["book"]
    order = ("cold", "unchanged", "sentence", "cell")
    pages = sorted(book["pages"].items(), key=lambda page: (-page[1], page[0]))
    libraries = [Library(name, **facts) for name, facts in found["libraries"].items()]
    return Timings(
        builds=tuple(Build(name, **book["builds"][name]) for name in order),
        pages=MappingProxyType(dict(pages)),
        libraries=tuple(sorted(libraries, key=lambda library: library.megabytes)),
        kernels=MappingProxyType(found["kernels"]),
        machine=MappingProxyType(book["machine"]),
        rounds=book["rounds"],
        edited=book["edited"],
        suite=MappingProxyType(found.get("suite", {})),
    )
