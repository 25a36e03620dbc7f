"""Draw how credit rules learn one task."""

from __future__ import annotations

from collections.abc import Sequence

from ..experiments.credit_rules import CreditRun
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = {
    "backpropagation": (colours.ink, "-"),
    "feedback alignment": (colours.blue, "-"),
    "direct feedback": (colours.blue, "--"),
    "sign-symmetric": (colours.blue, ":"),
    "node perturbation": (colours.orange, "-"),
    "weight perturbation": (colours.orange, "--"),
    "three-factor": (colours.purple, "-"),
    "predictive coding": (colours.green, "-"),
    "equilibrium prop.": (colours.pink, "-"),
}


@figure_style
def learning(runs: Sequence[CreditRun], *, floor: float = 1e-3, name: str = "credit-learning") -> BookFigure:
    """Draw the loss against passes, both logarithmic; losses below the floor are cut off."""
    figure, axes = new_axes(height=4.9)
    for run in runs:
        colour, style = _LOOKS[run.contestant.name]
        seen = run.updates > 0
        axes.loglog(
            run.updates[seen] * run.passes, run.losses[seen], style, color=colour, linewidth=1.8,
            label=run.contestant.name,
        )  # fmt: skip
    axes.set_ylim(floor, 1.0)
    axes.set_xlabel("passes")
    axes.set_ylabel("loss")
    figure.legend(loc="outside upper center", ncols=2)
    ends = ", ".join(f"{run.contestant.name} {run.passes_to():.0f}" for run in runs)
    alt = f"Loss against passes for {len(runs)} rules. Passes until the loss is at most 0.01: {ends}."
    return BookFigure(figure, name=name, alt=alt)
