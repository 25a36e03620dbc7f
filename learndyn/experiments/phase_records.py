"""The three phase diagrams in full, made by sweeps and kept in a file beside this one.

    python -m learndyn.experiments.phase_records FOLDER

runs what the stores in the folder do not hold yet, on all cores, and writes the file. It takes a
few minutes. Killed and started again, it goes on. The tests compare some points with what the
experiments find now.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ..sweeps import SweepResult, sweep
from . import phase_depth, phase_step_momentum, phase_xor
from .phase_depth import DepthMap
from .phase_step_momentum import StepMomentumMap
from .phase_xor import XorMap

PATH = Path(__file__).with_suffix(".json")
STARTS = (0, 1, 2, 3, 4, 5)
_NETWORKS = 100
_DIGITS = 4


def step_momentum(path: str | Path = PATH) -> StepMomentumMap:
    """Return the map over step size and momentum that was kept.

    Parameters
    ----------
    path : str or path-like, optional

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no record of the phase diagrams.
    """
    kept = _read(path)["step_momentum"]
    return StepMomentumMap(**{name: np.array(values, _dtype(name)) for name, values in kept.items()})


def depth(path: str | Path = PATH) -> DepthMap:
    """Return the map over weight variance and depth that was kept; errors as of ``step_momentum``."""
    kept = _read(path)["depth"]
    return DepthMap(
        np.array(kept["weight_variances"]),
        kept["bias_variance"],
        np.array(kept["depths"]),
        np.array(kept["losses"]),
    )


def xor(path: str | Path = PATH) -> XorMap:
    """Return the map over width and budget that was kept; errors as of ``step_momentum``."""
    kept = _read(path)["xor"]
    return XorMap(
        np.array(kept["widths"]), np.array(kept["budgets"]), np.array(kept["solved"]), kept["networks"]
    )


def measure(folder: str | Path, *, progress: bool | None = None) -> dict[str, Any]:
    """Run the three sweeps, each with a store in ``folder``, and return what the file holds.

    Parameters
    ----------
    folder : str or path-like
        Made if it is not there.
    progress : bool or None, optional
        As for ``sweep``.

    Raises
    ------
    RuntimeError
        If a point failed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    def swept(name: str, function: Any, grid: dict[str, Any]) -> SweepResult:
        found = sweep(function, grid, store=folder / f"{name}.sqlite", progress=progress)
        if found.failures:
            raise RuntimeError(
                f"phase_records: {len(found.failures)} points of {name} failed, the first with "
                f"{found.failures[0].error}. Mend it, and remove the store"
            )
        return found.select(seeds=0)

    planes = swept("step_momentum", phase_step_momentum.plane, {"start": STARTS})
    depths = swept("depth", phase_depth.row, {"depth": phase_depth.DEPTHS})
    nets = swept("xor", phase_xor.row, {"width": phase_xor.WIDTHS, "repeat": range(phase_xor.REPEATS)})
    return {
        "step_momentum": {
            "scaled_steps": list(phase_step_momentum.SCALED_STEPS),
            "momenta": list(phase_step_momentum.MOMENTA),
            "starts": list(STARTS),
            "regimes": planes["regimes"].tolist(),
            "ends": _rounded(planes["ends"]),
        },
        "depth": {
            "weight_variances": list(phase_depth.WEIGHT_VARIANCES),
            "bias_variance": 0.05,
            "depths": list(phase_depth.DEPTHS),
            "losses": _rounded(depths["losses"]),
        },
        "xor": {
            "widths": list(phase_xor.WIDTHS),
            "budgets": list(phase_xor.BUDGETS),
            "networks": _NETWORKS,
            "solved": nets["solved"].tolist(),
        },
    }


def _rounded(values: np.ndarray) -> Any:
    """Nested lists of rounded numbers; None where there is none."""
    return [
        _rounded(part)
        if isinstance(part, np.ndarray)
        else (round(float(part), _DIGITS) if np.isfinite(part) else None)
        for part in values
    ]


def _dtype(name: str) -> type:
    return int if name in ("starts", "regimes") else float


def _read(path: str | Path) -> dict[str, Any]:
    """Return what the file holds, or say that it is no record."""
    name, again = Path(path).name, "Make it with python -m learndyn.experiments.phase_records FOLDER"
    try:
        kept = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"phase_records: there is no {path}. {again}") from None
    except ValueError:
        raise ValueError(f"phase_records: {name} is no JSON file. {again}") from None
    if not isinstance(kept, dict) or set(kept) != {"step_momentum", "depth", "xor"}:
        raise ValueError(f"phase_records: {name} does not hold the three phase diagrams. {again}")
    return kept


def _text(kept: dict[str, Any]) -> str:
    """One line for each row of a map, so that a change is read as one."""
    parts = []
    for name, entry in kept.items():
        inside = [f'  "{key}": {_lines(value)}' for key, value in entry.items()]
        parts.append(f'"{name}": {{\n' + ",\n".join(inside) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"
    return json.dumps(value)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(
            "python -m learndyn.experiments.phase_records FOLDER: the folder for the stores of the sweeps"
        )
    PATH.write_text(_text(measure(sys.argv[1])), encoding="utf-8")
