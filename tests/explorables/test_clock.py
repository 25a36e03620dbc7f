"""The slider over the first split says at each position when the units part, or that they do not."""

import json
import re

import numpy as np
import pytest

from learndyn.experiments import clock_sizes
from learndyn.explorables.clock import plateau_and_first_split

SIGMAS = (1e-2, 1e-4, 1e-6, 1e-16)


@pytest.fixture(scope="module")
def result():
    return clock_sizes.run(SIGMAS, steps=400)


@pytest.fixture(scope="module")
def explorable(result):
    return plateau_and_first_split(result, start=1)


def test_a_position_is_called_by_its_power_of_ten(explorable):
    assert explorable.sliders[0].texts == ("0.01", "10⁻⁴", "10⁻⁶", "10⁻¹⁶")


def test_a_caption_says_when_the_units_part_beside_the_prediction(result, explorable):
    for k in range(3):
        predicted = np.log(0.1 / SIGMAS[k]) / np.log(result.factor)
        caption = explorable.caption(k)
        assert f"part after {result.escape_steps[k]:.0f} steps" in caption
        assert f"/ ln {result.factor:.4f} = {predicted:.0f}. By" in caption


def test_by_the_step_in_the_caption_the_loss_has_fallen_by_a_tenth_and_not_before(result, explorable):
    for k in range(3):
        said = int(re.search(r"By step (\d+) the loss", explorable.caption(k))[1])
        at = int(np.flatnonzero(result.times == said)[0])
        below = result.losses[k] < 0.9 * result.saddle_loss
        assert below[at] and not below[at - 1]


def test_a_caption_says_that_rounding_holds_the_units_where_they_do_not_part(explorable):
    parted = ["the units part" in caption for caption in explorable.captions]
    held = ["lost in rounding" in caption for caption in explorable.captions]
    assert parted == [True, True, True, False]
    assert held == [not each for each in parted]


def test_the_same_result_gives_the_same_bytes_and_few_of_them(result, explorable):
    assert plateau_and_first_split(result, start=1).html() == explorable.html()
    assert len(json.dumps(explorable.spec())) < 60_000
