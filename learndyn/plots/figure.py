"""A figure that is ready for a page: it has a name, a description in words, and shows itself as SVG and as PNG."""

import io
import os
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from learndyn.plots.files import check_name, save
from learndyn.plots.style import figure_style
from learndyn.plots.svg import adapt_svg, draw_svg

__all__ = ["BookFigure"]

# Twice the 96 pixels that a browser gives to an inch: sharp on a dense screen.
_DPI = 192


class BookFigure:
    """A finished figure of the book.

    The SVG is drawn once, here, so a colour that would be lost on a dark page is an error in the cell that drew it.
    Changes to `figure` afterwards are not seen.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing, made under ``figure_style``.
    alt : str
        What the figure shows, in words, for a reader who does not see it.
    name : str
        A slug: lower-case letters, digits and hyphens. Every id in the SVG starts with it, so it must be unique on
        its page.
    fixed_colours : bool
        Whether colours outside the palette are meant, and kept as they are in both themes (a perceptual colour map).

    Raises
    ------
    TypeError
        If `figure` is not a matplotlib figure.
    ValueError
        If `alt` is empty, `name` is not a slug, or a colour does not adapt and `fixed_colours` is false.

    Examples
    --------
    >>> from learndyn.plots import BookFigure, new_axes
    >>> figure, axes = new_axes()
    >>> lines = axes.plot([0, 1, 2], [1.0, 0.5, 0.25])
    >>> BookFigure(figure, name="halving", alt="The loss halves at each step.")
    <BookFigure halving: The loss halves at each step.>
    """

    def __init__(self, figure: Figure, *, alt: str, name: str, fixed_colours: bool = False) -> None:
        if not isinstance(figure, Figure):
            raise TypeError(f"figure must be a matplotlib Figure, received {type(figure).__name__}")
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt must say in words what the figure shows, received {alt!r}")
        check_name(name)
        self.figure = figure
        self.alt = " ".join(alt.split())
        self.name = name
        self._svg, strays = adapt_svg(draw_svg(figure), name=self.name, alt=self.alt)
        if strays and not fixed_colours:
            raise ValueError(
                f"figure {name!r} has colours that do not adapt to a dark page: {', '.join(sorted(strays))}. Draw "
                f"under figure_style with a role of learndyn.plots.colours, or say fixed_colours=True if they are meant"
            )

    def __repr__(self) -> str:
        return f"<BookFigure {self.name}: {self.alt}>"

    def svg(self) -> str:
        """Return the figure as one ``<svg>`` element, to stand in a page or in a file of its own."""
        return self._svg

    @figure_style
    def png(self, *, dpi: float = _DPI) -> bytes:
        """Return the figure as a PNG, in the light colours on white.

        Parameters
        ----------
        dpi : float
            Pixels per inch.
        """
        target = io.BytesIO()
        # Without the software's name the bytes do not change with a release that draws the same.
        self.figure.savefig(target, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
        return target.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure to a file, whole or not at all.

        Parameters
        ----------
        path : str or path-like
            Ends in ``.svg`` or ``.png``. Its folder must exist.

        Returns
        -------
        pathlib.Path
            The file that was written.

        Raises
        ------
        ValueError
            If the suffix is another one.
        FileNotFoundError
            If the folder does not exist.
        """
        return save(path, {".svg": lambda: self.svg().encode(), ".png": self.png})

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"text/html": self.svg(), "image/png": self.png()}
        width, height = (round(96 * inches) for inches in self.figure.get_size_inches())
        return data, {"image/png": {"width": width, "height": height, "alt": self.alt}}

