"""Elementwise rows where no derivative exists: at kinks, at poles, and behind a zero cotangent.

pytest turns warnings into errors, so each test also says that the rules are silent.
"""

import warnings

import numpy as np
import pytest

from learndyn.autodiff import (
    TABLE,
    Tensor,
    exp,
    grad,
    jvp,
    log,
    power,
    relu,
    sqrt,
    value_and_grad,
    vjp,
    where,
)
from learndyn.autodiff.rules.elementwise import clip, leaky_relu
from learndyn.autodiff.rules.trigonometric import sinc

X, T = np.ones(3), Tensor(np.ones(3))

POLES = {  # row, operands at a pole, which operand
    "divide by zero": ("divide", (2.0, 0.0), 0),
    "divisor zero": ("divide", (2.0, 0.0), 1),
    "zero over zero": ("divide", (0.0, 0.0), 1),
    "root at zero": ("power", (0.0, 0.5), 0),
    "inverse at zero": ("power", (0.0, -1.0), 0),
    "root of a negative number": ("power", (-1.0, 0.5), 0),
    "exponent of a negative base": ("power", (-1.0, 0.5), 1),
    "exponent at the base zero": ("power", (0.0, -1.0), 1),
    "sqrt at zero": ("sqrt", (0.0,), 0),
    "sqrt of a negative number": ("sqrt", (-1.0,), 0),
    "log at zero": ("log", (0.0,), 0),
    "log of a negative number": ("log", (-1.0,), 0),
    "log1p at -1": ("log1p", (-1.0,), 0),
    "arcsin at 1": ("arcsin", (1.0,), 0),
    "arcsin beyond 1": ("arcsin", (2.0,), 0),
    "arccos at -1": ("arccos", (-1.0,), 0),
    "arccos beyond -1": ("arccos", (-2.0,), 0),
    "exp overflows": ("exp", (1000.0,), 0),
    "expm1 overflows": ("expm1", (1000.0,), 0),
    "sinh overflows": ("sinh", (1000.0,), 0),
    "cosh overflows": ("cosh", (-1000.0,), 0),
}


@pytest.mark.parametrize("case", POLES)
def test_a_zero_cotangent_goes_through_a_pole_as_exactly_zero(case):
    """One element at the pole with cotangent 0, one elsewhere with cotangent 1; both modes."""
    name, pole, place = POLES[case]
    row = TABLE[name]
    operands = [np.array([x, 0.5]) for x in pole]
    with np.errstate(all="ignore"):
        value, back = vjp(row, *operands)
    gradient = back(np.array([0.0, 1.0]))[place]
    tangents = [np.zeros(2) for _ in operands]
    tangents[place] = np.array([0.0, 1.0])
    with np.errstate(all="ignore"):
        value = row(*operands)
    forward = row.op.jvp[place](tangents[place], value, *operands)
    alone = grad(lambda *xs: row(*xs), place)(*(0.5 for _ in pole))
    np.testing.assert_array_equal(gradient, [0.0, alone])
    np.testing.assert_array_equal(forward, [0.0, alone])


@pytest.mark.parametrize("case", POLES)
def test_a_zero_cotangent_goes_through_a_pole_as_zero_in_a_recorded_sweep_too(case):
    """The second derivative of a branch that where did not take is 0, not NaN."""
    name, pole, place = POLES[case]
    row, taken = TABLE[name], np.array([False, True])

    def f(x):
        others = [np.array([v, 0.5]) for v in pole]
        return (where(taken, row(*others[:place], x, *others[place + 1 :]), 0.0) ** 2).sum()

    def twice(x):
        return grad(lambda x: grad(f)(x).sum())(x)

    with np.errstate(all="ignore"):
        second = twice(np.array([pole[place], 0.5]))
    before, after = [0.5] * place, [0.5] * (len(pole) - place - 1)
    alone = grad(grad(lambda x: row(*before, x, *after) ** 2))(0.5)
    assert second[0] == 0.0
    assert second[1] == pytest.approx(alone, rel=1e-14)


def test_a_product_with_a_root_is_flat_at_zero():
    assert grad(lambda x: x * x**0.5)(0.0) == 0.0
    assert grad(lambda x: x * sqrt(x))(0.0) == 0.0
    assert grad(lambda x: x * sqrt(x))(4.0) == 3.0
    assert grad(grad(lambda x: x * sqrt(x)))(4.0) == pytest.approx(0.375, rel=1e-15)


def test_where_keeps_the_branch_not_taken_out_of_the_derivative():
    with np.errstate(invalid="ignore", divide="ignore"):
        for order in (1, 2, 3):
            root = lambda x: where(x >= 0, x, sqrt(-x))
            logarithm = lambda x: where(x > 0, log(x), 0.0)
            for _ in range(order):
                root, logarithm = grad(root), grad(logarithm)
            assert root(1.0) == (1.0 if order == 1 else 0.0)
            assert logarithm(-1.0) == 0.0
            assert logarithm(0.0) == 0.0
            assert logarithm(2.0) == [0.5, -0.25, 0.25][order - 1]
    point, tangent = np.array([1.0, -1.0]), np.array([1.0, 0.0])
    forward = jvp(lambda x: where(x >= 0, x, sqrt(x + 1)), (point,), (tangent,))[1]
    np.testing.assert_array_equal(forward, [1.0, 0.0])


