"""Draw the growth of a split: along a plateau, and for several momenta."""

from __future__ import annotations

import numpy as np

from ..experiments.clock_ticks import MomentumTicks
from ..experiments.symmetry_breaking import SymmetryBreaking
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def plateau(result: SymmetryBreaking, *, name: str = "clock-plateau") -> BookFigure:
    """Draw the loss and the split of one run from the saddle, below each other."""
    figure, (above, below) = new_axes(2, 1, height=5.2, share_x=True)
    above.plot(result.times, result.losses, color=colours.blue)
    above.axhline(result.saddle_loss, color=colours.muted, linewidth=1.2, linestyle=":")
    above.annotate(
        "the saddle", (result.times[-1], result.saddle_loss), xytext=(0, -5),
        textcoords="offset points", ha="right", va="top", color=colours.muted,
    )  # fmt: skip
    above.set_ylim(0.0, 1.15 * result.saddle_loss)
    above.set_ylabel("loss")
    below.semilogy(result.times, result.splits, color=colours.orange, label="measured")
    # Beyond a split of 3 the linear law has long ended.
    last = int(np.log(3.0 / result.splits[0]) / np.log(result.factor))
    ends = np.array([0, min(last, int(result.times[-1]))])
    below.semilogy(
        ends,
        result.splits[0] * result.factor**ends,
        "--",
        color=colours.ink,
        linewidth=1.4,
        label="predicted",
    )
    below.set_ylabel("split")
    below.set_xlabel("step")
    below.legend(loc="lower right")
    alt = (
        "Two curves above each other, against the step. The loss stays level at the saddle for most of the run and "
        f"then falls to {result.losses[-1]:.3f}. The logarithm of the split rises along a straight line from the "
        "first step until the loss falls, on the predicted line, and then levels off."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def momentum(result: MomentumTicks, *, name: str = "clock-momentum") -> BookFigure:
    """Draw the growth of ln(split) a step against the momentum."""
    figure, axes = new_axes()
    beta, rate = result.curve
    axes.plot(beta, rate, color=colours.blue, label="root, predicted")
    axes.plot(result.momenta, result.measured, "o", color=colours.blue, label="measured")
    top = 1.35 * result.limit
    seen = result.effective <= top
    axes.plot(
        beta[seen], result.effective[seen], "--", color=colours.orange, linewidth=1.6,
        label=r"step $\eta / (1 - \beta)$",
    )  # fmt: skip
    axes.axhline(result.limit, color=colours.muted, linewidth=1.2, linestyle=":")
    axes.annotate(
        r"bound, $\beta = 1$",
        (0.0, result.limit),
        xytext=(0, 5),
        textcoords="offset points",
        color=colours.muted,
    )
    axes.set_ylim(0.0, top)
    axes.set_xlabel(r"momentum $\beta$")
    axes.set_ylabel(r"growth $\ln f$ a step")
    figure.legend(loc="outside upper center", ncols=3)
    alt = (
        f"Growth a step against the momentum. The predicted line rises from {rate[0]:.3f} to a bound of "
        f"{result.limit:.3f}, and all marks lie on it. The line of the step eta over one minus beta agrees with it "
        "at small momentum and shoots past the bound at large momentum."
    )
    return BookFigure(figure, name=name, alt=alt)
