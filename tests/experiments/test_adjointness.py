"""Forward and reverse mode are adjoint on every row, and each row has an example."""

import numpy as np
import pytest

from learndyn.autodiff import TABLE, check_grads, elementwise, multiply
from learndyn.experiments import adjointness, row_sources
from learndyn.experiments.row_examples import missing_examples, row_examples


def test_every_row_has_an_example():
    missing = missing_examples()
    assert missing == [], f"add {missing} to learndyn/experiments/row_examples.py"


@pytest.mark.parametrize("seed", range(3))
def test_forward_and_reverse_mode_are_adjoint_to_the_rounding_of_a_sum(seed):
    result = adjointness.run(seed=seed)
    assert set(result.names) == set(TABLE)
    assert np.all(result.defects < result.bound)
    assert np.all(result.defects < 1e-12)


def test_a_central_difference_agrees_less_well_but_agrees():
    result = adjointness.run()
    assert np.all(result.difference_errors < 1e-8)
    assert np.median(result.difference_errors) > 1000 * np.median(result.defects)


def test_the_examples_are_smooth_points():
    for example in row_examples():
        check_grads(example.call, *example.operands, order=2)


def test_the_identity_sees_a_rule_that_is_no_adjoint():
    backwards = elementwise(
        "running_sum", np.cumsum, lambda g, y, x: np.cumsum(g[::-1])[::-1]
    )
    pair = adjointness.measure(backwards, [np.array([0.3, -0.7, 1.1])])
    assert adjointness.defect(pair) > 0.1
    assert pair.reverse == pytest.approx(pair.difference, rel=1e-8)


def test_a_row_is_read_from_its_source():
    found = row_sources.read()
    assert found.sources["sin"].startswith("sin = elementwise(")
    assert "doc=" not in found.sources["multiply"]
    assert found.sources["multiply"].count("lambda") == 2
    assert found.kinds["tanh"] == "elementwise"
    assert set(found.kinds) == set(TABLE)
    assert found.operands["multiply"] == len(multiply.op.vjp) == 2
    assert found.written < found.derivatives / 2
    assert found.median_lines("elementwise") <= 6
