"""Draw two ways down one energy."""

from __future__ import annotations

import numpy as np

from ..experiments.attractor_energy import TwoDescents
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def descents(result: TwoDescents, *, name: str = "attractor-descents") -> BookFigure:
    """Draw both paths over the level lines of the energy, and the energy against time."""
    figure, (top, bottom) = new_axes(2, 1, height=7.6)
    levels = np.quantile(result.energy, np.linspace(0.02, 0.98, 12))
    top.contour(
        result.axis, result.axis, result.energy, levels=levels, colors=[colours.muted],
        linewidths=0.8, linestyles="solid", alpha=0.6,
    )  # fmt: skip
    for circuit, gradient in zip(result.circuit, result.gradient, strict=True):
        top.plot(*gradient.T, color=colours.orange, linestyle="--", linewidth=2.0)
        top.plot(*circuit.T, color=colours.blue, linewidth=2.0)
        top.plot(*circuit[0], "o", color=colours.ink, markersize=6)
        top.plot(*gradient[-1], "x", color=colours.orange, markersize=8, markeredgewidth=2)
    top.plot(*result.circuit[:, -1].T, "s", color=colours.blue, markersize=7)
    top.set_aspect("equal")
    top.set_xlabel("$x_1$", labelpad=1)
    top.set_ylabel("$x_2$")
    lowest = result.circuit_energy.min()
    shown = result.times > 0.0
    for circuit, gradient in zip(result.circuit_energy, result.gradient_energy, strict=True):
        bottom.loglog(result.times[shown], circuit[shown] - lowest, color=colours.blue)
        bottom.loglog(result.times[shown], gradient[shown] - lowest, color=colours.orange, linestyle="--")
    bottom.annotate("circuit", (0.62, 6e-4), color=colours.blue)
    bottom.annotate("gradient flow", (9.5, 0.06), color=colours.orange)
    bottom.set_ylim(1e-5, 5.0)
    bottom.set_xlabel(r"time, in $\tau$")
    bottom.set_ylabel("energy above the minimum")
    alt = (
        "Above, level lines of the energy in the plane of two neurons, with two minima on the diagonal. From three "
        "starting points the circuit bends straight to a minimum; the gradient flow first moves along the axis of the "
        "neuron that is not saturated and is not all the way there when the circuit has long arrived. Below, the energy "
        "against time, on a logarithmic axis of time: the circuit is down after two or three time constants, the slowest "
        "gradient flow after about thirty."
    )
    return BookFigure(figure, name=name, alt=alt)
