"""Draw how long nets stay beside a saddle."""

from __future__ import annotations

import numpy as np

from ..experiments.flat_saddle import FlatSaddle
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def escape_times(flat: FlatSaddle, curved: FlatSaddle, *, name: str = "flat-saddle") -> BookFigure:
    """Draw the time to leave a flat and a curved saddle against the distance of the start."""
    figure, axes = new_axes()
    nearness = 1.0 / flat.scales
    # The predicted power, through the measured point that is nearest to the saddle.
    reach = np.array([nearness[-1] / 40.0, nearness[-1] * 8.0])
    power = flat.escape_steps[-1] * (reach / nearness[-1]) ** 2
    axes.loglog(reach, power, "--", color=colours.pink, linewidth=1.5)
    axes.loglog(nearness, flat.escape_steps, "o", color=colours.pink)
    nearness = 1.0 / curved.scales
    reach = np.geomspace(nearness[0], nearness[-1], 60)
    logarithm = curved.escape_steps[-1] + curved.predicted_steps_per_factor_e * np.log(reach / nearness[-1])
    shown = logarithm > 1.0
    axes.loglog(reach[shown], logarithm[shown], "-", color=colours.blue, linewidth=1.5)
    axes.loglog(nearness, curved.escape_steps, "s", color=colours.blue)
    axes.set_ylim(2.0, 1e5)
    axes.set_xlabel(r"nearness $1/\epsilon$ of the start")
    axes.set_ylabel("steps to leave the saddle")
    axes.text(300, 2e4, r"XOR: power 2", color=colours.pink)
    axes.text(3e4, 25, "OR: logarithm", color=colours.blue)
    alt = (
        "Steps that nets stay beside the saddle against one over the initial distance, both logarithmic. XOR rises "
        "along a steep straight line of slope two. OR hardly rises over eight decades."
    )
    return BookFigure(figure, name=name, alt=alt)
