"""Draw where an oscillation begins and ends."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from ..experiments.rate_hopf import Cycles, Equilibria, HopfPoint
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def bifurcation(
    curve: Equilibria, hopf: HopfPoint, cycles: Cycles, *, name: str = "rate-bifurcation"
) -> BookFigure:
    """Draw equilibria and the range of the cycle against the input, and the frequency below."""
    figure, (top, bottom) = new_axes(2, 1, height=5.9, share_x=True)
    _equilibria(top, curve)
    for level in (cycles.lowest, cycles.highest):
        top.plot(cycles.P, level[:, 0], "o", color=colours.blue, markersize=5)
    distances = np.linspace(0.0, 0.42, 60)
    size = 0.5 * hopf.swing[0] * np.sqrt(distances)
    centre = np.interp(hopf.P - distances, curve.P[::-1][:40][::-1], curve.states[::-1, 0][:40][::-1])
    for sign in (-1.0, 1.0):
        top.plot(hopf.P - distances, centre + sign * size, color=colours.orange, linewidth=1.6)
    top.annotate("largest and smallest\nE of the cycle", (1.15, 0.335), color=colours.blue, va="center")
    top.annotate("at rest", (2.02, 0.232), color=colours.ink)
    top.annotate("silent", (0.72, 0.028), color=colours.ink)
    top.set_ylim(-0.01, 0.375)
    top.set_ylabel("E")
    bottom.plot(cycles.P, 2.0 * np.pi / cycles.periods, "o", color=colours.blue, markersize=5)
    bottom.plot(hopf.P, hopf.frequency, "D", color=colours.orange, markersize=8)
    bottom.annotate(
        r"$\omega$ of the pair $\pm i\omega$", (hopf.P, hopf.frequency), xytext=(-12, -2),
        textcoords="offset points", ha="right", color=colours.orange,
    )  # fmt: skip
    for place in (curve.fold, hopf.P):
        for axes in (top, bottom):
            axes.axvline(place, color=colours.muted, linestyle=":", linewidth=1.3)
    bottom.set_xlim(0.7, 2.3)
    bottom.set_ylim(0.0, 3.1)
    bottom.set_xlabel("input P to the excitatory population")
    bottom.set_ylabel(r"$2\pi$ / period")
    alt = (
        "Above, E against the input P. Silence ends in a fold at "
        f"{curve.fold:.2f}. To the right of it blue marks show the largest and smallest E of a cycle; the two rows "
        f"close on each other like a parabola and meet at {hopf.P:.2f}, where the state of rest becomes stable. Below, "
        f"the frequency of the cycle rises from {2 * np.pi / cycles.periods.max():.1f} to {hopf.frequency:.1f}."
    )
    return BookFigure(figure, name=name, alt=alt)


def _equilibria(axes: Axes, curve: Equilibria) -> None:
    """Stable pieces solid, unstable ones dashed."""
    stable = curve.rates.real < 0.0
    borders = np.flatnonzero(np.diff(stable)) + 1
    for piece in np.split(np.arange(len(stable)), borders):
        piece = np.append(piece, min(piece[-1] + 1, len(stable) - 1))
        solid = bool(stable[piece[0]])
        axes.plot(
            curve.P[piece],
            curve.states[piece, 0],
            color=colours.ink if solid else colours.muted,
            linestyle="-" if solid else "--",
            linewidth=2.2 if solid else 1.6,
        )
