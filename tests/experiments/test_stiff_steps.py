"""A stiff mode holds the steps of an explicit method and not those of an implicit one."""

import numpy as np
import pytest

from learndyn.experiments import stiff_steps


@pytest.fixture(scope="module")
def result():
    return stiff_steps.run((10.0, 1000.0))


def test_the_stability_interval_is_that_of_the_stability_polynomial():
    x = stiff_steps.stability_interval()
    polynomial = sum((-x) ** k / f for k, f in enumerate((1, 1, 2, 6, 24, 120, 600)))
    assert abs(polynomial) == pytest.approx(1.0, abs=1e-12)
    assert x == pytest.approx(3.31, abs=0.005)


def test_stability_holds_the_steps_of_dormand_prince(result):
    assert result.explicit[1] == pytest.approx(result.predicted[1], rel=0.2)
    assert result.explicit[0] > 3 * result.predicted[0]  # there it is accuracy that asks for steps


def test_implicit_euler_multiplies_each_mode_by_its_factor(result):
    h = result.duration / result.implicit
    np.testing.assert_allclose(result.fast_modes, 1 / (1 + h * result.curvatures), rtol=1e-9)
    slow = abs((1 + h) ** -result.implicit - np.exp(-result.duration))
    np.testing.assert_allclose(result.implicit_errors, slow, rtol=1e-6)
