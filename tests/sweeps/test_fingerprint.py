"""The version of the code changes when code that the function reaches does, and only then."""

import importlib
import linecache
import subprocess
import sys

import numpy as np
import pytest

from learndyn.experiments import adjointness
from learndyn.sweeps.fingerprint import fingerprint, full_name

HELPER = """
import functools
SCALE = 2.0
OTHER = 1.0

def used(x):
    return x * SCALE

def unused(x):
    return x
"""
MODULE = """
import helper_module
from helper_module import used
import numpy as np
import json

WEIGHTS = np.array([1.0, 2.0])
RULES = {"double": used, "power": 3}
IGNORED = 5

class Model:
    bias = 1.0

    def __call__(self, x):
        return inner(x) + self.bias

def inner(x):
    return x + 1

def f(a, b=WEIGHTS):
    return [Model()(w) for w in RULES["double"](WEIGHTS)] + [np.sin(a), json.dumps(a)]

def g(a):
    return helper_module.used(a)

def alone(a):
    return a
"""


@pytest.fixture
def parts(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def take(name, module=MODULE, helper=HELPER):
        (tmp_path / "helper_module.py").write_text(helper)
        (tmp_path / "swept_module.py").write_text(module)
        for loaded in ("helper_module", "swept_module"):
            sys.modules.pop(loaded, None)
        importlib.invalidate_caches()
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        linecache.clearcache()
        return fingerprint(getattr(importlib.import_module("swept_module"), name))

    yield take
    for loaded in ("helper_module", "swept_module"):
        sys.modules.pop(loaded, None)


def changed(one, other):
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_the_same_code_has_the_same_fingerprint(parts):
    assert parts("f") == parts("f")
    assert parts("f")["numpy"] == np.__version__


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("np.sin(a)", "np.cos(a)", {"swept_module.f"}),
        ("return x + 1", "return x + 2", {"swept_module.inner"}),
        ("bias = 1.0", "bias = 2.0", {"swept_module.Model"}),
        ("[1.0, 2.0]", "[1.0, 3.0]", {"swept_module.WEIGHTS", "default 0 of swept_module.f"}),
        ('"power": 3', '"power": 4', {"swept_module.RULES['power']"}),
        ("IGNORED = 5", "IGNORED = 6", set()),
        ("def alone(a):\n    return a", "def alone(a):\n    return -a", set()),
        ("import json", "# a comment elsewhere\nimport json", set()),
    ],
)
def test_a_change_shows_where_the_function_reaches_it(parts, old, new, names):
    assert old in MODULE
    assert changed(parts("f"), parts("f", module=MODULE.replace(old, new))) == names


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("x * SCALE", "x / SCALE", {"helper_module.used"}),
        ("SCALE = 2.0", "SCALE = 3.0", {"helper_module.SCALE"}),
        ("OTHER = 1.0", "OTHER = 2.0", set()),
    ],
)
def test_a_change_in_a_module_that_is_reached_by_name_shows(parts, old, new, names):
    assert changed(parts("f"), parts("f", helper=HELPER.replace(old, new))) == names


def test_a_module_that_is_reached_as_a_whole_counts_as_a_whole(parts):
    assert changed(parts("g"), parts("g", helper=HELPER.replace("OTHER = 1.0", "OTHER = 2.0"))) == {
        "helper_module"
    }


def test_a_function_alone_is_its_source_and_numpy(parts):
    assert parts("alone").keys() == {"swept_module.alone", "numpy"}


def test_of_this_package_the_files_that_are_reached_count(parts):
    found = fingerprint(adjointness.run)
    assert "learndyn/experiments/adjointness.py" in found and "learndyn/autodiff/tensor.py" in found
    assert not any(
        name.startswith(("learndyn/neural", "learndyn/sweeps", "learndyn/plots")) for name in found
    )


def test_a_module_that_is_reached_by_dots_counts(parts):
    module = "import learndyn as ld\nimport learndyn.neural.rate\ndef f(a):\n    return ld.neural.rate\n"
    found = parts("f", module=module)
    assert any(name.startswith("learndyn/neural/rate/") for name in found)
    assert "learndyn/dynamics/simulate.py" in found
    assert not any(name.startswith("learndyn/experiments") for name in found)


def test_what_a_wrapped_function_wraps_counts(parts):
    helper = HELPER.replace("def used", "@functools.lru_cache\ndef used")
    found = changed(parts("f", helper=helper), parts("f", helper=helper.replace("x * SCALE", "x / SCALE")))
    assert found == {"helper_module.used"}


def test_a_script_that_is_run_has_the_name_that_it_is_imported_by(parts, tmp_path):
    parts("f")
    code = "\nfrom learndyn.sweeps.fingerprint import full_name\nprint(full_name(f))\n"
    (tmp_path / "swept_module.py").write_text(MODULE + code)
    run = subprocess.run(
        [sys.executable, tmp_path / "swept_module.py"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "swept_module.f" == full_name(sys.modules["swept_module"].f)
