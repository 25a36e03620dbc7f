"""Draw what one error teaches a population, what it learns first, and what it loses with its units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.population_gaps import PopulationGaps
from ..experiments.population_inputs import InputRun
from ..experiments.population_lesions import PopulationLesions
from ..experiments.population_modes import PopulationModes
from ..experiments.population_shares import PopulationShares
from ..experiments.population_transfer import PopulationTransfer
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LINES = (
    (colours.blue, "-", "o"),
    (colours.orange, "--", "s"),
    (colours.green, "-.", "^"),
    (colours.pink, (0, (2, 1.2)), "D"),
)


@figure_style
def transfer(result: PopulationTransfer, *, name: str = "population-transfer") -> BookFigure:
    """Draw what learning at one angle gives another, and what it takes when the other wants the opposite."""
    figure, (top, bottom) = new_axes(2, 1, height=6.0, share_x=True)
    degrees = np.degrees(result.separations)
    for i, (colour, style, marker) in enumerate(_LINES[: len(result.kappas)]):
        for axes, measured, predicted in (
            (top, result.carried[i], result.carried_predicted[i]),
            (bottom, result.forgotten[i], result.forgotten_predicted[i]),
        ):
            axes.plot(degrees, predicted, color=colour, linestyle=style)
            axes.plot(degrees, measured, marker, color=colour, markersize=5.5)
        at = np.argmin(np.abs(result.carried_predicted[i] - 0.86)) if i == 0 else 4 - i
        top.annotate(
            rf"$\kappa$ = {result.kappas[i]:g}", (degrees[at], result.carried_predicted[i, at]), xytext=(9, 4),
            textcoords="offset points", color=colour,
        )  # fmt: skip
    top.set_ylim(-0.04, 1.08)
    top.set_ylabel("carried over to $D$")
    bottom.set_ylim(-0.08, 2.15)
    bottom.set_ylabel("then forgotten at 0")
    bottom.set_xticks([0, 45, 90, 135, 180])
    bottom.set_xlabel("separation $D$ (degrees)")
    half = result.carried[:, 3]
    alt = (
        "Top: the share of what is learned at one angle that shows at another, against their separation, for three "
        "concentrations. It falls from 1, slowly for broad tuning, fast for narrow. Bottom: the error left at the "
        "first angle after the opposite was learned at the second. It falls from 2 in the same order. At 45 "
        f"degrees the shares are {half[0]:.2f}, {half[1]:.2f} and {half[2]:.2f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def modes(result: PopulationModes, *, name: str = "population-modes") -> BookFigure:
    """Draw the rate of each Fourier mode, and the error in four modes along training."""
    figure, (top, bottom) = new_axes(2, 1, height=6.4)
    for i, (colour, style, marker) in enumerate(_LINES[: len(result.kappas)]):
        top.semilogy(result.modes, result.rates_predicted[i], color=colour, linestyle=style)
        # An eigenvalue is known to rounding of the largest one only.
        seen = result.rates_predicted[i] > 1e-12
        top.semilogy(result.modes[seen], result.rates[i][seen], marker, color=colour)
        at = (3, 5, 7)[i]
        top.annotate(rf"$\kappa$ = {result.kappas[i]:g}", (at, result.rates_predicted[i, at]),
                     xytext=(9, 3), textcoords="offset points", color=colour)  # fmt: skip
    top.set_ylim(1e-13, 5)
    top.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    top.set_xlabel("turns $k$ around the ring")
    top.set_ylabel(r"rate $\lambda_k / \lambda_0$")
    for j, (colour, style, marker) in enumerate(_LINES[: len(result.learned)]):
        shown = slice(None, None, 3)
        bottom.semilogx(result.steps, result.errors_predicted[:, j], color=colour, linestyle=style)
        bottom.semilogx(
            result.steps[shown],
            result.errors[shown, j],
            marker,
            color=colour,
            markersize=5,
        )
        at = int(np.argmin(np.abs(result.errors_predicted[:, j] - 0.68)))
        bottom.annotate(f"$k$ = {result.learned[j]}", (result.steps[at], result.errors_predicted[at, j]),
                        xytext=(8, 5), textcoords="offset points", color=colour)  # fmt: skip
    bottom.set_ylim(-0.05, 1.1)
    bottom.set_xlabel("step")
    bottom.set_ylabel("error in mode $k$")
    halves = result.half_steps[list(result.kappas).index(result.kappa)][list(result.learned)]
    alt = (
        "Top: learning rates of Fourier modes on a logarithmic axis for three concentrations. They fall with the "
        "number of turns, the faster the broader the tuning. Bottom: error in modes of "
        f"{', '.join(map(str, result.learned))} turns against the step on a logarithmic axis. One after the other "
        f"goes to zero; a slow mode halves in {halves[-1]:.0f} steps."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def shares(result: PopulationShares, *, name: str = "population-shares") -> BookFigure:
    """Draw the credit of each unit for four purposes, with the predicted places of the largest."""
    figure, panels = new_axes(2, 2, height=4.9, share_x=True, share_y=True)
    titles = {
        "readout": "weight, for a value",
        "discrimination": "weight, for a difference",
        "preferred": "preferred direction",
        "information": "information",
    }
    for axes, (kind, title), (colour, _, _) in zip(panels.flat, titles.items(), _LINES, strict=True):
        offsets, credit = result.profile(kind)
        axes.plot(np.degrees(offsets[::6]), credit[::6], color=colour)
        place = np.degrees(result.predicted[kind])
        for side in {-place, place}:
            axes.axvline(side, color=colours.muted, linestyle=":", linewidth=1.5)
        axes.set_title(title)
        axes.set_xticks([-90, 0, 90])
        axes.set_yticks([-1, 0, 1])
    figure.supxlabel("stimulus minus preferred direction (degrees)", fontsize=12)
    figure.supylabel("credit, largest 1 in size", fontsize=12)
    places = [
        f"{title} at {np.degrees(result.predicted[kind]):.0f} degrees" for kind, title in titles.items()
    ]
    alt = (
        "Four panels with the credit of a unit against its distance from the stimulus. Largest in size: "
        + ", ".join(places)
        + ". Only the first has its peak at zero; the second and third are zero there and odd, the "
        "fourth is zero and even."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def inputs(runs: Sequence[InputRun], *, name: str = "population-inputs") -> BookFigure:
    """Draw learning curves of the same target for several codes of the input, with those of a fixed kernel."""
    figure, axes = new_axes(height=4.0)
    steps = np.unique(np.geomspace(1, len(runs[0].losses) - 1, 80).round().astype(int))
    for run, (colour, style, _) in zip(runs, _LINES, strict=False):
        for column in run.losses.T:
            axes.loglog(steps, column[steps], color=colour, linestyle=style, linewidth=1.5)
        axes.loglog(
            steps,
            np.median(run.predicted, axis=1)[steps],
            color=colour,
            linewidth=1.2,
            alpha=0.55,
        )
    for run, (colour, _, _), lift in zip(runs, _LINES, (0, 0, 11, -9), strict=False):
        axes.annotate(
            run.name.replace(", ", ",\n"), (1.0, np.median(run.losses[-1])),
            xycoords=("axes fraction", "data"), xytext=(5, lift), textcoords="offset points",
            color=colour, va="center",
        )  # fmt: skip
    axes.set_xlim(1, steps[-1])
    axes.set_ylim(4e-6, 1.2)
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    ends = ", ".join(f"{run.name} {np.median(run.losses[-1]):.2g}" for run in runs)
    alt = (
        "Loss against the step on logarithmic axes for nets that get an angle as one number, as a point on a "
        f"circle, or as a population code, three seeds each. They end at about: {ends}. Faint lines show what the "
        "kernel at the start predicts. The linear readout lies on its line; nets with hidden units "
        "leave theirs downwards."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def gaps(results: Sequence[PopulationGaps], *, name: str = "population-gaps") -> BookFigure:
    """Draw what each population learned, over the target."""
    figure, panels = new_axes(len(results), 1, height=5.6, share_x=True, share_y=True)
    for axes, result, (colour, _, _) in zip(panels, results, _LINES, strict=False):
        degrees = np.degrees(result.angles)
        axes.plot(degrees, result.wanted, color=colours.muted, linestyle=":")
        axes.plot(degrees, result.output, color=colour)
        spacing = 360 / result.units
        axes.plot(
            np.arange(result.units) * spacing,
            np.full(result.units, -2.75),
            "|",
            color=colours.muted,
        )
        axes.set_title(rf"{result.units} units, $\kappa$ = {result.kappa:g}", color=colour)
        axes.set_ylim(-3.1, 2.9)
    panels[-1].set_xticks([0, 90, 180, 270, 360])
    panels[-1].set_xlabel("angle (degrees); ticks: preferred directions")
    panels[len(results) // 2].set_ylabel("output, and target (dotted)")
    errors = ", ".join(f"{r.units} units at {r.kappa:g}: {r.error:.2f}" for r in results)
    alt = (
        "Outputs of three populations after training, over the same wavy target. The first lies on the target. The "
        "second meets it only near eight preferred directions and returns to zero between them. The third follows "
        f"its broad features only. Relative errors: {errors}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def lesions(result: PopulationLesions, *, name: str = "population-lesions") -> BookFigure:
    """Draw the error after units are lost, before and after the rest learn again."""
    figure, axes = new_axes(height=3.7)
    p = np.linspace(0.0, 1.05 * result.losses[-1], 60)
    axes.plot(p, p, color=colours.orange, linestyle="--")
    axes.plot(p, result.predict(p), color=colours.blue)
    axes.plot(result.losses, result.one_hot, "s", color=colours.orange)
    axes.plot(result.losses, result.population, "o", color=colours.blue)
    axes.plot(result.losses, result.repaired, "-.^", color=colours.green)
    axes.annotate("one-hot", (0.36, 0.41), color=colours.orange, ha="right")
    axes.annotate("population", (0.33, 0.1), color=colours.blue)
    axes.annotate("population, after learning again", (0.235, 0.016), color=colours.green)
    axes.set_xlim(0, 1.05 * result.losses[-1])
    axes.set_ylim(-0.015, 0.55)
    axes.set_xlabel("share of units lost, $p$")
    axes.set_ylabel("relative squared error")
    alt = (
        "Relative squared error against the share of units lost. The one-hot code lies on the diagonal. The "
        f"population lies below it, at {result.population[2]:.2f} for a share of {result.losses[2]:g} and "
        f"{result.population[-1]:.2f} for {result.losses[-1]:g}, along the predicted curve, and close to zero "
        "once the rest has learned again."
    )
    return BookFigure(figure, name=name, alt=alt)
