"""Numbers on a terminal: measured beside predicted, and the rest in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .numbers import Pair, pairs, scalars

_SHORT = 8  # longer arrays are shown where they differ most
_MOST = 40


def table(rows: Iterable[Sequence[str]], *, indent: str = "  ") -> str:
    """Return rows of words in columns, the first to the left and the others to the right."""
    rows = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        indent
        + "  ".join(
            word.ljust(width) if place == 0 else word.rjust(width)
            for place, (word, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def show(number: Any) -> str:
    """Return a number with the digits that matter."""
    if isinstance(number, bool | np.bool_):
        return "yes" if number else "no"
    return f"{number:.6g}"


def compare(result: Any) -> str:
    """Return the predicted numbers of a result beside the measured; nothing if it has none."""
    rows = [row for pair in pairs(result) for row in _rows(pair)]
    if not rows:
        return ""
    kept, more = rows[:_MOST], len(rows) - _MOST
    text = table([("", "measured", "predicted"), *kept])
    return text + (f"\n  and {more} more" if more > 0 else "")


def others(result: Any) -> str:
    """Return the numbers of a result that have no partner, and are no option of a rule."""
    paired = {pair.name for pair in pairs(result)}
    rows = [
        (name, show(value))
        for name, value in scalars(result).items()
        if name not in paired and "predicted" not in name.rpartition(".")[2] and "rule" not in name.split(".")
    ]
    kept, more = rows[:_MOST], len(rows) - _MOST
    return (table(kept) if kept else "") + (f"\n  and {more} more" if more > 0 else "")


def _rows(pair: Pair) -> list[tuple[str, str, str]]:
    measured, predicted = np.asarray(pair.measured), np.asarray(pair.predicted)
    if measured.ndim == 0:
        return [(pair.name, show(measured[()]), show(predicted[()]))]
    if measured.size <= _SHORT:
        places = list(np.ndindex(measured.shape))
    else:
        gaps = np.abs(measured - predicted.astype(measured.dtype if measured.dtype.kind == "c" else float))
        gaps = np.where(np.isfinite(gaps), gaps, -1.0)
        places = [np.unravel_index(int(gaps.argmax()), gaps.shape)]
    labels = ["[" + ", ".join(str(int(i)) for i in place) + "]" for place in places]
    if measured.size > _SHORT:
        labels = [f"{label}, the furthest apart of {measured.size}" for label in labels]
    return [
        (pair.name + label, show(measured[place]), show(predicted[place]))
        for place, label in zip(places, labels, strict=True)
    ]
