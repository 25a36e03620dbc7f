"""What holds for every record, every row of the table, and every way to pass a constant."""

import dataclasses
import importlib
import inspect
import itertools
import pkgutil

import numpy as np
import pytest

import learndyn.autodiff as autodiff
from learndyn.autodiff import (
    TABLE,
    GradientCheckError,
    affine,
    check_grads,
    checkpoint,
    elementwise,
    grad,
    softmax_cross_entropy,
    vjp,
)

CHANGEABLE = {"Place", "Run"}  # workspaces of a layout and of a sweep
RECORDS = [
    found
    for module in pkgutil.walk_packages(autodiff.__path__, "learndyn.autodiff.")
    for found in vars(importlib.import_module(module.name)).values()
    if inspect.isclass(found) and found.__module__ == module.name and dataclasses.is_dataclass(found)
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_is_frozen_and_has_slots(record):
    assert record.__dataclass_params__.frozen == (record.__name__ not in CHANGEABLE)
    assert "__slots__" in vars(record)


@pytest.mark.parametrize("name", list(TABLE))
def test_an_operation_has_one_domain_for_each_operand(name):
    op = getattr(TABLE[name], "op", TABLE[name])
    if op.domains and isinstance(op.vjp, tuple):
        assert len(op.domains) == len(op.vjp) == len(op.jvp)


PARTS = [np.array([[1.0, 2.0]]), np.array([[3.0, -1.0], [0.0, 2.0]]), np.array([4.0, 5.0])]


@pytest.mark.parametrize("kinds", list(itertools.product(["float", "int", "list"], repeat=3)))
def test_constants_of_every_kind_in_every_place_give_the_same_value_and_gradient(kinds):
    forms = {"float": lambda x: x, "int": lambda x: x.astype(int), "list": lambda x: x.astype(int).tolist()}
    given = [forms[kind](part) for kind, part in zip(kinds, PARTS, strict=True)]
    np.testing.assert_array_equal(affine(*given), affine(*PARTS))
    for place in range(3):
        operands = given[:place] + [PARTS[place]] + given[place + 1 :]
        found, expected = (
            grad(lambda x, all_=all_, place=place: affine(*all_[:place], x, *all_[place + 1 :]).sum())(
                PARTS[place]
            )
            for all_ in (operands, PARTS)
        )
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == np.float64


def test_a_wrong_rule_is_caught_at_a_point_where_all_numbers_are_zero():
    """A step that followed the scale of zeros would be no step, and every rule would pass."""
    wrong = elementwise("three", lambda x: 3.0 * x, lambda g, y, x: 2.0 * g)
    with pytest.raises(GradientCheckError):
        check_grads(wrong, np.zeros(3), order=1)
    check_grads(elementwise("three", lambda x: 3.0 * x, lambda g, y, x: 3.0 * g), np.zeros(3))


def test_the_function_of_a_checkpoint_is_evaluated_once_more_however_many_operands_it_has():
    calls = []

    def product(x, y, z):
        calls.append(1)
        return x * y * z

    for operands in ((2.0, 3.0, 4.0),):
        gradients = [np.asarray(g) for g in vjp(checkpoint(product), *operands)[1](np.float64(1.0))]
        assert gradients == [12.0, 8.0, 6.0]
    assert len(calls) == 2


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 5, 3)])
def test_a_label_out_of_range_is_refused_with_the_number_of_classes(shape):
    with pytest.raises(ValueError, match="for 3 classes. Number the classes from 0 to 2$"):
        softmax_cross_entropy(np.zeros(shape), np.full(shape[:-1], 3))


# A changed default changes what pages and readers measured. Where NumPy has the function, its default is ours.
OWN_DEFAULTS = {
    "check_grads": {"order": 2, "directions": 3, "rtol": 1e-6, "seed": 0},
    "cholesky": {"upper": False},
    "concatenate": {"axis": 0},
    "conv1d": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1},
    "conv2d": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1},
    "grad": {"argnum": 0, "has_aux": False},
    "value_and_grad": {"argnum": 0, "has_aux": False},
    "jacobian": {"argnum": 0},
    "hessian": {"argnum": 0},
    "layer_norm": {"axis": -1, "eps": 1e-5},
    "leaky_relu": {"negative_slope": 0.01},
    "log_softmax": {"axis": -1},
    "logsumexp": {"keepdims": False},
    "mean_square": {"keepdims": False},
    "pad": {"constant_values": 0.0},
    "softmax": {"axis": -1},
    "split": {"axis": 0},
    "take_along_axis": {"axis": -1},  # in NumPy since 2.3
    "tensordot": {"axes": 2},
}
NUMPYS = [
    (name, option.name)
    for name in autodiff.__all__
    if name not in OWN_DEFAULTS and hasattr(np, name) and inspect.isfunction(getattr(autodiff, name))
    for option in inspect.signature(getattr(autodiff, name)).parameters.values()
    if isinstance(option.default, int | float)
]


@pytest.mark.parametrize("name", OWN_DEFAULTS)
def test_a_default_is_the_one_that_measured_numbers_rest_on(name):
    options = inspect.signature(getattr(autodiff, name)).parameters
    assert {key: options[key].default for key in OWN_DEFAULTS[name]} == OWN_DEFAULTS[name]


@pytest.mark.parametrize(("name", "option"), NUMPYS)
def test_a_default_is_numpys(name, option):
    default = inspect.signature(getattr(autodiff, name)).parameters[option].default
    theirs = inspect.signature(getattr(np, name)).parameters[option].default
    assert default == theirs or (theirs is np._NoValue and default in (0, False))
