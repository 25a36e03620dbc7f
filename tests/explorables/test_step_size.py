"""The slider over the step size says at each position what 1 - eta lambda does."""

import json

import numpy as np
import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.experiments import descent_regimes
from learndyn.explorables.step_size import four_regimes

from .numbers import said

PRODUCTS = tuple(k / 20 for k in range(1, 49))


def made():
    return four_regimes(descent_regimes.run(PRODUCTS, steps=20))


@pytest.fixture(scope="module")
def explorable():
    return made()


def test_a_caption_names_the_regime_of_the_multiplier(explorable):
    for k, caption in zip(range(1, 49), explorable.captions, strict=True):  # eta lambda = k / 20
        words = {
            "Smooth convergence": k <= 20, "Oscillating convergence": 20 < k < 40,
            "Neutral": k == 40, "Divergence": k > 40,
        }  # fmt: skip
        assert [word for word in words if word in caption] == [word for word, holds in words.items() if holds]


def test_a_caption_says_the_step_the_multiplier_and_where_the_run_ends(explorable):
    for s, caption in zip(PRODUCTS, explorable.captions, strict=True):
        assert said("ηλ = #: each step multiplies the position by 1 − ηλ = #.", caption) == [
            round(s, 2), pytest.approx(1.0 - s, abs=1e-12),
        ]  # fmt: skip
        if s == 1.0:
            assert "the first step lands on the minimum" in caption
        else:
            (end,) = said("After 20 steps the distance to the minimum is #.", caption)
            assert end == pytest.approx(abs(1.0 - s) ** 20, rel=0.051)


def test_a_run_leaves_the_picture_exactly_where_a_caption_says_so(explorable):
    for s, caption in zip(PRODUCTS, explorable.captions, strict=True):
        assert ("leaves the picture" in caption) == (abs(1.0 - s) ** 20 > 1.6)


def test_a_run_that_grows_but_stays_in_the_picture_is_not_said_to_leave_it():
    (_, caption) = four_regimes(descent_regimes.run((1.9, 2.005), steps=20)).captions
    assert "Divergence" in caption
    assert "leaves the picture" not in caption


def test_the_slider_says_the_product_and_opens_among_the_oscillating_runs(explorable):
    assert [float(text) for text in explorable.sliders[0].texts] == pytest.approx(PRODUCTS)
    assert 1.0 < PRODUCTS[explorable.start[0]] < 2.0
    assert f"ηλ = {PRODUCTS[explorable.start[0]]:.2f}" in explorable.alt


def test_it_is_small_and_comes_out_the_same_each_time(explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert max(map(len, explorable.captions)) <= 240
    assert made().html() == explorable.html()


def test_the_page_gets_no_frame_with_a_point_outside(explorable):
    tables = [data["values"] for data in explorable.spec()["data"] if len(data.get("values", [])) == 48]
    (frames,) = tables
    for frame, s in zip(frames, PRODUCTS, strict=True):
        theta = np.array([np.nan if each is None else each for each in frame["theta"]])
        law = (1.0 - s) ** np.arange(21)
        inside = np.abs(law) <= 1.6
        assert np.array_equal(np.isfinite(theta), inside)
        np.testing.assert_allclose(theta[inside], law[inside], rtol=6e-4, atol=1e-15)
