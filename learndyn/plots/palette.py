"""The colours of a figure, by the role they play.

A drawing names a role (``colours.blue``). Its value is the light one, so a PNG on white is right as it stands; in the
SVG every role becomes a CSS variable, and the page's style sheet (``book/_static/learndyn.css``) has the dark values.

The six categorical colours keep 4.5:1 against the page in both themes, so a label may wear its line's colour. They
were searched for the largest smallest distance (OKLab) between any two of them, for full colour vision and for the
protanope, deuteranope and tritanope simulations of Machado, Oliveira and Fernandes (2009).
"""

from dataclasses import dataclass

from matplotlib.colors import LinearSegmentedColormap, to_rgb

__all__ = ["CYCLE", "DARK", "LIGHT", "PAGE_DARK", "PAGE_LIGHT", "Palette", "colours", "diverging_colormap"]

PAGE_LIGHT = "#ffffff"
PAGE_DARK = "#121212"


@dataclass(frozen=True, slots=True)
class Palette:
    """One value for each role, as ``#rrggbb`` in lower case.

    Attributes
    ----------
    ink : str
        Text and whatever else must read like text.
    muted : str
        Axes, ticks and their labels, reference lines.
    grid : str
        Grid lines, drawn translucent: they are decoration and may be faint.
    page : str
        The page itself, for the edge that separates a marker from what lies under it.
    blue, orange, green, purple, pink, cyan : str
        Categories, in the order of the property cycle.
    negative, positive : str
        The two ends of a surface with a sign, laid on with an opacity that is zero at zero.
    """

    ink: str
    muted: str
    grid: str
    page: str
    blue: str
    orange: str
    green: str
    purple: str
    pink: str
    cyan: str
    negative: str
    positive: str


LIGHT = Palette(
    ink="#222832",
    muted="#48566b",
    grid="#8b95a1",
    page=PAGE_LIGHT,
    blue="#3643cd",
    orange="#a16a01",
    green="#025618",
    purple="#731d84",
    pink="#c12f76",
    cyan="#037db3",
    negative="#2f6bd8",
    positive="#d9660a",
)

DARK = Palette(
    ink="#ced6dd",
    muted="#9ca4af",
    grid="#8d97a3",
    page=PAGE_DARK,
    blue="#81a8f5",
    orange="#f9b860",
    green="#119733",
    purple="#9e60f1",
    pink="#dc789a",
    cyan="#18e8fc",
    negative="#4f8bf2",
    positive="#ef8332",
)

colours = LIGHT

CYCLE = (colours.blue, colours.orange, colours.green, colours.purple, colours.pink, colours.cyan)


def diverging_colormap(*, opacity: float = 0.75) -> LinearSegmentedColormap:
    """Return a colour map from ``negative`` through nothing at all to ``positive``.

    Only the opacity changes within each half, so the map sits on any background, and a *vector* drawing with it
    (``contourf``, ``scatter``) follows the theme. An image (``imshow``) keeps the light values; they show on both.

    Parameters
    ----------
    opacity : float
        Opacity at both ends, in (0, 1].

    Returns
    -------
    matplotlib.colors.LinearSegmentedColormap

    Raises
    ------
    ValueError
        If `opacity` is outside (0, 1].
    """
    if not 0 < opacity <= 1:
        raise ValueError(f"opacity must be in (0, 1], received {opacity!r}")
    negative, positive = to_rgb(colours.negative), to_rgb(colours.positive)
    # Two entries at 0.5: the hue jumps where the opacity is zero, and no mixture of the two is ever seen.
    stops = [
        (0.0, (*negative, opacity)),
        (0.5, (*negative, 0.0)),
        (0.5, (*positive, 0.0)),
        (1.0, (*positive, opacity)),
    ]
    return LinearSegmentedColormap.from_list("learndyn-diverging", stops, N=256)