def test_powers_at_zero():
    slope = grad(power)
    assert [slope(0.0, b) for b in (0.0, 1.0, 2.0)] == [0.0, 1.0, 0.0]
    np.testing.assert_array_equal(
        vjp(power, np.zeros(3), np.array([0.0, 1.0, 2.0]))[1](np.ones(3))[0], [0.0, 1.0, 0.0]
    )
    exponent = grad(power, 1)
    assert [exponent(0.0, b) for b in (0.0, 0.5, 1.0, 2.0)] == [0.0] * 4
    assert grad(grad(lambda x: x**2))(0.0) == 2.0
    assert grad(grad(lambda x: x**3))(0.0) == 0.0
    assert grad(grad(grad(lambda x: x**3)))(0.0) == 6.0
    assert value_and_grad(grad(lambda x: x**0))(0.0) == (0.0, 0.0)


def test_the_mixed_derivative_of_a_power_is_right_where_the_exponent_is_zero():
    """d/db d/da a^b = a^(b-1) (1 + b ln a) = 1/a at b = 0."""
    assert grad(lambda b: grad(power)(2.0, b))(0.0) == 0.5
    assert grad(lambda a: grad(power, 1)(a, 0.0))(2.0) == 0.5
    assert grad(lambda a: grad(power, 1)(a, 2.0))(0.0) == 0.0


def test_derivatives_of_a_gaussian_through_power_at_zero_to_fourth_order():
    f, seen = (lambda x: exp(-(x**2))), []
    for _ in range(4):
        f = grad(f)
        seen.append(float(f(0.0)))
    assert seen == [0.0, -2.0, 0.0, 12.0]


