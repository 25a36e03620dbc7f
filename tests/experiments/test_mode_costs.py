"""What forward and reverse mode cost: counts that are known in advance, exactly."""

import math

import numpy as np
import pytest

from learndyn.autodiff import Parameter, exp, hvp, matmul, mean, prod
from learndyn.autodiff.tree import leaves
from learndyn.dynamics import ravel
from learndyn.experiments import gradient_costs, mode_costs, mode_memory, operation_counts

# --- counting ---------------------------------------------------------------------------


def test_operations_are_counted_by_what_they_do():
    a, b = Parameter(np.ones((3, 4))), Parameter(np.ones((4, 5)))
    product = matmul(a, b)
    assert operation_counts.count(product) == operation_counts.Operations(3 * 4 * 5, 0)
    assert operation_counts.count(product.T.reshape(-1)).total == 60  # moves are free
    assert operation_counts.count(exp(product)) == operation_counts.Operations(60, 15)
    assert operation_counts.count(mean(product)) == operation_counts.Operations(60, 15)
    assert operation_counts.count_after(product, exp(product)) == operation_counts.Operations(0, 15)


def test_a_shared_part_is_counted_once():
    x = Parameter(np.ones(7))
    y = exp(x)
    assert operation_counts.count(y * y, y + y).total == 3 * 7


def test_an_operation_without_a_cost_is_refused():
    with pytest.raises(ValueError, match="no cost is known for"):
        operation_counts.count(prod(Parameter(np.ones(3))))


# --- Jacobians --------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(1, 1), (5, 3), (3, 4, 7), (7, 4, 4, 3), (2, 9, 1, 6)])
def test_a_sweep_costs_the_same_in_both_directions(widths):
    """So the ratio of both modes is n / m, whatever is between."""
    cost = mode_costs.measure(widths)
    sweep, n, m = cost.predicted_sweep, widths[0], widths[-1]
    assert (cost.forward.products, cost.forward.others) == (n * sweep.products, n * sweep.others)
    assert (cost.reverse.products, cost.reverse.others) == (m * sweep.products, m * sweep.others)
    assert cost.ratio == pytest.approx(n / m, rel=1e-15)
    assert cost.difference < 1e-14


@pytest.mark.parametrize(("before", "after"), [((24, 24, 2), (2, 24, 24)), ((5, 1), (1, 7)), ((3, 8), (8, 2))])
def test_from_a_waist_the_jacobian_costs_what_both_halves_and_one_product_do(before, after):
    cost = mode_costs.measure_waist(before, after)
    assert (cost.forward.total, cost.reverse.total, cost.mixed.total) == cost.predicted
    assert cost.difference < 1e-13


# --- gradients --------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(1, 1), (3, 4), (2, 8, 1), (9, 2, 5, 3), (16,) * 6])
@pytest.mark.parametrize("batch", [1, 8])
def test_a_gradient_costs_what_its_rules_say(widths, batch):
    cost = gradient_costs.measure(widths, batch=batch)
    assert cost.function == cost.predicted_function
    assert cost.both == cost.predicted_both
    assert cost.both.products == pytest.approx(cost.predicted_products_ratio * cost.function.products)


def test_the_gradient_is_cheap_whatever_the_number_of_parameters():
    costs = gradient_costs.run()
    assert max(c.parameters for c in costs) > 10_000 * min(c.parameters for c in costs)
    for cost in costs:
        assert 2 < cost.ratio < 3


def test_a_narrow_net_with_a_single_example_stays_below_the_bound_too():
    for widths in [(1, 1), (1,) * 20, (1, 50, 1)]:
        assert gradient_costs.measure(widths, batch=1).ratio < 4


@pytest.mark.parametrize("widths", [(3, 1), (8, 16, 16, 4), (30, 40, 1), (5,) * 5])
def test_both_hessian_routes_agree_and_cost_the_same(widths):
    result = gradient_costs.hessian_product(widths)
    assert result.difference < 1e-14
    assert result.products_ratio == pytest.approx((result.predicted_products_ratio,) * 2, rel=1e-12)


def test_the_reverse_route_is_hvp():
    result = gradient_costs.hessian_product((3, 4, 2))
    loss, theta = gradient_costs.problem((3, 4, 2), 8, 0)
    flat, unravel = ravel(theta)
    v = np.random.default_rng(1).standard_normal(flat.size)
    expected = np.concatenate([np.ravel(leaf) for leaf in leaves(hvp(loss, theta, unravel(v)))])
    np.testing.assert_allclose(result.reverse_over_reverse, expected, rtol=1e-13, atol=1e-15)


# --- memory -----------------------------------------------------------------------------


def test_forward_mode_remembers_one_step_and_reverse_mode_all():
    result = mode_memory.run((1, 10, 300))
    np.testing.assert_array_equal(result.forward, 1)
    np.testing.assert_array_equal(result.reverse, result.depths)
    np.testing.assert_allclose(result.forward_slopes, result.reverse_slopes, rtol=1e-12)
    assert math.isfinite(result.forward_slopes[-1])
