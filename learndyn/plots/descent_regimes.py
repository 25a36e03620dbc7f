"""Draw gradient descent on a parabola, one panel for each regime."""

from __future__ import annotations

from ..experiments.descent_regimes import DescentRegimes
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_NAMES = ("smooth", "overshooting", "neutral", "exploding")


@figure_style
def descent_regimes(result: DescentRegimes, *, name: str = "descent-regimes") -> BookFigure:
    """Draw position against step, four runs in a two-by-two grid."""
    figure, axes = new_axes(2, 2, height=4.2, share_x=True)
    panels = zip(axes.flat, result.positions, result.multipliers, _NAMES, strict=True)
    for axis, positions, multiplier, regime in panels:
        axis.axhline(0.0, color=colours.muted, linewidth=1.0)
        axis.plot(result.steps, positions, "o-", color=colours.blue, markersize=4, linewidth=1.2)
        axis.set_title(f"{regime}: {multiplier:.1f}".replace("-", "\N{MINUS SIGN}"))
        reach = 1.15 * max(1.0, abs(positions).max())
        axis.set_ylim(-reach, reach)
    for axis in axes[1]:
        axis.set_xlabel("step")
    for axis in axes[:, 0]:
        axis.set_ylabel(r"$\theta$")
    alt = (
        "Four panels of position against step for gradient descent on a parabola: smooth decay, "
        "decay with overshoot, an endless jump between two points, and growing swings."
    )
    return BookFigure(figure, name=name, alt=alt)
