"""How narrow should tuning be: drag the width, and see the information, the error and its bound part."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..experiments.population_widths import PopulationWidths
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import Panel, axis, heading, label
from .wording import number

__all__ = ["width_and_information"]

SIDE, HIGH, ACROSS, DOWN = 210, 150, 76, 110
LEAST, MOST = 0.2, 130.0  # degrees
SEEN = 0.01  # a ripple of the information that is mentioned, relative


def width_and_information(
    result: PopulationWidths, *, start: tuple[int, int] = (0, 0), name: str = "population-tuning-width"
) -> Explorable:
    """Show tuning curves, information over the stimulus, errors and silent trials, with two sliders.

    Parameters
    ----------
    result : PopulationWidths
        One entry for each peak count (first slider) and concentration (second).
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    found = result.errors
    rates, kappas = found.errors.shape
    chart = alt.concat(
        _tuning(result), _information(result), _errors(result), _silent(result),
        columns=2, spacing={"row": DOWN, "column": ACROSS},
    )  # fmt: skip
    kappa, rate = found.kappas[start[1]], found.rates[start[0]]
    return Explorable(
        name,
        chart.resolve_scale(x="independent", y="independent"),
        [
            Slider("expected count at the peak, r", [f"{r:g}" for r in found.rates], start[0]),
            Slider("concentration κ (narrower to the right)", [f"{k:g}" for k in found.kappas], start[1]),
        ],
        [_caption(result, i, j) for i in range(rates) for j in range(kappas)],
        "Four panels. Above: the tuning curves of three neighbouring units, and the Fisher information over the "
        "stimulus, relative to that of a dense ring. Below: the error of the votes beside the Cramér-Rao bound, and "
        "the share of trials without a count, both against κ. At the start "
        f"r = {rate:g} and κ = {kappa:g}. Narrower curves lower the bound all the way; the error follows "
        "until trials fall silent or the lattice shows, and then rises.",
        height=36 + HIGH + DOWN + HIGH + 54,
        margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )


def _width(kappa: float) -> float:
    """Return 1 / sqrt(kappa) in degrees."""
    return float(np.degrees(kappa**-0.5))


def _tuning(result: PopulationWidths) -> Panel:
    rates, kappas = result.errors.errors.shape
    spacing = 360.0 / result.errors.units
    turn = alt.Scale(domain=[-180, 180], nice=False)
    x = alt.X("offset:Q", scale=turn, axis=axis([-180, -90, 0, 90, 180], title="stimulus (°)"))
    y = alt.Y("f:Q", scale=alt.Scale(domain=[0, 1.05], nice=False), axis=axis([0, 0.5, 1], title="f / r"))
    degrees = np.broadcast_to(np.degrees(result.offsets), result.curves.shape)
    data = frames(kappas, digits=3, offset=degrees, f=result.curves)
    layers: list[alt.Chart] = []
    for k, name in ((-1, "curve_left"), (1, "curve_right"), (0, "curve_own")):
        run = (
            alt.Chart(data)
            .transform_filter(f"datum.row === row % {kappas}")
            .transform_calculate(at="sequence(length(datum.f))")
            .transform_flatten(["at", "offset", "f"])
            .transform_calculate(offset=f"datum.offset + {k * spacing}")
        )
        line = run.mark_line(
            color=colours.blue if k == 0 else colours.muted, strokeWidth=2 if k == 0 else 1.2, clip=True
        )
        layers.append(line.encode(x=x, y=y, order="at:Q").properties(name=name))
    return alt.layer(*layers, heading("Three neighbours")).properties(width=SIDE, height=HIGH)


def _information(result: PopulationWidths) -> Panel:
    kappas = result.errors.kappas.size
    spacing = 360.0 / result.errors.units
    data = frames(kappas, J=result.information)
    shown = (
        alt.Chart(data)
        .transform_filter(f"datum.row === row % {kappas}")
        .transform_calculate(at="sequence(length(datum.J))")
        .transform_flatten(["at", "J"])
        .transform_calculate(stimulus=f"datum.at * {result.stimuli[1] * spacing}")
    )
    last = float(result.stimuli[-1]) * spacing
    x = alt.X(
        "stimulus:Q", scale=alt.Scale(domain=[0, last], nice=False),
        axis=axis([0, 5, 10, 15, 20], title="stimulus (°)"),
    )  # fmt: skip
    y = alt.Y("J:Q", scale=alt.Scale(domain=[0, 2], nice=False), axis=axis([0, 1, 2], title="J / dense J"))
    dense = alt.Chart(frames(1, J=[1.0])).mark_rule(color=colours.orange, strokeDash=[8, 5], strokeWidth=2)
    line = shown.mark_line(color=colours.blue, strokeWidth=2)
    return alt.layer(
        dense.encode(y=y),
        line.encode(x=x, y=y, order="at:Q").properties(name="information"),
        heading("Information"),
    ).properties(width=SIDE, height=HIGH)


