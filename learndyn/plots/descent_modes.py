"""Draw the modes of gradient descent on a quadratic, and its rate against the step size."""

from __future__ import annotations

import numpy as np

from ..experiments.descent_modes import DescentModes, RateSweep
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def modes(
    result: DescentModes,
    *,
    shown: tuple[int, ...] = (0, 2, 4, 5),
    name: str = "descent-modes",
) -> BookFigure:
    """Draw the size of some modes against step, dots on the predicted lines.

    Parameters
    ----------
    result : DescentModes
    shown : tuple of int, optional
        Which modes, by the order of their curvature.
    """
    figure, axes = new_axes(height=4.2)
    looks = ((colours.blue, "-"), (colours.orange, "--"), (colours.green, "-."), (colours.pink, ":"))
    last, floor = result.steps[-1], 1e-20
    for mode, (colour, style) in zip(shown, looks, strict=True):
        predicted, measured = np.abs(result.predicted[:, mode]), np.abs(result.measured[:, mode])
        axes.semilogy(result.steps, predicted, style, color=colour, linewidth=1.6)
        axes.semilogy(result.steps[::2], measured[::2], "o", color=colour, markersize=3.5)
        steep = predicted[-1] < floor  # its label stands beside the line, not above it
        place = int((predicted > 1e-11).sum()) if steep else last - 12
        curvature, multiplier = result.curvatures[mode], result.multipliers[mode]
        axes.annotate(
            rf"$\lambda$ = {curvature:.3g}: $\times$ {multiplier:.2f}".replace("-", "\N{MINUS SIGN}"),
            (place, predicted[place]),
            xytext=(-8, -4) if steep else (-10, 8),
            textcoords="offset points",
            ha="right" if steep else "left",
            color=colour,
        )
    axes.set_ylim(floor, 20.0)
    axes.set_xlim(0, last)
    axes.set_xlabel("step $t$")
    axes.set_ylabel("size of a mode $|c_i(t)|$")
    alt = (
        "Size of four modes of a quadratic against step, on a logarithmic axis. Each is a straight "
        "line, with measured dots on the predicted line, until a mode reaches about 1e-17, where "
        "its dots leave the line and scatter."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def rate_valley(result: RateSweep, *, name: str = "descent-rates") -> BookFigure:
    """Draw the measured rate against the step size on the two predicted lines."""
    figure, axes = new_axes(height=3.8)
    eta = result.step_sizes
    slow, fast = np.abs(1.0 - np.outer(eta, result.curvatures[[0, -1]])).T
    axes.plot(eta, slow, "--", color=colours.blue, linewidth=1.6)
    axes.plot(eta, fast, "-.", color=colours.orange, linewidth=1.6)
    every = max(1, len(eta) // 40)
    axes.plot(eta[::every], result.rates[::every], "o", color=colours.ink, markersize=4.5)
    axes.plot(result.best_step, result.best_rate, "D", color=colours.pink, markersize=8)
    axes.axhline(1.0, color=colours.muted, linewidth=1.0)
    axes.annotate(
        r"flattest mode $1 - \eta\lambda_1$", (eta[0], slow[0]), xytext=(2, -18),
        textcoords="offset points", color=colours.blue,
    )  # fmt: skip
    place = int(np.searchsorted(fast, 0.80))
    axes.annotate(
        r"steepest mode $\eta\lambda_n - 1$", (eta[place], fast[place]), xytext=(-8, -2),
        textcoords="offset points", ha="right", color=colours.orange,
    )  # fmt: skip
    axes.annotate(
        "fastest", (result.best_step, result.best_rate), xytext=(-12, -20),
        textcoords="offset points", ha="right", color=colours.pink,
    )  # fmt: skip
    axes.set_ylim(0.7, 1.05)
    axes.set_xlabel(r"step size $\eta$")
    axes.set_ylabel(r"rate $\rho$, factor per step")
    alt = (
        "Rate per step against step size. The dots first fall slowly along the line of the flattest "
        "mode, then rise steeply along that of the steepest mode; the fastest step is where the two "
        f"lines cross, at {result.best_step:.4f}."
    )
    return BookFigure(figure, name=name, alt=alt)
