"""Gradient flow is the limit of descent, and its loss falls at the rate of the squared gradient."""

import pytest

from learndyn.experiments import descent_errors, loss_along_flow


@pytest.fixture(scope="module")
def result():
    return loss_along_flow.run(*descent_errors.sine_net(), duration=2.0, records=21)


def test_the_loss_falls_at_the_rate_of_the_squared_gradient(result):
    """dL/dt = -|grad L|^2, to the h^2 of the difference quotient."""
    assert result.defect < 1e-5


def test_the_gap_between_the_losses_is_proportional_to_the_step_size(result):
    coarse, fine = result.descents
    assert coarse.step_size / fine.step_size == pytest.approx(4.0)
    assert coarse.gap / fine.gap == pytest.approx(4.0, rel=0.17)


def test_descent_is_ahead_while_the_loss_curves_up_along_its_gradient(result):
    for descent in result.descents:
        assert (descent.losses[1:] < descent.flow_losses[1:]).all()
