"""Elementwise rows against oracles that share no code with them.

Values and derivatives at 50 digits (mpmath), and the complex step: for a function that is
analytic and real on the real line, f'(x) = Im f(x + ih) / h without cancellation, to all digits
for h = 1e-200 (Squire and Trapp, 1998).
"""

import mpmath as mp
import numpy as np
import pytest

from learndyn.autodiff import TABLE, grad, vjp

mp.mp.dps = 50


def _sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def _softplus(x):
    return mp.log1p(mp.exp(x))


ORDINARY = [-1.7, -0.6, 0.3, 0.45, 0.9, 1.6]
UNIT, POSITIVE = [-0.95, -0.3, 1e-9, 0.5, 0.95], [1e-9, 0.3, 1.0, 2.5]

# Row: exact function, ordinary points, points at the far ends where the value and the first
# derivative are finite and keep their relative accuracy.
UNARY = {
    "exp": (mp.exp, ORDINARY, [-700.0, 700.0, 1e-300]),
    "expm1": (mp.expm1, ORDINARY, [-700.0, 700.0, 1e-300, -1e-12]),
    "log": (mp.log, POSITIVE, [1e-300, 1e300, 1 + 1e-12]),
    "log1p": (mp.log1p, [-0.9, *UNIT, 2.0], [1e-300, 1e300, -1 + 1e-12]),
    "sqrt": (mp.sqrt, POSITIVE, [1e-300, 1e300]),
    "square": (lambda x: x * x, ORDINARY, [1e-100, 1e150]),
    "negative": (lambda x: -x, ORDINARY, [1e-300, 1e300]),
    "sin": (mp.sin, ORDINARY, [1e-300, 800.0]),
    "cos": (mp.cos, ORDINARY, [1e-300, 800.0]),
    "tan": (mp.tan, ORDINARY, [1e-300, 800.0]),
    "arcsin": (mp.asin, UNIT, [1e-300, 1 - 1e-12]),
    "arccos": (mp.acos, UNIT, [1e-300, 1 - 1e-12, -1 + 1e-12]),
    "arctan": (mp.atan, ORDINARY, [1e-300, 800.0, 1e150]),
    "sinh": (mp.sinh, ORDINARY, [1e-300, 700.0, -700.0]),
    "cosh": (mp.cosh, ORDINARY, [1e-300, 700.0, -700.0]),
    "tanh": (mp.tanh, ORDINARY, [1e-300]),
    "sigmoid": (_sigmoid, ORDINARY, [1e-300, -200.0, -700.0]),
    "log_sigmoid": (lambda x: -_softplus(-x), ORDINARY, [1e-300, -800.0, -200.0, 700.0]),
    "softplus": (_softplus, ORDINARY, [1e-300, 800.0, 200.0, -700.0]),
    "erf": (mp.erf, ORDINARY, [1e-300, -1e-12, 3.0]),
    "erfc": (mp.erfc, ORDINARY, [1e-300, -3.0, 10.0, 26.0]),
    "normal_cdf": (mp.ncdf, ORDINARY, [1e-300, -10.0, -37.0]),
    "gelu": (lambda x: x * mp.ncdf(x), ORDINARY, [1e-300, -10.0, -37.0, 800.0]),
}  # fmt: skip
SLOPES = {  # where mpmath's numerical derivative needs help at the far ends
    "gelu": lambda x: mp.ncdf(x) + x * mp.npdf(x),
    "erfc": lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    "normal_cdf": mp.npdf,
    "exp": mp.exp,
    "expm1": mp.exp,
    "log": lambda x: 1 / x,
    "log1p": lambda x: 1 / (1 + x),
    "sqrt": lambda x: 1 / (2 * mp.sqrt(x)),
    "square": lambda x: 2 * x,
    "negative": lambda x: mp.mpf(-1),
    "sin": mp.cos,
    "cos": lambda x: -mp.sin(x),
    "tan": lambda x: mp.sec(x) ** 2,
    "arcsin": lambda x: 1 / mp.sqrt(1 - x * x),
    "arccos": lambda x: -1 / mp.sqrt(1 - x * x),
    "arctan": lambda x: 1 / (1 + x * x),
    "sinh": mp.cosh,
    "cosh": mp.sinh,
    "tanh": lambda x: mp.sech(x) ** 2,
    "sigmoid": lambda x: _sigmoid(x) * _sigmoid(-x),
    "log_sigmoid": lambda x: _sigmoid(-x),
    "softplus": _sigmoid,
    "erf": lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
}
BINARY = {
    "divide": (lambda a, b: a / b, [(1.5, -0.7), (-2.0, 3.0)]),
    "power": (lambda a, b: a**b, [(1.5, -0.7), (0.4, 2.5), (2.0, 3.0)]),
    "hypot": (mp.hypot, [(1.5, -0.7), (-3.0, 4.0)]),
    "arctan2": (mp.atan2, [(1.5, -0.7), (-3.0, 4.0)]),
    "logaddexp": (lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), [(1.5, -0.7), (-2.0, 3.0)]),
    "multiply": (lambda a, b: a * b, [(1.5, -0.7)]),
}


