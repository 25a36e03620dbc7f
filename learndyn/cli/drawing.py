"""The figures of a result: those that the book has for it, or else its records as curves."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from .catalogue import Entry

_AXES = ("steps", "times", "step", "time", "iterations")
_MOST = 4
_RECORDS = "records"


def require_matplotlib() -> None:
    """Raise ImportError if figures cannot be drawn, before a long run rather than after it."""
    if find_spec("matplotlib") is None:
        raise ImportError(
            "figures are drawn with matplotlib: pip install 'learndyn[plots]', or pass --no-figures"
        )


def figure_names(entry: Entry) -> list[str]:
    """Return the names of the figures that may be drawn, as they are in the files' names."""
    return [*(function.replace("_", "-") for _, function, _ in entry.drawings), _RECORDS]


def draw(entry: Entry, result: Any) -> tuple[dict[str, Any], list[str]]:
    """Draw a result.

    Returns
    -------
    figures : dict of str to BookFigure
        By the names of ``figure_names``.
    missing : list of str
        Why a figure could not be drawn.
    """
    figures, missing = {}, []
    for (module, function, way), name in zip(entry.drawings, figure_names(entry), strict=False):
        draws = getattr(import_module(f"..plots.{module}", __package__), function)
        try:
            with np.errstate(all="ignore"):
                figures[name] = draws([result] if way == "list" else result)
        except (ValueError, LookupError, TypeError, ArithmeticError) as error:
            # A drawing of the book may be made for the runs that the book chose.
            missing.append(f"figure {name} is made for the book's own runs and cannot show this one: {error}")
    if not figures:
        found = records(result)
        if found is None:
            missing.append("no figure: the result holds no curve against steps or times")
        else:
            figures[_RECORDS] = sketch(entry, *found)
    return figures, missing


def records(result: Any) -> tuple[str, np.ndarray, dict[str, np.ndarray]] | None:
    """Return the records of a result that can be drawn as curves, against steps or times.

    Returns
    -------
    axis : str
    values : ndarray, shape (n,)
    curves : dict of str to ndarray, shape (n,) each
        At most four. None stands for a result that has no such.
    """
    if not is_dataclass(result):
        return None
    arrays = {
        field.name: value
        for field in fields(result)
        if isinstance(value := getattr(result, field.name), np.ndarray) and value.dtype.kind in "biuf"
    }
    arrays = {name: array for name, array in arrays.items() if array.ndim == 1 and array.size > 1}
    if not arrays:
        return None
    axis = next((name for name in _AXES if name in arrays), next(iter(arrays)))
    along = arrays.pop(axis)
    curves = {name: array for name, array in arrays.items() if array.shape == along.shape}
    return (axis, along, dict(list(curves.items())[:_MOST])) if curves else None


def sketch(entry: Entry, axis: str, along: np.ndarray, curves: dict[str, np.ndarray]) -> Any:
    """Draw records, a panel each."""
    plots = import_module("..plots", __package__)

    with plots.figure_style:
        figure, axes = plots.new_axes(len(curves), 1, height=1.0 + 1.7 * len(curves), share_x=True)
        axes = np.ravel(axes)
        for place, (name, values) in zip(axes, curves.items(), strict=True):
            place.plot(along, values, color=plots.colours.blue, linewidth=1.6)
            place.set_ylabel(name.replace("_", " "))
        axes[-1].set_xlabel(axis.replace("_", " "))
        alt = f"Curves against {axis} of {entry.name}: {', '.join(curves)}."
        return plots.BookFigure(figure, name=f"{entry.name.replace('.', '-')}-records".lower(), alt=alt)
