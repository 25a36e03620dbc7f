"""Figures that a book page and a notebook both show well.

A figure is drawn with matplotlib in the colours of ``colours`` and handed over as a ``BookFigure``, which shows itself
as inline SVG (it follows the page from light to dark) and as PNG on white (PDF, and front ends without HTML).

This is the only part of learndyn that imports matplotlib: ``import learndyn`` alone does not load it.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401
except ImportError as error:
    raise ImportError("learndyn.plots draws with matplotlib: pip install 'learndyn[plots]'") from error

from learndyn.plots.figure import BookFigure
from learndyn.plots.graph import GraphPicture, draw_graph
from learndyn.plots.palette import CYCLE, DARK, LIGHT, Palette, colours, diverging_colormap
from learndyn.plots.style import STYLE, figure_style, new_axes
from learndyn.plots.surface import draw_surface

__all__ = [
    "CYCLE",
    "DARK",
    "LIGHT",
    "STYLE",
    "BookFigure",
    "GraphPicture",
    "Palette",
    "colours",
    "diverging_colormap",
    "draw_graph",
    "draw_surface",
    "figure_style",
    "new_axes",
]
