"""Which checks find which faults, over every row of the table."""

import numpy as np
import pytest

from learndyn.experiments import broken_rules
from learndyn.experiments.row_examples import row_examples


@pytest.fixture(scope="module")
def result():
    return broken_rules.run()


def found(result, fault, check):
    return result.found[result.faults.index(fault), result.checks.index(check)]


def broken(result, fault):
    return result.broken[result.faults.index(fault)]


def test_check_grads_finds_every_broken_row(result):
    assert {key: rows for key, rows in result.missed.items() if key[1] == "check_grads"} == {}


def test_a_random_cotangent_finds_every_fault_of_the_reverse_mode(result):
    for fault in result.faults:
        expected = 0 if fault == "second order lost" else broken(result, fault)
        assert found(result, fault, "random") == expected


def test_a_cotangent_of_ones_is_blind_to_rows_whose_jacobian_sums_to_zero(result):
    sums = {e.name: np.abs(broken_rules._jacobian(e)[0].sum(axis=0)) for e in row_examples()}
    constant_sum = {name for name, s in sums.items() if np.max(s) < 1e-8} - {"sign"}
    assert {"softmax", "layer_norm"} <= constant_sum
    for fault in ("sign flipped", "partial zeroed", "scaled by 1.001"):
        assert set(result.missed[fault, "ones"]) == constant_sum
    assert found(result, "error sums to 0", "ones") == 0


def test_a_wide_tolerance_is_blind_to_a_small_factor(result):
    assert found(result, "scaled by 1.001", "wide") == 0
    assert found(result, "sign flipped", "wide") == broken(result, "sign flipped")


def test_adjointness_is_blind_to_what_both_modes_share(result):
    for fault in ("both modes scaled", "operands swapped", "second order lost"):
        assert found(result, fault, "adjoint") == 0
    for fault in ("sign flipped", "scaled by 1.001", "sum left out", "error sums to 0"):
        assert found(result, fault, "adjoint") == broken(result, fault)


def test_a_lost_second_order_shows_only_where_second_derivatives_are_differenced(result):
    row = result.found[result.faults.index("second order lost")]
    assert row[result.checks.index("check_grads")] == broken(result, "second order lost") > 10
    assert np.sum(row > 0) == 1


def test_right_rules_raise_no_alarm():
    for example in row_examples():
        jacobian, noise = broken_rules._jacobian(example)
        case = broken_rules.Case(example.call, example.operands, jacobian, noise)
        assert not any(check(case) for check in broken_rules.CHECKS.values()), example.name
