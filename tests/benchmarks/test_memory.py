"""Memory of the graph. Bytes do not depend on the machine's speed, so they are asserted."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest

from learndyn import Parameter, Tensor, value_and_grad

from .memory import array_bytes, peak
from .workloads import chain, classifier
from .workloads.classifier import SAMPLES, WIDTHS

BYTES_PER_NODE = 1200


def classifier_needs() -> int:
    """What reverse mode of W3 reads or returns, each array once.

    Of the forward pass: the two hidden activations (each is the operand of the next product, and
    its sign is the mask of relu) and the class probabilities. The inputs and the weights exist
    before. Of the backward pass: the gradient of each parameter.
    """
    hidden = [(SAMPLES, width) for width in WIDTHS[1:]]
    weights = list(pairwise(WIDTHS))
    return array_bytes(*hidden, *weights, *((width,) for width in WIDTHS[1:]))


def chain_needs() -> int:
    """What reverse mode of W5 reads or returns: each of the 10,000 results, and one gradient."""
    return array_bytes((chain.LENGTH, chain.WIDTH), (chain.WIDTH,))


def classifier_step():
    """Forward and backward of W3, without Adam. A tensor cannot change, so it is not copied."""
    theta, (x, labels) = classifier.initial(WIDTHS), classifier.digits()
    theta, loss = [Tensor(array) for array in theta], classifier.our_loss(x, labels)
    return lambda: value_and_grad(loss)(theta)


@pytest.mark.parametrize(
    ("name", "step", "needed"),
    [("W3", classifier_step, classifier_needs), ("W5", chain.ours, chain_needs)],
    ids=["W3", "W5"],
)
def test_peak_memory_against_what_backward_needs(name, step, needed, results):
    step = step()
    step()  # once before, so that what is made only once is not counted
    most = peak(step)
    results["memory"].append({"workload": name, "needed_bytes": needed(), "peak_bytes": most})
    assert most >= needed()  # nothing that backward reads escapes the count


def chain_of(length: int) -> None:
    """Build a chain on one number, and go back through it."""
    w = Parameter(1.0)
    y = w
    for _ in range(length):
        y = y * 1.0
    y.backward()
    assert w.grad == 1.0


def test_a_node_of_a_long_chain_takes_little_memory_and_no_recursion(request):
    """Forward and backward, at Python's own recursion limit."""
    length = 1_000_000 if request.config.getoption("measure", None) else 100_000
    assert sys.getrecursionlimit() < length / 10
    chain_of(1000)
    each = peak(lambda: chain_of(length)) / length
    if request.config.getoption("measure", None):
        request.getfixturevalue("results")["bytes_per_node"] = each
    assert each <= BYTES_PER_NODE
