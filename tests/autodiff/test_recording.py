"""Laws of the switches: they nest, they come back, also after an error, and they decorate."""

import platform
import subprocess
import sys

import numpy as np
import pytest

import learndyn.autodiff as autodiff
from learndyn.autodiff import (
    AnomalyError,
    Parameter,
    detect_anomaly,
    enable_grad,
    is_recording,
    log,
    no_grad,
)


def test_switches_nest_and_come_back():
    assert is_recording()
    with no_grad():
        assert not is_recording()
        with enable_grad():
            assert is_recording()
            with no_grad():
                assert not is_recording()
            assert is_recording()
        assert not is_recording()
    assert is_recording()


def test_an_error_puts_the_switch_back():
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = 1 / 0
    assert is_recording()


def test_a_decorator_sets_the_switch_during_the_call_and_may_call_itself():
    @no_grad()
    def depth(n):
        assert not is_recording()
        return n if n == 0 else depth(n - 1)

    assert depth(3) == 0
    assert is_recording()


def test_what_is_made_without_a_graph_is_a_constant_and_with_one_again_is_not():
    x = Parameter(2.0)
    with no_grad():
        assert not (x * x).requires_grad
        with enable_grad():
            assert (x * x).requires_grad


def test_enabling_inside_a_search_for_anomalies_keeps_searching():
    x = Parameter(0.0)
    with detect_anomaly(), enable_grad(), np.errstate(divide="ignore"), pytest.raises(AnomalyError):
        log(x)


def in_a_process_of_its_own(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    ).stdout.split()


def test_no_derivative_needs_the_graphs_picture():
    code = """
import sys
import learndyn.autodiff as autodiff
autodiff.grad(lambda x: x * x)(3.0)
before = "learndyn.autodiff.graph" in sys.modules
first = autodiff.Graph
from learndyn.autodiff.graph import Graph
print(before, first is Graph, autodiff.Graph is Graph)
"""
    assert in_a_process_of_its_own(code) == ["False", "True", "True"]


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'gradient_tape'"):
        autodiff.gradient_tape  # noqa: B018


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library keeps memory by other rules")
def test_freed_memory_is_kept_for_the_next_array():
    """A page that is touched for the first time is a fault: 2048 of them in 8 MiB of fresh memory."""
    code = """
import resource
import numpy as np
from learndyn.autodiff import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.empty(2**20).fill(1.0)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def second():
    faults()
    return faults()

if KEEP:
    keep_freed_memory()
print(second())
"""
    (without,) = in_a_process_of_its_own(code.replace("KEEP", "False"))
    (kept,) = in_a_process_of_its_own(code.replace("KEEP", "True"))
    assert int(kept) <= 20
    assert int(without) > 20 + int(kept)
