"""Draw the Lyapunov exponent of descent in a double well against the step size."""

from __future__ import annotations

import numpy as np

from ..experiments.chaotic_descent import ChaoticDescent
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def exponents(result: ChaoticDescent, *, name: str = "chaotic-descent") -> BookFigure:
    """Draw measured exponents, the prediction below the limit, and ln 3 at eta = 2."""
    figure, axes = new_axes()
    eta = result.step_sizes
    axes.axhline(0.0, color=colours.muted, linewidth=1.3)
    axes.axvline(1.0, color=colours.muted, linestyle=":", linewidth=1.3)
    below = eta <= 1.0
    axes.plot(eta, np.maximum(result.exponents, -4.0), color=colours.blue, linewidth=1.3)
    settled = np.maximum(result.settled[below], -4.0)
    axes.plot(eta[below][::4], settled[::4], "o", color=colours.orange, markersize=5)
    axes.plot([2.0], [np.log(3.0)], "s", color=colours.pink, markersize=9)
    axes.text(1.97, np.log(3.0) + 0.13, r"$\ln 3$", color=colours.pink, ha="right")
    axes.text(0.55, -2.9, r"$\ln|1 - 2\eta|$", color=colours.orange)
    axes.text(1.02, -2.6, "limit $2/\\lambda$", color=colours.muted)
    axes.set_ylim(-3.2, 1.5)
    axes.set_xlim(0.28, 2.05)
    axes.set_xlabel(r"step size $\eta$")
    axes.set_ylabel("Lyapunov exponent per step")
    alt = (
        "Lyapunov exponent against the step size. Below one it follows the logarithm of the multiplier and touches "
        "zero at one; beyond, it dips again and again, then becomes positive and reaches ln 3 at a step size of two."
    )
    return BookFigure(figure, name=name, alt=alt)
