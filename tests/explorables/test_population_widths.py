"""The sliders over peak count and width of tuning say at each position what learndyn finds there."""

import json

import numpy as np
import pytest

from learndyn.experiments import population_widths
from learndyn.explorables.population_widths import width_and_information
from learndyn.explorables.wording import number
from learndyn.neural.population import VonMisesTuning


@pytest.fixture(scope="module")
def result():
    return population_widths.run()


@pytest.fixture(scope="module")
def explorable(result):
    return width_and_information(result, start=(1, 4))


def positions(result):
    return np.ndindex(result.errors.errors.shape)


def test_a_caption_says_information_and_bound_of_the_closed_form(result, explorable):
    for i, j in positions(result):
        J = VonMisesTuning(
            32, float(result.errors.rates[i]), float(result.errors.kappas[j])
        ).poisson_information
        caption = explorable.caption(i, j)
        assert f"J = {number(J, 1)} per rad²" in caption
        assert f"bound {number(np.degrees(J**-0.5), 2)}°" in caption


def test_one_width_for_each_count_is_called_the_best_and_has_the_smallest_error(result, explorable):
    for i, row in enumerate(result.errors.errors):
        best = [j for j in range(row.size) if "This is the best width" in explorable.caption(i, j)]
        assert best == [int(row.argmin())]


def test_silence_and_lattice_are_named_where_they_show(result, explorable):
    for i, j in positions(result):
        caption = explorable.caption(i, j)
        assert ("Silent" in caption) == (result.errors.silent[i, j] >= 0.01)
        assert ("lattice shows" in caption) == (np.ptp(result.information[j]) >= 0.02)


def test_all_errors_are_within_the_panel(result):
    errors = np.degrees([result.errors.errors, result.errors.bounds])
    assert 0.7 < errors.min() and errors.max() < 130.0
    assert 0.0 <= result.information.min() and result.information.max() <= 2.0


def test_the_page_carries_less_than_60_kb_and_the_same_bytes_each_time(result, explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert width_and_information(result, start=(1, 4)).html() == explorable.html()
