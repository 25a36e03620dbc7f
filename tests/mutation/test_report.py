"""The report of mutation testing agrees with itself, with the code's files, and with what is said about survivors."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REPORT: dict[str, Any] = json.loads((HERE / "report.json").read_text(encoding="utf-8"))
README = (HERE / "README.md").read_text(encoding="utf-8")
MUTANTS: list[dict[str, Any]] = REPORT["mutants"]
OUTCOMES = ("killed", "timeout", "survived", "untested")


def place(mutant: dict[str, Any]) -> str:
    """Name a mutant as the README does: file and line, operator, and which of its places in the file."""
    return f"{mutant['module']}:{mutant['start'][0]} {mutant['operator']}#{mutant['occurrence']}"


def test_every_outcome_is_one_of_four():
    assert {mutant["outcome"] for mutant in MUTANTS} <= set(OUTCOMES)


@pytest.mark.parametrize("floor", REPORT["floors"])
def test_the_counts_are_those_of_the_list(floor):
    said = REPORT["floors"][floor]
    found = Counter(m["outcome"] for m in MUTANTS if m["module"].startswith(f"learndyn/{floor}/"))
    assert {outcome: said.get(outcome, 0) for outcome in OUTCOMES} == {
        outcome: found[outcome] for outcome in OUTCOMES
    }
    assert said["tried"] == found.total() <= said["sites"] <= said["mutants"]


def test_every_mutant_belongs_to_a_floor():
    assert sum(said["tried"] for said in REPORT["floors"].values()) == len(MUTANTS)


def test_no_mutant_is_counted_twice():
    keys = [(m["module"], m["operator"], m["occurrence"]) for m in MUTANTS]
    assert len(set(keys)) == len(keys)


def test_every_mutant_names_a_file_and_an_operator_that_exist():
    for mutant in MUTANTS:
        assert (ROOT / mutant["module"]).is_file(), mutant["module"]
        assert mutant["operator"] in REPORT["operators"], mutant["operator"]


def test_every_mutant_changes_something():
    for mutant in MUTANTS:
        removed = [line[1:] for line in mutant["change"] if line.startswith("-")]
        added = [line[1:] for line in mutant["change"] if line.startswith("+")]
        assert removed != added, place(mutant)


def test_a_killed_mutant_names_its_test_and_no_other_does():
    for mutant in MUTANTS:
        assert bool(mutant["by"]) == (mutant["outcome"] == "killed"), place(mutant)
        assert (mutant["tests"] == 0) == (mutant["outcome"] == "untested"), place(mutant)


def test_a_survivor_passed_every_test_that_executes_it():
    assert all(mutant["left_out"] == 0 for mutant in MUTANTS if mutant["outcome"] == "survived")


def test_every_test_that_killed_is_in_a_file_that_exists():
    for mutant in MUTANTS:
        if mutant["by"].startswith("tests/"):
            assert (ROOT / re.split(r"::| \(", mutant["by"])[0]).is_file(), mutant["by"]


def test_every_mutant_that_no_test_kills_is_explained_and_no_other_is():
    left = {place(m) for m in MUTANTS if m["outcome"] in ("survived", "untested")}
    explained = re.findall(r"^- `(learndyn/[^`]+)`: \S.{20,}", README, re.MULTILINE)
    assert sorted(explained) == sorted(left)


def test_the_readme_has_the_counts_of_the_report():
    for floor, said in REPORT["floors"].items():
        cells = [floor, said["tried"], *(said.get(outcome, 0) for outcome in OUTCOMES)]
        row = "| " + " | ".join(str(cell) for cell in cells)
        assert row in README, row
