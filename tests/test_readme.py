"""The README's commands and snippet are what CI runs, and they work as pasted."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return [body.strip() for body in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)]


BUILD, TEST, RENEW = blocks("bash")


def test_each_command_is_one_line():
    assert all("\n" not in command for command in (BUILD, TEST, RENEW))
    assert BUILD.endswith("jupyter-book build book")
    assert TEST.endswith("-m pytest")


def test_ci_runs_the_two_commands():
    """The build with warnings as errors; the tests last, so that their result ends the log."""
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert f"{BUILD} -W -n --keep-going" in lines
    assert lines[-1] == TEST


def test_the_workflow_runs_the_same_commands():
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert f"run: {BUILD} -W -n --keep-going\n" in workflow
    assert f"run: {TEST}\n" in workflow
    uses = re.findall(r"uses: (\S+)", workflow)
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in uses)


def test_the_snippet_runs_as_pasted(tmp_path):
    snippet = blocks("python")[0]
    assert len([line for line in snippet.splitlines() if line]) <= 10
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    before, after = (float(number) for number in re.fullmatch(r"loss (\S+) -> (\S+)\n", run.stdout).groups())
    assert before > 0.1
    assert after < 1e-6


def test_the_sweep_runs_as_pasted_here_and_on_a_cluster(tmp_path):
    """The cluster finds all points stored, and then runs them anew; either way the result is the same."""
    pytest.importorskip("distributed", reason='Dask is not installed: pip install "learndyn[sweeps]"')
    here, there = blocks("python")[1:]
    (tmp_path / "widths.py").write_text(here, encoding="utf-8")
    (tmp_path / "cluster.py").write_text(there, encoding="utf-8")

    def shown(program):
        run = subprocess.run(
            [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300
        )
        return run.stdout.splitlines()

    first = shown("widths.py")
    assert first[0] == "('width', 'step_size', 'seeds') (3, 3, 10)"
    assert shown("widths.py") == first
    assert shown("cluster.py") == first[:1]
    (tmp_path / "widths.sqlite").unlink()
    assert shown("cluster.py") == first[:1]
    assert shown("widths.py") == first


def test_each_command_line_is_understood(tmp_path):
    (lines,) = blocks("console")
    commands = [line.split("#")[0].split()[2:] for line in lines.splitlines()]
    assert all(command[:2] == ["-m", "learndyn"] for command in commands)
    for command in commands:
        if command[2:3] in (["run"], ["sweep"]):
            asked = [*command[:4], "--help"]
            run = subprocess.run([sys.executable, *asked], cwd=tmp_path, capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            options = [word for word in command if word.startswith("--")]
            assert all(option in run.stdout for option in options)


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)]+)\)", README))
def test_each_link_leads_to_a_file(target):
    assert (ROOT / target).exists()


def test_every_requirement_is_pinned_exactly():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert len(pins) > 50
    assert all(re.match(r"[a-z0-9.-]+==[\w.]+( ; .+)?$", pin) for pin in pins)


def test_the_pins_satisfy_what_the_project_asks_for():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    asked = [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]
    names = {re.match(r"[A-Za-z0-9.-]+", item).group().lower() for item in asked} - {"learndyn"}
    assert names <= pinned
