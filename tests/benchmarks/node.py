"""What a node costs beyond its arithmetic: a chain of tanh, recorded, bare and by hand."""

from __future__ import annotations

import gc
from itertools import repeat
from time import process_time
from typing import Any

import numpy as np

from learndyn import grad, sum, tanh

from .profile import Step, spread
from .workloads import chain

WIDTH = 10
LENGTHS = (1_000, 10_000)
NODES_PER_TURN = 10_000


def recorded(length: int) -> Step:
    """The gradient of a chain, through the engine."""

    def total(x: Any) -> Any:
        for _ in range(length):
            x = tanh(x)
        return sum(x)

    slope, x = grad(total), np.linspace(0.1, 1.0, WIDTH)
    return lambda: slope(x)


def bare(length: int) -> Step:
    """The same NumPy calls: the operation's forward function, and its rule fed with arrays."""
    forward, rule = tanh.op.forward, tanh.op.vjp[0]
    x, ones = np.linspace(0.1, 1.0, WIDTH), np.ones(WIDTH)

    def step() -> np.ndarray:
        y, values = x, []
        for _ in range(length):
            u, y = y, forward(y)
            values.append((u, y))
        g = ones
        for u, y in reversed(values):
            g = rule(g, y, u)
        return g

    return step


def seconds(step: Step, count: int) -> float:
    """Processor time of one step, over a turn of so many."""
    start = process_time()
    for _ in repeat(None, count):
        step()
    return (process_time() - start) / count


def chain_costs(rounds: int = 41) -> list[dict[str, Any]]:
    """Costs of a node for each length, with and without the cyclic garbage collector.

    *Rule* is the node's own NumPy calls, *engine* is what recording adds, and *hand* is the chain
    written by hand (W5's limit). All take short turns within each round, so that a drift of
    the machine meets all, and ratios are formed within a round.
    """
    chains = [(length, bare(length), recorded(length)) for length in LENGTHS]
    by_hand = chain.limit()
    found: dict[tuple[int, bool], list[tuple[float, float, float]]] = {}
    for turn in range(rounds + 1):
        for length, rule_only, ours in chains:
            for collector in (True, False):
                (gc.enable if collector else gc.disable)()
                try:
                    count = NODES_PER_TURN // length
                    rule = seconds(rule_only, count) / length
                    both = seconds(ours, count) / length
                    hand = seconds(by_hand, 2) / chain.LENGTH
                finally:
                    gc.enable()
                if turn:  # the first round warms up
                    found.setdefault((length, collector), []).append((rule, both - rule, hand))
    return [
        {
            "operation": "tanh", "width": WIDTH, "length": length, "collector": collector,
            "rule_seconds": spread([rule for rule, _, _ in samples]),
            "engine_seconds": spread([engine for _, engine, _ in samples]),
            "engine_over_rule": spread([engine / rule for rule, engine, _ in samples]),
            "over_hand": spread([(rule + engine) / hand for rule, engine, hand in samples]),
        }
        for (length, collector), samples in found.items()
    ]  # fmt: skip


def engine_share(ours: Step, nodes: int, count: int, rounds: int = 11) -> dict[str, float]:
    """A step's nodes times what the engine adds to a node of the short chain, over the step's time.

    Step and chain take turns. An operation with two operands costs more than one of the chain.
    """
    length = LENGTHS[0]
    rule_only, recorded_chain = bare(length), recorded(length)
    shares = []
    for _ in range(rounds):
        engine = (seconds(recorded_chain, 10) - seconds(rule_only, 10)) / length
        shares.append(nodes * engine / seconds(ours, count))
    return spread(shares)
