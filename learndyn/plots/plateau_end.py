"""Draw a plateau and its end: the loss, the gradient that grows under it, and the step that was predicted."""

from __future__ import annotations

import numpy as np

from ..experiments.plateau_end import PlateauEnd
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def plateau(result: PlateauEnd, *, name: str = "plateau-end") -> BookFigure:
    """Draw loss and gradient against the step, with the predicted end."""
    figure, (above, below) = new_axes(2, 1, height=4.9, share_x=True)
    steps = np.arange(len(result.losses))[::5]
    above.plot(steps, result.losses[::5], color=colours.blue)
    above.set_ylabel("loss")
    above.set_ylim(0.0, 0.5)
    below.semilogy(steps, result.gradient_norms[::5], color=colours.blue)
    line = result.gradient_norms[result.judged] * result.predicted_growth ** (steps - float(result.judged))
    kept = line < 3.0
    below.plot(steps[kept], line[kept], color=colours.orange, linestyle="--", linewidth=1.8)
    below.set_ylabel("length of the gradient")
    below.set_xlabel("step")
    below.set_ylim(3e-10, 30.0)
    below.set_yticks([1e-9, 1e-6, 1e-3, 1.0], ["$10^{-9}$", "$10^{-6}$", "$10^{-3}$", "1"])
    below.minorticks_off()
    for axes in (above, below):
        axes.axvline(result.judged, color=colours.muted, linestyle=":", linewidth=1.6)
        axes.axvline(result.predicted_left, color=colours.pink, linestyle="-.", linewidth=1.6)
    above.annotate(
        "judged here", (result.judged, 0.45), xytext=(-5, 0), textcoords="offset points", ha="right",
        va="center", color=colours.muted,
    )  # fmt: skip
    above.annotate(
        "predicted end", (result.predicted_left, 0.45), xytext=(-5, 0), textcoords="offset points",
        ha="right", va="center", color=colours.pink,
    )  # fmt: skip
    place = result.judged + 40
    below.annotate(
        "predicted growth", (place, result.gradient_norms[place]), xytext=(6, -14),
        textcoords="offset points", color=colours.orange,
    )  # fmt: skip
    alt = (
        "Two panels against the step. Above, the loss is level at one third until about step 550, and is "
        f"down to half of that at step {result.left}. Below, the gradient rises from "
        f"{result.gradient_norms[0]:.0e} on a straight line of its logarithm, the one predicted, until the "
        "plateau ends. A mark at step "
        f"{result.predicted_left:.0f} is the end that was predicted at step {result.judged}."
    )
    return BookFigure(figure, name=name, alt=alt)
