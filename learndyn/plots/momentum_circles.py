"""Draw the multipliers of momentum in the complex plane, and their size against the step."""

from __future__ import annotations

import numpy as np

from ..experiments.momentum_circles import MomentumCircles
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def circles(result: MomentumCircles, *, name: str = "momentum-circles") -> BookFigure:
    """Draw the multipliers of both rules as eta lambda grows, with the predicted circles."""
    figure, axes = new_axes(1, 2, height=3.7, share_y=True)
    turn = np.linspace(0.0, 2.0 * np.pi, 200)
    for axis, rule in zip(axes, (result.heavy_ball, result.nesterov), strict=True):
        axis.plot(np.cos(turn), np.sin(turn), color=colours.muted, linestyle=":", linewidth=1.5)
        axis.plot(
            rule.centre + rule.radius * np.cos(turn),
            rule.radius * np.sin(turn),
            color=colours.orange,
            linewidth=7.0,
            alpha=0.45,
        )
        # Every third pair, so that the circle shows between them.
        pairs, lone = rule.values[rule.turning][::3], rule.values[~rule.turning][::3]
        axis.plot(pairs.real, pairs.imag, "o", color=colours.blue, markersize=3)
        axis.plot(lone.real, lone.imag, "x", color=colours.pink, markersize=4.5)
        axis.set_title(rule.name)
        axis.set_aspect("equal")
        axis.set_xlim(-1.2, 1.2)
        axis.set_ylim(-1.15, 1.15)
        axis.set_xticks([-1, 0, 1])
        axis.set_yticks([-1, 0, 1])
        axis.set_xlabel(r"Re $\mu$")
    axes[1].annotate("unit circle", (0.0, -0.8), ha="center", color=colours.muted)
    axes[0].set_ylabel(r"Im $\mu$")
    alt = (
        "Two panels of the complex plane, with the unit circle. Heavy ball: the complex multipliers "
        "lie on a smaller circle around zero, the real ones on the axis, reaching minus one. "
        "Nesterov: the complex multipliers lie on a small circle through zero in the right half "
        "plane, the real ones on the axis, reaching minus one."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def radius(result: MomentumCircles, *, name: str = "momentum-radius") -> BookFigure:
    """Draw the largest |mu| against eta lambda for descent and both rules."""
    figure, axes = new_axes(height=3.6)
    axes.axhline(1.0, color=colours.muted, linestyle=":", linewidth=1.5)
    ball, look = result.heavy_ball, result.nesterov
    curves = (
        (result.descent_products, result.descent_radius, colours.green, "-.", "descent", (2.14, 1.1)),
        (ball.products, ball.spectral_radius, colours.blue, "-", "heavy ball", (2.1, 0.6)),
        (look.products, look.spectral_radius, colours.orange, "--", "Nesterov", (1.02, 1.1)),
    )
    for products, sizes, colour, line, label, place in curves:
        axes.plot(products, sizes, color=colour, linestyle=line)
        axes.annotate(label, place, color=colour, ha="left")
    axes.annotate("stable below", (0.03, 1.03), color=colours.muted)
    axes.set_xlim(0.0, ball.products[-1])
    axes.set_ylim(0.0, 1.25)
    axes.set_xlabel(r"step size times curvature, $\eta\lambda$")
    axes.set_ylabel(r"largest $|\mu|$")
    alt = (
        "Largest multiplier against step size times curvature. Descent falls to zero at 1 and is back "
        "at one at 2. The heavy ball falls to a long level stretch and reaches one at "
        f"{ball.limit:.1f}. Nesterov falls lower, and is back at one at {look.limit:.1f}."
    )
    return BookFigure(figure, name=name, alt=alt)
