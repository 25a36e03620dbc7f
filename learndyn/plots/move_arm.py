"""Draw hand paths of descent in the joints, and how wrong the Jacobian of an arm may be."""

from __future__ import annotations

import numpy as np

from ..experiments.move_jacobian import WrongJacobian, WrongTurn
from ..experiments.move_reach import ReachPaths
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .surface import draw_surface


@figure_style
def paths(result: ReachPaths, *, name: str = "move-paths") -> BookFigure:
    """Draw hand paths with the transpose of the Jacobian and with its inverse."""
    figure, panels = new_axes(1, 2, height=3.4, share_x=True, share_y=True)
    kinds = (
        ("transpose: bent", result.paths, colours.orange),
        ("inverse: straight", result.inverse_paths, colours.blue),
    )
    centre = 100.0 * result.start
    for axes, (title, routes, colour) in zip(panels, kinds, strict=True):
        for route, target in zip(routes, result.targets, strict=True):
            line = 100.0 * np.array([result.start, target])
            axes.plot(*line.T, color=colours.muted, linestyle=":", linewidth=1.2)
            axes.plot(*(100.0 * route).T, color=colour)
        axes.plot(*(100.0 * result.targets).T, "o", color=colours.ink, markersize=5)
        axes.plot(*centre, "s", color=colours.ink, markersize=6)
        axes.set_title(title, color=colour)
        axes.set_aspect("equal")
        axes.set_xlabel("x (cm)")
    panels[0].set_ylabel("y (cm)")
    alt = (
        "Hand paths from one start to eight targets on a circle. Left, descent with the transposed "
        f"Jacobian: four paths are bent, by up to {100 * result.bends.max():.0f} percent of the reach, "
        "and come in along the long axis of the arm. Right, with the inverse: all paths are straight."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def wrong_jacobian(result: WrongJacobian, turn: WrongTurn, *, name: str = "move-jacobian") -> BookFigure:
    """Draw where a wrong Jacobian learns, and errors that grow before they shrink."""
    figure, (top, bottom) = new_axes(2, 1, height=6.6)
    degrees = np.degrees(result.turns)
    draw_surface(top, degrees, result.steps, result.radii - 1.0, limit=1.0, boundary=False)
    fine = np.linspace(0.0, np.pi / 2, 60)
    top.plot(np.degrees(fine), 2.0 * np.cos(fine), color=colours.ink, linewidth=2.2)
    top.plot(np.degrees(fine), np.cos(fine), color=colours.ink, linewidth=1.4, linestyle=":")
    top.plot(np.degrees(result.run_turns), result.limits, "o", color=colours.ink,
             markeredgecolor=colours.page)  # fmt: skip
    top.annotate("learns", (14, 0.45), color=colours.ink)
    top.annotate("leaves", (88, 1.5), color=colours.ink)
    top.annotate(r"$2\cos\varphi$", (49, 1.33), xytext=(8, 4), textcoords="offset points", color=colours.ink)
    top.annotate("fastest", (28, 0.9), xytext=(0, 5), textcoords="offset points", color=colours.ink)
    top.set_xticks([0, 30, 60, 90, 120])
    top.set_xlabel(r"wrong by the angle $\varphi$ (degrees)")
    top.set_ylabel(r"step $\eta\lambda$")
    top.grid(False)
    trials = np.arange(len(turn.errors))
    bottom.axhline(1.0, color=colours.muted, linestyle=":", linewidth=1.5)
    bottom.plot(trials, turn.errors, color=colours.orange)
    bottom.plot(trials, turn.even_errors, color=colours.blue, linestyle="--")
    at = int(np.argmax(turn.errors))
    bottom.annotate("human posture", (at, turn.errors[at]), xytext=(16, -3), textcoords="offset points",
                    color=colours.orange)  # fmt: skip
    bottom.annotate("isotropic", (7, turn.even_errors[7]), xytext=(-4, -24), textcoords="offset points",
                    ha="center", color=colours.blue)  # fmt: skip
    bottom.set_ylim(-0.05, 1.15 * turn.peak)
    bottom.set_xlabel("trial")
    bottom.set_ylabel("error / first error")
    angle = np.degrees(turn.turn)
    alt = (
        "Top: the plane of the angle by which a Jacobian is wrong and the step size. Below a cosine "
        "that falls from 2 at 0 degrees to 0 at 90 degrees errors shrink, above it they grow; marks of "
        f"runs lie on it. Bottom: errors over trials with an angle of {angle:.0f} degrees. Those of an "
        f"isotropic arm fall all the way; those of a human posture first grow to {turn.peak:.1f} times "
        "their size."
    )
    return BookFigure(figure, name=name, alt=alt)
