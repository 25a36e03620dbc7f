"""Draw a planned movement, and how two planners converge to it."""

from __future__ import annotations

import numpy as np

from ..experiments.move_planning import Planning
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def planning(result: Planning, *, name: str = "move-planning") -> BookFigure:
    """Draw the swing-up with its torques, and the errors of iLQR and DDP sweep by sweep."""
    figure, (top, bottom) = new_axes(2, 1, height=6.2)
    top.axhline(180.0, color=colours.muted, linestyle=":", linewidth=1.5)
    top.plot(result.times, np.degrees(result.angles), color=colours.blue)
    held = 20.0 * np.append(result.torques, result.torques[-1])
    top.step(result.times, held, where="post", color=colours.orange, linewidth=1.6, linestyle="--")
    top.annotate("stands", (0.02, 180), xytext=(0, -5), textcoords="offset points", va="top",
                 color=colours.muted)  # fmt: skip
    top.annotate("angle", (1.98, 105), color=colours.blue)
    top.annotate("torque", (1.0, 118), color=colours.orange, ha="right")
    top.set_xlabel("time (s)")
    top.set_ylabel("degrees")
    top.set_yticks([-90, 0, 90, 180])
    right = top.secondary_yaxis("right", functions=(lambda y: y / 20.0, lambda y: y * 20.0))
    right.set_yticks([-5, 0, 5])
    right.set_ylabel("N m")
    sweeps = np.arange(len(result.ilqr))
    bottom.semilogy(sweeps, result.ilqr[-1] * result.ratio_predicted ** (sweeps - sweeps[-1]),
                    color=colours.orange, linewidth=1.4)  # fmt: skip
    bottom.semilogy(sweeps, result.ilqr, "s", color=colours.orange, markersize=5)
    bottom.semilogy(np.arange(len(result.ddp)), result.ddp, "o-", color=colours.blue)
    bottom.annotate("DDP", (2, result.ddp[2]), xytext=(9, -6), textcoords="offset points", color=colours.blue)
    bottom.annotate("iLQR", (15, result.ilqr[15]), xytext=(6, 7), textcoords="offset points",
                    color=colours.orange)  # fmt: skip
    bottom.set_yticks([1, 1e-3, 1e-6, 1e-9, 1e-12])
    bottom.set_xlabel("sweep")
    bottom.set_ylabel("distance from optimum")
    alt = (
        "Top: the angle of a pendulum swings to one side, back through the bottom, and up to "
        f"{np.degrees(abs(result.angles[-1])):.0f} degrees, under a torque that first pushes one way and "
        "then the other. Bottom: distance from the optimum on a logarithmic axis. iLQR's marks lie on a "
        f"straight line with factor {result.ratio_predicted:.2f} a sweep. DDP falls in four sweeps from "
        "2 to below 1e-11."
    )
    return BookFigure(figure, name=name, alt=alt)
