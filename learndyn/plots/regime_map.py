"""Draw what heavy ball does over step size and momentum, with the predicted boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..experiments.regime_map import NetMap, QuadraticMap
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

# Another shape for each kind, so that no regime is told by its colour alone.
_MARKS = (("o", colours.blue), ("s", colours.green), ("x", colours.pink))


@figure_style
def quadratic_regimes(result: QuadraticMap, *, name: str = "regimes-quadratic") -> BookFigure:
    """Draw the measured regime of each run on a quadratic."""
    figure, axes = new_axes(height=4.0)
    labels = ("decays smoothly", "oscillates, decays", "leaves")
    _grid(axes, result.scaled_steps, result.momenta, result.measured, labels)
    beta = np.linspace(0.0, 1.0, 101)
    axes.plot(2.0 * (1.0 + beta), beta, color=colours.ink, linewidth=2.4)
    axes.plot((1.0 - np.sqrt(beta)) ** 2, beta, color=colours.ink, linewidth=1.8, linestyle="--")
    axes.set_xlim(0.0, result.scaled_steps[-1] + 0.1)
    axes.set_xlabel(r"scaled step size $\eta\lambda$")
    _finish(figure, axes, result.momenta)
    alt = (
        "A grid of runs over scaled step size and momentum. Smooth decay fills the lower left corner up to "
        "a dashed curve, oscillating decay the middle up to a solid line from 2 at no momentum to "
        "nearly 4 at momentum 0.96; to the right of it all runs leave."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def net_regimes(result: NetMap, *, name: str = "regimes-net") -> BookFigure:
    """Draw what became of each net that was pushed out of its minimum."""
    figure, axes = new_axes(height=3.8)
    labels = ("returns", "settles elsewhere", "explodes")
    _grid(axes, result.scaled_steps, result.momenta, result.outcomes, labels)
    axes.plot(result.predicted_boundary, result.momenta, color=colours.ink, linewidth=2.4)
    axes.set_xlim(0.0, result.scaled_steps[-1] + 0.1)
    axes.set_xlabel(r"scaled step size $\eta\lambda$")
    _finish(figure, axes, result.momenta)
    alt = (
        "A grid of runs of a net over scaled step size and momentum. To the left of a solid line, from 2 at no "
        "momentum to 3.6 at momentum 0.8, each net returns. In a band to the right of it nets settle "
        "elsewhere, and beyond the band they explode."
    )
    return BookFigure(figure, name=name, alt=alt)


def _grid(
    axes: Any, steps: np.ndarray, momenta: np.ndarray, kinds: np.ndarray, labels: Sequence[str]
) -> None:
    for kind, ((marker, colour), label) in enumerate(zip(_MARKS, labels, strict=True)):
        rows, columns = np.nonzero(kinds == kind)
        axes.plot(
            steps[columns], momenta[rows], marker, color=colour, markersize=4.5, linestyle="none", label=label
        )


def _finish(figure: Any, axes: Any, momenta: np.ndarray) -> None:
    margin = 0.6 * (momenta[1] - momenta[0])
    axes.set_ylim(-margin, momenta[-1] + margin)
    axes.set_ylabel(r"momentum $\beta$")
    axes.grid(False)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper center", ncols=3, columnspacing=1.0, handlelength=0.8, markerscale=1.4
    )
