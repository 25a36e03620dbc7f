"""The sliders over cue and errors of the ring say at each position what learndyn finds there."""

import json

import numpy as np
import pytest

from learndyn.experiments import attractor_errors
from learndyn.explorables.attractor_errors import ring_with_errors
from learndyn.explorables.wording import number

CUES = np.radians(np.arange(-180, 180, 22.5))


@pytest.fixture(scope="module")
def result():
    return attractor_errors.run(CUES, (0, 0.001, 0.01, 0.1), seed=2)


@pytest.fixture(scope="module")
def explorable(result):
    return ring_with_errors(result, start=(4, 2))


def test_a_caption_says_both_drifts(result, explorable):
    for i in range(CUES.size):
        for j in (1, 2, 3):
            found, law = np.degrees([result.drift[i, j, -1], result.predicted_drift[i, j, -1]])
            assert f"{number(found, 1)}° (law {number(law, 1)}°)" in explorable.caption(i, j)


def test_what_is_said_to_rest_stands_near_a_place_and_moves_no_more(result, explorable):
    for i in range(CUES.size):
        for j in (1, 2, 3):
            resting = "has come to rest" in explorable.caption(i, j)
            assert resting != ("on its way" in explorable.caption(i, j))
            path = result.positions[i, j]
            away = np.abs(np.angle(np.exp(1j * (path[-1] - result.places)))).min()
            assert not resting or (abs(path[-1] - path[-2]) < np.radians(0.3) and away < np.radians(8.0))
    assert all("has come to rest" in explorable.caption(i, 3) for i in range(CUES.size))


def test_without_errors_it_stays(explorable):
    assert all("0.0° away" in explorable.caption(i, 0) for i in range(CUES.size))


def test_all_that_is_drawn_is_within_the_panels(result):
    assert np.abs(np.degrees(result.drift)).max() < 120.0
    assert result.rates.max() < 2.0


def test_the_page_carries_less_than_60_kb_and_the_same_bytes_each_time(result, explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert ring_with_errors(result, start=(4, 2)).html() == explorable.html()
