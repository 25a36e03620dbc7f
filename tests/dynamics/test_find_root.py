"""Laws of the root finder: it ends at the spacing of numbers, in few points, and never far behind bisection."""

import math

import pytest

from learndyn.dynamics.events import find_root

EASY = {
    "a cubic": (lambda x: x**3 - 2.0 * x - 5.0, 2.0, 3.0),
    "an exponential": (lambda x: math.exp(x) - 0.01, -10.0, 10.0),
    "a cosine": (lambda x: math.cos(x) - x, 0.0, 2.0),
    "a steep arc": (lambda x: math.atan(50.0 * (x - 0.3)), -9.0, 11.0),
    "a near step": (lambda x: math.tanh(200.0 * (x - 0.7)), -3.0, 5.0),
}
HARD = {
    "a root of order 9": (lambda x: x**9, -1.0, 1.5),
    "a root of order 19": (lambda x: x**19, -0.5, 1.7),
    "a flat tail": (lambda x: (x - 1.0) ** 3 * math.exp(-x), -4.0, 30.0),
    "a jump": (lambda x: -1.0 if x < 0.3 else 2.0, -1.0, 1.0),
}


def solved(g, low, high):
    """The root, and how many points it took."""
    calls = []

    def counted(x):
        calls.append(x)
        return g(x)

    return find_root(counted, low, high, g(low), g(high)), len(calls)


def bisections(low, high):
    return math.log2((high - low) / (2.0**-52 * max(abs(low), abs(high))))


@pytest.mark.parametrize("name", EASY | HARD)
def test_the_sign_changes_at_the_root_to_the_spacing_of_numbers(name):
    g, low, high = (EASY | HARD)[name]
    x, _ = solved(g, low, high)
    reach = 2.0**-51 * max(abs(low), abs(high))
    assert g(x) == 0.0 or (g(x - reach) < 0.0) != (g(x + reach) < 0.0)


@pytest.mark.parametrize("name", EASY)
def test_a_simple_root_takes_a_third_of_bisections_points(name):
    g, low, high = EASY[name]
    assert solved(g, low, high)[1] <= bisections(low, high) / 3.0


@pytest.mark.parametrize("name", HARD)
def test_a_hard_root_takes_hardly_more_points_than_bisection(name):
    g, low, high = HARD[name]
    assert solved(g, low, high)[1] <= 1.1 * bisections(low, high) + 3.0


@pytest.mark.parametrize("name", EASY | HARD)
def test_the_ends_may_be_given_in_either_order(name):
    g, low, high = (EASY | HARD)[name]
    there, back = solved(g, low, high)[0], find_root(g, high, low, g(high), g(low))
    assert there == pytest.approx(back, abs=2.0**-50 * max(abs(low), abs(high)))
