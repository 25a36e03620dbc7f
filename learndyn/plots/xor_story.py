"""Draw where XOR nets wait and where they stay: the saddle, the hidden codes, the valleys, the budget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ..experiments.xor import INPUTS, TARGETS, XorResult
from ..experiments.xor_saddle import QuarticPlateau
from ..experiments.xor_valleys import Valley
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def plateau_lengths(result: QuarticPlateau, *, name: str = "xor-plateau") -> BookFigure:
    """Draw eps^2 times the length of the plateau against eps^2, with the constant of the quartic flow."""
    figure, axes = new_axes(height=3.2)
    squares, steps = result.saddle.scales**2, result.saddle.escape_steps
    reach = np.array([0.0, squares.max()])
    axes.plot(reach, result.measured_constant + result.offset * reach, "--", color=colours.blue, linewidth=1.4)
    axes.plot(squares, squares * steps, "o", color=colours.blue)
    axes.plot(0.0, result.predicted_constant, "D", color=colours.pink, markersize=8, clip_on=False, zorder=4)
    axes.annotate(
        "predicted limit\n" r"$T/\eta$",
        (0.0, result.predicted_constant),
        xytext=(22, -24),
        textcoords="offset points",
        va="center",
        color=colours.pink,
    )
    axes.annotate(
        "measured",
        (squares[1], squares[1] * steps[1]),
        xytext=(8, -12),
        textcoords="offset points",
        color=colours.blue,
    )
    axes.set_xlim(0.0, None)
    axes.set_ylim(0.0, None)
    axes.set_xlabel(r"$\epsilon^2$, squared distance of the start")
    axes.set_ylabel(r"$\epsilon^2\times$ steps to leave")
    alt = (
        "Squared distance of the start times the steps to leave the saddle, against the squared distance. The points "
        "fall towards a limit above zero as the start comes nearer, at the height that the quartic flow predicts."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def codes(panels: Sequence[tuple[str, np.ndarray]], *, name: str = "xor-codes") -> BookFigure:
    """Draw the hidden codes of the four examples, one panel per net with two hidden units.

    Parameters
    ----------
    panels : sequence of (title, codes)
        Codes of shape (4, 2), from ``learndyn.experiments.xor_valleys.hidden_codes``.
    """
    figure, axes = new_axes(1, len(panels), height=2.9, share_x=True, share_y=True)
    for axis, (title, points) in zip(np.atleast_1d(axes), panels, strict=True):
        for target, marker, colour in ((1.0, "o", colours.orange), (0.0, "s", colours.blue)):
            of = TARGETS[:, 0] == target
            axis.plot(
                *points[of].T,
                marker,
                color=colour,
                markersize=11 if target else 7,
                fillstyle="none" if target else "full",
                markeredgewidth=2.0,
                label=f"target {target:.0f}",
                clip_on=False,
            )
        axis.set_title(title)
        axis.set_aspect("equal")
        axis.set_xlim(-1.15, 1.15)
        axis.set_ylim(-1.15, 1.15)
        axis.set_xticks([-1, 0, 1])
        axis.set_yticks([-1, 0, 1])
        axis.set_xlabel("$h_1$")
    first = np.atleast_1d(axes)[0]
    first.set_ylabel("$h_2$")
    handles, labels = first.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    alt = "The four examples in the plane of the two hidden activations. " + ". ".join(
        f"Panel {i}, {title}: {_places(points)}" for i, (title, points) in enumerate(panels, start=1)
    ) + "."
    return BookFigure(figure, name=name, alt=alt)


def _places(points: np.ndarray) -> str:
    return "; ".join(
        f"input {x[0]:.0f}{x[1]:.0f} at ({p[0]:.1f}, {p[1]:.1f})" for x, p in zip(INPUTS, points, strict=True)
    )


@figure_style
def valleys(
    staying: Sequence[tuple[str, Valley]], leaving: Sequence[tuple[str, Valley]], *, name: str = "xor-valleys"
) -> BookFigure:
    """Draw nets along their flows: above the losses, below how far above the level those that stay are."""
    figure, axes = new_axes(2, 1, height=5.4, share_x=True)
    styles = ("-", "--", "-.")
    shades = (colours.blue, colours.green, colours.purple)
    for (label, valley), line, colour in zip(staying, styles, shades, strict=False):
        axes[0].plot(valley.times, valley.losses, line, color=colour)
        axes[1].loglog(valley.times, valley.excess, line, color=colour, label=label)
    for label, valley in leaving:
        axes[0].plot(valley.times, valley.losses, ":", color=colours.pink)
        waiting = int(np.argmax(valley.losses < 0.5 * valley.losses[0]))
        axes[0].annotate(
            label,
            (valley.times[waiting], 0.04),
            xytext=(8, 0),
            textcoords="offset points",
            color=colours.pink,
        )
    for level, text in ((1 / 6, "1/6"), (1 / 8, "1/8")):
        _mark_at_right(axes[0], level, text)
    times = max((valley.times for _, valley in staying), key=np.ptp)
    for cost, text in ((2.0, r"$2/4\tau$"), (4.0, r"$4/4\tau$")):
        axes[1].loglog(times, cost / (4.0 * times), color=colours.muted, linewidth=4.0, alpha=0.35)
        _mark_at_right(axes[1], cost / (4.0 * times[-1]), text)
    axes[0].set_ylim(-0.005, 0.2)
    axes[0].set_xscale("log")
    axes[1].set_xlim(times[0], times[-1])
    axes[0].set_ylabel("mean squared error")
    axes[1].set_ylabel("error above the level")
    axes[1].set_xlabel(r"time $\tau$, steps times step size")
    axes[1].legend(loc="lower left")
    alt = (
        "Two panels over a logarithmic time. Above: the losses of nets that stay at one eighth, flat lines, and of one "
        "that leaves one sixth and falls to zero. Below: how far the losses of those that stay are above the level, on "
        "straight lines of slope minus one."
    )
    return BookFigure(figure, name=name, alt=alt)


def _mark_at_right(axis: Axes, height: float, text: str) -> None:
    axis.annotate(
        text,
        (1.0, height),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=colours.muted,
    )


@figure_style
def budgets(
    results: Sequence[XorResult], marks: Sequence[int] = (1000, 10_000), *, name: str = "xor-budgets"
) -> BookFigure:
    """Draw the share of nets that are solved against the number of steps, one line for each width."""
    figure, axes = new_axes(height=3.6)
    lines = ("-", "--", "-.", ":")
    shades = (colours.pink, colours.purple, colours.green, colours.blue)
    for result, line, colour in zip(results, lines, shades, strict=True):
        axes.semilogx(result.steps[1:], result.success_curve[1:], line, color=colour, label=f"{result.width} units")
    for mark in marks:
        axes.axvline(mark, color=colours.muted, linewidth=1.0, linestyle=":")
    axes.set_xlim(results[0].steps[1], results[0].steps[-1])
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("budget, steps")
    axes.set_ylabel("share of nets solved so far")
    axes.legend(loc="lower right")
    alt = (
        "Share of nets that are solved against the budget of steps, on a logarithmic axis, for each number of hidden "
        "units. All curves rise. Wider nets are earlier and end higher; with two units the curve still rises at the end."
    )
    return BookFigure(figure, name=name, alt=alt)
