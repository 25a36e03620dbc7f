"""The sliders over feedback's angle and step say at each position what learndyn finds there."""

import json

import numpy as np
import pytest

from learndyn.experiments import credit_turning
from learndyn.explorables.credit_turning import update_and_gradient
from learndyn.explorables.wording import number

SHOWN = (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 25, 30, 40, 60, 80)


@pytest.fixture(scope="module")
def result():
    return credit_turning.run((0, 30, 60, 90, 120, 150))


@pytest.fixture(scope="module")
def explorable(result):
    return update_and_gradient(result, shown=SHOWN, start=(5, 4))


def cells(result):
    return [(i, j, k) for i in range(result.starts.size) for j, k in enumerate(SHOWN)]


def test_a_caption_calls_uphill_what_is_above_90_degrees(result, explorable):
    kinds = set()
    for i, j, k in cells(result):
        caption = explorable.caption(i, j)
        uphill, climbs = "points uphill" in caption, "hidden layer climbs" in caption
        kinds.add((uphill, climbs))
        assert uphill == (result.predicted_changes[i, k] > 0.0)
        assert climbs == (result.hidden[i, k] > 90.0 and not uphill)
        assert ("All points downhill" in caption) == (not uphill and not climbs)
    assert len(kinds) == 3


def test_a_caption_says_the_numbers_of_its_step(result, explorable):
    for i, j, k in cells(result):
        caption = explorable.caption(i, j)
        assert f"step {result.steps[k]:.0f}." in caption
        assert f"{number(result.hidden[i, k], 1)}° (hidden)" in caption
        assert f"changes the loss by {number(1e3 * result.changes[i, k], 2)} ‰" in caption
        assert f"(law {number(result.law[i, k], 1)}°)" in caption


def test_all_changes_are_within_the_panel(result):
    assert -6e-3 < result.changes.min() and result.changes.max() < 2.5e-3
    assert np.isfinite([result.hidden, result.whole, result.weights]).all()


def test_the_page_carries_less_than_60_kb_and_the_same_bytes_each_time(result, explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert update_and_gradient(result, shown=SHOWN, start=(5, 4)).html() == explorable.html()
