"""What a training run leaves behind, and how its state is kept in a file.

A file is written next to its place under another name, flushed to the disk, and moved over the
old one in one act: whoever looks finds the old state or the new one, never half of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Tensor
from ..autodiff.tree import Tree, leaves, paths

_FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """All that a run needs to go on, and what it belongs to.

    Attributes
    ----------
    z : ndarray, shape (m,)
        The flat state of the training map.
    steps : int
        How many steps led to it.
    rule : str
        The kind of rule, for example ``Scheduled(Adam)``. Hyperparameters are not in it: a run
        may go on with a smaller step size.
    layout : tuple of str
        Path and shape of each parameter array, for example ``[0].weight (2, 8)``.
    """

    z: np.ndarray
    steps: int
    rule: str
    layout: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The record of a training run.

    Attributes
    ----------
    times : ndarray, shape (records,), int
        Step numbers, counted from the first step of all parts of a resumed run.
    losses : ndarray, shape (records,)
        The loss before the step of that number; with minibatches, on the batch of that step.
    gradient_norms : ndarray, shape (records,)
        Euclidean length of its gradient.
    observables : dict of str to ndarray, each of shape (records, ...)
        What was measured at each record.
    theta : tree of arrays
        The parameters at the end.
    state : TrainingState
        Hand it to ``train(..., resume=)`` or ``save_state``.
    states : ndarray, shape (records, m), or None
        The flat state at each record, if it was asked for.
    stopped : str or None
        Why the run ended early, in a sentence that names the step; None if it ran to the end.
    """

    times: np.ndarray
    losses: np.ndarray
    gradient_norms: np.ndarray
    observables: dict[str, np.ndarray]
    theta: Tree
    state: TrainingState
    states: np.ndarray | None = None
    stopped: str | None = None


def save_state(path: str | os.PathLike[str], state: TrainingState | Run) -> None:
    """Write the state of a run to a file, at once or not at all.

    Parameters
    ----------
    path : path-like
        Exactly this name is written; ``.npz`` is customary. An older file is replaced.
    state : TrainingState or Run

    Raises
    ------
    TypeError
        If it is neither.
    OSError
        If the folder cannot be written. An older file is then left as it was.
    """
    state = as_training_state(state, "save_state")
    folder, name = os.path.split(os.fspath(path))
    part = os.path.join(folder, f".{name}.{os.urandom(6).hex()}.part")
    try:
        with open(part, "xb") as file:
            np.savez(
                file,
                format=_FORMAT,
                z=state.z,
                steps=state.steps,
                rule=state.rule,
                layout=np.array(state.layout, dtype=str),
            )
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise


def load_state(path: str | os.PathLike[str]) -> TrainingState:
    """Read a state that ``save_state`` wrote, to the bit.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no training state, is damaged, or comes from a newer version.
    """
    from zipfile import BadZipFile  # here, since it costs time to import

    try:
        with open(path, "rb") as whole, np.load(whole, allow_pickle=False) as file:
            found = int(file["format"])
            if found != _FORMAT:
                raise ValueError(f"its format is {found}, this version reads {_FORMAT}")
            z, layout = file["z"], tuple(str(line) for line in file["layout"])
            if z.ndim != 1 or z.dtype != np.float64:
                raise ValueError(f"its state has shape {z.shape} and dtype {z.dtype}")
            return TrainingState(z, int(file["steps"]), str(file["rule"]), layout)
    except (ValueError, KeyError, EOFError, TypeError, AttributeError, BadZipFile) as error:
        raise ValueError(
            f"load_state: {os.fspath(path)!r} is not a training state that save_state wrote ({error})"
        ) from error


def as_training_state(state: Any, caller: str) -> TrainingState:
    """Take a run in the place of its state."""
    state = state.state if isinstance(state, Run) else state
    if not isinstance(state, TrainingState):
        raise TypeError(
            f"{caller}: received {type(state).__name__}. Pass a Run or its state; read a file with "
            "load_state(path)"
        )
    return state


def describe_rule(rule: Any) -> str:
    """Name the kind of a rule, and of the rules inside it: ``Scheduled(Adam)``."""
    inner = getattr(rule, "rule", None)
    return type(rule).__name__ if inner is None else f"{type(rule).__name__}({describe_rule(inner)})"


def describe_tree(theta: Tree) -> tuple[str, ...]:
    """Path and shape of each array in a tree."""
    return tuple(
        f"{path or 'theta'} {leaf.shape if isinstance(leaf, Tensor) else np.shape(leaf)}"
        for path, leaf in zip(paths(theta), leaves(theta), strict=True)
    )


def require_same(state: TrainingState, rule: str, layout: tuple[str, ...], size: int) -> None:
    """Refuse a state of another rule or model, with the first differences.

    Raises
    ------
    ValueError
    """
    differences = []
    if state.rule != rule:
        differences.append(f"it was made by {state.rule}, this run uses {rule}")
    saved, wanted = set(state.layout), set(layout)
    if state.layout != layout:
        differences.append(
            f"it has the arrays {_some(state.layout, wanted)}, this model has {_some(layout, saved)}"
        )
    if not differences and state.z.size != size:
        differences.append(
            f"it has {state.z.size} numbers, this run has {size}: one of both uses minibatches"
        )
    if differences:
        raise ValueError(
            f"train: cannot resume from this state: {'; '.join(differences)}. Resume with the rule "
            "and the model that made it"
        )


def _some(lines: tuple[str, ...], others: set[str], limit: int = 4) -> str:
    """The lines that the other side lacks, or all if only the order differs."""
    chosen = [line for line in lines if line not in others] or list(lines)
    more = f" and {len(chosen) - limit} more" if len(chosen) > limit else ""
    return ", ".join(chosen[:limit]) + more