@pytest.mark.parametrize("scale", [1.0, -2.0])
def test_a_pole_with_a_cotangent_is_infinite_and_numpy_warns(scale):
    for f in (lambda x: scale * sqrt(x), lambda x: scale * x**0.5):
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            assert grad(f)(0.0) == scale * np.inf
    with np.errstate(divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad(lambda x: scale * log(x))(0.0) == scale * np.inf
        assert grad(TABLE["arcsin"])(1.0) == np.inf
        assert grad(TABLE["arccos"])(1.0) == -np.inf


def test_a_value_that_is_not_a_number_is_not_hidden():
    with np.errstate(invalid="ignore"):
        assert np.isnan(grad(sqrt)(-1.0))
        assert np.isnan(grad(lambda x: x**0.5)(-1.0))
        assert np.isnan(grad(TABLE["arcsin"])(2.0))
    assert np.isnan(grad(lambda x: 2.0 / x)(np.nan))
    assert np.isnan(grad(lambda x: log(x))(np.nan))


def test_a_zero_cotangent_away_from_a_pole_keeps_its_second_derivative():
    """d2/dx2 of ln(x)^2 at 1 is 2, although the cotangent of ln is 0 there."""
    assert grad(grad(lambda x: log(x) ** 2))(1.0) == 2.0
    assert grad(grad(lambda x: (x - 1.0) ** 2 * x**1.5))(1.0) == 2.0
    assert grad(grad(lambda x: (1.0 / x - 1.0) ** 2))(1.0) == 2.0
    assert grad(grad(lambda x: (exp(x) - 1.0) ** 2))(0.0) == 2.0


def test_a_mixed_second_derivative_at_a_pole_is_infinite_in_both_orders():
    """d/dc d/dx of c sqrt(x) is 1 / (2 sqrt(x)); a gate that hid it would give 0."""
    with np.errstate(divide="ignore"):
        assert grad(lambda c: grad(lambda x: c * sqrt(x))(0.0))(0.0) == np.inf
        assert grad(lambda x: grad(lambda c: c * sqrt(x))(0.0))(0.0) == np.inf


def test_the_slope_at_a_kink_is_the_documented_one():
    assert grad(relu)(0.0) == 0.0
    assert grad(TABLE["absolute"])(0.0) == 0.0
    assert grad(leaky_relu)(0.0) == 0.01
    assert grad(lambda x: leaky_relu(x, -0.5))(0.0) == -0.5
    x = np.array([-2.0, -0.0, 0.0, 3.0])
    np.testing.assert_array_equal(grad(lambda x: TABLE["sign"](x).sum())(x), np.zeros(4))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_equal_operands_share_the_cotangent(name):
    a, b = np.array([1.0, 2.0, 3.0, np.inf]), np.array([2.0, 2.0, 2.0, np.inf])
    g = np.array([5.0, 6.0, 7.0, 8.0])
    left, right = vjp(TABLE[name], a, b)[1](g)
    winner = {"maximum": [0.0, 3.0, 7.0, 4.0], "minimum": [5.0, 3.0, 0.0, 4.0]}[name]
    np.testing.assert_array_equal(left, winner)
    np.testing.assert_array_equal(left + right, g)


def test_a_maximum_with_a_constant_shares_too():
    assert grad(lambda x: TABLE["maximum"](x, 0.0))(0.0) == 0.5
    assert grad(lambda x: TABLE["minimum"](0.0, x))(0.0) == 0.5
    assert grad(lambda x: TABLE["maximum"](x, x))(3.0) == 1.0
    assert grad(grad(lambda x: TABLE["maximum"](x, 1.0) ** 2))(1.0) == 0.5


def test_clip_has_slope_one_on_the_closed_interval():
    x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    np.testing.assert_array_equal(grad(lambda x: clip(x, -1, 1).sum())(x), [0, 1, 1, 1, 0])
    np.testing.assert_array_equal(grad(lambda x: clip(x, -1.0).sum())(x), [0, 1, 1, 1, 1])
    np.testing.assert_array_equal(grad(lambda x: clip(x, None, -1.0).sum())(x), [1, 1, 0, 0, 0])
    np.testing.assert_array_equal(grad(lambda x: clip(x).sum())(x), np.ones(5))
    np.testing.assert_array_equal(clip(x, 1.0, -1.0), np.clip(x, 1.0, -1.0))
    np.testing.assert_array_equal(grad(lambda x: clip(x, 1.0, -1.0).sum())(x), np.zeros(5))
    bounds = np.array([[-3.0], [3.0]])
    np.testing.assert_array_equal(grad(lambda x: clip(x, bounds, 4.0).sum())(x), np.ones(5))


def test_clip_keeps_its_own_copy_of_the_bounds():
    low, x = np.zeros(2), np.array([-1.0, 1.0])
    back = vjp(lambda x: clip(x, low), x)[1]
    low[:] = 5.0
    np.testing.assert_array_equal(back(np.ones(2))[0], [0.0, 1.0])


def test_the_origin_of_the_plane_has_a_zero_subgradient():
    for name in ("hypot", "arctan2"):
        for place in (0, 1):
            assert grad(TABLE[name], place)(0.0, 0.0) == 0.0
        x = np.zeros(2)
        np.testing.assert_array_equal(vjp(TABLE[name], x, x + [0.0, 2.0])[1](np.ones(2))[1][0], 0.0)
    assert grad(TABLE["hypot"])(np.inf, 1.0) == 0.0
    assert grad(TABLE["arctan2"])(1.0, np.inf) == 0.0
    assert grad(TABLE["hypot"])(0.0, 2.0) == 0.0
    assert grad(grad(TABLE["hypot"]))(0.0, 2.0) == 0.5


def test_a_sum_of_exponentials_at_infinity():
    f = TABLE["logaddexp"]
    pairs = {(-np.inf, -np.inf): (0, 0), (np.inf, np.inf): (0.5, 0.5), (np.inf, 1.0): (1, 0),
             (-np.inf, 1.0): (0, 1), (800.0, -800.0): (1, 0), (2.0, 2.0): (0.5, 0.5)}  # fmt: skip
    for (a, b), slopes in pairs.items():
        assert (grad(f)(a, b), grad(f, 1)(a, b)) == slopes
    assert f(-np.inf, -np.inf) == -np.inf
    a, b = np.array(list(pairs)).T
    np.testing.assert_array_equal(np.stack(vjp(f, a, b)[1](np.ones(6))).T, list(pairs.values()))
    assert grad(grad(f))(2.0, 2.0) == 0.25


def test_derivatives_of_sinc_at_zero_and_near_it():
    """At 0: 1, 0, -pi^2/3, 0, pi^4/5; near 0 the odd ones are linear in x."""
    f, small = sinc, 1e-9
    for at_zero, near in zip(
        [1.0, 0.0, -(np.pi**2) / 3, 0.0, np.pi**4 / 5],
        [1.0, -(np.pi**2) / 3 * small, -(np.pi**2) / 3, np.pi**4 / 5 * small, np.pi**4 / 5],
        strict=True,
    ):
        assert f(0.0) == pytest.approx(at_zero, rel=4e-16, abs=0)
        assert f(small) == pytest.approx(near, rel=4e-15, abs=0)
        f = grad(f)


MISUSES = [
    (TypeError, r"leaky_relu: .* got list.*maximum", lambda: leaky_relu(1.0, [0.1])),
    (TypeError, r"clip: a_min is a Tensor.*a_min\.numpy\(\)", lambda: clip(X, T)),
    (TypeError, r"clip: a_max is a Tensor", lambda: clip(X, 0.0, T)),
    (ValueError, r"clip: .*\(3,\).*Shapes must broadcast", lambda: clip(X, np.ones(2))),
    (ValueError, r"hypot: .*\(3,\) and \(2,\)\. Shapes", lambda: TABLE["hypot"](X, np.ones(2))),
    (TypeError, r"erf: received an operand of type str", lambda: TABLE["erf"]("a")),
    (TypeError, r"where: the condition is a Tensor", lambda: where(T, T, T)),
]


@pytest.mark.parametrize(("error", "message", "call"), MISUSES)
def test_bad_arguments_name_the_operation_and_the_way_out(error, message, call):
    with pytest.raises(error, match=message):
        call()
