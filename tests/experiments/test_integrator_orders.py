"""Each integrator has the order that its name promises."""

import pytest

from learndyn.experiments import integrator_orders

HOLD = {"Euler": 0.06, "implicit Euler": 0.06, "Heun": 0.1, "RK4": 0.12}


def test_the_orders_on_predators_and_prey():
    results = {result.name: result for result in integrator_orders.run()}
    for name, hold in HOLD.items():
        assert results[name].order == pytest.approx(results[name].expected, abs=hold), name
    # The leading term of the error is small on this flow.
    assert results["Dormand-Prince"].order == pytest.approx(5.4, abs=0.12)


def test_dormand_prince_has_order_five_on_a_pendulum():
    (result,) = integrator_orders.run(
        integrator_orders.pendulum, (1.5, 0.0), 5.0, names=("Dormand-Prince",), step_counts=(80, 160)
    )
    assert result.order == pytest.approx(5.0, abs=0.2)
