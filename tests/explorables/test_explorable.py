"""An explorable says what is missing, keeps its size, and comes out the same each time."""

import json
import re
from html import unescape

import numpy as np
import pytest

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

import altair as alt

from learndyn.explorables import Slider

from .small import PLACES, TEXTS, dots, small

CAPTIONS = [f"{k + 1} dots." for k in range(PLACES)]
TWO = [Slider("place", ["a", "b"], 1), Slider("other", ["c", "d"], 0)]


@pytest.mark.parametrize(("changes", "message"), [
    ({"name": "Small Dots"}, "Small Dots"),
    ({"alt": " "}, "alt is empty. Say in words what the figure shows"),
    ({"sliders": []}, "needs one or two sliders, received 0"),
    ({"sliders": TWO + TWO}, "needs one or two sliders, received 4"),
    ({"captions": CAPTIONS[:-1]}, "needs one caption for each of 4 positions, none of them empty; received 3"),
    ({"captions": [*CAPTIONS[:-1], " "]}, "needs one caption for each of 4 positions, none of them empty"),
])  # fmt: skip
def test_what_is_missing_is_said_when_it_is_made(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        small(**changes)


def test_a_panel_of_another_size_than_the_margins_leave_is_refused():
    with pytest.raises(ValueError, match="the panel has the width 400, and the margins leave 496"):
        small(chart=dots(width=400))
    with pytest.raises(ValueError, match="the panel has the height 246, and the margins leave 272"):
        small(height=340)


def test_more_data_than_a_page_should_carry_are_refused():
    points = np.random.default_rng(0).normal(size=(PLACES, 4000))
    with pytest.raises(ValueError, match=r"\d+ bytes of specification and data, more than 90000. Use fewer"):
        small(chart=dots(points=points))


def test_a_position_that_no_slider_has_is_refused():
    for position in ((PLACES,), (-1,), (0, 0), ()):
        with pytest.raises(ValueError, match=r"is no position of its 4 sliders"):
            small().caption(*position)
    with pytest.raises(ValueError, match=r"\(1,\) is no position of its 2 x 2 sliders"):
        small(sliders=TWO).row(1)


def test_the_second_slider_runs_fastest():
    explorable = small(sliders=TWO)
    assert [explorable.row(i, j) for i in range(2) for j in range(2)] == [0, 1, 2, 3]
    assert explorable.start == (1, 0)
    assert explorable.caption(1, 0) == CAPTIONS[2]


def test_the_page_has_a_still_figure_hidden_sliders_the_caption_and_the_data():
    html = small().html()
    assert re.findall(r'data-explorable="([^"]+)"', html) == ["small-dots"]
    assert html.count("<svg") == 1
    assert 'role="img" aria-label="Two dots on a line; the slider adds more."' in html
    assert '<div class="ld-controls" hidden>' in html
    assert '<p class="ld-reading" aria-live="polite">2 dots.</p>' in html


def test_each_slider_is_labelled_and_says_where_it_stands():
    html = small(sliders=TWO).html()
    ids = re.findall(r'<input id="([^"]+)" type="range" min="0" max="1" step="1" value="(\d)"', html)
    assert ids == [("small-dots-0", "1"), ("small-dots-1", "0")]
    assert re.findall(r'<label for="([^"]+)">(\w+) ', html) == [
        ("small-dots-0", "place"),
        ("small-dots-1", "other"),
    ]
    assert re.findall(r"<output>(\w)</output>", html) == ["b", "c"]
    assert re.findall(r'aria-valuetext="(\w)"', html) == ["b", "c"]


def test_a_label_that_vega_leaves_out_is_an_error():
    from learndyn.explorables.style import label

    placed = dots().encode(y=alt.Y("x:Q")) + label(20, 40, "Two & more")
    assert ">Two &amp; more</text>" in small(chart=placed.properties(width=496, height=246)).svg()
    nowhere = dots() + label(20, 40, "Two & more").encode(x="x:Q")
    with pytest.raises(ValueError, match="the words 'Two & more' are not drawn. Place a label by pixels"):
        small(chart=nowhere.properties(width=496, height=246))


def test_room_is_kept_for_the_longest_caption():
    captions = ["one", "two", 'the <longest> of "all"', "four"]
    found = re.search(r'data-longest="([^"]*)"', small(captions=captions).html())
    assert unescape(found[1]) == captions[2]


def test_the_data_are_what_the_payload_says_and_cannot_end_their_element():
    explorable = small(captions=["</script><b>", *CAPTIONS[1:]])
    inside = re.search(r'class="ld-payload">(.*)</script></div>$', explorable.html(), re.DOTALL)[1]
    assert "</" not in inside
    payload = json.loads(inside)
    assert payload == json.loads(json.dumps(explorable.payload()))
    assert payload["texts"] == [list(TEXTS)]
    assert payload["captions"][0] == "</script><b>"


def test_the_specification_has_a_set_size_and_stands_where_it_is_asked():
    spec = small().spec()
    assert spec["autosize"] == {"type": "none"}
    left, right = spec["padding"]["left"], spec["padding"]["right"]
    assert left + spec["width"] + right == 576
    rows = [next(s for s in small().spec(k)["signals"] if s["name"] == "row")["value"] for k in range(PLACES)]
    assert rows == list(range(PLACES))


def test_no_mark_of_the_live_figure_speaks_beside_its_one_text():
    marks = small().spec()["marks"]
    assert marks
    while marks:
        mark = marks.pop()
        assert mark["aria"] is False
        marks.extend(mark.get("marks", []))


def test_two_renderings_are_the_same_bytes_whatever_was_drawn_between():
    first = small()
    html, png = first.html(), first.png()
    small(name="another", chart=dots(points=np.ones((PLACES, 30)))).html()
    again = small()
    assert (again.html(), again.png()) == (html, png) == (first.html(), first.png())


def test_a_notebook_gets_the_page_and_a_picture():
    bundle = small()._repr_mimebundle_()
    assert bundle["text/html"] == small().html()
    assert bundle["image/png"].startswith(b"\x89PNG\r\n")
    assert repr(small()) == "<Explorable small-dots: Two dots on a line; the slider adds more.>"