def exact(f, *x):
    """The nearest float64 to f(x), computed with 50 digits."""
    return float(f(*(mp.mpf(v) for v in x)))


@pytest.mark.parametrize("name", UNARY)
def test_values_and_first_derivatives_agree_with_fifty_digits_out_to_the_far_ends(name):
    f, points, extreme = UNARY[name]
    x = np.array([*points, *extreme])
    np.testing.assert_allclose(TABLE[name](x), [exact(f, v) for v in x], rtol=2e-15)
    slope = grad(lambda x: TABLE[name](x).sum())(x)
    np.testing.assert_allclose(slope, [exact(SLOPES[name], v) for v in x], rtol=1e-13, atol=1e-310)


@pytest.mark.parametrize("name", UNARY)
def test_second_derivatives_agree_with_fifty_digits(name):
    x = np.array(UNARY[name][1])
    second = grad(lambda x: grad(lambda x: TABLE[name](x).sum())(x).sum())(x)
    expected = [exact(lambda v: mp.diff(UNARY[name][0], v, 2), v) for v in x]
    np.testing.assert_allclose(second, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", BINARY)
def test_both_orders_of_two_operands_agree_with_fifty_digits(name):
    f, points = BINARY[name]
    for point in points:
        for i in (0, 1):
            first = grad(TABLE[name], i)
            expected = exact(lambda *v, n=(1 - i, i): mp.diff(f, v, n), *point)
            assert first(*point) == pytest.approx(expected, rel=1e-14)
            for j in (0, 1):
                order = tuple((k == i) + (k == j) for k in (0, 1))
                expected = exact(lambda *v, n=order: mp.diff(f, v, n), *point)
                assert grad(first, j)(*point) == pytest.approx(expected, rel=1e-12, abs=1e-14)


ANALYTIC = {
    "exp": ORDINARY, "expm1": ORDINARY, "log": POSITIVE, "sqrt": POSITIVE, "square": ORDINARY,
    "sin": ORDINARY, "cos": ORDINARY, "tan": UNIT, "arcsin": UNIT, "arccos": UNIT,
    "arctan": ORDINARY, "sinh": ORDINARY, "cosh": ORDINARY, "tanh": ORDINARY, "log1p": UNIT,
    "negative": ORDINARY,
}  # fmt: skip


@pytest.mark.parametrize("name", ANALYTIC)
def test_the_complex_step_gives_the_same_derivative(name):
    x, h = np.array(ANALYTIC[name]), 1e-200
    expected = TABLE[name].op.forward(x + 1j * h).imag / h
    np.testing.assert_allclose(grad(lambda x: TABLE[name](x).sum())(x), expected, rtol=1e-14)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("name", ["divide", "power", "multiply", "subtract", "add"])
def test_the_complex_step_gives_the_same_derivative_of_two_operands(name, place):
    h, operands = 1e-200, [np.array([0.4, 1.5, 2.0]), np.array([-0.7, 2.0, 3.0])]
    moved = [x + 1j * h * (i == place) for i, x in enumerate(operands)]
    expected = TABLE[name].op.forward(*moved).imag / h
    gradient = vjp(TABLE[name], *operands)[1](np.ones(3))[place]
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)


def test_the_error_function_keeps_its_digits_on_the_whole_line():
    rng = np.random.default_rng(0)
    edges = [0.46875, np.nextafter(0.46875, 1), 4.0, np.nextafter(4.0, 5)]
    x = np.concatenate([rng.uniform(0, 30, 300), 10.0 ** rng.uniform(-300, 0, 100), edges])
    x = np.concatenate([x, -x])
    np.testing.assert_allclose(TABLE["erf"](x), [exact(mp.erf, v) for v in x], rtol=1e-15)
    tail = x[(x < 26) & (x > -6)]
    np.testing.assert_allclose(TABLE["erfc"](tail), [exact(mp.erfc, v) for v in tail], rtol=2e-15)
    left = rng.uniform(-37, 8, 400)
    expected = [exact(mp.ncdf, v) for v in left]
    np.testing.assert_allclose(TABLE["normal_cdf"](left), expected, rtol=2e-15)


