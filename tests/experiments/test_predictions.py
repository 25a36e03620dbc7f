"""What theory predicts is measured: every row of the book's table, at its tolerance."""

import math

import pytest

from learndyn.experiments.predictions import TOPICS, Prediction, check, report


@pytest.mark.parametrize("topic", TOPICS)
def test_every_prediction_of_the_topic_holds(topic):
    rows = TOPICS[topic]()
    assert rows
    broken = [
        f"{row.name}: predicted {row.predicted:g}, measured {row.measured:g}"
        for row in rows
        if not row.holds
    ]
    assert not broken
    assert all(row.source and "/" in row.page for row in rows)
    assert len({row.name for row in rows}) == len(rows)


def test_a_deviation_beyond_the_tolerance_or_a_number_that_is_not_one_does_not_hold():
    def row(measured, relative=False):
        return Prediction(
            "x", "nobody 1900", "foundations/x", 4.0, measured, 0.1, relative
        )

    assert row(4.1 - 1e-12).holds and not row(4.11).holds and not row(3.89).holds
    assert row(4.39, relative=True).holds and not row(4.41, relative=True).holds
    assert row(3.0, relative=True).deviation == 0.25
    assert row(4.05).margin == pytest.approx(0.5) and row(4.0).margin == 0.0
    exact = Prediction("x", "nobody 1900", "foundations/x", 2.0, 2.0 + 1e-12, 0.0)
    assert exact.margin == math.inf and not exact.holds
    assert not row(math.nan).holds and not row(math.inf).holds


def test_the_report_counts_what_holds_and_shows_both_numbers():
    rows = (
        Prediction("a true one", "nobody 1900", "foundations/x", 2.0, 2.0, 0.0),
        Prediction("a false one", "nobody 1900", "foundations/x", 0.5, 0.75, 0.1, True),
    )
    text = report({"things": rows})
    assert text.startswith("1 of 2 predictions hold")
    (false,) = (line for line in text.splitlines() if "a false one" in line)
    assert (
        "FAILS" in false
        and "0.5" in false
        and "0.75" in false
    )


def test_topics_can_be_chosen_and_one_that_is_not_there_is_named():
    assert list(check(["descent on a quadratic"], progress=False)) == [
        "descent on a quadratic"
    ]
    with pytest.raises(
        ValueError,
        match="no topic 'alchemy'. There are: descent on a quadratic, momentum",
    ):
        check(["alchemy"])
