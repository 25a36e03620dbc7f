"""Momentum and step size: where the multipliers are, and how the run then moves."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..experiments.momentum_plane import Damping, MomentumPlane
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, points_drawn, shown_frame
from .slider import Slider
from .style import Panel, axis, heading, label
from .wording import number

__all__ = ["momentum_and_step"]

SIDE, ACROSS, DOWN = 210, 76, 92
REACH, TALL = 1.4, 1.6


def momentum_and_step(
    result: MomentumPlane, *, start: tuple[int, int] = (6, 7), name: str = "momentum-step-size"
) -> Explorable:
    """Show the multipliers, a run, the spectral radius and the map of regimes, with two sliders.

    Parameters
    ----------
    result : MomentumPlane
        One entry for each position of the sliders.
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    m, p = result.spectral_radius.shape
    pairs = result.multipliers.reshape(m * p, 2)
    # A thousandth is a tenth of a pixel. As whole numbers they take a third less room than with "0." before each.
    theta = np.rint(1000.0 * np.clip(result.positions, -9.0, 9.0)).astype(int).reshape(m * p, -1)
    runs = [run[: points_drawn(np.abs(run) <= 1000.0 * TALL)] for run in theta]
    data = frames(
        m * p, digits=3,
        re=pairs.real, im=np.round(pairs.imag, 6), milli=runs,
        rho=result.spectral_radius.ravel(), beta=np.repeat(result.momenta, p), s=np.tile(result.products, m),
    )  # fmt: skip
    chart = alt.concat(
        _multipliers(data, result), _run(data), _radius(data, result), _map(data, result),
        columns=2, spacing={"row": DOWN, "column": ACROSS},
    )  # fmt: skip
    sliders = [
        Slider("momentum β", [f"{beta:.2f}" for beta in result.momenta], start[0]),
        Slider("step size × curvature, ηλ", [f"{s:.4g}" for s in result.products], start[1]),
    ]
    captions = [_caption(result, i, j) for i in range(m) for j in range(p)]
    return Explorable(
        name, chart, sliders, captions,
        "Four panels. The two multipliers in the complex plane, inside the unit circle, a pair on the circle of "
        "radius √β; the position at each step, a decaying oscillation; the spectral radius against ηλ, level while "
        "the pair is complex; and the plane of ηλ and β with two lines on which the multipliers meet, the limit of "
        "stability, and a mark where the sliders stand.",
        height=36 + 2 * SIDE + DOWN + 54, margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )  # fmt: skip


def _multipliers(data: alt.InlineData, result: MomentumPlane) -> Panel:
    domain = alt.Scale(domain=[-REACH, REACH], nice=False)
    x = alt.X("re:Q", scale=domain, axis=axis([-1, 0, 1], title="Re μ"))
    y = alt.Y("im:Q", scale=domain, axis=axis([-1, 0, 1], title="Im μ"))
    turn = np.linspace(0.0, 2.0 * np.pi, 49)
    unit = alt.Chart(frames(turn.size, digits=3, re=np.cos(turn), im=np.sin(turn), at=np.arange(turn.size)))
    root = np.sqrt(result.momenta)[:, None]
    circles = frames(
        root.size, digits=3, re=np.round(root * np.cos(turn), 3), im=np.round(root * np.sin(turn), 3)
    )
    mine = (
        alt.Chart(circles)
        .transform_filter(f"datum.row === floor(row / {result.products.size})")
        .transform_calculate(at="sequence(length(datum.re))")
        .transform_flatten(["at", "re", "im"])
    )
    pair = shown_frame(data, "re", "im").mark_point(color=colours.blue, size=110)
    return alt.layer(
        heading("multipliers μ"),
        unit.mark_line(color=colours.muted, strokeWidth=1.6).encode(x=x, y=y, order="at:Q"),
        mine.mark_line(color=colours.orange, strokeWidth=1.6, strokeDash=[6, 4]).encode(
            x=x, y=y, order="at:Q"
        ),
        pair.transform_filter("abs(datum.re) < 1.4").encode(x=x, y=y).properties(name="multipliers"),
    ).properties(width=SIDE, height=SIDE)


def _run(data: alt.InlineData) -> Panel:
    x = alt.X("at:Q", scale=alt.Scale(domain=[0, 30], nice=False), axis=axis([0, 10, 20, 30], title="step t"))
    y = alt.Y(
        "theta:Q",
        scale=alt.Scale(domain=[-TALL, TALL], nice=False),
        axis=axis([-1, 0, 1], title="position θ"),
    )
    run = shown_frame(data, "milli").transform_calculate(theta="datum.milli / 1000")
    return alt.layer(
        heading("a run from θ = 1"),
        run.mark_line(color=colours.blue, strokeWidth=1.6, opacity=0.6, clip=True).encode(x=x, y=y),
        run.transform_filter(f"abs(datum.theta) <= {TALL}").mark_point(color=colours.blue, size=40)
        .encode(x=x, y=y).properties(name="run"),
    ).properties(width=SIDE, height=SIDE)  # fmt: skip


