"""XOR over width and budget."""

import numpy as np
import pytest

from learndyn.experiments import phase_records, phase_xor, xor

KEPT = phase_records.xor()


def test_the_nets_that_are_trained_now_are_those_that_were_kept():
    found = phase_xor.run((3, 12), repeats=(0, 1), budgets=(100, 1000))
    rows = [int(np.flatnonzero(KEPT.widths == width)[0]) for width in found.widths]
    columns = [int(np.flatnonzero(KEPT.budgets == budget)[0]) for budget in found.budgets]
    kept = KEPT.solved[np.ix_(rows, [0, 1], columns)]
    assert np.abs(found.solved - kept).max() <= 1  # a net at the threshold may fall on either side


def test_counting_nets_that_leave_is_counting_nets_that_stay():
    """XOR's loss falls to the threshold once: a net that is done stays done."""
    found = phase_xor.row(3, 5, budgets=(100, 400, 1000), networks=40)
    whole = xor.run(3, networks=40, steps=1000, seed=5, every=50)
    below = np.minimum.accumulate(whole.losses, axis=0) < xor.SOLVED_BELOW
    expected = [int(below[whole.steps <= budget].any(axis=0).sum()) for budget in (100, 400, 1000)]
    np.testing.assert_array_equal(found["solved"], expected)


def test_success_grows_with_the_budget_and_with_the_width():
    assert np.all(np.diff(KEPT.solved, axis=-1) >= 0)
    error = np.hypot(KEPT.standard_error[1:], KEPT.standard_error[:-1])
    assert np.all(np.diff(KEPT.success, axis=0) > -3 * error - 1e-12)


def test_the_success_at_ten_thousand_steps_is_the_known_one_within_three_sigma():
    for row, (low, high) in enumerate(((0.76, 0.81), (0.96, 0.98), (0.997, 1.0))):
        p = KEPT.success[row, -1]
        sigma = np.sqrt(low * (1 - low) / 400)
        assert low - 3 * sigma <= p <= high + 3 * sigma


def test_wide_nets_fail_more_rarely_than_independent_pairs_would():
    failed = 1.0 - KEPT.success[:, -1]
    told = 1.0 - KEPT.independent[:, -1]
    np.testing.assert_allclose(told, failed[0] ** (KEPT.widths / 2.0))
    assert failed[1] + 3 * KEPT.standard_error[1, -1] < told[1]
    assert failed[2] < told[2] / 5


@pytest.mark.parametrize("budgets", [(), (0,), (75,), (-50, 50)])
def test_a_budget_that_is_not_looked_at_is_refused(budgets):
    with pytest.raises(ValueError, match="positive multiples of 50 steps"):
        phase_xor.row(2, 0, budgets=budgets, networks=2)
