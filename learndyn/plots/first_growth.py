"""Draw growth before decay, and the pseudospectrum that announces it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..experiments.first_growth import FirstGrowth, Pseudospectrum
from .figure import BookFigure
from .palette import colours
from .root_locus import draw_circle
from .style import figure_style, new_axes


@figure_style
def growth(results: Sequence[FirstGrowth], *, name: str = "first-growth") -> BookFigure:
    """Draw ||A^t|| / sqrt k against t / sqrt k, and the predicted common curve."""
    figure, axes = new_axes(height=3.6)
    x = np.linspace(0.0, 3.0, 200)
    axes.plot(x, 2.0 * x * np.exp(-2.0 * x), color=colours.ink, linewidth=1.5, label="predicted")
    looks = ((colours.orange, "o"), (colours.blue, "s"), (colours.pink, "x"))
    for shift, (result, (colour, marker)) in enumerate(zip(results, looks, strict=True)):
        root = float(np.sqrt(result.condition_number))
        steps = np.arange(result.norms.size)
        every = max(1, steps.size // 30)
        chosen = steps[(shift * every // 3) % every :: every]
        exponent = round(np.log10(result.condition_number))
        axes.plot(
            chosen / root,
            result.norms[chosen] / root,
            marker,
            color=colour,
            markersize=5,
            label=f"$\\kappa = 10^{exponent}$",
        )
    axes.axhline(1.0 / math.e, color=colours.muted, linestyle=":", linewidth=1.3)
    axes.text(2.95, 1.0 / math.e + 0.01, "$1/e$", color=colours.muted, ha="right")
    axes.set_ylim(0.0, 0.43)
    axes.set_xlabel(r"steps $t/\sqrt{\kappa}$")
    axes.set_ylabel(r"largest growth $\|A^t\|/\sqrt{\kappa}$")
    axes.legend(loc="center right")
    alt = (
        "Norm of the powers of the optimal heavy ball against the step, both over the root of the condition number. "
        "For three condition numbers the points follow one curve, which rises to one over e at one half and decays."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def pseudospectrum_map(
    result: Pseudospectrum, *, levels: Sequence[float] = (-2.0, -1.5, -1.0), name: str = "pseudospectrum"
) -> BookFigure:
    """Draw the level lines of log10 sigma_min, the unit circle and the eigenvalues."""
    figure, axes = new_axes(height=4.9)
    log_size = np.log10(np.maximum(result.smallest, 1e-300))
    looks = ((colours.blue, "solid"), (colours.purple, "dashed"), (colours.pink, "dashdot"))
    for level, (colour, dash) in zip(levels, looks, strict=True):
        axes.contour(
            result.real, result.imaginary, log_size, levels=[level], colors=[colour], linestyles=[dash], linewidths=1.8
        )
        axes.plot([], [], color=colour, linestyle=dash, label=f"$\\epsilon = 10^{{{level:g}}}$")
    draw_circle(axes)
    axes.plot(result.eigenvalues.real, result.eigenvalues.imag, "x", color=colours.ink, label="eigenvalues")
    axes.plot([], [], color=colours.muted, linewidth=1.3, label="unit circle")
    axes.set_aspect("equal")
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.3, 1.3)
    axes.set_xlabel("real part of $z$")
    axes.set_ylabel("imaginary part of $z$")
    figure.legend(loc="outside lower center", ncols=3)
    alt = (
        "The complex plane with the unit circle, the two double eigenvalues inside it, and around each the level lines "
        "of the pseudospectrum. The level 0.01 stays inside the unit circle, the two larger ones reach beyond it."
    )
    return BookFigure(figure, name=name, alt=alt)
