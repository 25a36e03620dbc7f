"""Draw all eigenvalues of a Hessian beside the curvatures that random directions show."""

from __future__ import annotations

import numpy as np

from ..experiments.landscape_directions import RandomDirections
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def curvatures(result: RandomDirections, *, name: str = "landscape-directions") -> BookFigure:
    """Draw the eigenvalues in order, and the band of all random curvatures."""
    figure, axes = new_axes(height=3.9)
    n = len(result.eigenvalues)
    # Most of the eigenvalues lie in a smooth run: a third of the marks tells the same.
    rank = np.unique(np.concatenate([np.arange(0, n, 3), np.arange(n - 12, n)]))
    low, high = result.curvatures.min(), result.curvatures.max()
    axes.axhspan(low, high, color=colours.orange, alpha=0.3, linewidth=0)
    axes.axhline(result.mean, color=colours.orange, linestyle="--", linewidth=1.5)
    axes.plot(rank + 1, result.eigenvalues[rank], ".", color=colours.blue, markersize=4)
    axes.axhline(0.0, color=colours.muted, linewidth=1.0)
    unit = 1e-3
    axes.set_yscale("symlog", linthresh=unit)
    ticks = [-unit, 0.0, unit, 10 * unit, 100 * unit]
    axes.set_yticks(ticks, ["−0.001", "0", "0.001", "0.01", "0.1"])
    axes.minorticks_off()
    axes.set_xlabel("eigenvalues in order")
    axes.set_ylabel("curvature")
    axes.annotate(
        f"{len(result.curvatures)} random directions", (0.02 * n, high), xytext=(0, 5),
        textcoords="offset points", color=colours.orange, va="bottom",
    )  # fmt: skip
    axes.annotate(
        "eigenvalues", (0.2 * n, result.eigenvalues[n // 5]), xytext=(8, -12),
        textcoords="offset points", color=colours.blue, va="top",
    )  # fmt: skip
    alt = (
        f"The {n} eigenvalues in order rise from {result.eigenvalues[0]:.4f} through zero to "
        f"{result.eigenvalues[-1]:.3f}, the last few steeply. All curvatures along random directions lie "
        f"in a narrow band above zero, around the mean eigenvalue {result.mean:.4f}."
    )
    return BookFigure(figure, name=name, alt=alt)
