"""Laws of the search for a maximum: the value is one that is taken, and each round narrows its place 4-fold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics.search import maximise

GRID = np.linspace(-2.0, 3.0, 11)


@given(st.floats(-2.0, 3.0), st.integers(1, 8))
def test_a_peak_anywhere_is_found_to_a_quarter_of_the_interval_each_round(peak, rounds):
    x, height = maximise(lambda x: -np.abs(x - peak), GRID, rounds=rounds)
    assert abs(x - peak) <= 0.5 * 4.0**-rounds + 1e-12
    assert height == -abs(x - peak)


@pytest.mark.parametrize("inside", [0.0, 0.01, 0.03, 0.06, 0.1])
@pytest.mark.parametrize("end", [-2.0, 3.0])
def test_a_peak_near_an_end_of_the_grid_is_found_as_closely(end, inside):
    peak = end + (inside if end < 0.0 else -inside)
    x, _ = maximise(lambda x: -np.abs(x - peak), GRID, rounds=20)
    assert x == pytest.approx(peak, abs=1e-11)


def test_the_highest_peak_wins_although_the_grid_ranks_it_third():
    narrow = 0.25  # between two points of the grid, where it looks low
    f = lambda x: np.maximum.reduce(
        [1.0 - np.abs(x - 1.0), 0.9 - np.abs(x + 1.0), 1.5 - 4.0 * np.abs(x - narrow)]
    )
    assert sorted(f(GRID))[-2:] == [0.9, 1.0]
    assert maximise(f, GRID, rounds=20) == pytest.approx((narrow, 1.5), abs=1e-9)


@pytest.mark.parametrize("batch", [1, 4, 1000])
def test_no_more_points_at_once_than_asked_for_and_the_same_result(batch):
    sizes = []

    def f(x):
        sizes.append(x.size)
        return np.sin(x)

    assert maximise(f, GRID, batch=batch) == maximise(np.sin, GRID)
    assert max(sizes) <= batch
