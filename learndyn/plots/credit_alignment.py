"""Draw how forward weights turn towards feedback weights, and the angles of feedback rules on a task."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.credit_alignment import CreditAlignment
from ..experiments.credit_rules import CreditRun
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_TASK = ((colours.blue, "-", "o"), (colours.orange, "--", "s"), (colours.green, ":", "^"))


@figure_style
def turning(result: CreditAlignment, *, name: str = "credit-turning") -> BookFigure:
    """Draw the angle of each net (lines) and what the conservation law makes of it (marks)."""
    figure, axes = new_axes(height=3.7)
    for row, (angles, predicted) in enumerate(zip(result.angles, result.predicted, strict=True)):
        first = row == 0
        axes.plot(
            result.steps, angles, color=colours.blue, linewidth=1.4,
            label="measured" if first else None,
        )  # fmt: skip
        axes.plot(
            result.steps[::4], predicted[::4], "o", color=colours.orange, markersize=4.5,
            label="from the conservation law" if first else None,
        )  # fmt: skip
    axes.axhline(90.0, color=colours.muted, linewidth=1.0, linestyle=":")
    axes.set_ylim(0.0, 97.0)
    axes.set_yticks([0, 30, 60, 90])
    axes.set_xlabel("step")
    axes.set_ylabel(r"angle of $W_2$ to $F'$, degrees")
    axes.legend(loc="upper right", bbox_to_anchor=(1.0, 0.93))
    ends = result.angles[:, -1]
    alt = (
        f"Angle against step for {len(ends)} nets. All start at about {result.angles[:, 0].mean():.0f} "
        f"degrees, fall within a few hundred steps and stay between {ends.min():.0f} and {ends.max():.0f}. "
        "Marks computed from a conservation law lie on the lines."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def on_task(runs: Sequence[CreditRun], *, floor: float = 1e-6, name: str = "credit-angles") -> BookFigure:
    """Draw the angle to minus the gradient against the loss that is left, for up to three rules.

    Parameters
    ----------
    runs : sequence of CreditRun
    floor : float, optional
        Losses below it are left out.
    name : str, optional
    """
    figure, axes = new_axes(height=3.7)
    lowest = []
    for run, (colour, style, marker) in zip(runs, _TASK, strict=False):
        seen = run.losses >= floor
        axes.plot(
            run.losses[seen], run.angles[seen], style, marker=marker, markersize=4.5, linewidth=1.6,
            color=colour, label=run.contestant.name,
        )  # fmt: skip
        lowest.append(f"{run.contestant.name} {np.min(run.angles[seen]):.0f}")
    axes.axhline(90.0, color=colours.muted, linewidth=1.0, linestyle=":")
    axes.set_xscale("log")
    axes.invert_xaxis()
    axes.set_ylim(0.0, 97.0)
    axes.set_yticks([0, 30, 60, 90])
    axes.set_xlabel("loss that is left (learning goes to the right)")
    axes.set_ylabel("angle to minus the gradient")
    figure.legend(loc="outside upper center", ncols=2)
    alt = (
        "Angle between update and minus the gradient against the loss, which falls to the right. The angles "
        f"come down (lowest: {', '.join(lowest)} degrees) and rise again when little loss is left."
    )
    return BookFigure(figure, name=name, alt=alt)
