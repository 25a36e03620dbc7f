"""Mutation testing of the two lowest floors: change the code in one place, and see whether a test fails.

Mutants are Cosmic Ray's (see ``sites.py``). Each runs only the tests that execute the changed line, the fastest first,
until one fails; coverage.py says which these are. A line that no test executes is "untested", which is not the same as
"survived". Work is done in a copy; the checkout is never changed. See README.md for the commands.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.plugins import operator_names
from coverage import CoverageData
from sites import Mutant, changed, sample

FLOORS = ("autodiff", "dynamics")
# Files that look at what an import made: records, signatures, rows, coefficients. They execute no line of it.
LOOKS = ("test_contract.py", "test_tableau.py")
FIRST, SECONDS = 2.0, 60.0  # of tests a mutant, by their time without one: in the first round, and in all


@dataclass(frozen=True, slots=True)
class Tests:
    """Which tests execute which line of which file, and how long each takes."""

    by_line: dict[str, dict[int, set[str]]]
    at_import: dict[str, set[int]]
    seconds: dict[str, float]

    @classmethod
    def read(cls, coverage: Path, junit: Path, busy: float) -> Tests:
        """Read what one run of the tests with ``--cov-context=test`` and ``--junitxml`` left."""
        cases = list(ElementTree.parse(junit).iter("testcase"))
        wrong = [case.get("name") for case in cases for part in case if part.tag in ("failure", "error")]
        if wrong:
            raise SystemExit(f"tests fail without a mutant: {wrong}")
        seconds = {
            f"{case.get('classname').replace('.', '/')}.py::{case.get('name')}": float(case.get("time"))
            / busy
            for case in cases
        }
        data = CoverageData(str(coverage))
        data.read()
        by_line: dict[str, dict[int, set[str]]] = {}
        at_import: dict[str, set[int]] = {}
        for file in data.measured_files():
            module = file[file.rindex("learndyn/") :]
            for line, contexts in data.contexts_by_lineno(file).items():
                tests = {context.rsplit("|", 1)[0] for context in contexts} & seconds.keys()
                by_line.setdefault(module, {}).setdefault(line, set()).update(tests)
                if "" in contexts:
                    at_import.setdefault(module, set()).add(line)
        if not any(tests for lines in by_line.values() for tests in lines.values()):
            raise SystemExit(f"{coverage} says of no line which test ran it: run with --cov-context=test")
        return cls(by_line, at_import, seconds)

    def of(self, mutant: Mutant, source: str) -> tuple[list[list[str]], int]:
        """Return the tests of a mutant, fast ones first: of its lines, its statement, or (run at import) its file.

        Second, the number of tests that execute it but would take too long.
        """
        lines = self.by_line.get(mutant.module, {})
        whole = statement(source, mutant.start[0])
        for first, last in ((mutant.start[0], mutant.end[0]), whole, (1, 10**9)):
            tests = set().union(*(tests for line, tests in lines.items() if first <= line <= last))
            # What runs at import has no test of its own; what never runs must not borrow its file's.
            if tests or ((first, last) == whole and not any(first <= line <= last for line in lines)):
                break
        if any(whole[0] <= line <= whole[1] for line in self.at_import.get(mutant.module, ())):
            looks = tuple(f"tests/{mutant.module.split('/')[1]}/{file}::" for file in LOOKS)
            tests = tests | {test for test in self.seconds if test.startswith(looks)}
        ordered = sorted(tests, key=lambda test: (self.seconds[test], test))
        total, rounds = 0.0, ([], [])
        for test in ordered:
            total += self.seconds[test]
            if total <= SECONDS or not rounds[0]:
                rounds[total > FIRST and bool(rounds[0])].append(test)
        return [chosen for chosen in rounds if chosen], len(ordered) - sum(map(len, rounds))


def statement(source: str, line: int) -> tuple[int, int]:
    """Return the lines of the innermost statement at a line; of a compound one, those above its body."""
    spans = [(1, 10**9)]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= node.end_lineno:
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body and body[0].lineno > line else node.end_lineno
            spans.append((node.lineno, last))
    return min(spans, key=lambda span: span[1] - span[0])


class Witness:
    """A pytest plugin that writes down which test failed first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed and not self.path.exists():
            self.path.write_text(report.nodeid, encoding="utf-8")

    def pytest_collectreport(self, report) -> None:
        if report.failed and not self.path.exists():
            self.path.write_text(f"{report.nodeid} (when collected)", encoding="utf-8")


