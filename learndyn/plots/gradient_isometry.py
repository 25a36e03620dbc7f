"""Draw what a random net does to one direction, net by net, and to all directions."""

from __future__ import annotations

import numpy as np

from ..experiments.gradient_isometry import Isometry, LogNorms
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def stretches(result: LogNorms, *, name: str = "gradient-stretches") -> BookFigure:
    """Draw how many nets stretch a vector by how much."""
    figure, axes = new_axes(height=3.7)
    low, high = -6.0, 4.0
    axes.hist(
        result.logs,
        bins=np.linspace(low, high, 51),
        color=colours.blue,
        alpha=0.35,
        edgecolor=colours.blue,
        linewidth=0.6,
    )
    top = axes.get_ylim()[1]
    for place, words, style, side in (
        (result.moments.mean, "typical net,\npredicted", "--", "right"),
        (np.log(result.mean_square), "mean square\nover all nets", "-", "left"),
    ):
        axes.axvline(place, color=colours.ink, linestyle=style, linewidth=2.0)
        axes.annotate(
            words, (place, top), xytext=(-6 if side == "right" else 6, 0), textcoords="offset points",
            ha=side, va="bottom", color=colours.ink,
        )  # fmt: skip
    axes.set_xlim(low, high)
    axes.set_ylim(0.0, 1.02 * top)
    axes.set_xlabel(r"$\ln (|Jv|^2 / |v|^2)$")
    axes.set_ylabel("number of nets")
    alt = (
        "A histogram over nets of the logarithm of the squared stretch, a bell from about -6 to 3. Its centre "
        f"lies near {result.moments.mean:.1f}, at the predicted dashed line; the mean square over all nets, "
        "a solid line, lies at 0."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def directions(result: Isometry, *, name: str = "gradient-directions") -> BookFigure:
    """Draw all singular values of Jacobians of several depths."""
    figure, axes = new_axes(height=3.9)
    width = result.gaussian.shape[1]
    number = np.arange(1, width + 1)
    looks = ((colours.orange, ":"), (colours.pink, "--"), (colours.purple, "-."))
    for depth, logs, (colour, style) in zip(result.depths, result.gaussian, looks, strict=False):
        axes.plot(number, logs, style, color=colour)
        axes.annotate(
            rf"$L = {depth}$", (width, logs[-1]), xytext=(6, 0), textcoords="offset points",
            va="center", color=colour, annotation_clip=False,
        )  # fmt: skip
    for logs in result.orthogonal:
        axes.plot(number, logs, color=colours.blue)
    axes.annotate(
        "orthogonal, all depths",
        (width, 0.0),
        xytext=(0, 7),
        textcoords="offset points",
        ha="right",
        color=colours.blue,
    )
    axes.annotate(
        "Gaussian", (0.62 * width, result.gaussian[-1, int(0.62 * width)]), xytext=(-8, -8), textcoords="offset points",
        ha="right", va="top", color=colours.purple,
    )  # fmt: skip
    axes.set_xlim(0, 1.17 * width)
    axes.set_xticks(range(0, width + 1, 10))
    axes.set_ylim(top=12)
    axes.set_xlabel("singular value, the largest first")
    axes.set_ylabel(r"$\ln s$")
    alt = (
        "Logarithms of all singular values, sorted, for three depths. With orthogonal weights all are 0. "
        f"With Gaussian weights they fall off, slightly for {result.depths[0]} layers, and to "
        f"{result.gaussian[-1, -1]:.0f} for {result.depths[-1]} layers."
    )
    return BookFigure(figure, name=name, alt=alt)
