"""The sliders over momentum and step size say at each position what the characteristic polynomial does."""

import cmath
import json
import math

import numpy as np
import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.experiments import momentum_plane
from learndyn.explorables.momentum import momentum_and_step

from .numbers import said

B = (0, 20, 40, 50, 60, 70, 80, 90, 95)  # sqrt(beta) in hundredths, so that the lines are met exactly
R = (5, *range(10, 201, 10))  # sqrt(eta lambda)


@pytest.fixture(scope="module")
def result():
    return momentum_plane.run()


@pytest.fixture(scope="module")
def explorable(result):
    return momentum_and_step(result)


def captions(explorable):
    """Give sqrt(beta), sqrt(eta lambda), both in hundredths, and the caption there."""
    return [(b, r, explorable.caption(i, j)) for i, b in enumerate(B) for j, r in enumerate(R)]


def larger_and_smaller(b, r):
    """Return the roots of m^2 - (1 + beta - s) m + beta."""
    trace, product = 1 + (b / 100) ** 2 - (r / 100) ** 2, (b / 100) ** 2
    root = cmath.sqrt(trace**2 - 4 * product)
    return sorted([(trace + root) / 2, (trace - root) / 2], key=abs, reverse=True)


def test_a_caption_says_where_the_sliders_stand(explorable):
    for b, r, caption in captions(explorable):
        beta, s = said("β = #, ηλ = #: ", caption)
        assert beta == pytest.approx((b / 100) ** 2, abs=0.00501)
        assert s == pytest.approx((r / 100) ** 2, rel=6e-4)


def test_a_caption_names_the_damping_by_the_side_of_the_lines(explorable):
    for b, r, caption in captions(explorable):
        diverges = r * r > 2 * (100**2 + b * b)
        words = {
            "divergence": diverges,
            "critically damped": r in {100 - b, 100 + b},
            "under-damped": 100 - b < r < 100 + b,
            "over-damped": r < 100 - b,
            "alternating": r > 100 + b and not diverges,
        }
        assert [word for word in words if word in caption] == [word for word, holds in words.items() if holds]


def test_each_kind_of_motion_is_among_the_positions(explorable):
    kinds = ("divergence", "critically damped", "under-damped", "over-damped", "alternating")
    assert all(any(kind in caption for caption in explorable.captions) for kind in kinds)


def test_the_numbers_of_a_caption_are_the_roots_of_the_polynomial(explorable):
    for b, r, caption in captions(explorable):
        one, two = larger_and_smaller(b, r)
        if "divergence" in caption:
            limit, outside = said("the limit 2(1 + β) = #, and the multiplier # is outside", caption)
            assert limit == pytest.approx(2 * (1 + (b / 100) ** 2), abs=0.00501)
            assert outside == pytest.approx(one.real, abs=0.000501)
            assert abs(outside) > 1.0
        elif "under-damped" in caption:
            real, imaginary, radius = said("The pair # ± #i lies on the circle of radius √β = #:", caption)
            assert (real, imaginary) == pytest.approx((one.real, abs(one.imag)), abs=0.00501)
            assert radius == pytest.approx(b / 100, abs=1e-12)
            (turn,) = said("a turn takes # steps", caption)
            assert turn == pytest.approx(2 * math.pi / abs(cmath.phase(one)), abs=0.0501)
        elif "critically" not in caption:
            assert said("The larger multiplier, #, sets the rate; the other is #.", caption) == pytest.approx(
                [one.real, two.real], abs=0.000501
            )


def test_on_a_line_a_caption_says_where_the_multipliers_met(explorable):
    met = [(b, r, caption) for b, r, caption in captions(explorable) if "critically damped" in caption]
    assert len(met) == sum(r in {100 - b, 100 + b} for b in B for r in R) > 10
    for b, r, caption in met:
        if b == 0:
            assert "Both multipliers are 0: without momentum the first step lands on the minimum" in caption
            continue
        where, rate = said("Both multipliers have met at #: the error falls as (a + bt) times #ᵗ.", caption)
        assert where == pytest.approx((1 - r / 100), abs=0.00501)
        assert rate == pytest.approx(b / 100, abs=1e-6)


def test_what_a_caption_says_of_the_sides_the_run_does(result, explorable):
    long = momentum_plane.run(steps=150)
    for i in range(len(B)):
        for j in range(len(R)):
            late = long.positions[i, j]
            late = late[np.abs(late) > 1e-300][1:]
            caption = explorable.caption(i, j)
            if "without turning" in caption:
                assert (late > 0.0).all() or (late < 0.0).all()
            if "changes sides at each step" in caption:
                assert (np.sign(late[-20:-1]) == -np.sign(late[-19:])).all()
    assert (result.positions[0, R.index(100), 1:] == 0.0).all()  # lands on the minimum, and stays


def test_the_run_is_drawn_as_far_as_it_is_in_the_picture_and_one_point_further(result, explorable):
    count = len(B) * len(R)
    (frames,) = [d["values"] for d in explorable.spec()["data"] if len(d.get("values", [])) == count]
    for frame, theta in zip(frames, result.positions.reshape(count, -1), strict=True):
        sent = np.array(frame["milli"]) / 1000
        np.testing.assert_allclose(sent, np.clip(theta, -9.0, 9.0)[: sent.size], atol=0.000501)
        assert (np.abs(theta[sent.size :]) > 1.6).all()
        assert sent.size == theta.size or np.abs(theta[sent.size - 1]) > 1.6


def test_it_is_small_and_comes_out_the_same_each_time(result, explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert max(map(len, explorable.captions)) <= 240
    assert momentum_and_step(result).html() == explorable.html()
