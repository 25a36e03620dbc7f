"""The wheel and the source distribution: what is in them, and whether a stranger can use them.

The wheel is built from the unpacked source distribution, as an installer would that finds no
wheel, and installed in an environment that has NumPy and nothing else.
"""

from __future__ import annotations

import email
import os
import shutil
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import learndyn

from .tools import REPOSITORY, need, run

BUILD = "import sys; from flit_core import buildapi; print(getattr(buildapi, 'build_' + sys.argv[1])(sys.argv[2]))"
# Runs pytest with a search path from which the checkout, installed in place or not, has been taken.
ELSEWHERE = (
    "import pathlib, sys; away = pathlib.Path(sys.argv[1]).resolve(); "
    "sys.path[:] = [p for p in sys.path if pathlib.Path(p).resolve() != away]; "
    "import pytest; sys.exit(pytest.main(sys.argv[2:]))"
)
SELECTION = [
    "tests/autodiff/test_affine.py", "tests/autodiff/test_transforms.py", "tests/autodiff/test_operators.py",
    "tests/dynamics/test_integrators.py", "tests/dynamics/test_linearise.py", "tests/learning/test_train.py",
    "tests/learning/test_rules.py", "tests/neural/test_rate_leaky.py", "tests/sweeps/test_store.py",
    "tests/cli/test_numbers.py",
]  # fmt: skip
LEFTOVERS = {
    "__pycache__", "_build", ".ipynb_checkpoints", ".hypothesis", ".benchmarks",
    ".ruff_cache", ".mypy_cache", ".pytest_cache",
}  # fmt: skip


@dataclass(frozen=True)
class Distributions:
    """Both distributions and the unpacked source."""

    sdist: Path
    source: Path
    wheel: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Distributions:
    need("flit_core", "flit_core==3.12.0")
    folder = tmp_path_factory.mktemp("dist")
    sdist = folder / run("-c", BUILD, "sdist", str(folder)).strip()
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (source,) = (folder / "unpacked").iterdir()
    wheel = folder / run("-c", BUILD, "wheel", str(folder), cwd=source).strip()
    return Distributions(sdist, source, wheel)


@pytest.fixture(scope="module")
def empty(built, tmp_path_factory) -> Path:
    """The site-packages of an environment with NumPy and the wheel."""
    need("pip", "pip")
    folder = tmp_path_factory.mktemp("environment")
    run("-m", "venv", "--without-pip", str(folder))
    (site,) = [*folder.glob("lib/python*/site-packages"), *folder.glob("Lib/site-packages")]
    here = Path(np.__file__).parents[1]
    try:
        for part in here.glob("numpy*"):
            (site / part.name).symlink_to(part, target_is_directory=True)
    except OSError as error:  # Windows without the right to make links
        pytest.skip(f"NumPy cannot be linked into a new environment: {error}")
    run("-m", "pip", "--python", str(python(site)), "install", "--no-index", str(built.wheel))
    return site


def python(site: Path) -> Path:
    """The interpreter of the environment that owns a site-packages folder."""
    if os.name == "nt":
        return site.parents[1] / "Scripts" / "python.exe"
    return site.parents[2] / "bin" / "python"


def inside(site: Path, code: str, cwd: Path) -> str:
    """Run code in the environment, away from the repository."""
    program = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    return run("-c", program, str(python(site)), "-I", "-W", "error", "-c", code, cwd=cwd)


def package_files() -> set[str]:
    return {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "learndyn").rglob("*")
        if path.is_file() and not LEFTOVERS & set(path.parts)
    }


