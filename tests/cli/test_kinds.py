"""Values from text: what an annotation admits is read, and nothing else."""

import argparse
import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.cli.kinds import Kind, kind_of


def kind(annotation, default=None, documented=""):
    parsed = ast.parse(annotation, mode="eval").body
    return kind_of(parsed, ast.parse(default, mode="eval").body if default else None, documented)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("float", Kind(("float",))),
        ("int | None", Kind(("int",), optional=True)),
        ("str | Path", Kind(("str",))),
        ("Sequence[float]", Kind(("float",), "several")),
        ("tuple[int, ...] | None", Kind(("int",), "several", optional=True)),
        ("tuple[float, float]", Kind(("float", "float"), "row")),
        ("Sequence[tuple[str, float]]", Kind(("str", "float"), "rows")),
        ("Sequence[Sequence[float]]", Kind(("float",), "rows")),
        ("tuple[tuple[int, float], ...]", Kind(("int", "float"), "rows")),
    ],
)
def test_a_kind_follows_from_the_annotation(annotation, expected):
    assert kind(annotation) == expected


@pytest.mark.parametrize(
    "annotation", ["Callable[[Any], Any]", "dict[str, float]", "Any", "EqualCurves", "Sequence[Kind]"]
)
def test_what_cannot_be_written_as_text_has_no_kind(annotation):
    assert kind(annotation) is None


def test_where_the_annotation_is_silent_the_docstring_and_the_default_speak():
    assert kind("Any", "None", "array_like, optional") == Kind(("float",), "several", optional=True)
    assert kind("Noise", "'synapses'") == Kind(("str",))


@given(st.floats(allow_nan=False))
def test_a_float_is_read_back_as_it_is_printed(number):
    assert Kind(("float",)).read(repr(number)) == number


@given(st.lists(st.tuples(st.integers(), st.floats(allow_nan=False)), min_size=1))
def test_rows_are_read_back_as_they_are_printed(rows):
    rows_kind = Kind(("int", "float"), "rows")
    words = [f"{first},{second!r}" for first, second in rows]
    assert rows_kind.gather([rows_kind.read(word) for word in words]) == tuple(rows)


@pytest.mark.parametrize(
    ("item", "text", "told"),
    [
        ("int", "2.5", r"a whole number \(int\), received '2.5'"),
        ("float", "two", r"a number \(float\), received 'two'"),
        ("bool", "1", r"true or false \(bool\), received '1'"),
    ],
)
def test_a_value_of_another_type_is_told_the_type(item, text, told):
    with pytest.raises(argparse.ArgumentTypeError, match=told):
        Kind((item,)).read(text)


def test_a_row_of_another_length_is_told_its_form():
    with pytest.raises(argparse.ArgumentTypeError, match="3 of 2 values: write INT,FLOAT"):
        Kind(("int", "float"), "rows").read("1,2,3")


def test_none_is_read_only_where_it_is_allowed():
    assert Kind(("int",), optional=True).read("none") is None
    with pytest.raises(argparse.ArgumentTypeError):
        Kind(("int",)).read("none")