def _radius(data: alt.InlineData, result: MomentumPlane) -> Panel:
    x, top = _products(), 1.4
    y = alt.Y(
        "rho:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis([0, 0.5, 1], title="largest |μ|")
    )
    many = frames(
        result.momenta.size,
        digits=3,
        rho=result.spectral_radius,
        s=np.tile(result.products, (result.momenta.size, 1)),
    )
    mine = (
        alt.Chart(many)
        .transform_filter(f"datum.row === floor(row / {result.products.size})")
        .transform_flatten(["s", "rho"])
    )
    edge = alt.Chart(frames(2, s=[0, 4], rho=[1, 1]))
    here = shown_frame(data).transform_filter(f"datum.rho <= {top}")
    return alt.layer(
        heading("rate at this β"),
        edge.mark_line(color=colours.muted, strokeWidth=1.6, strokeDash=[2, 3]).encode(x=x, y=y),
        mine.mark_line(color=colours.blue, strokeWidth=2, clip=True).encode(x=x, y=y),
        here.mark_point(color=colours.blue, size=110).encode(x=x, y=y).properties(name="rate"),
    ).properties(width=SIDE, height=SIDE)


def _map(data: alt.InlineData, result: MomentumPlane) -> Panel:
    x = _products()
    y = alt.Y(
        "beta:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis([0, 0.5, 1], title="momentum β")
    )
    root = np.linspace(0.0, 1.0, 25)
    slow, fast = (
        alt.Chart(frames(root.size, digits=3, s=(1 + sign * root) ** 2, beta=root**2)) for sign in (-1, 1)
    )
    limit = alt.Chart(frames(2, s=[2.0, 4.0], beta=[0.0, 1.0]))
    jordan: dict[str, Any] = {"color": colours.orange, "strokeWidth": 2, "strokeDash": [6, 4]}
    words = [
        label(0.33 * SIDE, 0.45 * SIDE, "turns", align="center", colour=colours.blue),
        label(0.83 * SIDE, 0.82 * SIDE, "diverges", align="center", colour=colours.pink),
    ]
    here = shown_frame(data).mark_point(color=colours.blue, size=110)
    return alt.layer(
        heading("where you are"),
        slow.mark_line(**jordan).encode(x=x, y=y, order="beta:Q"),
        fast.mark_line(**jordan).encode(x=x, y=y, order="beta:Q"),
        limit.mark_line(color=colours.pink, strokeWidth=2).encode(x=x, y=y),
        *words,
        here.encode(x=x, y=y).properties(name="here"),
    ).properties(width=SIDE, height=SIDE)


def _products() -> alt.X:
    return alt.X("s:Q", scale=alt.Scale(domain=[0, 4], nice=False), axis=axis([0, 1, 2, 3, 4], title="ηλ"))


def _caption(result: MomentumPlane, i: int, j: int) -> str:
    beta, s = result.momenta[i], result.products[j]
    one, two = result.multipliers[i, j]
    rho, damping = result.spectral_radius[i, j], result.damping(i, j)
    head = f"β = {beta:.2f}, ηλ = {s:.4g}: "
    if rho > 1.0:
        return (
            f"{head}divergence. ηλ is beyond the limit 2(1 + β) = {number(result.limits[i], 2)}, and the multiplier "
            f"{number(one.real, 3)} is outside the unit circle."
        )
    if damping is Damping.CRITICAL and one == 0.0:
        return (
            f"{head}critically damped, on the Jordan line. Both multipliers are 0: without momentum the first step "
            "lands on the minimum, and the run stays there."
        )
    if damping is Damping.CRITICAL:
        return (
            f"{head}critically damped, on the Jordan line. Both multipliers have met at {number(one.real, 2)}: "
            f"the error falls as (a + bt) times {number(rho, 2)}ᵗ."
        )
    if damping is Damping.UNDER:
        turn = 2.0 * np.pi / abs(np.angle(one))
        return (
            f"{head}under-damped. The pair {number(one.real, 2)} ± {number(abs(one.imag), 2)}i lies on the circle of "
            f"radius √β = {number(rho, 2)}: a turn takes {turn:.1f} steps, and each step multiplies its size by "
            f"{number(rho, 2)}."
        )
    size = f"The larger multiplier, {number(one.real, 3)}, sets the rate; the other is {number(two.real, 3)}."
    if damping is Damping.OVER:
        return f"{head}over-damped. {size} The run ends on one side, without turning."
    return f"{head}alternating. {size} In the end the run changes sides at each step."