def test_the_wheel_holds_the_package_and_nothing_else(built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    info = f"learndyn-{learndyn.__version__}.dist-info/"
    assert {name for name in names if not name.startswith(info)} == package_files()
    assert {"learndyn/py.typed", "learndyn/experiments/failure_records.json"} <= names
    assert any(name.endswith("LICENSE") for name in names)


def test_the_wheel_asks_for_numpy_alone(built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        metadata = email.message_from_bytes(
            archive.read(f"learndyn-{learndyn.__version__}.dist-info/METADATA")
        )
    asked = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert [line.split(">=")[0].strip() for line in asked] == ["numpy"]
    assert metadata["Version"] == learndyn.__version__
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_source_holds_tests_and_book_and_no_leftovers(built) -> None:
    files = {path.relative_to(built.source) for path in built.source.rglob("*")}
    assert not {path for path in files if LEFTOVERS & set(path.parts)}
    for folder, pattern in (("tests", "*.py"), ("book", "*.md"), ("book", "*.bib"), ("book", "*.css")):
        here = {
            path.relative_to(REPOSITORY)
            for path in (REPOSITORY / folder).rglob(pattern)
            if not LEFTOVERS & set(path.parts)
        }
        assert here
        assert here <= files
    for name in ("_config.yml", "_toc.yml", "requirements.txt", "CHANGELOG.md", "CITATION.cff", "LICENSE"):
        assert Path(name) in files
    toc = "_toc.yml"
    assert (built.source / "book" / toc).read_text() == (REPOSITORY / toc).read_text()


def test_two_builds_have_the_same_bytes(built, tmp_path) -> None:
    again = tmp_path / run("-c", BUILD, "wheel", str(tmp_path), cwd=built.source).strip()
    assert again.read_bytes() == built.wheel.read_bytes()


def test_the_wheel_works_where_there_is_only_numpy(empty, tmp_path) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    snippet = readme.split("```python\n")[1].split("```")[0]
    code = (
        f"{snippet}\n"
        "import sys\n"
        "from importlib.metadata import distributions\n"
        "print(ld.__file__)\n"
        "print(sorted(d.metadata['Name'] for d in distributions()))\n"
        "import learndyn.neural, learndyn.experiments.failure_records\n"
        "assert not {'matplotlib', 'scipy'} & set(sys.modules)\n"
    )
    loss, file, installed = inside(empty, code, tmp_path).splitlines()
    assert float(loss.split()[-1]) < 1e-6
    assert Path(file).parents[1] == empty
    assert installed == "['learndyn', 'numpy']"


def test_every_module_below_the_plots_imports_with_numpy_alone(empty, tmp_path) -> None:
    code = (
        "import learndyn, pkgutil\n"
        "from importlib import import_module\n"
        "names = [m.name for m in pkgutil.walk_packages(learndyn.__path__, 'learndyn.', onerror=lambda _: None)]\n"
        "above = ('learndyn.plots', 'learndyn.explorables')\n"
        "names = [n for n in names if not n.startswith(above) and n[-8:] != '__main__']\n"
        "print(len([import_module(n) for n in names]))\n"
    )
    assert int(inside(empty, code, tmp_path)) > 150


def test_tests_of_the_source_pass_on_the_wheel(built, empty, tmp_path) -> None:
    """Without the package beside them and the checkout on the path, so that it is the wheel that they find."""
    shutil.copytree(built.source / "tests", tmp_path / "tests")
    shutil.copy(built.source / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "test_which.py").write_text(
        "import sys\nfrom pathlib import Path\nimport learndyn\n\n"
        f"def test_which():\n    assert Path(learndyn.__file__).parents[1] == Path({str(empty)!r})\n"
        f"    assert Path({str(REPOSITORY)!r}) not in [Path(p).resolve() for p in sys.path]\n"
    )
    said = run(
        "-P", "-c", ELSEWHERE, str(REPOSITORY),
        "-n0", "-q", "-p", "no:cacheprovider", "tests/test_which.py", *SELECTION,
        cwd=tmp_path, PYTHONPATH=str(empty), PYTHONSAFEPATH="1",
    )  # fmt: skip
    assert int(said.split(" passed")[0].split()[-1]) > 200
    assert "failed" not in said


def test_the_index_would_take_both(built) -> None:
    need("twine", "twine>=7")
    run("-m", "twine", "check", "--strict", str(built.sdist), str(built.wheel))


def test_the_wheel_has_no_common_mistake(built) -> None:
    need("check_wheel_contents", "check-wheel-contents>=0.6")
    run("-m", "check_wheel_contents", "--toplevel", "learndyn", str(built.wheel))
