"""The checker is tested with wrong rules: each must be caught."""

import numpy as np
import pytest

from learndyn.autodiff import (
    GradientCheckError,
    Tensor,
    check_grads,
    elementwise,
    exp,
    multiply,
    operation,
    relu,
    tanh,
)
from learndyn.autodiff.rules import elementwise as rows

X = np.array([0.3, -0.7, 1.1])


def good(g, y, x):
    return g * (1.0 - y * y)


WRONG_RULES = {
    "a flipped sign": lambda g, y, x: -g * (1.0 - y * y),
    "a zeroed partial": lambda g, y, x: g * 0.0,
    "a missing factor": lambda g, y, x: 0.5 * g * (1.0 - y * y),
    "an error of a thousandth of a percent": lambda g, y, x: 1.00001 * g * (1.0 - y * y),
    "the operand in place of the result": lambda g, y, x: g * (1.0 - x * x),
    "a forgotten cotangent": lambda g, y, x: 1.0 - y * y,
    "a cotangent that is summed": lambda g, y, x: g.sum() * (1.0 - y * y),
    "one wrong element": lambda g, y, x: g * (1.0 - y * y) * np.array([1.0, 1.0, 1.1]),
}


def test_a_right_rule_passes():
    check_grads(elementwise("tanh", np.tanh, good), X)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("fault", WRONG_RULES)
def test_a_wrong_rule_is_caught_in_each_mode(fault, mode):
    wrong = WRONG_RULES[fault]
    vjp, jvp = ((wrong,), (good,)) if mode == "reverse" else ((good,), (wrong,))
    with pytest.raises(GradientCheckError, match=f"{mode} mode, first derivative"):
        check_grads(operation("tanh", np.tanh, vjp=vjp, jvp=jvp), X)


def test_a_rule_that_is_right_once_and_wrong_when_differentiated_is_caught():
    frozen = elementwise("tanh", np.tanh, lambda g, y, x: g * (1.0 - rows._value(y) ** 2))
    check_grads(frozen, X, order=1)
    with pytest.raises(GradientCheckError, match="second"):
        check_grads(frozen, X, order=2)


def test_a_dropped_unbroadcast_is_caught():
    """A rule that hands out one row of the cotangent where the sum is due."""

    def first_row(g, y, a, b):
        return (g * b)[0] if g.ndim == 2 else g * b

    wrong = operation("multiply", np.multiply, vjp=(first_row, multiply.op.vjp[1]), jvp=multiply.op.jvp)
    with pytest.raises(GradientCheckError, match="reverse mode"):
        check_grads(wrong, X, np.ones((2, 3)) * X, order=1)


def test_swapped_partials_are_caught():
    wrong = elementwise("multiply", np.multiply, *reversed(multiply.op.vjp))
    with pytest.raises(GradientCheckError):
        check_grads(wrong, X, 2.0 * X + 1.0)


def test_an_error_that_sums_to_zero_is_caught():
    """With a cotangent of ones, any wrong term whose rows sum to zero goes unseen."""

    def off(g, y, x):
        return g * y + (g - g.mean())

    with pytest.raises(GradientCheckError):
        check_grads(elementwise("exp", np.exp, off), X, order=1)


def test_the_step_follows_the_scale_of_the_input():
    check_grads(lambda x: tanh(x * 1e6), X * 1e-6)
    check_grads(lambda x: exp(x * 1e-6), X * 1e6)


MIXED = np.array([[[-0.74039435]], [[1.71769968]], [[-0.00177504]]])
CUBE = {
    "right": lambda g, y, x: 3.0 * g * x**2,
    "wrong where x is small": lambda g, y, x: (
        3.0 * g * x**2 * np.where(np.abs(rows._value(x)) < 0.1, 1.001, 1.0)
    ),
}


@pytest.mark.parametrize("seed", range(40))
def test_the_truncation_at_an_element_below_its_neighbours_is_no_fault(seed):
    """x**3 is flat at the small element, where the step that suits the large ones is far too long."""
    check_grads(elementwise("cube", lambda x: x**3, CUBE["right"]), MIXED, seed=seed)


def test_a_fault_at_an_element_below_its_neighbours_is_caught():
    wrong = elementwise("cube", lambda x: x**3, CUBE["wrong where x is small"])
    with pytest.raises(GradientCheckError, match=r"first derivative along argument \[0\]\[2, 0, 0\]"):
        check_grads(wrong, MIXED)


def test_a_derivative_is_compared_up_to_where_the_function_ends():
    """One step is inside, two are not: a wrong rule is reported, and not that the function has an end."""
    near = np.array([1.0 + 1.5 * np.finfo(float).eps ** (1 / 3)])
    wrong = elementwise("root", lambda x: np.sqrt(x - 1.0), lambda g, y, x: g / y)
    with np.errstate(invalid="ignore"), pytest.raises(GradientCheckError):
        check_grads(wrong, near, order=1)


def test_a_kink_within_the_step_is_reported():
    with pytest.raises(GradientCheckError):
        check_grads(relu, np.array([1e-9, 1.0]), order=1)


@pytest.mark.parametrize("bad", [X.astype(np.float32), np.array([1, 2, 3])])
def test_other_types_than_float64_are_refused(bad):
    with pytest.raises(TypeError, match=r"check_grads.*dtype.*astype"):
        check_grads(tanh, bad)


def test_overlapping_arguments_are_refused():
    with pytest.raises(ValueError, match="share memory"):
        check_grads(multiply, X, X)
    with pytest.raises(ValueError, match="share memory"):
        check_grads(tanh, np.broadcast_to(1.0, (3,)))


def test_a_function_that_changes_its_input_is_reported():
    def scribbles(x):
        y = tanh(x)
        point[0] += 1.0
        return y

    point = X.copy()
    with pytest.raises(GradientCheckError, match="changed its input"):
        check_grads(scribbles, point)


def test_a_function_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        check_grads(lambda x: x * np.inf, X)


def test_an_order_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="order must be 1 or 2, got 3"):
        check_grads(tanh, X, order=3)


def test_a_tensor_is_accepted_as_the_point():
    check_grads(tanh, Tensor(X))
