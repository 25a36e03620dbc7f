"""Laws of the data behind a slider: one frame for each position, rounded, with gaps where there is no number."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.explorables import frames
from learndyn.explorables.frames import points_drawn, significant

from .small import PLACES, small

FINITE = st.floats(min_value=1e-200, max_value=1e200)


@given(FINITE, st.sampled_from([-1.0, 1.0]), st.integers(1, 8))
def test_rounding_keeps_so_many_digits_and_no_more(size, sign, digits):
    rounded = significant(sign * size, digits)
    assert abs(rounded - sign * size) <= 0.5000001 * 10.0 ** (1 - digits) * size
    assert float(f"{rounded:.{digits - 1}e}") == rounded


def test_what_is_no_finite_number_becomes_a_gap():
    assert significant([1.0, np.nan, np.inf, -np.inf]) == [1, None, None, None]


def test_integers_truths_and_words_stay_as_they_are():
    kept = significant(np.array([123456, -7])), significant([True, False]), significant(["one", "two"])
    assert json.dumps(kept) == '[[123456, -7], [true, false], ["one", "two"]]'


def test_a_whole_number_is_written_without_a_point_and_zero_without_a_sign():
    assert json.dumps(significant([2.0, -0.0, 1e20])) == "[2, 0, 1e+20]"


def test_a_frame_has_its_entry_of_each_column_whatever_their_lengths():
    ragged = [np.zeros(k) for k in range(3)]
    data = frames(3, a=[1.0, 2.0, 3.0], b=np.eye(3), c=ragged)
    assert [row["row"] for row in data.values] == [0, 1, 2]
    assert [row["a"] for row in data.values] == [1, 2, 3]
    assert [row["b"] for row in data.values] == np.eye(3).tolist()
    assert [len(row["c"]) for row in data.values] == [0, 1, 2]


def test_a_column_of_another_length_is_refused_by_name():
    with pytest.raises(ValueError, match="column 'b' must have one entry for each of 3 frames, received 2"):
        frames(3, a=np.zeros(3), b=np.zeros(2))


def test_the_name_of_the_frames_number_is_taken():
    with pytest.raises(ValueError, match="'row' is the number of the frame. Give the column another name"):
        frames(1, row=[1])


@given(st.lists(st.booleans(), max_size=12))
def test_points_are_sent_up_to_one_beyond_the_last_inside(inside):
    count = points_drawn(inside)
    assert not any(inside[count:])
    assert count <= len(inside)
    if any(inside):
        assert inside[count - 2 :].count(True) >= 1
        assert count == len(inside) or not inside[count - 1]
    else:
        assert count == 0


def test_the_chart_shows_the_points_of_the_frame_at_the_position_and_no_others():
    explorable = small()
    one = explorable.svg(0).count("<path")
    assert [explorable.svg(k).count("<path") - one for k in range(PLACES)] == list(range(PLACES))
