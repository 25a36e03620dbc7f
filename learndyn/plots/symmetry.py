"""Draw what a symmetry does to training: equal units, mirror images, blocks, and the embedded minimum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ..experiments.embedded_minimum import EmbeddedMinimum
from ..experiments.equal_starts import EqualStart
from ..experiments.exchange_plane import ExchangePlane
from ..experiments.symmetric_hessian import SymmetricHessian
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LINES = (
    (colours.blue, "-"),
    (colours.orange, "--"),
    (colours.green, "-."),
    (colours.pink, (0, (2, 1.2))),
)


@figure_style
def equal_losses(runs: Mapping[str, EqualStart], *, name: str = "symmetry-losses") -> BookFigure:
    """Draw the loss from each start, with the loss of the best net of no unit and of one."""
    figure, axes = new_axes(height=3.9)
    for run, (colour, style) in zip(runs.values(), _LINES, strict=False):
        axes.semilogy(run.times, run.losses, color=colour, linestyle=style)
        axes.annotate(
            run.name, (1.0, run.losses[-1]), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", color=colour,
        )  # fmt: skip
    for run, text in (
        (runs["zeros"], "best without a unit"),
        (runs["one constant"], "best net of one unit"),
    ):
        axes.axhline(run.floor, color=colours.muted, linestyle=":", linewidth=1.5)
        axes.annotate(
            text, (0.97, run.floor), xycoords=("axes fraction", "data"), xytext=(0, 5),
            textcoords="offset points", ha="right", color=colours.muted,
        )  # fmt: skip
    axes.set_xlim(0, next(iter(runs.values())).times[-1])
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    ends = ", ".join(f"{run.name} {run.losses[-1]:.2g}" for run in runs.values())
    alt = (
        "Loss against the step, on a logarithmic axis, for four starts of a net with eight hidden units. It ends at: "
        f"{ends}. The first two rest on dotted lines, the losses of the best nets without a unit and with one."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def equal_units(runs: Mapping[str, EqualStart], *, name: str = "symmetry-units") -> BookFigure:
    """Draw the hidden units at the end of three runs as points in the plane of incoming weights."""
    shown = [run for run in runs.values() if run.name != "zeros"]
    figure, row = new_axes(1, len(shown), height=2.7, share_x=True, share_y=True)
    for axes, run, (colour, _) in zip(row, shown, _LINES[1:], strict=True):
        points, counts = np.unique(run.units[:2].T, axis=0, return_counts=True)
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=45,
            color=colour,
            edgecolor=colours.page,
            zorder=3,
        )
        for point, count in zip(points, counts, strict=True):
            if count > 1:
                axes.annotate(
                    f"{count} units",
                    point,
                    xytext=(0, -20),
                    textcoords="offset points",
                    ha="center",
                    color=colour,
                )
        axes.set_title(run.name)
        axes.set_xlabel("$w_1$")
    row[0].set_ylabel("$w_2$")
    row[0].margins(0.25)
    alt = (
        "Three planes of incoming weights with the eight hidden units at the end of training as points. "
        + "; ".join(f"{run.name}: {run.kinds} different point{'s' * (run.kinds > 1)}" for run in shown)
        + "."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def mirror_plane(result: ExchangePlane, *, name: str = "symmetry-mirror") -> BookFigure:
    """Draw level lines of the loss, the mirror, runs with their mirror images, and a run on the mirror."""
    figure, axes = new_axes(height=5.0)
    levels = np.geomspace(2e-3, 2.0, 10)
    axes.contour(
        result.axis,
        result.axis,
        result.losses,
        levels=levels,
        colors=[colours.muted],
        linewidths=0.7,
        alpha=0.6,
    )
    size = result.axis[-1]
    axes.plot([0, size], [0, size], color=colours.muted, linestyle=":", linewidth=1.5)
    _runs_and_images(axes, result)
    _marked_points(axes, result)
    axes.annotate(
        "mirror", (0.9 * size, 0.9 * size), xytext=(6, -14), textcoords="offset points", color=colours.muted
    )
    axes.set_aspect("equal")
    axes.set_xlim(0, size)
    axes.set_ylim(0, size)
    axes.set_xlabel("$w_1$")
    axes.set_ylabel("$w_2$")
    axes.grid(False)
    figure.legend(loc="outside upper center", ncols=3)
    alt = (
        "Level lines of the loss in the plane of two exchangeable weights, symmetric about the diagonal. Runs of "
        "descent from three starts and from their mirror images are mirror images of one another and end in two "
        f"minima. A run from equal weights stays on the diagonal and ends at a saddle at {result.saddle[0]:.2f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def hessian_blocks(result: SymmetricHessian, *, name: str = "symmetry-blocks") -> BookFigure:
    """Draw the entries of one Hessian in two bases, as discs whose area is the size of the entry."""
    figure, (left, right) = new_axes(1, 2, height=3.3)
    for axes, matrix, title in (
        (left, result.natural, "parameters"),
        (right, result.blocked, "symmetric | antisymmetric"),
    ):
        _discs(axes, matrix)
        axes.set_title(title)
    edge = result.symmetric - 0.5
    right.axhline(edge, color=colours.ink, linewidth=1.2)
    right.axvline(edge, color=colours.ink, linewidth=1.2)
    n, k = len(result.natural), result.symmetric
    alt = (
        f"Two drawings of the same Hessian of size {n}. In the parameters its entries are all over the square. In the "
        f"basis of symmetric and antisymmetric vectors it has two blocks, of sizes {k} and {n - k}, and nothing "
        "between them."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def embedded_line(result: EmbeddedMinimum, *, name: str = "symmetry-embedded") -> BookFigure:
    """Draw the curvatures of the three splits against the share of the outgoing weight."""
    figure, axes = new_axes(height=3.9)
    looks = zip(
        result.eigenvalues,
        result.predicted.T,
        result.curvatures.T,
        _LINES,
        "os^",
        strict=False,
    )
    for value, predicted, measured, (colour, style), marker in looks:
        axes.plot(result.shares, predicted, color=colour, linestyle=style)
        axes.plot(result.shares[::9], measured[::9], marker, color=colour, markersize=5)
        middle = int(np.argmin(np.abs(result.shares - 0.5)))
        axes.annotate(
            rf"eigenvalue ${value:.2g}$".replace("-", "−"),
            (0.5, predicted[middle]),
            xytext=(0, 7 if value > 0 else -19),
            textcoords="offset points",
            ha="center",
            color=colour,
        )
    axes.axhline(0.0, color=colours.muted, linewidth=1.0)
    for edge in (0.0, 1.0):
        axes.axvline(edge, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.set_yscale("symlog", linthresh=1e-3, linscale=0.6)
    axes.set_ylim(-0.8, 0.8)
    axes.set_yticks(
        [-0.1, -0.01, -0.001, 0, 0.001, 0.01, 0.1],
        ["−0.1", "−0.01", "", "0", "", "0.01", "0.1"],
    )
    axes.minorticks_off()
    axes.set_xlabel(r"share $\alpha$ of the first unit")
    axes.set_ylabel("curvature of a split")
    alt = (
        "Curvature of three splits against the share of the outgoing weight that the first unit has. Each is a parabola "
        "through zero at shares 0 and 1, and marks lie on the curves. Between 0 and 1 two are negative and one is "
        "positive; outside it is the other way round."
    )
    return BookFigure(figure, name=name, alt=alt)


def _runs_and_images(axes: Axes, result: ExchangePlane) -> None:
    """Each run with that of its mirrored start, then the run on the mirror."""
    for number, pair in enumerate(result.pairs):
        run, image = (_thinned(track) for track in pair)
        axes.plot(*run.T, color=colours.blue, label="run" if number == 0 else None)
        axes.plot(
            *image.T,
            color=colours.orange,
            linestyle="--",
            label="mirrored start" if number == 0 else None,
        )
        for track, colour in ((run, colours.blue), (image, colours.orange)):
            axes.plot(*track[0], "o", color=colour)
    axes.plot(*_thinned(result.on_mirror).T, color=colours.green, linestyle="-.", label="equal start")
    axes.plot(*result.on_mirror[0], "o", color=colours.green)


def _marked_points(axes: Axes, result: ExchangePlane) -> None:
    """The minima and the saddle."""
    for point in np.concatenate([result.minima, result.minima[:, ::-1]]):
        axes.plot(*point, "*", color=colours.pink, markersize=13, markeredgecolor=colours.page)
    lowest = result.minima[np.argmax(result.minima[:, 0])]
    for point, offset in ((lowest, (-28, -20)), (lowest[::-1], (12, -4))):
        axes.annotate("minimum", point, xytext=offset, textcoords="offset points", color=colours.pink)
    axes.plot(
        *result.saddle,
        "X",
        color=colours.green,
        markersize=10,
        markeredgecolor=colours.page,
    )
    axes.annotate(
        "saddle",
        tuple(result.saddle),
        xytext=(14, 0),
        textcoords="offset points",
        color=colours.green,
    )


def _thinned(track: np.ndarray) -> np.ndarray:
    """The first states of a run, then one of many, and the last."""
    return np.concatenate([track[:100], track[100::40], track[-1:]])


def _discs(axes: Axes, matrix: np.ndarray) -> None:
    n = len(matrix)
    largest = np.abs(matrix).max()
    rows, columns = np.nonzero(np.abs(matrix) > 1e-9 * largest)
    values = matrix[rows, columns]
    # The square root lets small entries be seen.
    sizes = 60.0 * np.sqrt(np.abs(values) / largest)
    for sign, colour in ((1.0, colours.orange), (-1.0, colours.blue)):
        chosen = sign * values > 0.0
        axes.scatter(columns[chosen], rows[chosen], s=sizes[chosen], color=colour, linewidth=0)
    axes.set_xlim(-0.7, n - 0.3)
    axes.set_ylim(n - 0.3, -0.7)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(True)
