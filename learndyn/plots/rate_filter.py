"""Draw a neuron and an optimizer's running mean as one filter."""

from __future__ import annotations

import numpy as np

from ..experiments.rate_filter import Gains, SameFilter
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def filters(same: SameFilter, gains: Gains, *, name: str = "rate-filter") -> BookFigure:
    """Draw both responses to one signal, and what each hands on of a sinusoid."""
    figure, (top, bottom) = new_axes(2, 1, height=5.8)
    steps = np.arange(len(same.mean))
    top.step(steps[:-1], same.signal, where="post", color=colours.muted, linewidth=1.0)
    top.plot(steps, same.neuron, color=colours.blue)
    top.plot(steps, same.mean, "o", color=colours.orange, markersize=4)
    top.annotate("signal", (8.2, 1.56), color=colours.muted)
    top.annotate("neuron (line),\nrunning mean (dots)", (0.5, -0.68), color=colours.blue)
    top.set_ylim(-0.75, 1.85)
    top.set_xlabel("step", labelpad=1)
    top.set_ylabel("value")
    omega = np.geomspace(0.015, np.pi, 120)
    bottom.loglog(omega, gains.neuron_law(omega), color=colours.blue)
    bottom.loglog(omega, gains.mean_law(omega), color=colours.orange, linestyle="--")
    bottom.loglog(gains.frequencies, gains.neuron, "s", color=colours.blue, markersize=5)
    bottom.loglog(gains.frequencies, gains.mean, "o", color=colours.orange, markersize=5)
    bottom.annotate("running mean", (3.0, 0.19), ha="right", color=colours.orange)
    bottom.annotate("neuron", (2.0, 0.033), ha="right", color=colours.blue)
    bottom.axvline(np.pi, color=colours.muted, linestyle=":", linewidth=1.5)
    bottom.set_ylim(0.018, 1.4)
    bottom.set_xlabel(r"frequency $\omega$, radians per step")
    bottom.set_ylabel("gain")
    alt = (
        "Above, a noisy signal that falls from 1 to 0 and two smoothed versions of it, which lie on each other. "
        "Below, the gain against the frequency, on logarithmic axes: both fall from 1, together up to about half a "
        f"radian per step; at the right edge the running mean is level at {gains.mean[-1]:.3f} and the neuron has "
        f"fallen to {gains.neuron[-1]:.3f}."
    )
    return BookFigure(figure, name=name, alt=alt)
