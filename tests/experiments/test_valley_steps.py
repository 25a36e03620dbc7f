"""Several rules in one straight valley, with their step sizes multiplied alike."""

import numpy as np
import pytest

import learndyn as ld
from learndyn.experiments import valley_steps
from learndyn.experiments.valley_paths import path, straight_valley
from learndyn.learning import optimal_heavy_ball, optimal_nesterov, stability_limit

K, START, FACTORS = 20.0, (-1.0, 0.3), np.array([0.2, 1.0, 1.7])
RULES = {
    "gradient descent": ld.GradientDescent(0.09),
    "heavy ball": ld.HeavyBall(*optimal_heavy_ball(1.0, K)),
    "Nesterov": ld.Nesterov(*optimal_nesterov(1.0, K)),
    "RMSProp": ld.RMSProp(0.05),
    "Adam": ld.Adam(0.1),
}


@pytest.fixture(scope="module")
def result():
    return valley_steps.run(RULES, START, 40, condition_number=K, factors=FACTORS)


def test_descent_multiplies_each_coordinate_by_its_own_factor(result):
    rates = 1.0 - 0.09 * FACTORS[:, None, None] * np.array([1.0, K])
    law = np.array(START) * rates ** np.arange(41)[:, None]
    scale = np.abs(law).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(result.paths["gradient descent"] / scale, law / scale, atol=1e-13)


def test_at_the_factor_one_each_path_is_that_of_the_rule_as_it_was_given(result):
    for name, rule in RULES.items():
        alone = path(straight_valley(K), rule, np.array(START), 40)
        assert np.array_equal(result.paths[name][1], alone)


@pytest.mark.parametrize("name", ["gradient descent", "heavy ball", "Nesterov"])
def test_a_rule_is_lost_beyond_its_limit_of_stability_and_not_before(name):
    factor = stability_limit(RULES[name]) / K / RULES[name].step_size
    near = valley_steps.run(
        {name: RULES[name]}, START, 3000, condition_number=K, factors=factor * np.array([0.99, 1.01])
    )
    before, beyond = near.distances(name)[:, -1]
    assert before < 1e-9
    assert beyond > 1e3


@pytest.mark.parametrize("name", ["RMSProp", "Adam"])
def test_a_rule_that_divides_by_the_size_first_steps_by_its_step_size_in_each_coordinate(result, name):
    first = result.paths[name][:, 1] - np.array(START)
    rule = RULES[name]
    gain = 1.0 if name == "Adam" else 1.0 / np.sqrt(1.0 - rule.decay)
    expected = -np.sign(START) * rule.step_size * FACTORS[:, None] * gain
    np.testing.assert_allclose(first, expected, rtol=1e-6)


def test_the_distance_is_that_to_the_minimum(result):
    for name, paths in result.paths.items():
        np.testing.assert_allclose(result.distances(name) ** 2, (paths**2).sum(axis=-1), rtol=1e-14)


def test_the_loss_is_constant_on_each_contour(result):
    a, b = np.moveaxis(result.contours, -1, 0)
    losses = straight_valley(K)(np.stack([a, b]))
    np.testing.assert_allclose(losses, np.broadcast_to(losses[:, :1], losses.shape), rtol=1e-13)
    np.testing.assert_allclose(losses[:, 0], [0.01, 0.05, 0.2, 0.5, 1.0, 2.0], rtol=1e-13)
    np.testing.assert_allclose(result.contours[:, 0], result.contours[:, -1], atol=1e-13)


def test_a_factor_that_makes_a_step_size_negative_is_refused():
    with pytest.raises(ValueError, match="step_size"):
        valley_steps.run(RULES, START, 1, condition_number=K, factors=np.array([-1.0]))
