"""A slider has a label, two positions or more, a text for each, and starts at one of them."""

import re

import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.explorables import Slider


def test_it_has_as_many_positions_as_texts_and_starts_at_the_first():
    slider = Slider("place", ["0.1", "0.2", "0.3"])
    assert (len(slider), slider.start, slider.texts) == (3, 0, ("0.1", "0.2", "0.3"))


@pytest.mark.parametrize(("arguments", "message"), [
    ((" ", ["a", "b"]), "Slider: the label is empty. Say what the slider sets"),
    (("place", ["a"]), "Slider 'place': a slider needs two positions or more, received 1"),
    (("place", ["a", " "]), "Slider 'place': a text is empty. Say what each position is"),
    (("place", ["a", "b"], 2), "Slider 'place': start must be a position from 0 to 1, received 2"),
    (("place", ["a", "b"], -1), "Slider 'place': start must be a position from 0 to 1, received -1"),
])  # fmt: skip
def test_what_is_wrong_with_a_slider_is_said(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Slider(*arguments)
