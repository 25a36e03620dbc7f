"""The border with NumPy: which designs lose a derivative in silence, and what that costs."""

import numpy as np
import pytest

from learndyn.experiments import border_crossings as border


@pytest.fixture(scope="module")
def result():
    return border.run()


def test_a_tensor_of_ours_never_loses_its_derivative_in_silence(result):
    assert result.silent("learndyn") == 0


def test_operators_with_an_array_on_the_left_keep_the_derivative(result):
    ours = {
        crossing: outcomes[result.designs.index("learndyn")]
        for crossing, outcomes in zip(result.crossings, result.outcomes, strict=True)
    }
    for crossing in ("t * a", "a * t", "np.float64(2) * t", "A @ t"):
        assert ours[crossing] == border.KEPT
    assert all(outcome == border.REFUSED for c, outcome in ours.items() if "np." in c[:3] and "*" not in c)


def test_a_box_that_converts_loses_whatever_numpy_touches_first(result):
    column = result.designs.index("converts")
    for crossing, outcomes in zip(result.crossings, result.outcomes, strict=True):
        assert outcomes[column] == (border.KEPT if crossing == "t * a" else border.DROPPED)


def test_without_a_protocol_an_array_on_the_left_multiplies_element_by_element():
    """a * t is an array of boxes, one for each element of a: the outer product, unasked."""
    t = border.OperatorsOnly(border.Tensor([3.0, 4.0]))
    boxes = np.array([1.0, 2.0]) * t
    assert boxes.dtype == object
    np.testing.assert_array_equal(
        [box.tensor.data for box in boxes], np.outer([1.0, 2.0], [3.0, 4.0])
    )


@pytest.mark.parametrize("x", [-0.5, 1.0, 2.0])
def test_a_dropped_factor_leaves_half_of_the_product_rule(x):
    assert border.slope_through_numpy(border.ConvertsInSilence, x) == pytest.approx(np.exp(x), rel=1e-15)
    assert border.slope_through_numpy(border.OperatorsOnly, x) == pytest.approx(
        (1 + x) * np.exp(x), rel=1e-14
    )
    with pytest.raises(TypeError):
        border.slope_through_numpy(border.DESIGNS["learndyn"], x)
