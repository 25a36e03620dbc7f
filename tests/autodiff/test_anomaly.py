"""The first number that is not finite is named: operation, shapes, and the caller's line."""

import numpy as np
import pytest

from learndyn.autodiff import AnomalyError, Parameter, detect_anomaly, exp, grad, log, sqrt, tanh


def here(offset: int) -> str:
    import inspect

    frame = inspect.currentframe().f_back
    return f"{__file__}:{frame.f_lineno + offset}"


def test_the_first_infinite_value_is_named_with_the_line_that_made_it():
    w = Parameter(np.array([1.0, 800.0]))
    with np.errstate(over="ignore"), detect_anomaly(), pytest.raises(AnomalyError) as caught:
        line = here(+1)
        hidden = exp(w)
        tanh(hidden)
    message = str(caught.value)
    assert message.startswith("exp: the result of shape (2,) is not finite (1 of 2 elements")
    assert "shape (2,) from 1 to 800" in message
    assert line in message


def test_a_cotangent_that_is_not_finite_is_named_with_the_line_of_its_operation():
    w = Parameter(np.array([0.0, 4.0]))
    with detect_anomaly():
        line = here(+1)
        root = sqrt(w)
        loss = root.sum()
        with np.errstate(divide="ignore"), pytest.raises(AnomalyError) as caught:
            loss.backward()
    message = str(caught.value)
    assert message.startswith("sqrt: the cotangent of operand 0 is not finite (1 of 2")
    assert line in message


def test_it_works_inside_grad_and_for_second_derivatives():
    with detect_anomaly(), np.errstate(all="ignore"), pytest.raises(AnomalyError, match="log"):
        grad(lambda x: log(x * 0.0))(1.0)
    with detect_anomaly(), np.errstate(all="ignore"), pytest.raises(AnomalyError):
        grad(grad(lambda x: sqrt(x)))(0.0)


def test_a_finite_computation_is_left_alone_and_the_switch_goes_back():
    with detect_anomaly():
        assert grad(lambda x: exp(x))(0.0) == 1.0
    with np.errstate(over="ignore"):
        assert exp(Parameter(800.0)).item() == np.inf
