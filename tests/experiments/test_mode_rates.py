"""A mode decays under descent and under the modified flows as the closed forms say."""

import numpy as np
import pytest

from learndyn.experiments import mode_rates


@pytest.fixture(scope="module")
def result():
    return mode_rates.run([0.05, 0.5, 0.9, 1.0, 1.5])


def test_descent_decays_at_the_exact_rate_and_has_none_beyond_one(result):
    np.testing.assert_allclose(result.descent_rates, result.predicted_descent, rtol=1e-12)
    assert np.isinf(result.descent_rates[3])
    assert np.isnan(result.descent_rates[4])
    np.testing.assert_allclose(result.multipliers, 1.0 - result.relative_steps, atol=1e-15)


def test_the_flows_decay_at_the_truncated_rates(result):
    np.testing.assert_allclose(result.flow_rates, result.predicted_flows, rtol=1e-5)


def test_at_nine_tenths_the_modified_loss_is_far_from_the_truth(result):
    """1.305 where the truth is ln 10 = 2.303."""
    assert result.flow_rates[1, 2] == pytest.approx(1.305, abs=1e-4)
    assert result.descent_rates[2] == pytest.approx(np.log(10.0), rel=1e-12)
