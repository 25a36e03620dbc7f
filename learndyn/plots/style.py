"""How a figure is drawn: one dictionary of matplotlib settings, and two ways to apply it.

Sizes are chosen for the smallest reader: a figure that is 6 inches wide shows at 343 pixels on a phone, which makes 12
points about 9 pixels.
"""

from contextlib import ContextDecorator, ExitStack
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.figure import Figure

from learndyn.plots.palette import CYCLE, colours

__all__ = ["STYLE", "figure_style", "new_axes"]

WIDTH = 6.0
HEIGHT = 3.5

STYLE: dict[Any, Any] = {  # matplotlib types the keys one by one
    # DejaVu Sans comes with matplotlib, so a figure is laid out alike on every machine. It is also wider than the
    # usual faces of a web page, so text that is shown in one of those never outgrows its place.
    "font.family": ["DejaVu Sans"],
    "font.size": 12.0,
    "mathtext.fontset": "dejavusans",
    "text.color": colours.ink,
    "text.usetex": False,
    "figure.figsize": (WIDTH, HEIGHT),
    "figure.facecolor": "none",
    "figure.edgecolor": "none",
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "savefig.facecolor": "auto",
    "savefig.bbox": None,
    "axes.facecolor": "none",
    "axes.edgecolor": colours.muted,
    "axes.labelcolor": colours.ink,
    "axes.linewidth": 1.0,
    "axes.titlesize": 12.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.labelsize": 12.0,
    "axes.labelpad": 4.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-3, 4),
    "grid.color": colours.grid,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.8,
    "xtick.color": colours.muted,
    "ytick.color": colours.muted,
    "xtick.labelsize": 11.0,
    "ytick.labelsize": 11.0,
    "xtick.major.width": 1.0,
    "ytick.major.width": 1.0,
    "lines.linewidth": 2.0,
    "lines.markersize": 6.5,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "errorbar.capsize": 3.0,
    "hatch.color": colours.ink,
    "patch.edgecolor": colours.ink,
    "legend.frameon": False,
    "legend.fontsize": 11.0,
    "legend.handlelength": 1.6,
    "legend.handletextpad": 0.6,
    "legend.borderaxespad": 0.3,
    "legend.labelspacing": 0.35,
}


class _FigureStyle(ContextDecorator):
    """Apply ``STYLE`` to whatever is drawn inside, and put the reader's own settings back.

    One object serves as ``with figure_style:`` and as ``@figure_style``, nested as deep as need be.
    """

    def __init__(self) -> None:
        self._open: list[ExitStack] = []

    def __enter__(self) -> None:
        stack = ExitStack()
        stack.enter_context(matplotlib.rc_context(STYLE))
        self._open.append(stack)

    def __exit__(self, *error: object) -> None:
        self._open.pop().close()


figure_style = _FigureStyle()


@figure_style
def new_axes(
    rows: int = 1,
    columns: int = 1,
    *,
    width: float = WIDTH,
    height: float = HEIGHT,
    share_x: bool = False,
    share_y: bool = False,
) -> tuple[Figure, Any]:
    """Return a figure in the book's style and its axes.

    The figure belongs to nobody else: no pyplot, so no global state, nothing to close, and a notebook shows it once.

    Parameters
    ----------
    rows, columns : int
        Number of panels each way.
    width, height : float
        Size in inches. Keep the width near 6: a wider figure has smaller text on a phone.
    share_x, share_y : bool
        Whether all panels have the same limits.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or ndarray of Axes, shape (rows, columns) without axes of length one
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, sharex=share_x, sharey=share_y)
