"""CONTRIBUTING.md can be followed: every recipe, word by word, in a copy of the repository."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from .recipes import Recipe, recipes
from .tools import REPOSITORY, run

RECIPES = recipes((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8"))
each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the repository in which all recipes were followed, in their order."""
    root = tmp_path_factory.mktemp("repository") / "copy"
    leftovers = shutil.ignore_patterns("__pycache__", "_build", ".*")
    for folder in ("learndyn", "tests", "book"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=leftovers)
    for name in ("pyproject.toml", "_toc.yml", "_config.yml", "requirements.txt", "README.md"):
        shutil.copy(REPOSITORY / name, root)
    for recipe in RECIPES:
        assert recipe.follow(root)
    return root


def test_there_is_a_recipe_for_each_thing_that_people_add() -> None:
    assert [recipe.title for recipe in RECIPES] == [
        "Add an operation", "Add an update rule", "Add an experiment", "Add a page",
    ]  # fmt: skip


@each_recipe
def test_a_recipe_has_at_most_ten_lines_beside_its_code(recipe: Recipe) -> None:
    assert len(recipe.prose) <= 10
    assert len(recipe.commands) == 1


@each_recipe
def test_every_file_that_a_recipe_names_exists_once_it_was_followed(recipe: Recipe, copy: Path) -> None:
    names = re.findall(r"`([\w./]+/[\w./]+)`", " ".join(recipe.prose))
    assert names
    assert all((copy / name).exists() for name in names)


@each_recipe
def test_what_a_recipe_says_to_run_passes_and_meets_what_was_added(recipe: Recipe, copy: Path) -> None:
    (command,) = recipe.commands
    assert command[:3] == ["python", "-m", "pytest"]
    said = run(*command[1:], "-n0", "-q", "-p", "no:cacheprovider", cwd=copy, PYTHONPATH=str(copy))
    passed = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert passed is not None, said
    assert "failed" not in said


def test_the_laws_refuse_a_wrong_row(copy: Path) -> None:
    """The recipe's command is worth something only if it fails when the derivative is wrong."""
    path = copy / "learndyn/autodiff/rules/elementwise.py"
    right = path.read_text(encoding="utf-8")
    assert right.count("3.0 * g * x * x") == 1
    path.write_text(right.replace("3.0 * g * x * x", "3.1 * g * x * x"), encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match="failed"):
            run(
                *RECIPES[0].commands[0][1:], "-n0", "-q", "-x", "-p", "no:cacheprovider",
                cwd=copy, PYTHONPATH=str(copy),
            )  # fmt: skip
    finally:
        path.write_text(right, encoding="utf-8")


def test_the_cells_of_the_new_page_run(copy: Path) -> None:
    pytest.importorskip(
        "myst_nb", reason="the book is not installed: python -m pip install -r requirements.txt"
    )
    page = (copy / "book/experiments/half_life.md").read_text(encoding="utf-8")
    cells = re.findall(
        r"^```\{code-cell\} ipython3\n(?::[^\n]*\n)*(.*?)^```$", page, re.MULTILINE | re.DOTALL
    )
    assert len(cells) == 3
    code = "import matplotlib; matplotlib.use('agg')\n" + "\n".join(cells)
    run("-W", "ignore::DeprecationWarning", "-c", code, cwd=copy, PYTHONPATH=str(copy))


def test_the_copy_is_what_was_tested(copy: Path) -> None:
    said = run("-c", "import learndyn; print(learndyn.__file__)", cwd=copy, PYTHONPATH=str(copy))
    assert Path(said.strip()).is_relative_to(copy), sys.path
