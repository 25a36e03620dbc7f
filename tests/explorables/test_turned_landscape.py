"""The landscape to turn: nothing hides the point, and captions say what the curvature along the row does."""

import json

import numpy as np
import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.experiments import turned_landscape
from learndyn.explorables.turned_landscape import CEILING, FOOT, HIGH, RISE, TILT, landscape_to_turn

from .numbers import said

MAXIMUM, SADDLE, MINIMUM = range(3)


@pytest.fixture(scope="module")
def result():
    return turned_landscape.run()


@pytest.fixture(scope="module")
def explorable(result):
    return landscape_to_turn(result, start=(0, 1))


@pytest.fixture(scope="module")
def reliefs(explorable, result):
    """Read the heights that are sent, in pixels: by azimuth and point, from the farthest row to the nearest."""
    (table,) = (data["values"] for data in explorable.spec()["data"] if "h" in data.get("values", [{}])[0])
    p, m, rows, columns = result.losses.shape
    return np.array([frame["h"] for frame in table]).reshape(m, p, rows, columns + 2) / 2.0


def every(result):
    return [(i, k) for i in range(result.azimuths.size) for k in range(3)]


def test_heights_are_the_losses_to_half_a_pixel_cut_at_the_ceiling(result, reliefs):
    for i, k in every(result):
        losses = np.minimum(result.losses[k, i, ::-1], CEILING)
        assert np.abs(reliefs[i, k, :, 1:-1] - RISE * losses).max() <= 0.25 + 1e-9


def test_no_row_hides_the_point_or_the_places_beside_it_on_its_row(result, reliefs):
    rows, columns = result.losses.shape[-2:]
    screen = reliefs[..., 1:-1] + TILT * np.arange(rows - 1, -1, -1)[:, None] / (rows - 1)
    near = slice(columns // 2 - 1, columns // 2 + 2)
    point, before = screen[:, :, rows // 2, near], screen[:, :, rows // 2 + 1 :, near]
    assert (before < point[:, :, None]).all()


def test_all_of_the_relief_lies_in_its_panel(reliefs):
    assert reliefs.max() + TILT + FOOT <= HIGH and reliefs.min() >= 0.0


def test_a_caption_says_where_the_sliders_stand(result, explorable):
    for i, k in every(result):
        point = ("Maximum", "Saddle", "Minimum")[k]
        assert explorable.caption(i, k).startswith(f"{point}, φ = {15 * i}°. ")


def test_a_caption_says_the_curvature_that_was_measured_and_the_predicted_one(result, explorable):
    for i, k in every(result):
        caption = explorable.caption(i, k)
        (measured,) = said("curvature #,", caption)
        pattern = "predicted # at every φ" if k == MAXIMUM else "λ₁cos²φ + λ₂sin²φ = # ("
        (predicted,) = said(pattern, caption)
        assert measured == pytest.approx(result.measured[k, i], abs=5.1e-4)
        assert predicted == pytest.approx(result.predicted[k, i], abs=5.1e-4)


def test_the_loss_is_said_to_fall_where_the_squared_tangent_is_below_minus_the_ratio(result, explorable):
    first, second = result.principal[SADDLE]
    for i, phi in enumerate(np.radians(result.azimuths)):
        falls = np.sin(phi) ** 2 * second < -first * np.cos(phi) ** 2
        assert ("falls" in explorable.caption(i, SADDLE)) == falls
        assert ("rises" in explorable.caption(i, SADDLE)) == (not falls)
    kinds = ["falls" in explorable.caption(i, SADDLE) for i in range(result.azimuths.size)]
    assert 0 < sum(kinds) < len(kinds)


def test_from_the_maximum_it_falls_and_from_the_minimum_it_rises_at_every_azimuth(result, explorable):
    for i in range(result.azimuths.size):
        assert "falls along the row" in explorable.caption(i, MAXIMUM)
        assert "rises along the row" in explorable.caption(i, MINIMUM)


def test_the_caption_at_the_saddle_gives_the_angles_at_which_the_curvature_vanishes(result, explorable):
    first, second = result.principal[SADDLE]
    for i in range(result.azimuths.size):
        (angle,) = said("sign changes at #°", explorable.caption(i, SADDLE))
        (other,) = said("and #°, where", explorable.caption(i, SADDLE))
        assert np.tan(np.radians(angle)) ** 2 == pytest.approx(-first / second, rel=5e-3)
        assert angle + other == pytest.approx(180.0)
        assert "sign changes" not in explorable.caption(i, MAXIMUM) + explorable.caption(i, MINIMUM)


def test_the_profile_is_the_loss_along_the_middle_row_and_the_parabola_has_its_curvature(result, explorable):
    (table,) = (data["values"] for data in explorable.spec()["data"] if "law" in data.get("values", [{}])[0])
    for (i, k), frame in zip(every(result), table, strict=True):
        clipped = np.clip(result.losses[k, i, 7], -0.999, 0.999)
        assert np.abs(np.array(frame["seen"]) / 1000.0 - clipped).max() <= 5e-4 + 1e-12
        law = result.losses[k, i, 7, 10] + result.predicted[k, i] * result.xs**2 / 2
        assert np.abs(np.array(frame["law"]) / 1000.0 - np.clip(law, -0.999, 0.999)).max() <= 5e-4 + 1e-12


def test_no_point_next_to_the_panel_of_the_profile_is_clipped(result):
    """Else a line would leave the panel in the wrong direction."""
    for curves in (result.profiles, result.parabolas):
        inside = (curves >= 0.0) & (curves <= CEILING)
        beside = inside.copy()
        beside[..., 1:] |= inside[..., :-1]
        beside[..., :-1] |= inside[..., 1:]
        assert np.abs(curves[beside]).max() < 0.999


def test_it_is_small_and_comes_out_the_same_each_time(result, explorable):
    assert len(json.dumps(explorable.spec(), separators=(",", ":"))) < 60_000
    assert max(map(len, explorable.captions)) <= 200
    assert landscape_to_turn(result, start=(0, 1)).html() == explorable.html()
