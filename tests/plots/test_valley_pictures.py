"""Pictures of valleys and of paused runs: the same twice, with a name and words."""

import pytest

from learndyn.experiments import paused_runs, valley_paths, valley_symmetries, valley_times
from learndyn.learning import Adam, GradientDescent
from learndyn.plots.paused_runs import distances_after_pause
from learndyn.plots.valley_paths import paths_on_map, turned_paths
from learndyn.plots.valley_times import times_to_floor, turned_times

VALLEY = valley_paths.straight_valley(9.0)
RULES = {"descent": GradientDescent(0.1), "Adam": Adam(0.1)}


def landscape():
    return valley_paths.run(VALLEY, RULES, (-1.0, 0.5), 9, window=((-1, 1), (-1, 1)), points=21)


DRAWINGS = {
    "paths": lambda name: paths_on_map(landscape(), name=name),
    "turned paths": lambda name: turned_paths(
        valley_symmetries.run(VALLEY, RULES, (-1.0, 0.5), 9), landscape(), ("Adam",), name=name
    ),
    "times": lambda name: times_to_floor(valley_times.run((3.0, 10.0), adam_steps=300), name=name),
    "turned times": lambda name: turned_times(
        valley_times.turn(10.0, angles=3, adam_steps=300), name=name
    ),
    "paused": lambda name: distances_after_pause(
        paused_runs.run(Adam(0.01), {"count": ("steps",)}, pause=5, steps=10), {"count": "t"}, name=name
    ),
}


@pytest.mark.parametrize("draw", list(DRAWINGS.values()), ids=list(DRAWINGS))
def test_a_picture_is_the_same_twice_and_says_what_it_shows(draw):
    first, second = draw("some-name"), draw("some-name")
    assert first.svg() == second.svg()
    assert first.name == "some-name"
    assert "axis" in first.alt or "axes" in first.alt or "Level lines" in first.alt
