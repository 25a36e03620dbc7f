"""Draw what noise does to learning: the step that it allows, and the cloud of its estimates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.credit_estimates import Estimates
from ..experiments.credit_noise import CreditNoise
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_UNITS = ((colours.blue, "o"), (colours.orange, "s"), (colours.green, "^"))
_POINTS = {
    "feedback alignment": (colours.blue, "o"),
    "direct feedback": (colours.purple, "s"),
    "sign-symmetric": (colours.cyan, "^"),
    "predictive coding": (colours.green, "D"),
    "equilibrium prop.": (colours.pink, "v"),
}
_CLOUDS = {"node perturbation": (colours.orange, "."), "weight perturbation": (colours.muted, "x")}


@figure_style
def step_limit(result: CreditNoise, *, name: str = "credit-step-limit") -> BookFigure:
    """Draw what a step does to the squared error, scaled so that all sizes lie on one parabola."""
    figure, axes = new_axes(height=3.6)
    fine = np.linspace(0.0, 1.05 * result.scaled_steps[-1], 100)
    axes.plot(fine, fine**2 - 2.0 * fine, color=colours.ink, linewidth=1.6, label=r"$u^2 - 2u$")
    axes.axhline(0.0, color=colours.muted, linewidth=1.0)
    for n, factors, (colour, marker) in zip(result.units, result.factors, _UNITS, strict=False):
        axes.plot(
            result.scaled_steps, (n + 2) * (factors - 1.0), marker, color=colour, markersize=6,
            label=f"{n} units",
        )  # fmt: skip
    axes.annotate("error grows", (0.1, 0.12), color=colours.muted)
    axes.set_xlabel(r"scaled step $u = (n + 2)\,\eta$")
    axes.set_ylabel(r"$(n + 2) \times$ change of error")
    axes.set_ylim(-1.2, 1.0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.02))
    alt = (
        "Change of the mean squared error in one step, times n plus 2, against the step times n plus 2. "
        f"Marks of {', '.join(str(n) for n in result.units)} units lie on one parabola, lowest at 1, "
        "positive beyond 2."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def estimates(results: Sequence[Estimates], *, name: str = "credit-estimates") -> BookFigure:
    """Draw updates as points: their part along minus the gradient, and how far off that line they are."""
    figure, axes = new_axes(height=4.4)
    for result in results:
        if result.name in _CLOUDS:
            colour, marker = _CLOUDS[result.name]
            axes.plot(
                result.along, result.across, marker, color=colour, markersize=4, alpha=0.7, linestyle="none",
                label=result.name,
            )  # fmt: skip
            axes.plot(*result.mean, "P", color=colour, markersize=11, markeredgecolor=colours.page, zorder=4)
        else:
            colour, marker = _POINTS[result.name]
            axes.plot(
                result.along[0], result.across[0], marker, color=colour, markersize=8, linestyle="none",
                markeredgecolor=colours.page, label=result.name, zorder=5,
            )  # fmt: skip
    axes.plot(
        1.0, 0.0, "*", color=colours.ink, markersize=15, zorder=6, clip_on=False, label="backpropagation"
    )
    axes.axvline(0.0, color=colours.muted, linewidth=1.0, linestyle=":")
    axes.set_xlim(-0.5, 5.0)
    axes.set_ylim(0.0, 14.0)
    axes.set_xlabel("part along minus the gradient")
    axes.set_ylabel("part across")
    figure.legend(loc="outside upper center", ncols=2)
    alt = (
        "Updates of seven rules, by their part along and across minus the gradient. Points of rules without "
        "noise lie near the star of backpropagation, at (1, 0). The clouds of node and weight perturbation "
        "spread far across, weight perturbation farthest; their means lie near the star."
    )
    return BookFigure(figure, name=name, alt=alt)
