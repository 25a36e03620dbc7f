"""Draw the largest eigenvalues of classifiers, and the density of all of them."""

from __future__ import annotations

import numpy as np

from ..experiments.landscape_spectrum import LanczosDensity, OutlierCounts
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = ((colours.blue, "o"), (colours.orange, "s"), (colours.green, "^"))
_FLOOR = 1e-3


@figure_style
def spectra(
    result: OutlierCounts, density: LanczosDensity, *, name: str = "landscape-spectrum"
) -> BookFigure:
    """Draw leading eigenvalues in the upper panel, the density in the lower one."""
    figure, (upper, lower) = new_axes(2, 1, height=6.6)
    shown = 2 * int(result.classes.max())
    ranks = np.arange(1, shown + 1)
    for k, runs, (colour, marker) in zip(result.classes, result.largest, _LOOKS, strict=False):
        for row in runs:
            upper.plot(ranks, row[:shown], color=colour, linewidth=0.6, alpha=0.6)
        upper.plot(
            ranks, np.exp(np.log(runs[:, :shown]).mean(axis=0)), marker, color=colour, markersize=5,
            linestyle="none", label=f"$K = {k}$",
        )  # fmt: skip
        upper.axvline(k - 0.5, color=colour, linestyle=":", linewidth=1.5)
    upper.set_yscale("log")
    upper.set_yticks([0.05, 0.1, 0.2, 0.5], ["0.05", "0.1", "0.2", "0.5"])
    upper.minorticks_off()
    upper.set_xticks([1, *range(4, shown + 1, 4)])
    upper.set_xlabel("eigenvalues, the largest first")
    upper.set_ylabel("eigenvalue")
    upper.legend(loc="upper right")
    thin = slice(None, None, 2)
    lower.plot(density.grid[thin], density.exact[thin], color=colours.blue, linewidth=3.0, alpha=0.5,
               label=f"all {density.size} eigenvalues")  # fmt: skip
    lower.plot(density.grid[thin], density.estimated[thin], color=colours.pink, linestyle="--", linewidth=1.5,
               label="Lanczos quadrature")  # fmt: skip
    lower.set_yscale("log")
    lower.set_ylim(_FLOOR * density.exact.max() / 10.0, None)
    lower.set_xlabel("eigenvalue")
    lower.set_ylabel("density")
    lower.legend(loc="upper right")
    counts = ", ".join(f"{k - 1} for {k} classes" for k in result.classes)
    alt = (
        "Upper panel: the largest eigenvalues of several runs on a logarithmic scale. The curves drop "
        f"after the first few: {counts}. Lower panel: the density of all eigenvalues, a high peak at "
        "zero and small bumps to its right; the estimate lies on the exact curve, apart from where the "
        "density is lowest."
    )
    return BookFigure(figure, name=name, alt=alt)
