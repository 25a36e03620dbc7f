r"""What a Hopfield network of two-state neurons recalls, and how much it can hold.

A cue has the overlap m = xi . s / n with a stored pattern. The input of a neuron is then m towards
the pattern, and a sum over the p - 1 others, close to Gaussian with variance alpha = (p - 1)/n. After
one step of all neurons the overlap is

    m' = erf(m / sqrt(2 alpha))

This is exact for large n in the first step only: later states depend on the weights (Amari and
Maginu, 1988). Where recall ends is known from the theory of the fixed points: p = 0.138 n
(Amit, Gutfreund and Sompolinsky, 1985).

References
----------
Hopfield, J. J. (1982). Neural networks and physical systems with emergent collective
computational abilities. Proceedings of the National Academy of Sciences 79, 2554-2558.
Amit, D. J., Gutfreund, H. and Sompolinsky, H. (1985). Storing infinite numbers of patterns in a
spin-glass model of neural networks. Physical Review Letters 55, 1530-1533.
Amari, S. and Maginu, K. (1988). Statistical neurodynamics of associative memory. Neural Networks 1,
63-73.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import erf
from ..neural.rate import (
    AsynchronousHopfield,
    SynchronousHopfield,
    eventual_cycle,
    flip_signs,
    hebbian_weight,
    overlap,
    random_patterns,
)

RECALLED = 0.9  # final overlap from which a pattern counts as recalled


@dataclass(frozen=True, slots=True)
class RecallMap:
    """Overlaps before and after, for several loads.

    Attributes
    ----------
    n : int
        Neurons.
    loads : ndarray, shape (k,)
        p/n.
    cues : ndarray, shape (c,)
        Overlap of the cue with its pattern.
    first : ndarray, shape (k, c)
        Mean overlap after one step of all neurons at once.
    final : ndarray, shape (k, c)
        Mean overlap when, one neuron after another, nothing changes any more.
    predicted_first : ndarray, shape (k, c)
        erf(m / sqrt(2 alpha)).
    """

    n: int
    loads: np.ndarray
    cues: np.ndarray
    first: np.ndarray
    final: np.ndarray
    predicted_first: np.ndarray


def recall_map(
    loads: Sequence[float] = (0.04, 0.08, 0.12, 0.2),
    *,
    n: int = 400,
    cues: Sequence[float] = (0.05, 0.15, 0.25, 0.35, 0.45, 0.6, 0.8, 1.0),
    trials: int = 5,
    seed: int = 0,
) -> RecallMap:
    """Recall patterns from damaged cues.

    Parameters
    ----------
    loads : sequence of float, optional
        p/n.
    n : int, optional
    cues : sequence of float, optional
        Overlaps in [0, 1]; a part (1 - m)/2 of the entries is negated.
    trials : int, optional
        Patterns that are recalled for each load and cue.
    seed : int, optional

    Returns
    -------
    RecallMap
    """
    rng = np.random.default_rng(seed)
    first, final, predicted = (np.empty((len(loads), len(cues))) for _ in range(3))
    for row, load in enumerate(loads):
        p = round(load * n)
        patterns = random_patterns(p, n, rng)
        weight = hebbian_weight(patterns)
        for column, m in enumerate(cues):
            pairs = []
            for k in range(min(trials, p)):
                cue = flip_signs(patterns[k], (1.0 - m) / 2.0, rng)
                step = SynchronousHopfield(weight)(cue)
                end = _settle(weight, cue, rng)
                pairs.append([overlap(patterns, s)[k] for s in (step, end)])
            first[row, column], final[row, column] = np.mean(pairs, axis=0)
            predicted[row, column] = erf(m / np.sqrt(2.0 * (p - 1) / n))
    return RecallMap(n, np.array(loads), np.array(cues), first, final, predicted)


@dataclass(frozen=True, slots=True)
class Capacity:
    """The part of the stored patterns that are recalled from themselves.

    Attributes
    ----------
    sizes : tuple of int
        n.
    loads : ndarray, shape (k,)
        p/n.
    recalled : ndarray, shape (len(sizes), k)
        Part of the patterns whose final overlap is at least 0.9.
    """

    sizes: tuple[int, ...]
    loads: np.ndarray
    recalled: np.ndarray

    @property
    def halfway(self) -> np.ndarray:
        """The load at which half of them are, shape (len(sizes),); nan if not within the loads.

        Between neighbouring loads the part is taken to be linear.
        """
        found = []
        for row in self.recalled:
            (places,) = np.nonzero((row[:-1] >= 0.5) & (row[1:] < 0.5))
            if len(places) == 0:
                found.append(np.nan)
                continue
            k = int(places[0])
            share = (row[k] - 0.5) / (row[k] - row[k + 1])
            found.append(self.loads[k] + share * (self.loads[k + 1] - self.loads[k]))
        return np.array(found)


def capacity_curve(
    sizes: Sequence[int] = (100, 225, 500),
    loads: Sequence[float] = (0.1, 0.14, 0.17, 0.2, 0.24),
    *,
    trials: Sequence[int] = (60, 42, 21),
    seed: int = 0,
) -> Capacity:
    """Measure which part of the patterns is still recalled as more are stored.

    Parameters
    ----------
    sizes : sequence of int, optional
    loads : sequence of float, optional
        Increasing.
    trials : sequence of int, optional
        Patterns that are recalled, for each size; seven in each network.
    seed : int, optional

    Returns
    -------
    Capacity
    """
    rng = np.random.default_rng(seed)
    recalled = np.empty((len(sizes), len(loads)))
    for row, (n, count) in enumerate(zip(sizes, trials, strict=True)):
        for column, load in enumerate(loads):
            ends: list[float] = []
            while len(ends) < count:
                patterns = random_patterns(round(load * n), n, rng)
                weight = hebbian_weight(patterns)
                for k in range(min(7, len(patterns), count - len(ends))):
                    ends.append(float(overlap(patterns, _settle(weight, patterns[k], rng))[k]))
            recalled[row, column] = np.mean(np.array(ends) >= RECALLED)
    return Capacity(tuple(sizes), np.array(loads), recalled)


@dataclass(frozen=True, slots=True)
class Periods:
    """Where networks end that update all their neurons at once.

    Attributes
    ----------
    symmetric, unrestricted : dict of int to int
        How many of the networks end in a cycle of each period.
    """

    symmetric: dict[int, int]
    unrestricted: dict[int, int]


def synchronous_periods(networks: int = 200, *, largest: int = 20, seed: int = 5) -> Periods:
    """Count the periods of random networks with symmetric weights, and of ones without symmetry.

    Parameters
    ----------
    networks : int, optional
        Of each kind.
    largest : int, optional
        Neurons, at most.
    seed : int, optional

    Returns
    -------
    Periods
    """
    rng = np.random.default_rng(seed)
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for _ in range(networks):
        n = int(rng.integers(2, largest + 1))
        a, s0 = rng.standard_normal((n, n)), rng.choice([-1.0, 1.0], n)
        for count, weight in zip(counts, ((a + a.T) / 2.0, a), strict=True):
            period = eventual_cycle(SynchronousHopfield(weight), s0).period
            count[period] = count.get(period, 0) + 1
    return Periods(*(dict(sorted(count.items())) for count in counts))


def _settle(weight: np.ndarray, cue: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    network = AsynchronousHopfield(weight, order=rng.permutation(len(cue)))
    return eventual_cycle(network, cue).states[-1]