def _of_rate(result: PopulationWidths, **columns: Any) -> alt.Chart:
    """Return a chart of all widths at the first slider's rate."""
    rates, kappas = result.errors.errors.shape
    data = frames(rates, kappa=np.broadcast_to(result.errors.kappas, (rates, kappas)), **columns)
    names: list[Any] = ["kappa", *columns]
    return alt.Chart(data).transform_filter(f"datum.row === floor(row / {kappas})").transform_flatten(names)


def _concentration(result: PopulationWidths) -> alt.X:
    kappas = result.errors.kappas
    scale = alt.Scale(type="log", domain=[float(kappas[0]) / 1.2, float(kappas[-1]) * 1.2], nice=False)
    return alt.X("kappa:Q", scale=scale, axis=axis([0.5, 4, 32, 256], title="concentration κ"))


def _here(result: PopulationWidths, **columns: Any) -> alt.Chart:
    rates, kappas = result.errors.errors.shape
    flat: dict[str, Any] = {name: values.ravel() for name, values in columns.items()}
    return shown_frame(frames(rates * kappas, kappa=np.tile(result.errors.kappas, rates), **flat))


def _errors(result: PopulationWidths) -> Panel:
    error, bound = np.degrees(result.errors.errors), np.degrees(result.errors.bounds)
    x, scale = _concentration(result), alt.Scale(type="log", domain=[LEAST, MOST], nice=False)
    up = axis([1, 10, 100], title="error (°)")
    shown = _of_rate(result, error=error, bound=bound)
    y = alt.Y("error:Q", scale=scale, axis=up)
    return alt.layer(
        shown.mark_line(color=colours.orange, strokeWidth=2, strokeDash=[8, 5])
        .encode(x=x, y=alt.Y("bound:Q", scale=scale, axis=up))
        .properties(name="bounds"),
        shown.mark_point(color=colours.blue, size=30).encode(x=x, y=y).properties(name="errors"),
        _here(result, error=error)
        .mark_point(color=colours.blue, size=150)
        .encode(x=x, y=y)
        .properties(name="error_here"),
        label(8, 118, "dots: error", colour=colours.blue),
        label(8, 138, "dashed: bound", colour=colours.orange),
        heading("Error of the votes"),
    ).properties(width=SIDE, height=HIGH)


def _silent(result: PopulationWidths) -> Panel:
    silent, predicted = result.errors.silent, result.errors.silent_predicted
    x, scale = _concentration(result), alt.Scale(domain=[0, 0.8], nice=False)
    up = axis([0, 0.4, 0.8], title="share")
    shown = _of_rate(result, silent=silent, predicted=predicted)
    y = alt.Y("silent:Q", scale=scale, axis=up)
    return alt.layer(
        shown.mark_line(color=colours.orange, strokeWidth=2, strokeDash=[8, 5])
        .encode(x=x, y=alt.Y("predicted:Q", scale=scale, axis=up))
        .properties(name="silent_law"),
        shown.mark_point(color=colours.blue, size=30).encode(x=x, y=y).properties(name="silent_share"),
        _here(result, silent=silent)
        .mark_point(color=colours.blue, size=150)
        .encode(x=x, y=y)
        .properties(name="silent_here"),
        heading("Trials without a count"),
    ).properties(width=SIDE, height=HIGH)


def _caption(result: PopulationWidths, i: int, j: int) -> str:
    found = result.errors
    kappa, error, bound = found.kappas[j], found.errors[i, j], found.bounds[i, j]
    head = (
        f"r = {found.rates[i]:g}, κ = {kappa:g} (width {number(_width(kappa), 1)}°): "
        f"J = {number(1.0 / bound**2, 1)} per rad², bound {number(np.degrees(bound), 2)}°, error "
        f"{number(np.degrees(error), 2)}°, {number(error / bound, 2)} times the bound."
    )
    best = found.kappas[found.errors[i].argmin()]
    end = " This is the best width." if kappa == best else f" The smallest error is at κ = {best:g}."
    if found.silent[i, j] >= SEEN:
        cause = f" Silent: {100 * found.silent[i, j]:.0f} % (law {100 * found.silent_predicted[i, j]:.0f} %)."
    else:
        cause = ""
    if result.ripple[j] >= SEEN:
        cause += f" The lattice shows: J varies by ±{100 * result.ripple[j]:.0f} %."
    return head + end + cause
