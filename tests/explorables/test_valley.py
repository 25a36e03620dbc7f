"""The sliders over five rules in a valley say at each position how far each rule is from the minimum."""

import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

import learndyn as ld
from learndyn.experiments import valley_steps
from learndyn.explorables.valley import rules_in_a_valley
from learndyn.learning import optimal_heavy_ball, optimal_nesterov

from .numbers import said

K, START = 20.0, (-1.0, 0.3)
FACTORS = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.05, 1.1, 1.15, 1.2, 1.4, 1.7, 2, 2.5])
TAKEN = (0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40)
RULES = {
    "gradient descent": ld.GradientDescent(1.8 / K),
    "heavy ball": ld.HeavyBall(*optimal_heavy_ball(1.0, K)),
    "Nesterov": ld.Nesterov(*optimal_nesterov(1.0, K)),
    "RMSProp": ld.RMSProp(0.05),
    "Adam": ld.Adam(0.1),
}


def made():
    result = valley_steps.run(RULES, START, 40, condition_number=K, factors=FACTORS)
    return rules_in_a_valley(result, shown=TAKEN, start=(5, 12))


@pytest.fixture(scope="module")
def explorable():
    return made()


@pytest.fixture(scope="module")
def distances():
    """Step each rule by hand: distances by name, shape (factors, steps + 1)."""
    found = {}
    for name, rule in RULES.items():
        for factor in FACTORS:
            scaled = replace(rule, step_size=rule.step_size * factor)
            state = scaled.init(np.array(START))
            path = [state.theta]
            for _ in range(40):
                state = scaled.step(state, np.array([1.0, K]) * state.theta)
                path.append(state.theta)
            found.setdefault(name, []).append(np.linalg.norm(path, axis=1))
    return {name: np.array(rows) for name, rows in found.items()}


def test_a_caption_says_where_the_sliders_stand(explorable):
    for i, factor in enumerate(FACTORS):
        for j, steps in enumerate(TAKEN):
            plural = "" if steps == 1 else "s"
            assert explorable.caption(i, j).startswith(
                f"Step sizes times {factor:g}, after {steps} step{plural}. "
            )


def test_at_the_start_a_caption_says_the_distance_of_all(explorable):
    for i in range(FACTORS.size):
        assert said("All rules stand at the start, # from the minimum.", explorable.caption(i, 0)) == [1.04]


def test_a_caption_says_the_distance_of_each_rule(explorable, distances):
    for i in range(FACTORS.size):
        for j, steps in enumerate(TAKEN[1:], 1):
            for name, rows in distances.items():
                (distance,) = said(f"{name} #", explorable.caption(i, j).partition("Farther")[0])
                assert distance == pytest.approx(rows[i, steps], rel=0.051), (name, i, j)


def test_a_caption_names_the_rules_that_are_farther_out_than_at_the_start_and_no_others(
    explorable, distances
):
    for i in range(FACTORS.size):
        for j, steps in enumerate(TAKEN):
            lost = [name for name, rows in distances.items() if rows[i, steps] > np.linalg.norm(START)]
            _, mark, end = explorable.caption(i, j).partition(" Farther than at the start: ")
            assert end == (", ".join(lost) + "." if lost else "")
            assert bool(mark) == bool(lost)


def test_rules_that_divide_by_the_size_are_never_lost_here(explorable):
    lost = [caption.partition("Farther than at the start: ")[2] for caption in explorable.captions]
    assert any("heavy ball" in each for each in lost)
    assert not any("RMSProp" in each or "Adam" in each for each in lost)


def test_each_path_is_drawn_as_far_as_it_is_in_a_picture_and_one_point_further(explorable, distances):
    tables = [data["values"] for data in explorable.spec()["data"] if "across" in data.get("values", [{}])[0]]
    assert len(tables) == len(RULES)
    for frames, rows in zip(tables, distances.values(), strict=True):
        for frame, distance in zip(frames, rows, strict=True):
            count = len(frame["distance"])
            np.testing.assert_allclose(frame["distance"], np.clip(distance[:count], 1e-7, 1e3), rtol=0.051)
            assert (distance[count:] > 100.0).all()
            assert count == 41 or distance[count - 1] > 100.0


def test_each_rule_is_named_between_the_panels(explorable):
    svg = explorable.svg()
    assert all(f">{name}</text>" in svg for name in RULES)


def test_it_is_small_and_comes_out_the_same_each_time(explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert max(map(len, explorable.captions)) <= 240
    assert made().html() == explorable.html()
