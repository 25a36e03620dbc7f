"""What holds for every result and every option: results are frozen, and defaults are the documented ones."""

import dataclasses
import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import learndyn.dynamics as dynamics
from learndyn.dynamics import LinearOperator, Map, dominant_modes, spectral_density

CHANGEABLE = {"KrylovBasis"}  # a workspace that never leaves its module
RECORDS = [
    found
    for module in pkgutil.walk_packages(dynamics.__path__, "learndyn.dynamics.")
    for found in vars(importlib.import_module(module.name)).values()
    if inspect.isclass(found) and found.__module__ == module.name and dataclasses.is_dataclass(found)
]
# A changed default changes what pages and readers measured, so it changes here too.
DEFAULTS = {
    "classify_multiplier": {"tolerance": 1e-9, "horizon": 1000},
    "classify_rate": {"tolerance": 1e-9, "horizon": 1000.0},
    "classify_system": {"continuous": False, "tolerance": 1e-9, "horizon": 1000},
    "dominant_modes": {"count": 1, "tolerance": 1e-8, "max_iterations": 10_000, "rng": 0},
    "DormandPrince": {"rtol": 1e-6, "atol": 1e-9, "max_steps": 100_000},
    "equilibrium": {"t": 0.0, "tolerance": 1e-10, "max_iterations": 50},
    "Event": {"direction": 0, "terminal": False},
    "fixed_point": {"tolerance": 1e-10, "max_iterations": 50},
    "flow_map": {"t": 0.0},
    "ImplicitEuler": {"tolerance": 1e-10},
    "integrate": {"dense": False},
    "kreiss_constant": {"continuous": False},
    "limit_cycle": {"transient": 0.0, "direction": 1, "tolerance": 1e-6},
    "LinearOperator": {"symmetric": False},
    "lyapunov_exponents": {"burn_in": 0, "dt": 1.0, "rng": 0},
    "simulate": {"every": 1},
    "spectral_density": {"probes": 10, "steps": 60, "rng": 0},
}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_is_frozen_and_has_slots(record):
    assert record.__dataclass_params__.frozen == (record.__name__ not in CHANGEABLE)
    assert "__slots__" in vars(record)


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_is_the_one_that_measured_numbers_rest_on(name):
    options = inspect.signature(getattr(dynamics, name)).parameters
    assert {key: options[key].default for key in DEFAULTS[name]} == DEFAULTS[name]


def test_no_numeric_default_is_left_out():
    results = {"FixedPoint", "Trajectory", "Regime"}  # what a run fills in, and an enumeration
    for name in set(dynamics.__all__) - results:
        found = getattr(dynamics, name)
        if inspect.isfunction(found) or inspect.isclass(found):
            options = inspect.signature(found).parameters.values()
            numeric = {p.name for p in options if isinstance(p.default, int | float)}
            assert numeric == set(DEFAULTS.get(name, ())), name


def test_the_smallest_count_that_is_allowed_is_enough_for_a_multiple_of_the_identity():
    found = dominant_modes(3.0 * np.eye(4), 1, method="power", max_iterations=1)
    assert found.converged
    np.testing.assert_allclose(found.values, 3.0, rtol=1e-14)
    density = spectral_density(LinearOperator.from_matrix(3.0 * np.eye(4)), probes=1, steps=1)
    np.testing.assert_allclose(density.nodes, 3.0, rtol=1e-14)


def test_a_map_is_anything_that_can_be_called_and_can_be_asked_for():
    assert isinstance(np.tanh, Map)
    assert not isinstance(3.0, Map)
