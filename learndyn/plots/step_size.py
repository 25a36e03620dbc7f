"""Draw what the step size chooses: the map itself, orbits on two even losses, runs of a net."""

from __future__ import annotations

import numpy as np

from ..experiments.descent_regimes import DescentRegimes
from ..experiments.even_losses import EvenLosses
from ..experiments.net_step_sizes import NetStepSizes
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def cobwebs(result: DescentRegimes, *, name: str = "step-size-cobwebs") -> BookFigure:
    """Draw each run as a staircase between the graph of its map and the diagonal."""
    figure, axes = new_axes(2, 2, height=5.8, share_x=True, share_y=True)
    reach = 1.6
    line = np.array([-reach, reach])
    panels = zip(
        axes.flat, result.positions, result.multipliers, result.step_sizes * result.curvature, strict=True
    )
    for axis, positions, multiplier, relative_step in panels:
        axis.plot(line, line, color=colours.muted, linewidth=1.0)
        axis.plot(line, multiplier * line, "--", color=colours.orange, linewidth=2.0)
        x = np.repeat(positions, 2)
        axis.plot(x[:-1], np.concatenate([[0.0], x[2:]]), color=colours.blue, linewidth=1.4)
        axis.plot(positions[0], 0.0, "o", color=colours.blue, markersize=6)
        axis.set_title(rf"$\eta\lambda$ = {relative_step:.1f}")
        axis.set_xlim(-reach, reach)
        axis.set_ylim(-reach, reach)
        axis.set_aspect("equal")
        axis.set_xticks([-1, 0, 1])
        axis.set_yticks([-1, 0, 1])
    axes[0, 0].annotate(
        r"$\theta_{t+1} = \theta_t$", (-0.5, -0.5), xytext=(-16, 24), textcoords="offset points",
        ha="center", color=colours.muted,
    )  # fmt: skip
    for axis in axes[1]:
        axis.set_xlabel(r"$\theta_t$")
    for axis in axes[:, 0]:
        axis.set_ylabel(r"$\theta_{t+1}$")
    alt = (
        "Four panels with the diagonal, a line through the origin for the map, and the staircase of "
        "a run between them. The staircase walks into the origin, spirals into it, repeats one "
        "square, and spirals outwards."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def orbits(result: EvenLosses, *, name: str = "step-size-orbits") -> BookFigure:
    """Draw the edge of convergence on the quartic beside the jump on log cosh."""
    figure, (left, right) = new_axes(1, 2, height=3.9)
    left.fill_between(
        result.small_steps, result.predicted_edges, 3.3, color=colours.pink, alpha=0.15, linewidth=0
    )
    left.plot(result.small_steps, result.predicted_edges, "--", color=colours.pink)
    left.plot(result.small_steps, result.measured_edges, "o", color=colours.ink, markersize=4.5)
    left.text(1.12, 2.2, "explodes", ha="center", color=colours.pink)
    left.text(0.65, 0.45, "converges", ha="center", color=colours.blue)
    left.set_title("quartic: the edge")
    left.set_ylabel(r"start $|\theta_0|$")
    left.set_xlim(0.0, 2.2)
    right.plot(result.large_steps, result.predicted_jumps, "--", color=colours.blue)
    right.plot(result.large_steps, result.measured_jumps, "o", color=colours.ink, markersize=4.5)
    right.text(3.95, 0.55, "jumps\nfor ever", ha="right", color=colours.blue)
    right.set_title("log cosh: the jump")
    right.set_ylabel(r"size in the end $|\theta|$")
    for axis in (left, right):
        axis.axvline(2.0, color=colours.muted, linestyle=":", linewidth=1.4)
        axis.set_xlabel(r"$\eta\lambda$")
    left.set_ylim(0.0, 3.3)
    right.set_ylim(-0.08, 2.1)
    alt = (
        "Left: for the quartic, the largest start that converges falls from about 3 to 0 as the "
        "relative step grows to 2; starts above the edge explode. Right: on log cosh the final "
        "size is 0 up to a relative step of 2 and grows from 0 to about 2 at 4. The measured dots "
        "lie on the predicted lines."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def net_sharpness(result: NetStepSizes, *, name: str = "step-size-net") -> BookFigure:
    """Draw the sharpness where each run settles, under the limit 2 / eta, and mark the explosions."""
    figure, axes = new_axes(height=4.4)
    eta = np.array([run.step_size for run in result.runs])
    span = np.array([eta[0] / 1.1, eta[-1] * 1.1])
    sharpness, limit = result.minimum.sharpness, result.minimum.predicted_limit
    axes.loglog(span, 2.0 / span, "--", color=colours.pink)
    axes.axvline(limit, color=colours.muted, linestyle=":", linewidth=1.4)
    for keep, marker, colour in ((True, "o", colours.blue), (False, "D", colours.orange)):
        chosen = [run for run in result.settled if (run.rises == 0) == keep]
        axes.plot(
            [run.step_size for run in chosen], [run.sharpness for run in chosen], marker,
            color=colour, markersize=7,
        )  # fmt: skip
    lost = [run.step_size for run in result.exploded]
    low = 1.6
    axes.plot(lost, np.full(len(lost), 1.15 * low), "x", color=colours.pink, markersize=8, markeredgewidth=2)
    notes = (
        ("falls at every step", (eta[0], sharpness), (0, -22), "left", colours.blue),
        ("rises on the way,\nsettles flatter", (limit, 3.3), (-8, 0), "right", colours.orange),
        ("explodes", (lost[0] if lost else eta[-1], 1.15 * low), (-10, -4), "right", colours.pink),
        (r"limit $\lambda = 2/\eta$", (0.105, 19.0), (8, 0), "left", colours.pink),
    )
    for text, place, shift, side, colour in notes:
        axes.annotate(
            text, place, xytext=shift, textcoords="offset points", ha=side, va="baseline", color=colour
        )
    axes.set_xlim(*span)
    axes.set_ylim(low, 30.0)
    axes.set_xticks([0.05, 0.1, 0.2, 0.5, 1.0], ["0.05", "0.1", "0.2", "0.5", "1"])
    axes.set_yticks([2, 4, 8, 16], ["2", "4", "8", "16"])
    axes.minorticks_off()
    axes.set_xlabel(r"step size $\eta$")
    axes.set_ylabel(r"sharpness in the end $\lambda_{\max}$")
    alt = (
        "Sharpness where a net settles against the step size, on logarithmic axes. Up to about "
        f"{limit:.2f} it is constant near {sharpness:.1f}; from there it follows the line 2/eta from "
        f"below; from about {lost[0] if lost else float('nan'):.1f} on the runs explode."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def net_losses(
    result: NetStepSizes, chosen: tuple[int, ...], *, steps: int = 400, name: str = "step-size-losses"
) -> BookFigure:
    """Draw the loss of some runs, by their place in the result, over their first steps."""
    figure, axes = new_axes(height=4.0)
    looks = ((colours.blue, "-"), (colours.orange, "--"), (colours.pink, "-."))
    for place, (colour, style) in zip(chosen, looks, strict=False):
        run = result.runs[place]
        losses = run.losses[: steps + 1]
        losses = np.where(losses < 1e9, losses, np.nan)
        axes.semilogy(losses, style, color=colour, linewidth=1.8, label=rf"$\eta$ = {run.step_size:.2f}")
    axes.set_xlim(0, steps)
    axes.set_ylim(1e-6, 1e4)
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend(loc="lower left", ncols=1)
    alt = (
        "Loss of one net against step, for three step sizes. The smallest falls at every step; the "
        "middle one rises and swings, then falls below the first; the largest swings and then leaves "
        "the picture upwards along a straight line."
    )
    return BookFigure(figure, name=name, alt=alt)
