"""A surface with a sign (a decision function, a curvature) as translucent shades over the page."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from learndyn.plots.palette import colours

__all__ = ["draw_surface"]


def draw_surface(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    *,
    limit: float | None = None,
    shades: int = 8,
    opacity: float = 0.75,
    boundary: bool = True,
) -> None:
    """Shade where `values` is positive and where it is negative, and nothing at zero.

    Each shade covers everything beyond its level, so shades lie on top of one another: neighbours never meet at an
    edge, where anti-aliasing would leave a seam. All of them are vector shapes in a role of the palette, so the
    surface follows the theme.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x : array_like, shape (n,)
    y : array_like, shape (m,)
    values : array_like, shape (m, n)
        Finite values of the surface at ``(x[j], y[i])``.
    limit : float, optional
        Size of the value at which the shade is full. The largest absolute value by default.
    shades : int
        Number of shades on either side of zero.
    opacity : float
        Opacity of the fullest shade, in (0, 1).
    boundary : bool
        Whether to draw the level line at zero.

    Raises
    ------
    ValueError
        If the shapes disagree, a value is not finite, or `limit`, `shades` or `opacity` is out of range.
    """
    x, y, values = np.asarray(x, float), np.asarray(y, float), np.asarray(values, float)
    if x.ndim != 1 or y.ndim != 1 or values.shape != (y.size, x.size):
        raise ValueError(
            f"values must have shape (len(y), len(x)), received x {x.shape}, y {y.shape}, values {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("values must be finite: clip or drop what diverged before drawing the surface")
    if shades < 1 or not 0 < opacity < 1:
        raise ValueError(f"need shades >= 1 and 0 < opacity < 1, received shades={shades!r}, opacity={opacity!r}")
    largest = float(np.abs(values).max())
    limit = largest if limit is None else limit
    if not limit > 0:
        raise ValueError(f"limit must be positive (the values reach {largest}), received {limit!r}")
    # n layers of this opacity, one over the other, let through 1 - opacity of what lies under them.
    layer = 1 - (1 - opacity) ** (1 / shades)
    levels = np.linspace(0, limit, shades, endpoint=False)
    for sign, colour in ((1.0, colours.positive), (-1.0, colours.negative)):
        for level in levels:
            if sign * values.max() > level or sign * values.min() > level:
                top = max(largest, level) * 2 + 1
                axes.contourf(x, y, sign * values, levels=[level, top], colors=[colour], alpha=layer)
    if boundary and values.min() < 0 < values.max():
        axes.contour(x, y, values, levels=[0.0], colors=[colours.ink], linewidths=1.5)
