"""What side by side saves: 400 nets 2-3-1 on XOR, 10,000 steps of descent, against one after another.

The plain test run checks that both ways end in the same losses. ``--measure FILE`` times them, in
turns: the whole ensemble, and ``SINGLE`` of the single runs, spread over the ensemble. The time of
all 400 in a row is their mean times 400: single runs of one size differ only by the machine's noise.
The ratio must not fall below ``LEAST``. Half of the nets may diverge: that must not cost the others.
"""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from learndyn import simulate, training_map
from learndyn.autodiff.tree import tree_map
from learndyn.experiments.xor import INPUTS, TARGETS
from learndyn.learning import MLP, GradientDescent, mean_squared_error, standard_normal
from learndyn.learning.ensembles import EnsembleMap, ensemble_map, simulate_ensemble

from .profile import spread

NETS, WIDTH, STEPS, STEP_SIZE = 400, 3, 10_000, 0.1
SINGLE, ROUNDS, LEAST = 8, 3, 20.0
MODEL = MLP((2, WIDTH, 1))
THETA = MODEL.init(np.random.default_rng(0), ensemble=(NETS,), initialiser=standard_normal)


def loss(theta):
    return mean_squared_error(MODEL(theta, INPUTS), TARGETS, axis=(-2, -1))


def side_by_side(steps: int, rules=None) -> tuple[EnsembleMap, np.ndarray]:
    """The final states of all nets, (nets, m), by one run."""
    ensemble = ensemble_map(loss, rules or GradientDescent(STEP_SIZE), THETA)
    run = simulate_ensemble(ensemble, ensemble.initial_state, steps, every=steps, progress=False)
    return ensemble, run.final_state


def alone(net: int, steps: int) -> np.ndarray:
    """The final state of one net, (m,), by its own run."""
    theta = tree_map(lambda leaf: leaf[net], THETA)
    training = training_map(loss, GradientDescent(STEP_SIZE), theta)
    return simulate(training, training.initial_state, steps, every=steps, progress=False).final_state


def seconds(run, *arguments) -> float:
    """The processor's time that a run takes."""
    start = process_time()
    run(*arguments)
    return process_time() - start


def test_nets_side_by_side_and_alone_end_in_the_same_states():
    _, together = side_by_side(200)
    for net in range(0, NETS, NETS // SINGLE):
        np.testing.assert_allclose(together[net], alone(net, 200), rtol=1e-10, atol=1e-12)


def test_time_of_nets_one_after_another_over_that_side_by_side(results, request):
    if request.config.getoption("one_process"):
        pytest.skip("only workloads have a process of their own")
    half = [GradientDescent(1e200 if i % 2 else STEP_SIZE) for i in range(NETS)]
    side_by_side(100)
    alone(0, 100)
    together, with_deaths, singles = [], [], []
    for _ in range(ROUNDS):
        together.append(seconds(side_by_side, STEPS))
        with_deaths.append(seconds(side_by_side, STEPS, half))
        each = [seconds(alone, net, STEPS) for net in range(0, NETS, NETS // SINGLE)]
        singles.append(NETS * sum(each) / SINGLE)
    results["ensemble"] = {
        "title": f"XOR: {NETS} nets 2-{WIDTH}-1, {STEPS} steps of descent, side by side",
        "seconds": spread(together),
        "seconds_with_half_of_them_diverging": spread(with_deaths),
        "one_after_another_seconds": spread(singles),
        "ratio": spread([b / a for a, b in zip(together, singles, strict=True)]),
    }
    assert results["ensemble"]["ratio"]["median"] >= LEAST
