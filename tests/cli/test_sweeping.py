"""A sweep from the command line: the numbers of the runs it stands for, kept and resumed."""

import json
import os
import signal
import subprocess
import sys
from time import sleep

import numpy as np
import pytest

from learndyn.cli import main
from learndyn.cli.sweeping import measure, measure_seeded
from learndyn.experiments import edge_of_stability, xor_budget
from learndyn.learning import HeavyBall
from learndyn.sweeps import StoreError, load_sweep

AXES = ["--grid", "step_size=0.05,0.1", "--grid", "momentum=0:0.9:3"]
SWEEP = ["sweep", "edge-of-stability", "--rule", "heavy-ball", "--steps", "30", "--every", "5", *AXES]


def test_a_point_measures_what_the_run_does():
    numbers = measure(
        experiment="edge-of-stability", rule__name="heavy-ball", rule__step_size=0.1, rule__momentum=0.45,
        steps=30, every=5,
    )  # fmt: skip
    result = edge_of_stability.run(HeavyBall(0.1, 0.45), steps=30, every=5)
    assert numbers["settled"] == result.settled
    assert numbers["limit"] == result.limit


def test_a_sequence_passes_through_a_point_as_json():
    numbers = measure_seeded(seed=4, experiment="xor-budget", widths="[2, 3]", networks=5, steps=50, every=10)
    results = xor_budget.run((2, 3), networks=5, steps=50, every=10, seed=4)
    assert numbers["1.success_rate"] == results[1].success_rate


def test_a_sweep_prints_stores_and_writes_all_points_and_goes_on_from_its_store(capsys, tmp_path):
    argv = [*SWEEP, "--store", str(tmp_path / "s.db"), "--workers", "2"]
    assert main([*argv, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "6 points, 0 failed" in told
    stored = load_sweep(tmp_path / "s.db")
    settled = stored["settled"].ravel()
    wanted = [
        edge_of_stability.run(HeavyBall(eta, beta), steps=30, every=5).settled
        for eta in (0.05, 0.1)
        for beta in np.linspace(0.0, 0.9, 3)
    ]
    np.testing.assert_array_equal(settled, wanted)
    rows = [line.split() for line in told.splitlines() if line.strip().startswith("0.1 ")]
    assert [row[:2] for row in rows] == [["0.1", "0"], ["0.1", "0.45"], ["0.1", "0.9"]]
    with np.load(tmp_path / "edge-of-stability.sweep.npz") as arrays:
        np.testing.assert_array_equal(arrays["settled"].ravel(), wanted)
        np.testing.assert_array_equal(arrays["axis.rule__step_size"], [0.05, 0.1])
    written = json.loads((tmp_path / "edge-of-stability.sweep.json").read_text())
    assert written["dims"][-1] == "seeds"
    assert main([*argv, "--show", "settled"]) == 0  # nothing is left to run
    assert load_sweep(tmp_path / "s.db").seconds.tolist() == stored.seconds.tolist()
    capsys.readouterr()
    assert main([word if word != "30" else "31" for word in argv]) == 2
    assert "holds another sweep" in capsys.readouterr().err


def test_points_that_raise_are_told_and_have_status_one(capsys):
    status = main(
        ["sweep", "noise-kinds", "--grid", "kind=minibatches,paint", "--steps", "3", "--workers", "1"]
    )
    out, err = capsys.readouterr()
    assert status == 1
    assert "2 points, 1 failed" in out and "unknown kind 'paint'" in err


def test_a_number_that_was_not_measured_is_told_those_that_were(capsys):
    status = main(["sweep", "momentum-cycle", "--grid", "steps=50", "--workers", "1", "--show", "radius"])
    assert status == 2 and "measures no radius. It measures: cycle_radius" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT that reaches one process")
def test_an_interrupt_ends_a_sweep_at_once_and_keeps_what_was_measured(tmp_path):
    # The first point is quick; the second would take hours, so that only a kill can end it.
    store = tmp_path / "s.db"
    argv = ["sweep", "xor", "--width", "2", "--networks", "5", "--grid", "steps=50,100000000"]
    argv += ["--workers", "1", "--store", store]
    program = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program += "from learndyn.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, argv)], stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not _points(store):
        sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert load_sweep(store).done.ravel().tolist() == [True, False]


def _points(store) -> int:
    try:
        return int(load_sweep(store).done.sum())
    except StoreError:
        return 0  # there is no file yet, or not all of one
