"""Draw what a population of noisy units tells, and what its readouts make of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.population_correlations import PopulationCorrelations
from ..experiments.population_readout import PopulationReadout
from ..experiments.population_shares import PopulationShares
from ..experiments.population_trial import PopulationTrial
from ..experiments.population_votes import VoteCase, VoteEfficiency
from ..experiments.population_width import PopulationWidth
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_TURN = (-180, -90, 0, 90, 180)
_LINES = (
    (colours.blue, "-", "o"),
    (colours.orange, "--", "s"),
    (colours.green, "-.", "^"),
    (colours.pink, (0, (2, 1.2)), "D"),
)


@figure_style
def trial(result: PopulationTrial, *, name: str = "population-trial") -> BookFigure:
    """Draw the counts of one trial over the preferred directions, with the means and the readout."""
    figure, axes = new_axes(height=3.6)
    fine = np.linspace(-np.pi, np.pi, 181)
    means = result.tuning.response(fine - result.stimulus)
    axes.plot(np.degrees(fine), means, color=colours.blue)
    at = np.degrees((result.tuning.preferred + np.pi) % (2 * np.pi) - np.pi)
    axes.plot(at, result.counts, "o", color=colours.orange)
    top = max(result.counts.max(), means.max()) * 1.16
    for angle, colour, style in (
        (result.stimulus, colours.ink, "--"),
        (result.votes, colours.pink, "-"),
    ):
        axes.axvline(np.degrees(angle), color=colour, linestyle=style, linewidth=1.6)
    place = {"textcoords": "offset points", "va": "top"}
    axes.annotate(
        "stimulus",
        (np.degrees(result.stimulus), top),
        xytext=(-5, 0),
        ha="right",
        **place,
    )
    axes.annotate(
        "both readouts",
        (np.degrees(result.votes), top),
        xytext=(5, 0),
        color=colours.pink,
        **place,
    )
    axes.annotate("mean", (-62, result.tuning.response(np.radians(-62) - result.stimulus)),
                  xytext=(-6, 6), textcoords="offset points", ha="right", color=colours.blue)  # fmt: skip
    axes.annotate("count of one trial", (-172, top * 0.52), color=colours.orange)
    axes.set_ylim(0, top)
    axes.set_yticks([0, 5, 10, 15])
    axes.set_xticks(_TURN)
    axes.set_xlim(-184, 184)
    axes.set_xlabel("preferred direction (degrees)")
    axes.set_ylabel("count")
    alt = (
        f"Counts of {result.tuning.units} units against their preferred direction, scattered about a bump that "
        f"peaks at the stimulus, {np.degrees(result.stimulus):.0f} degrees. The population vector and maximum "
        f"likelihood both point to {np.degrees(result.votes):.0f} degrees."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def informative(result: PopulationShares, *, name: str = "population-informative") -> BookFigure:
    """Draw a unit's mean response, and its share in the information, over its distance from the stimulus."""
    figure, axes = new_axes(height=3.2)
    for kind, text, colour, style, at in (
        ("readout", "response $f$", colours.blue, "-", 0),
        ("information", "information $f'^2/f$", colours.orange, "--", 118),
    ):
        offsets, credit = result.profile(kind)
        axes.plot(np.degrees(offsets[::6]), credit[::6], color=colour, linestyle=style)
        axes.annotate(text, (at, 1.1), color=colour, va="center", ha="center")
    flank = np.degrees(result.predicted["information"])
    for side in (-flank, flank):
        axes.axvline(side, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.set_xticks(_TURN)
    axes.set_ylim(0, 1.2)
    axes.set_xlabel("preferred direction, from the stimulus (degrees)")
    axes.set_ylabel("relative to the largest")
    alt = (
        "Two curves over the distance of a unit's preferred direction from the stimulus. The mean response has its "
        f"peak at 0. The information that the unit gives is 0 there and largest at about {flank:.0f} "
        "degrees on either side."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def widths(result: PopulationWidth, *, name: str = "population-widths") -> BookFigure:
    """Draw the error of the best readout against the concentration, with the bound, for several peak counts."""
    figure, axes = new_axes(height=3.9)
    for i, (colour, style, marker) in enumerate(_LINES[: len(result.rates)]):
        errors, bounds = np.degrees(result.errors[i]), np.degrees(result.bounds[i])
        axes.loglog(result.kappas, bounds, color=colour, linestyle=style)
        axes.loglog(result.kappas, errors, marker, color=colour)
        axes.annotate(
            f"$r$ = {result.rates[i]:g}", (result.kappas[0], bounds[0]), xytext=(-8, 0),
            textcoords="offset points", ha="right", va="center", color=colour,
        )  # fmt: skip
    axes.set_xlim(0.17, 320)
    axes.set_xticks([0.5, 2, 8, 32, 128], ["0.5", "2", "8", "32", "128"])
    axes.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axes.minorticks_off()
    axes.set_xlabel(r"concentration $\kappa$ (narrower to the right)")
    axes.set_ylabel("error (degrees)")
    best = ", ".join(f"{k:g} for r = {r:g}" for k, r in zip(result.best, result.rates, strict=True))
    alt = (
        "Error of a decoded direction against the concentration of the tuning curves, for three peak counts. The "
        "bounds are lines that fall all the way. The measured errors follow them at first, then leave them and "
        f"rise steeply. The smallest error is at a concentration of {best}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def votes(cases: Sequence[VoteCase], result: VoteEfficiency, *, name: str = "population-votes") -> BookFigure:
    """Draw the best weight of a count beside the vote, and the efficiency of two readouts."""
    figure, (top, bottom) = new_axes(2, 1, height=6.2)
    bump, wave = cases[0], cases[1]
    degrees = np.degrees(bump.offsets)
    top.plot(degrees, bump.weights, color=colours.blue)
    top.plot(degrees[::5], -np.sin(bump.offsets[::5]), "o", color=colours.ink, markersize=4.5)
    top.plot(degrees, wave.weights, color=colours.orange, linestyle="--")
    top.annotate("von Mises (line)\nand vote (dots)", (30, 0.72), va="center", color=colours.blue)
    top.annotate("cosine", (62, -0.12), color=colours.orange, va="center")
    top.set_xticks(_TURN)
    top.set_xlim(-184, 184)
    top.set_xlabel(r"$\theta - \phi_i$ (degrees)")
    top.set_ylabel("weight of a count")
    bottom.plot(*result.curve, color=colours.blue)
    bottom.errorbar(
        result.modulations,
        result.votes,
        result.votes * result.votes_error,
        fmt="o",
        color=colours.blue,
    )
    bottom.axhline(1.0, color=colours.green, linestyle="--")
    bottom.errorbar(
        result.modulations,
        result.likely,
        result.likely * result.likely_error,
        fmt="s",
        color=colours.green,
    )
    bottom.annotate("maximum likelihood", (0.26, 1.045), color=colours.green)
    bottom.annotate("population vector", (0.72, 0.78), color=colours.blue, ha="right")
    bottom.set_ylim(0.45, 1.12)
    bottom.set_xlabel("depth of modulation $m = a/b$")
    bottom.set_ylabel("efficiency")
    alt = (
        "Top: the best weight of a count against the unit's distance from the stimulus. For von Mises tuning it is "
        "a sine and coincides with the vote. For cosine tuning it is largest at units that are turned away from "
        "the stimulus. Bottom: efficiency against the depth of modulation. Maximum likelihood stays at 1. The "
        f"population vector falls from 1 to {result.votes[-1]:.2f}, along the predicted curve."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def climb(result: PopulationReadout, *, name: str = "population-climb") -> BookFigure:
    """Draw directions that climb the likelihood of one trial."""
    figure, axes = new_axes(height=3.7)
    for path, exact in zip(result.directions.T, result.closed_form.T, strict=True):
        axes.plot(result.times, np.degrees(exact), color=colours.blue, linewidth=1.6)
        axes.plot(
            result.times[::5],
            np.degrees(path[::5]),
            "o",
            color=colours.blue,
            markersize=4,
        )
    turn = 2.0 * np.pi
    for angle, text in ((result.stable, "stable"), (result.unstable, "unstable")):
        for copy in (angle - turn, angle, angle + turn):
            if -5.8 < copy < 3.3:
                axes.axhline(
                    np.degrees(copy),
                    color=colours.muted,
                    linestyle="--",
                    linewidth=1.5,
                    zorder=1,
                )
        axes.annotate(text, (result.times[-1], np.degrees(angle)), xytext=(0, 5),
                      textcoords="offset points", ha="right", color=colours.muted)  # fmt: skip
    axes.set_yticks([-360, -270, -180, -90, 0, 90, 180])
    axes.set_ylim(-345, 195)
    axes.set_xlim(0, result.times[-1] * 1.01)
    axes.set_xlabel(r"time, in units of $1/J$")
    axes.set_ylabel("direction (degrees)")
    alt = (
        f"Directions against time from {result.directions.shape[1]} starts. All but one flow to the population "
        f"vector at {np.degrees(result.stable):.0f} degrees. The one that starts on the other side of the unstable "
        f"direction, {np.degrees(result.unstable):.0f} degrees, goes the other way round to the same direction."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def correlations(result: PopulationCorrelations, *, name: str = "population-correlations") -> BookFigure:
    """Draw the information against the number of units for four kinds of noise."""
    figure, axes = new_axes(height=4.2)
    n = result.sizes
    kinds = (
        (None, result.independent, colours.ink, ":", "", "independent", 0),
        (result.uneven, result.uneven_predicted, colours.green, "-.", "^", "limited range,\nunequal units", 10),
        (result.differential, result.differential_predicted, colours.blue, "-", "o", "differential", -6),
        (result.even, result.even_predicted, colours.orange, "--", "s", "limited range,\nequal units", 0),
    )
    for values, predicted, colour, style, marker, text, lift in kinds:
        axes.loglog(n, predicted, color=colour, linestyle=style)
        if values is not None:
            axes.loglog(n, values, marker, color=colour, markersize=5.5)
        axes.annotate(text, (n[-1], predicted[-1]), xytext=(8, lift), textcoords="offset points",
                      va="center", color=colour)  # fmt: skip
    axes.loglog(n, result.jittered, "x", color=colours.pink, markersize=9, markeredgewidth=1.8)
    axes.annotate(
        "crosses: jittered stimulus",
        (0.98, 0.06),
        xycoords="axes fraction",
        ha="right",
        color=colours.pink,
    )
    axes.axhline(1.0 / result.epsilon, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.annotate(r"$1/\epsilon$", (n[0], 1.0 / result.epsilon), xytext=(0, 5), textcoords="offset points",
                  color=colours.muted)  # fmt: skip
    axes.set_xlim(n[0] * 0.9, n[-1] * 6.5)
    axes.set_xticks(n[::2], [str(x) for x in n[::2]])
    axes.minorticks_off()
    axes.set_xlabel("units $N$")
    axes.set_ylabel("linear information (1/rad²)")
    alt = (
        "Linear information against the number of units on logarithmic axes. Independent noise: a straight line up "
        f"to {result.independent[-1]:.0f}. Limited range with equal units levels off at {result.even[-1]:.0f}, "
        f"with unequal units it rises to {result.uneven[-1]:.0f} and on. Differential correlations bend towards a "
        f"ceiling of {1 / result.epsilon:.0f}; crosses for a jittered stimulus lie on the same curve."
    )
    return BookFigure(figure, name=name, alt=alt)
