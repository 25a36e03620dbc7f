"""The commands from their arguments to their exit status, their words and their files."""

import json
import subprocess
import sys

import numpy as np
import pytest

from learndyn.cli import main
from learndyn.cli.files import write_whole
from learndyn.experiments import descent_modes, edge_of_stability
from learndyn.experiments.predictions import Prediction, table
from learndyn.learning import HeavyBall


def do(capsys, *argv):
    status = main([str(word) for word in argv])
    return status, *capsys.readouterr()


def test_no_argument_lists_every_experiment(capsys):
    status, out, _ = do(capsys)
    assert status == 0
    assert "edge-of-stability " in out and "attractor-ring.onset " in out
    assert "run NAME --help" in out


def test_a_word_makes_the_list_shorter_and_a_strange_one_is_an_error(capsys):
    _, out, _ = do(capsys, "list", "momentum")
    assert "tuned-momentum" in out and "xor-budget" not in out
    assert "row_examples: no experiment" in do(capsys, "list", "momentum", "--all")[1]
    status, _, err = do(capsys, "list", "qqqq")
    assert status == 2 and "'qqqq'" in err


def test_a_run_writes_what_the_function_returns(capsys, tmp_path):
    out = tmp_path / "results"
    argv = ["run", "edge-of-stability", "--rule", "heavy-ball", "--step-size", "0.05", "--momentum", "0.5"]
    status, told, _ = do(capsys, *argv, "--steps", "60", "--every", "7", "--out", out)
    assert status == 0
    result = edge_of_stability.run(HeavyBall(0.05, 0.5), steps=60, every=7)
    with np.load(out / "edge-of-stability.npz") as arrays:
        assert set(arrays) == {"steps", "sharpness", "losses"}
        np.testing.assert_array_equal(arrays["sharpness"], result.sharpness)
    written = json.loads((out / "edge-of-stability.json").read_text())
    assert written["numbers"]["settled"] == result.settled
    assert written["options"]["rule"] == {"type": "HeavyBall", "step_size": 0.05, "momentum": 0.5}
    assert written["options"]["seed"] == 3
    assert written["options"]["degree"] == 5
    assert written["versions"]["numpy"] == np.__version__
    assert "run edge-of-stability --rule heavy-ball" in written["command"]
    assert (out / "edge-of-stability.records.svg").read_text().startswith("<svg")
    assert (out / "edge-of-stability.records.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.suffix for path in out.iterdir()) == [".json", ".npz", ".png", ".svg"]
    row = next(line.split() for line in told.splitlines() if line.split()[:1] == ["settled"])
    assert row == ["settled", f"{result.settled:.6g}", "3"]


def test_the_book_s_own_figures_are_drawn(capsys, tmp_path):
    assert do(capsys, "run", "momentum-circles", "--points", "31", "--out", tmp_path)[0] == 0
    assert (tmp_path / "momentum-circles.circles.svg").exists()
    assert (tmp_path / "momentum-circles.radius.png").exists()


def test_a_drawing_made_for_other_runs_gives_way_and_the_numbers_stay(capsys, tmp_path):
    argv = ["run", "descent-regimes", "--relative-steps", "0.3", "1.7", "--out", tmp_path]
    status, out, err = do(capsys, *argv)
    assert status == 0 and "cannot show this one" in err
    assert (tmp_path / "descent-regimes.npz").exists()


def test_files_are_replaced_only_on_demand(capsys, tmp_path):
    argv = ["run", "descent-modes", "--steps", "5", "--no-figures", "--out", tmp_path]
    assert do(capsys, *argv)[0] == 0
    before = (tmp_path / "descent-modes.json").read_bytes()
    status, _, err = do(capsys, *argv, "--seed", "1")
    assert status == 2 and "pass --force" in err
    assert (tmp_path / "descent-modes.json").read_bytes() == before
    assert do(capsys, *argv, "--seed", "1", "--force")[0] == 0
    assert (tmp_path / "descent-modes.json").read_bytes() != before
    assert {path.name for path in tmp_path.iterdir()} == {"descent-modes.json", "descent-modes.npz"}


def test_the_same_options_give_the_same_bytes(capsys, tmp_path):
    argv = ["run", "descent-modes", "--steps", "5", "--no-figures", "--out"]
    for name in ("a", "b"):
        do(capsys, *argv, tmp_path / name)
    first, second = ((tmp_path / name / "descent-modes.npz").read_bytes() for name in ("a", "b"))
    assert first == second


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "numbers.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_refused_before_the_run(capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(descent_modes, "run", lambda **_: pytest.fail("ran"))
    status, _, err = do(capsys, "run", "descent-modes", "--no-figures", "--out", tmp_path / "file")
    assert status == 2 and "needs a folder" in err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["run", "edge-of-stablity"], "Did you mean edge-of-stability"),
        (
            ["run", "descent-modes", "--step", "3"],
            "no option --step. Did you mean --steps? There are: --help",
        ),
        (["run", "descent-modes", "--steps", "x"], "--steps: needs a whole number (int), received 'x'"),
        (["run", "descent-modes", "5"], "'5' belongs to no option"),
        (["run", "adam-cycle"], "the following arguments are required: --beta1"),
        (["run", "edge-of-stability"], "rule gradient-descent needs --step-size"),
        (["run", "edge-of-stability", "--step-size", "-1"], "step_size must be positive"),
        (
            ["run", "edge-of-stability", "--rule", "adam", "--momentum", "0"],
            "rule adam has no momentum. It has",
        ),
        (["run", "noise-kinds", "--kind", "paint"], "unknown kind 'paint'"),
        (["run"], "required: name"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["check", "momentun"], "Did you mean momentum"),
        (["sweep", "descent-modes"], "required: --grid"),
        (["sweep", "descent-modes", "--grid", "stepsize=1,2"], "It has: condition_number"),
        (["sweep", "descent-modes", "--grid", "steps=1,x"], "needs a whole number (int), received 'x'"),
        (["sweep", "descent-modes", "--grid", "steps=0:1:4"], "does not give whole numbers"),
        (
            ["sweep", "descent-modes", "--grid", "steps=1", "--steps", "2"],
            "once as an option and once as an axis",
        ),
        (["sweep", "xor-budget", "--grid", "widths=1,2"], "an axis is made of single values"),
        (["sweep", "adam-cycle", "--grid", "beta2=0.9"], "adam-cycle needs beta1"),
        (["sweep", "momentum-cycle", "--grid", "steps=9", "--seeds", "2"], "draws no random numbers"),
        (
            ["sweep", "xor", "--grid", "seed=9", "--width", "2", "--seeds", "2"],
            "no seed can be given as well",
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_has_status_two(capsys, argv, told):
    status, _, err = do(capsys, *argv)
    assert status == 2
    assert told in " ".join(err.split())


def test_a_run_that_leaves_the_numbers_has_status_one(capsys):
    argv = ["run", "edge-of-stability", "--step-size", "100", "--steps", "50", "--every", "1"]
    status, _, err = do(capsys, *argv)
    assert status == 1 and "not finite" in err


def test_negative_values_are_values(capsys, tmp_path):
    argv = ["run", "exchange-plane", "--starts", "-0.2,0.1", "1.7,-1.6", "--steps", "20", "--points", "5"]
    status, _, _ = do(capsys, *argv, "--no-figures", "--out", tmp_path)
    written = json.loads((tmp_path / "exchange-plane.json").read_text())
    assert status == 0 and written["options"]["starts"] == [[-0.2, 0.1], [1.7, -1.6]]


def test_a_default_rule_keeps_what_is_not_given(capsys, tmp_path):
    argv = ["run", "symmetry-breaking", "--sigma", "0.1", "--steps", "5", "--no-figures", "--out", tmp_path]
    assert do(capsys, *argv, "--step-size", "0.03")[0] == 0
    written = json.loads((tmp_path / "symmetry-breaking.json").read_text())
    assert written["options"]["rule"] == {"type": "GradientDescent", "step_size": 0.03}


def test_an_interrupt_has_status_130(capsys, monkeypatch):
    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(descent_modes, "run", interrupted)
    status, _, err = do(capsys, "run", "descent-modes")
    assert status == 130 and "interrupted" in err


def test_an_error_in_the_code_is_not_hidden(monkeypatch):
    def broken(**_):
        raise AttributeError("a fault of ours")

    monkeypatch.setattr(descent_modes, "run", broken)
    with pytest.raises(AttributeError):
        main(["run", "descent-modes"])


def test_without_matplotlib_a_run_says_so_before_it_starts(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("learndyn.cli.drawing.find_spec", lambda name: None)
    monkeypatch.setattr(descent_modes, "run", lambda **_: pytest.fail("ran"))
    status, _, err = do(capsys, "run", "descent-modes", "--out", tmp_path)
    assert status == 2 and "--no-figures" in err


@pytest.mark.parametrize(("measured", "expected"), [(2.01, 0), (2.2, 1)])
def test_check_fails_if_a_prediction_does(capsys, monkeypatch, measured, expected):
    row = Prediction("order", "derived", "page", 2.0, measured, 0.1)
    monkeypatch.setattr(table, "TOPICS", {"momentum": lambda: (row,), "XOR": lambda: pytest.fail("ran")})
    status, out, _ = do(capsys, "check", "Momentum")
    assert status == expected
    assert ("FAILS" in out) == bool(expected)
    assert f"{1 - expected} of 1 predictions hold" in out


def test_a_run_with_check_fails_if_its_predictions_do(capsys, monkeypatch):
    row = Prediction("rate", "derived", "page", 2.0, 3.0, 0.1)
    monkeypatch.setattr(table, "TOPICS", {"descent on a quadratic": lambda: (row,)})
    assert do(capsys, "run", "descent-modes", "--steps", "5")[0] == 0
    status, out, _ = do(capsys, "run", "descent-modes", "--steps", "5", "--check")
    assert status == 1 and "0 of 1 predictions hold" in out


def python(*argv, **options):
    command = [sys.executable, "-m", "learndyn", *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_the_module_is_a_program_and_its_list_imports_no_experiment():
    code = (
        "import sys\n"
        "from learndyn.cli import main\n"
        "assert main(['list']) == 0\n"
        "loaded = [name for name in sys.modules if name.startswith(('learndyn.experiments', 'matplotlib'))]\n"
        "assert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_exit_status_leaves_the_process():
    assert python("run", "border-crossings").returncode == 0
    wrong = python("run", "edge-of-stablity")
    assert wrong.returncode == 2 and not wrong.stdout and "Traceback" not in wrong.stderr
