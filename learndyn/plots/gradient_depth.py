"""Draw the backward signal in each layer of random nets, and where it neither falls nor grows."""

from __future__ import annotations

from ..experiments.gradient_depth import CriticalityMap, GradientDepth
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .surface import draw_surface

# colour, marker, offset of the label in points
_LOOKS = (
    (colours.blue, "o", (8, -14)),
    (colours.green, "s", (0, -20)),
    (colours.pink, "^", (0, 8)),
)


@figure_style
def layers(result: GradientDepth, *, name: str = "gradient-layers") -> BookFigure:
    """Draw the logarithm of the mean squared signal in each layer, with the predicted lines."""
    figure, axes = new_axes(height=3.9)
    place = len(result.layers) // 3
    for number, (colour, marker, offset) in enumerate(_LOOKS[: len(result.chi)]):
        axes.plot(result.layers, result.predicted[number], color=colour, linewidth=1.6)
        axes.plot(
            result.layers[::2], result.log_mean_squares[number, ::2], marker, color=colour, markersize=5
        )
        axes.annotate(
            rf"$\sigma_w^2 = {result.weight_variances[number]:.3g}$",
            (result.layers[place], result.predicted[number, place]),
            xytext=offset, textcoords="offset points", ha="left", color=colour,
        )  # fmt: skip
    axes.set_xlabel(r"layer $l$ (the signal comes in on the right)")
    axes.set_ylabel(r"$\ln$ of the mean square of $\delta_l$")
    axes.margins(y=0.1)
    alt = (
        "Logarithm of the mean squared backward signal against the layer, for three weight variances. Marks lie "
        "on straight lines that meet at the last layer. Towards the first layer one falls to about "
        f"{result.log_mean_squares[0, 0]:.0f}, one stays level, one rises to about "
        f"{result.log_mean_squares[-1, 0]:.0f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def criticality(result: CriticalityMap, *, name: str = "gradient-criticality") -> BookFigure:
    """Draw the measured growth over the plane of both variances, with the critical line."""
    figure, axes = new_axes(height=3.9)
    draw_surface(
        axes, result.weight_variances, result.bias_variances, result.measured, limit=0.3, boundary=False
    )
    axes.plot(
        result.critical,
        result.bias_variances,
        color=colours.ink,
        linewidth=2.2,
        label=r"$\chi = 1$, predicted",
    )
    axes.plot(
        result.crossings,
        result.bias_variances,
        "o",
        color=colours.ink,
        markeredgecolor=colours.page,
        label="no growth, measured",
    )
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
    axes.minorticks_off()
    axes.annotate("vanishing", (0.62, 0.29), color=colours.ink)
    axes.annotate("exploding", (2.75, 0.05), color=colours.ink)
    axes.set_xlabel(r"weight variance times width, $\sigma_w^2$")
    axes.set_ylabel(r"bias variance $\sigma_b^2$")
    axes.grid(False)
    figure.legend(loc="outside upper center", ncols=2)
    alt = (
        "The plane of weight variance and bias variance. Left of a line that starts at 1 and bends to "
        f"{result.critical[-1]:.1f} the gradient shrinks, right of it it grows, the more the farther. "
        "Points where a net shows no growth lie near the line, farthest from it at small bias variance."
    )
    return BookFigure(figure, name=name, alt=alt)
