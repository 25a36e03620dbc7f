"""What a convolution's options may not be, in every way to write them."""

import numpy as np
import pytest

from learndyn.autodiff import conv1d, conv2d

IMAGE, KERNEL = np.ones((1, 1, 6, 6)), np.ones((1, 1, 3, 3))
LINE, TAPS = np.ones((1, 1, 6)), np.ones((1, 1, 3))


@pytest.mark.parametrize("padding", [-1, (-1, 0), (0, -1), ((-1, 0), (0, 0)), ((0, 0), (0, -1))])
def test_negative_padding_is_refused(padding):
    with pytest.raises(ValueError, match="conv2d: padding: needs 2 of at least 0"):
        conv2d(IMAGE, KERNEL, padding=padding)


@pytest.mark.parametrize("padding", [-1, (-1, 0), (0, -1), ((0, -1),)])
def test_negative_padding_of_a_line_is_refused(padding):
    with pytest.raises(ValueError, match=r"conv1d: padding: needs \d of at least 0"):
        conv1d(LINE, TAPS, padding=padding)


@pytest.mark.parametrize("option", ["stride", "dilation", "groups"])
@pytest.mark.parametrize("bad", [0, -1])
def test_steps_below_one_are_refused(option, bad):
    with pytest.raises(ValueError, match=f"conv2d: {option}: needs . of at least 1, got {bad}"):
        conv2d(IMAGE, KERNEL, **{option: bad})


@pytest.mark.parametrize("option", ["stride", "padding", "dilation", "groups"])
@pytest.mark.parametrize("bad", [1.0, True, "1", None])
def test_what_is_no_integer_is_refused(option, bad):
    with pytest.raises(TypeError, match=f"conv2d: {option}: needs integers, got"):
        conv2d(IMAGE, KERNEL, **{option: bad})


@pytest.mark.parametrize(
    ("short", "long"),
    [(1, ((1, 1), (1, 1))), ((1, 2), ((1, 1), (2, 2))), ("valid", 0), ("same", 1), (np.int64(2), (2, 2))],
)
def test_every_way_to_write_a_padding_means_the_same(short, long):
    np.testing.assert_array_equal(conv2d(IMAGE, KERNEL, padding=short), conv2d(IMAGE, KERNEL, padding=long))
