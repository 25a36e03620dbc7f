"""Laws of a surface with a sign: opacity grows with the value, from nothing at zero to what was asked for."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.contour import QuadContourSet

from learndyn.plots import colours, draw_surface, new_axes

X = np.linspace(-1, 1, 9)
Y = np.linspace(-1, 1, 7)


def shades(values: np.ndarray, **options: float) -> list[QuadContourSet]:
    _, axes = new_axes()
    draw_surface(axes, X, Y, values, boundary=False, **options)
    return [child for child in axes.get_children() if isinstance(child, QuadContourSet)]


def test_all_shades_together_have_the_opacity_that_was_asked_for() -> None:
    layers = shades(np.tile(X, (Y.size, 1)), shades=5, opacity=0.6)
    assert len(layers) == 10
    through = np.prod([1 - layer.get_facecolor()[0, 3] for layer in layers[:5]])
    assert 1 - through == pytest.approx(0.6)


def test_each_side_has_its_own_hue() -> None:
    positive, negative = shades(np.ones((Y.size, X.size))), shades(-np.ones((Y.size, X.size)))
    assert {to_hex(layer.get_facecolor()[0]) for layer in positive} == {colours.positive}
    assert {to_hex(layer.get_facecolor()[0]) for layer in negative} == {colours.negative}


def test_swapping_the_sign_swaps_the_shapes() -> None:
    values = np.outer(Y + 0.3, X)
    there, back = shades(values), shades(-values)
    for one, other in zip(there, back[len(back) // 2 :] + back[: len(back) // 2], strict=True):
        assert np.array_equal(one.get_paths()[0].vertices, other.get_paths()[0].vertices)


def test_the_boundary_is_where_the_surface_is_zero() -> None:
    _, axes = new_axes()
    draw_surface(axes, X, Y, np.tile(X - 0.1, (Y.size, 1)))
    line = [child for child in axes.get_children() if isinstance(child, QuadContourSet)][-1]
    assert line.get_paths()[0].vertices[:, 0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": np.ones((9, 7))}, "shape"),
        ({"values": np.full((7, 9), np.inf)}, "finite"),
        ({"values": np.zeros((7, 9))}, "limit must be positive"),
        ({"limit": -1.0}, "limit must be positive"),
        ({"shades": 0}, "shades"),
        ({"opacity": 1.0}, "opacity"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change: dict[str, object], message: str) -> None:
    arguments = {"values": np.ones((7, 9))} | change
    with pytest.raises(ValueError, match=message):
        draw_surface(new_axes()[1], X, Y, **arguments)  # type: ignore[arg-type]
