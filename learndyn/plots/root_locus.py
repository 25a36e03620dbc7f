"""Draw multipliers in the complex plane, with the unit circle."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..experiments.root_locus import RootLocus
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


def draw_circle(
    axes: Any, radius: float = 1.0, centre: float = 0.0, *, dash: str = "-", colour: str | None = None
) -> None:
    """Draw a circle around a point of the real axis."""
    angle = np.linspace(0.0, 2.0 * np.pi, 181)
    x, y = centre + radius * np.cos(angle), radius * np.sin(angle)
    axes.plot(x, y, dash, color=colour or colours.muted, linewidth=1.3)


@figure_style
def locus(result: RootLocus, *, name: str = "root-locus") -> BookFigure:
    """Draw the multipliers of gradient descent and of the heavy ball, one panel each."""
    figure, panels = new_axes(1, 2, height=3.3, share_y=True)
    titles = "gradient descent", rf"heavy ball, $\beta = {result.momentum:g}$"
    values = result.descent[:, None], result.heavy_ball
    for axes, title, roots in zip(panels, titles, values, strict=True):
        draw_circle(axes)
        outside = np.abs(roots) > 1.0 + 1e-9
        inside = roots[~outside]
        axes.plot(inside.real, inside.imag, "o", color=colours.blue, markersize=4)
        axes.plot(roots[outside].real, roots[outside].imag, "x", color=colours.pink, markersize=6)
        axes.set_title(title)
        axes.set_aspect("equal")
        axes.set_xlim(-1.65, 1.2)
        axes.set_ylim(-1.2, 1.2)
        axes.set_xticks([-1, 0, 1])
        axes.set_yticks([-1, 0, 1])
        axes.set_xlabel("real part of $m$")
    panels[0].set_ylabel("imaginary part of $m$")
    alt = (
        "Multipliers in the complex plane with the unit circle. Gradient descent: points on the real axis that move "
        "left from 1 and leave at minus 1. Heavy ball: points on the real axis and on a circle of radius "
        f"{np.sqrt(result.momentum):.2f}, leaving at minus 1. Crosses lie outside the unit circle."
    )
    return BookFigure(figure, name=name, alt=alt)
