"""Draw how perturbations and gradients grow: both ways on one line, and how far ahead one sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.chaos_horizon import WRONG, Horizon
from ..experiments.chaos_two_ways import TwoWays
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = (
    (colours.blue, "o"),
    (colours.orange, "s"),
    (colours.green, "^"),
    (colours.purple, "D"),
)
_POINTS = 11  # of each way


@figure_style
def collapse(results: Sequence[TwoWays], *, name: str = "chaos-collapse") -> BookFigure:
    """Draw ln of the growth of all systems, both ways, against distance in units of 1 / lambda."""
    figure, axes = new_axes(height=4.6)
    end = max(float(result.exponent * result.times[-1]) for result in results)
    axes.plot([0.0, end], [0.0, end], color=colours.muted, linewidth=1.4)
    for result, (colour, marker) in zip(results, _LOOKS, strict=False):
        shown = np.linspace(0, len(result.times) - 1, _POINTS).round().astype(int)
        x = result.exponent * result.times[shown]
        axes.plot(
            x, result.forward[shown].mean(axis=1), marker, color=colour,
            label=f"{result.name} (per {result.unit})",
        )  # fmt: skip
        axes.plot(
            x, result.backward[shown].mean(axis=1), marker, color=colour, markerfacecolor="none",
            markersize=9.5, markeredgewidth=1.4,
        )  # fmt: skip
    axes.set_xlabel(r"$\lambda$ times the distance travelled")
    axes.set_ylabel(r"mean $\ln$ of the growth")
    axes.annotate(
        "filled: a perturbation, forwards\nopen: a gradient, backwards\nline: slope 1",
        (0.98, 0.04), xycoords="axes fraction", ha="right", va="bottom", color=colours.ink,
    )  # fmt: skip
    figure.legend(loc="outside upper center", ncols=2, columnspacing=1.2)
    rates = ", ".join(
        f"{r.name} {r.forward_rate:.2f} and {r.backward_rate:.2f} per {r.unit}" for r in results
    )
    alt = (
        "Mean logarithm of growth against distance times exponent, for a deep net, a recurrent net, a circuit and a "
        "double pendulum. Filled marks for perturbations and open marks for gradients lie along one line of slope 1. "
        f"Slopes before scaling, forwards and backwards: {rates}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def horizons(result: Horizon, *, name: str = "chaos-horizon") -> BookFigure:
    """Draw the distance of both runs of a pair against time, for each error at the start."""
    figure, axes = new_axes(height=4.4)
    typical = np.exp(np.log(result.distances).mean(axis=-1))
    axes.axhline(WRONG, color=colours.muted, linestyle=":", linewidth=1.4)
    names = [_power(error) for error in result.errors[:-1]]
    for number in range(len(result.errors)):
        last = number == len(names)
        colour = colours.pink if last else colours.blue
        axes.semilogy(
            result.times[::2], typical[::2, number], color=colour,
            linewidth=2.2 if last else 1.6,
        )  # fmt: skip
        if not last:
            reach = result.times[result.times <= result.predicted[number] + 1e-9][[0, -1]]
            axes.semilogy(
                reach, result.errors[number] * np.exp(result.exponent * reach), "--",
                color=colours.muted, linewidth=1.2,
            )  # fmt: skip
        place = result.horizons[number]
        axes.semilogy([place], [WRONG], "o", color=colour, markeredgecolor=colours.page)
    for number, name_of in enumerate(names):
        axes.annotate(
            name_of, (0.0, result.errors[number]), xytext=(-4, 0), textcoords="offset points",
            ha="right", va="center", color=colours.blue,
        )  # fmt: skip
    axes.annotate("rounding", (9.5, 1e-13), ha="left", va="top", color=colours.pink)
    axes.set_yticks([1e-15, 1e-10, 1e-5, 1.0], [r"$10^{-15}$", r"$10^{-10}$", r"$10^{-5}$", "1"])
    axes.minorticks_off()
    axes.set_xlim(-3.4, result.times[-1])
    axes.set_ylim(1e-16, 20.0)
    axes.set_xlabel("time, s")
    axes.set_ylabel("distance of the angles, rad")
    times = ", ".join(f"{t:.0f}" for t in result.horizons)
    alt = (
        "Distance between two runs of a double pendulum against time, on a logarithmic axis, for five errors at the "
        "start and for rounding. Each rises along a straight line of the same slope and levels off near 1 radian. "
        f"The medians of the times at which they pass 1 radian are {times} seconds."
    )
    return BookFigure(figure, name=name, alt=alt)


def _power(value: float) -> str:
    return rf"$10^{{{round(np.log10(value))}}}$"
