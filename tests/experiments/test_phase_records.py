"""What is kept of the phase diagrams."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from learndyn.experiments import phase_depth, phase_records, phase_step_momentum, phase_xor
from learndyn.sweeps import sweep

PLANE = phase_step_momentum.plane


def test_the_file_holds_the_grids_that_the_experiments_define():
    steps, depth, xor = phase_records.step_momentum(), phase_records.depth(), phase_records.xor()
    np.testing.assert_array_equal(steps.scaled_steps, phase_step_momentum.SCALED_STEPS)
    np.testing.assert_array_equal(steps.momenta, phase_step_momentum.MOMENTA)
    assert steps.regimes.shape == steps.ends.shape == (6, 10, 16)
    np.testing.assert_array_equal(depth.weight_variances, phase_depth.WEIGHT_VARIANCES)
    assert depth.losses.shape == (len(phase_depth.DEPTHS), len(depth.weight_variances))
    np.testing.assert_array_equal(xor.widths, phase_xor.WIDTHS)
    assert xor.solved.shape == (len(phase_xor.WIDTHS), phase_xor.REPEATS, len(phase_xor.BUDGETS))


def quick(start):
    return PLANE(start, momenta=(0.0,), scaled_steps=(0.2, 50.0), steps=20)


def broken(start):
    raise ArithmeticError(f"start {start}")


def in_this_process(function, grid, **options):
    with ThreadPoolExecutor(1) as pool:
        return sweep(function, grid, executor=pool, **options)


@pytest.fixture
def small(monkeypatch):
    """Grids of one point each, run without new processes."""
    monkeypatch.setattr(phase_records, "sweep", in_this_process)
    monkeypatch.setattr(phase_records, "STARTS", (3,))
    monkeypatch.setattr(phase_step_momentum, "plane", quick)
    monkeypatch.setattr(phase_depth, "DEPTHS", (2,))
    monkeypatch.setattr(phase_xor, "WIDTHS", (8,))
    monkeypatch.setattr(phase_xor, "REPEATS", 1)


def test_what_is_measured_written_and_read_is_what_the_experiments_return(small, tmp_path):
    found = phase_records.measure(tmp_path / "stores", progress=False)
    path = tmp_path / "kept.json"
    path.write_text(phase_records._text(found))
    assert json.loads(path.read_text()) == found
    plane, steps = quick(3), phase_records.step_momentum(path)
    np.testing.assert_array_equal(steps.regimes[0], plane["regimes"])
    np.testing.assert_allclose(steps.ends[0], plane["ends"], atol=1e-4)
    assert np.isnan(steps.ends[0, 0, 1]) and np.isfinite(steps.ends[0, 0, 0])
    np.testing.assert_array_equal(phase_records.xor(path).solved[0, 0], phase_xor.row(8, 0)["solved"])
    np.testing.assert_allclose(phase_records.depth(path).losses[0], phase_depth.row(2)["losses"], atol=1e-4)


def test_a_point_that_fails_is_told(small, tmp_path, monkeypatch):
    monkeypatch.setattr(phase_step_momentum, "plane", broken)
    with pytest.raises(RuntimeError, match="1 points of step_momentum failed, the first with .*start 3"):
        phase_records.measure(tmp_path, progress=False)


def test_a_file_that_is_missing_or_something_else_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="Make it with python -m"):
        phase_records.depth(tmp_path / "none.json")
    other = tmp_path / "other.json"
    other.write_text("not JSON")
    with pytest.raises(ValueError, match="is no JSON file"):
        phase_records.xor(other)
    other.write_text(json.dumps({"depth": 1}))
    with pytest.raises(ValueError, match="does not hold the three phase diagrams"):
        phase_records.step_momentum(other)
