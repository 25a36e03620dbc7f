"""The slider over the input of the Wilson-Cowan pair says at each position what learndyn finds there."""

import numpy as np
import pytest

from learndyn.experiments import rate_inputs
from learndyn.explorables.rate_inputs import phase_plane_of_inputs

INPUTS = (0.7, 1.0, 1.25, 1.9, 2.2)


@pytest.fixture(scope="module")
def result():
    return rate_inputs.run(INPUTS)


@pytest.fixture(scope="module")
def explorable(result):
    return phase_plane_of_inputs(result)


def test_it_opens_where_the_page_has_its_cycle(explorable):
    assert explorable.start == (2,)


def test_a_caption_names_the_kind_of_rest(explorable):
    kinds = ["stable node", "3 states of rest", "unstable focus", "unstable focus", "stable focus"]
    assert all(kind in caption for kind, caption in zip(kinds, explorable.captions, strict=True))


def test_a_caption_says_the_period_and_the_swing_where_there_is_a_cycle(result, explorable):
    for k, caption in enumerate(explorable.captions):
        said = "onto a cycle" in caption
        assert said == np.isfinite(result.period[k])
        if said:
            assert f"period {result.period[k]:.2f} τ" in caption
            assert f"swing of E {result.swing[k]:.3f}" in caption


def test_each_turn_keeps_what_the_rates_say(result, explorable):
    pair = result.rates[4][0]
    kept = np.exp(2.0 * np.pi * pair[0].real / abs(pair[0].imag))
    assert f"keeps {kept:.2f} of the distance" in explorable.captions[4]


def test_the_same_result_gives_the_same_bytes(result, explorable):
    assert phase_plane_of_inputs(result).html() == explorable.html()
