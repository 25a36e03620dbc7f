"""Draw computed eigenvalues of a Jordan block, with the only true one."""

from __future__ import annotations

from ..experiments.defective_modes import DefectiveModes
from .figure import BookFigure
from .palette import colours
from .root_locus import draw_circle
from .style import figure_style, new_axes


@figure_style
def jordan_block(result: DefectiveModes, *, name: str = "jordan-block") -> BookFigure:
    """Draw the ring of computed eigenvalues in the complex plane."""
    figure, axes = new_axes(height=4.9)
    draw_circle(axes)
    draw_circle(axes, result.predicted_radius, result.eigenvalue, dash="--", colour=colours.orange)
    dense = result.rotated
    axes.plot(dense.real, dense.imag, "o", color=colours.blue, markersize=4, label="dense")
    axes.plot([result.ritz_value], [0.0], "s", color=colours.pink, markersize=9, label="Arnoldi")
    axes.plot([result.eigenvalue], [0.0], "x", color=colours.ink, markersize=10, markeredgewidth=2.5, label="true")
    axes.plot([], [], "--", color=colours.orange, label="predicted")
    axes.plot([], [], color=colours.muted, linewidth=1.3, label="unit circle")
    axes.set_aspect("equal")
    axes.set_xlim(-1.1, 1.35)
    axes.set_ylim(-1.1, 1.1)
    axes.set_xlabel(r"real part of $\lambda$")
    axes.set_ylabel(r"imaginary part of $\lambda$")
    figure.legend(loc="outside lower center", ncols=3)
    alt = (
        f"Complex plane. The only true eigenvalue is {result.eigenvalue:g}. The computed ones form a ring around it, "
        "on the predicted circle, partly outside the unit circle; the value of Arnoldi's method lies there, too."
    )
    return BookFigure(figure, name=name, alt=alt)
