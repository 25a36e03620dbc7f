"""Draw descent at the edge beside the central flow and gradient flow."""

from __future__ import annotations

from ..experiments.central_path import CentralPath
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def paths(result: CentralPath, *, name: str = "edge-central-flow") -> BookFigure:
    """Draw the distances from both paths, and the mean loss beside its prediction."""
    figure, (above, below) = new_axes(2, 1, height=5.6, share_x=True)
    above.plot(result.steps, result.to_flow, color=colours.pink, linestyle="--", label="from gradient flow")
    above.plot(result.steps, result.to_central, color=colours.blue, label="from central flow")
    above.set_ylabel("distance of averaged descent")
    above.legend(loc="upper left")
    below.plot(
        result.steps, result.loss, "o", color=colours.ink, markersize=4.5, label="descent, averaged"
    )
    below.plot(
        result.steps, result.predicted_loss, color=colours.blue, label=r"$L(w) + \sigma^2/\eta$"
    )
    below.plot(
        result.steps, result.path_loss, color=colours.orange, linestyle="-.", label=r"$L(w)$ alone"
    )
    below.set_yscale("log")
    below.set_ylabel("loss")
    below.set_xlabel("step")
    below.ticklabel_format(axis="x", style="plain")
    below.legend(loc="upper right")
    alt = (
        "Two panels against the step. Above, the distance of averaged descent from gradient flow grows to about 5, "
        "that from the central flow stays near 0.3. Below, points of the averaged loss fall on the curve of the "
        "predicted mean loss; the loss on the path alone is less than half of it."
    )
    return BookFigure(figure, name=name, alt=alt)