def run_tests(copy: Path, tests: list[str], seconds: float, *more: str) -> tuple[str, str]:
    """Run tests in a fork of this process, which has imported what does not change; return outcome and witness.

    ``seconds`` are the processor's, so that a busy machine is not taken for a loop; a deadlock ends after
    20 times as many.
    """
    witness, chosen = copy / "witness.txt", copy / "chosen.txt"
    witness.unlink(missing_ok=True)
    chosen.write_text("\n".join(tests), encoding="utf-8")
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            import pytest

            options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", *more, f"@{chosen}"]
            options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is imported already
            code = int(pytest.main(options, plugins=[Witness(witness)]))
        except BaseException:  # noqa: BLE001  # a mutant may raise anything, also where pytest does not look
            code = 99
        os._exit(code)
    deadline = time.monotonic() + 20.0 * seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "timeout", ""
        time.sleep(0.02)
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return "survived", ""
    if code == -signal.SIGXCPU:
        return "timeout", ""
    if not witness.exists() and code in (4, 5):
        raise RuntimeError(f"the chosen tests were not found: does an id depend on the code? {tests[:3]}")
    return "killed", witness.read_text(encoding="utf-8") if witness.exists() else f"exit {code}"


def try_mutant(mutant: Mutant, copy: Path, tests: Tests, slowness: float) -> dict:
    """Apply one mutant in the copy, run its tests, and put the file back."""
    path = copy / mutant.module
    source, times = path.read_text(encoding="utf-8"), path.stat()
    mutated = changed(mutant)
    lines = difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0, lineterm="")
    change = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    rounds, left_out = tests.of(mutant, source)
    outcome, witness = "survived" if rounds else "untested", ""
    started = time.monotonic()
    try:
        path.write_text(mutated, encoding="utf-8")
        for chosen in rounds:
            if outcome == "survived":
                seconds = 10.0 + slowness * sum(tests.seconds[test] for test in chosen)
                outcome, witness = run_tests(copy, chosen, seconds)
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return {
        **asdict(mutant), "change": change, "outcome": outcome, "by": witness, "tests": sum(map(len, rounds)),
        "left_out": left_out, "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip


def prepare(repository: Path) -> Path:
    """Copy what the tests need, compile it once, and import what no mutant changes."""
    copy = Path(tempfile.mkdtemp(prefix="mutation-"))
    for name in ("learndyn", "tests"):
        shutil.copytree(
            repository / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "site", "book")
        )
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(repository / name, copy / name)
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    os.environ["CI"] = "true"  # the same examples in every run
    for name in ("numpy", "pytest", "hypothesis.extra.numpy", "mpmath", "xdist", "pytest_benchmark.plugin"):
        importlib.import_module(name)
    sys.dont_write_bytecode = False
    outcome, witness = run_tests(copy, [f"tests/{floor}" for floor in FLOORS], 600.0, "--collect-only")
    if outcome != "survived":
        raise SystemExit(f"the tests cannot be collected: {witness}")
    # From here on: a mutant of the same size in the same second must not find another's bytes.
    sys.dont_write_bytecode = True
    return copy


def main() -> None:
    """Run a sample of mutants and keep the report up to date after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=150, help="sites to draw in each of the two packages")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--coverage", type=Path, default=Path(".coverage"))
    parser.add_argument("--junit", type=Path, default=Path("junit.xml"))
    parser.add_argument(
        "--slowness", type=float, default=5.0, help="a mutant that takes this much longer loops"
    )
    parser.add_argument(
        "--busy", type=float, default=1.0, help="by how much other work slowed the run that --junit timed"
    )
    parser.add_argument("--report", type=Path, default=Path(__file__).with_name("report.json"))
    parser.add_argument("--again", nargs="*", default=[], help="outcomes to try once more, such as survived")
    options = parser.parse_args()
    report = options.report.resolve()
    tests = Tests.read(options.coverage, options.junit, options.busy)
    drawn = {floor: sample(Path("learndyn", floor), options.sites, options.seed) for floor in FLOORS}
    known = json.loads(report.read_text(encoding="utf-8"))["mutants"] if report.exists() else []
    key = lambda record: (record["module"], record["operator"], record["occurrence"])
    known = [record for record in known if record["outcome"] not in options.again]
    done = {key(record): record for record in known}
    copy = prepare(Path.cwd())
    try:
        for pair in zip(*(chosen for chosen, _, _ in drawn.values()), strict=True):
            for mutant in pair:
                if key(asdict(mutant)) not in done:
                    record = try_mutant(mutant, copy, tests, options.slowness)
                    done[key(record)] = record
                    write(report, options, drawn, list(done.values()))
                    place = f"{mutant.module}:{mutant.start[0]}"
                    print(
                        len(done), record["outcome"], place, *record["change"], record["seconds"], flush=True
                    )
    finally:
        shutil.rmtree(copy)


def write(report: Path, options: argparse.Namespace, drawn: dict, records: list[dict]) -> None:
    """Write the report: how the sample was drawn, the counts, and every mutant."""
    floors = {}
    for floor, (_, sites, every) in drawn.items():
        counts = Counter(r["outcome"] for r in records if r["module"].startswith(f"learndyn/{floor}/"))
        floors[floor] = {"sites": sites, "mutants": every, "tried": counts.total(), **counts}
    records = sorted(
        records, key=lambda record: (record["module"], list(record["start"]), record["operator"])
    )
    content = {
        "seed": options.seed, "floors": floors, "operators": sorted(operator_names()), "mutants": records,
    }  # fmt: skip
    report.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
