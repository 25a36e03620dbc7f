"""Draw which causes were named for runs that were made to fail: a table of counts."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from ..experiments.failures import Confusion
from ..learning.diagnosis import Cause
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .table_axes import set_table

_HEADS = {
    Cause.ARCHITECTURE: "architecture",
    Cause.STEP: "step",
    Cause.SYMMETRY: "symmetry",
    Cause.CONDITIONING: "conditioning",
    Cause.SIGNAL: "signal",
    Cause.SADDLE: "saddle",
    Cause.NUMERICAL: "numerical",
}


@figure_style
def confusion(study: Confusion, *, healthy: str = "healthy", name: str = "confusion") -> BookFigure:
    """Draw how often each cause was named, one row a kind of failure, and one for all healthy runs.

    Parameters
    ----------
    study : Confusion
    healthy : str, optional
        What the last row is called.
    name : str, optional
    """
    kinds = {answer.kind.name: answer.kind for answer in study.answers}
    failing = [row for row, kind in enumerate(study.rows) if kinds[kind].causes]
    rest = [row for row in range(len(study.rows)) if row not in failing]
    counts, labels = [*study.table[failing]], [study.rows[row] for row in failing]
    if rest:
        counts.append(study.table[rest].sum(axis=0))
        labels.append(healthy)
    figure, axes = new_axes(height=1.6 + 0.29 * len(labels))
    for row, (label, line) in enumerate(zip(labels, counts, strict=True)):
        kind = kinds.get(label)
        built, also = (kind.causes, kind.also) if kind else (frozenset(), frozenset())
        for column, cause in enumerate((*Cause, None)):
            meant = cause in built or (cause is None and not built)
            if meant or cause in also:
                axes.add_patch(_frame(row, column, dashed=not meant))
            if line[column]:
                axes.text(
                    column, row, str(line[column]), ha="center", va="center_baseline", fontsize=11,
                    color=colours.ink if meant or cause in also else colours.pink,
                )  # fmt: skip
    set_table(axes, labels, [*(_HEADS[cause] for cause in Cause), "none"])
    wrong = len(study.wrong)
    alt = (
        f"A table of {len(labels)} rows, kinds of failure and healthy runs, and eight columns, the causes "
        f"that were named and none. Frames mark what is right. Of {len(study.answers)} answers "
        f"{wrong or 'none'} {'are' if wrong > 1 else 'is'} wrong."
    )
    return BookFigure(figure, name=name, alt=alt)


def _frame(row: int, column: int, *, dashed: bool) -> Rectangle:
    line = (0, (2, 2)) if dashed else "-"
    corner = (column - 0.44, row - 0.42)
    return Rectangle(corner, 0.88, 0.84, fill=False, edgecolor=colours.blue, linewidth=1.6, linestyle=line)
