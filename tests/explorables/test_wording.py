"""Numbers in a caption: a true minus, powers of ten, and no more digits than are meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.explorables.wording import number, scientific

from .numbers import said, value


@given(st.floats(-1e6, 1e6), st.integers(1, 6))
def test_a_number_read_back_is_the_number_to_so_many_places(x, places):
    text = number(x, places)
    assert "-" not in text
    assert abs(value(text) - x) <= 0.5000001 * 10.0**-places + 1e-9
    assert len(text.partition(".")[2]) == places


@given(st.floats(1e-300, 1e300), st.integers(2, 5))
def test_a_power_of_ten_read_back_is_the_number_to_so_many_digits(x, digits):
    assert value(scientific(x, digits)) == pytest.approx(x, rel=0.5000001 * 10.0 ** (1 - digits))


@pytest.mark.parametrize(("x", "text"), [
    (0.0, "0"), (0.01, "0.01"), (0.00999, "1.0 × 10⁻²"), (0.0012, "1.2 × 10⁻³"), (123.0, "123"), (99999.0, "1.0 × 10⁵"),
])  # fmt: skip
def test_powers_of_ten_begin_far_from_one(x, text):
    assert scientific(x) == text


def test_these_tests_read_a_number_whole():
    assert said("from # to #.", "from −1.25 to 1.2 × 10⁻⁵.") == [-1.25, 1.2e-5]
    with pytest.raises(AssertionError):
        said("is #.", "is nothing.")


def test_nothing_is_less_than_nothing():
    assert (number(-0.0001, 2), number(-0.5, 1)) == ("0.00", "−0.5")
