"""Laws of short path data: the same points within the grid, no error that adds up, and nothing else touched."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.plots.path_data import compact_path

NUMBERS = re.compile(r"-?(?:\d+\.\d+|\.\d+|\d+)")
POINTS = {"m": 1, "l": 1, "t": 1, "q": 2, "s": 2, "c": 3}


def points_of(data: str) -> list[tuple[str, list[tuple[float, float]]]]:
    """Read path data of either kind as an SVG viewer does: each segment's letter and its absolute points."""
    here = start = (0.0, 0.0)
    found = []
    for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", data):
        letter, relative = command.lower(), command.islower()
        if letter == "z":
            here = start
            found.append(("z", []))
            continue
        numbers = [float(number) for number in NUMBERS.findall(text)]
        count = 2 * POINTS[letter]
        assert len(numbers) % count == 0 and numbers
        for k in range(0, len(numbers), count):
            base = here if relative else (0.0, 0.0)
            points = [
                (base[0] + x, base[1] + y)
                for x, y in zip(numbers[k : k + count : 2], numbers[k + 1 : k + count : 2], strict=True)
            ]
            found.append((letter, points))
            here = points[-1]
            if letter == "m":
                start = here
    return found


coordinates = st.floats(-1000, 1000).map(lambda number: round(number, 6))
segments = st.sampled_from("LTQSC").flatmap(
    lambda letter: st.tuples(
        st.just(letter),
        st.lists(coordinates, min_size=2 * POINTS[letter.lower()], max_size=2 * POINTS[letter.lower()]),
    )
)
subpaths = st.tuples(
    st.lists(coordinates, min_size=2, max_size=2), st.lists(segments, max_size=20), st.booleans()
)


def written(path: list[tuple[list[float], list[tuple[str, list[float]]], bool]]) -> str:
    """Write a path as matplotlib does."""
    words = []
    for first, rest, closed in path:
        for letter, numbers in [("M", first), *rest]:
            words += [letter, *(f"{number:.6f}" for number in numbers)]
        words += ["z"] * closed
    return " ".join(words)


@given(path=st.lists(subpaths, min_size=1, max_size=3), places=st.integers(0, 3))
def test_each_point_stays_within_half_a_unit_of_the_last_place(path: list, places: int) -> None:
    data = written(path)
    before, after = points_of(data), points_of(compact_path(data, places=places))
    assert [letter for letter, _ in before] == [letter for letter, _ in after]
    for (_, one), (_, other) in zip(before, after, strict=True):
        if one:
            np.testing.assert_allclose(
                np.array(other), np.array(one), rtol=0, atol=0.5 * 10.0**-places + 2e-9
            )


def test_moves_stay_moves() -> None:
    assert compact_path("M 0 0 M 1 1 M 2 2 L 3 3 L 4 4 z M 1 2") == "M0 0m1 1m1 1l1 1 1 1zm-1 0"


def test_errors_of_rounding_do_not_add_up_along_a_path() -> None:
    steps = np.arange(5000) * 0.14
    data = "M " + " L ".join(f"{x:.3f} {2 * x:.3f}" for x in steps)
    _, last = points_of(compact_path(data, places=1))[-1]
    np.testing.assert_allclose(last, [(steps[-1], 2 * steps[-1])], atol=0.05 + 1e-9)


def test_a_smooth_curve_takes_less_than_half_of_its_bytes() -> None:
    x = np.linspace(0, 400, 500)
    data = "M " + " L ".join(f"{a:.2f} {100 + 80 * np.sin(a / 50):.2f}" for a in x)
    assert len(compact_path(data, places=1)) < 0.5 * len(data)


@pytest.mark.parametrize("data", ["", "M 0 0 A 1 1 0 0 1 2 2", "m 1 1 l 2 2", "M0,0h496v210h-496Z"])
def test_data_of_another_kind_come_back_as_they_are(data: str) -> None:
    assert compact_path(data) == data