def test_functions_of_any_size_go_through_the_error_function_in_blocks():
    x = np.linspace(-6, 6, 20_001)
    erf = TABLE["erf"]
    np.testing.assert_array_equal(erf(x)[::5000], [erf(v) for v in x[::5000]])
    np.testing.assert_array_equal(erf(-x), -erf(x))
    np.testing.assert_allclose(erf(x) + TABLE["erfc"](x), 1.0, rtol=1e-15)
    assert np.all(np.diff(erf(x)) >= 0)
    assert erf(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("order", range(1, 9))
def test_derivatives_of_sinc_have_no_cancellation_at_any_distance(order):
    """Against the integral of cos(t s) over 0 < s < 1, differentiated under the integral."""
    x = np.concatenate([10.0 ** np.arange(-12, 0), np.linspace(0.1, 6, 40)])
    scale = np.pi**order / (order + 1)  # the size of the derivative at its largest

    def series(v):
        t = mp.pi * v
        first = (order + 1) // 2
        return mp.pi**order * sum(
            (-1) ** k * t ** (2 * k - order) / ((2 * k + 1) * mp.factorial(2 * k - order))
            for k in range(first, first + 60)
        )

    computed = TABLE["sinc"](x, order=order)
    expected, near = np.array([exact(series, v) for v in x]), x < 0.1
    np.testing.assert_allclose(computed, expected, rtol=1e-14, atol=1e-14 * scale)
    np.testing.assert_allclose(computed[near], expected[near], rtol=2e-15)


FAR = {  # row: operand, value, slope
    "tanh": [(800.0, 1.0, 0.0), (-np.inf, -1.0, 0.0)],
    "sigmoid": [(800.0, 1.0, 0.0), (-800.0, 0.0, 0.0), (np.inf, 1.0, 0.0), (-np.inf, 0.0, 0.0)],
    "log_sigmoid": [(-800.0, -800.0, 1.0), (800.0, 0.0, 0.0),
                    (-np.inf, -np.inf, 1.0), (np.inf, 0.0, 0.0)],
    "softplus": [(800.0, 800.0, 1.0), (-800.0, 0.0, 0.0),
                 (np.inf, np.inf, 1.0), (-np.inf, 0.0, 0.0)],
    "exp": [(-800.0, 0.0, 0.0), (-np.inf, 0.0, 0.0)],
    "expm1": [(-800.0, -1.0, 0.0), (-np.inf, -1.0, 0.0)],
    "arctan": [(np.inf, np.pi / 2, 0.0), (-1e200, -np.pi / 2, 0.0)],
    "erf": [(800.0, 1.0, 0.0), (-np.inf, -1.0, 0.0), (1e200, 1.0, 0.0)],
    "erfc": [(800.0, 0.0, 0.0), (-np.inf, 2.0, 0.0)],
    "normal_cdf": [(-800.0, 0.0, 0.0), (np.inf, 1.0, 0.0)],
    "gelu": [(800.0, 800.0, 1.0), (-800.0, 0.0, 0.0), (-1e200, 0.0, 0.0),
             (np.inf, np.inf, 1.0), (-np.inf, 0.0, 0.0)],
    "log": [(np.inf, np.inf, 0.0)],
    "relu": [(np.inf, np.inf, 1.0), (-np.inf, 0.0, 0.0)],
}  # fmt: skip


@pytest.mark.parametrize("name", FAR)
def test_values_and_slopes_at_the_far_ends_are_exact_and_silent(name):
    for x, value, slope in FAR[name]:
        assert TABLE[name](x) == value
        assert grad(TABLE[name])(x) == slope
        if np.isfinite(x):
            assert grad(grad(TABLE[name]))(x) == 0.0


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_the_plane_needs_no_squares(scale):
    a, b = 3.0 * scale, 4.0 * scale
    assert TABLE["hypot"](a, b) == pytest.approx(5.0 * scale, rel=4e-16)
    assert grad(TABLE["hypot"])(a, b) == pytest.approx(0.6, rel=4e-16)
    assert grad(TABLE["arctan2"])(a, b) == pytest.approx(0.16 / scale, rel=1e-15)
    assert grad(TABLE["arctan2"], 1)(a, b) == pytest.approx(-0.12 / scale, rel=1e-15)


def test_the_slopes_of_a_sum_of_exponentials_add_up_far_from_zero():
    """exp(a - y) would lose all digits here, because y is rounded."""
    f = TABLE["logaddexp"]
    a, b = 1e15, 1e15 + 1.0
    assert grad(f)(a, b) == pytest.approx(1 / (1 + np.e), rel=1e-15)
    assert grad(f)(a, b) + grad(f, 1)(a, b) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize("name", sorted(UNARY))
def test_float32_agrees_with_float64_to_its_own_precision(name):
    x = np.array(UNARY[name][1])
    single, back = vjp(TABLE[name], x.astype(np.float32))
    gradient = back(np.ones(x.shape, np.float32))[0]
    assert single.dtype == gradient.dtype == np.float32
    rounded = x.astype(np.float32).astype(np.float64)
    value, exact_back = vjp(TABLE[name], rounded)
    np.testing.assert_allclose(single, value, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(gradient, exact_back(np.ones(x.shape))[0], rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("f", [lambda x: 2.0**x, *(lambda x, b=b: x**b for b in (2, 3, 0.5, -1))])
def test_a_plain_number_leaves_float32_as_it_is(f):
    x = np.array([0.5, 2.0], np.float32)
    value, back = vjp(f, x)
    assert value.dtype == back(np.ones(2, np.float32))[0].dtype == np.float32
