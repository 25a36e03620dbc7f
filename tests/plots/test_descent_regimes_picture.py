"""One panel for each regime of descent: its multiplier stands above it, and its run is in view."""

import numpy as np
import pytest

from learndyn.experiments import descent_regimes as experiment
from learndyn.plots.descent_regimes import descent_regimes


@pytest.fixture(scope="module")
def result():
    return experiment.run()


def test_every_panel_shows_one_run_and_its_multiplier(result):
    figure = descent_regimes(result).figure
    assert len(figure.axes) == len(result.multipliers) == 4
    for axes, positions, multiplier in zip(figure.axes, result.positions, result.multipliers, strict=True):
        _, curve = axes.lines  # the first is the level of the minimum
        np.testing.assert_array_equal(curve.get_ydata(), positions)
        low, high = axes.get_ylim()
        assert low == -high and high >= np.abs(positions).max()
        shown = axes.get_title(loc="left") or axes.get_title()
        assert float(shown.split(": ")[1].replace("\N{MINUS SIGN}", "-")) == pytest.approx(
            multiplier, abs=0.05
        )


def test_the_outer_axes_are_named_and_the_picture_is_the_same_twice(result):
    first, second = descent_regimes(result, name="four"), descent_regimes(result, name="four")
    assert [axes.get_xlabel() for axes in first.figure.axes] == ["", "", "step", "step"]
    assert [bool(axes.get_ylabel()) for axes in first.figure.axes] == [True, False, True, False]
    assert first.svg() == second.svg()
    assert first.alt.startswith("Four panels")
