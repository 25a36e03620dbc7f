r"""Memories in a Hopfield network: Hebb's rule stores them, and interference limits their number.

    W = (1/n) sum_mu xi^mu xi^mu',    W_ii = 0

for p patterns of n entries +1 and -1. In pattern xi^mu the input of neuron i, times xi_i^mu, is
(n - 1)/n and a sum of the other patterns with variance (n - 1)(p - 1)/n^2, so that for random
patterns the neuron flips in the first step with the probability

    P = 1/2 erfc( sqrt((n - 1) / (2 (p - 1))) )

How many patterns fit depends on what is asked. With load alpha = p/n:

    "pattern"    most of them are exactly fixed                   p = n / (2 ln n)
    "all"        every one of them is                             p = n / (4 ln n)
    "retrieval"  a fixed point near it exists (1.6 % errors)      p = 0.138 n

Hopfield, J. J. (1982). Neural networks and physical systems with emergent collective
computational abilities. Proceedings of the National Academy of Sciences 79, 2554-2558.
Amit, D. J., Gutfreund, H. and Sompolinsky, H. (1985). Storing infinite numbers of patterns in a
spin-glass model of neural networks. Physical Review Letters 55, 1530-1533.
McEliece, R. J., Posner, E. C., Rodemich, E. R. and Venkatesh, S. S. (1987). The capacity of the
Hopfield associative memory. IEEE Transactions on Information Theory 33, 461-482.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from ...autodiff import erfc
from .checks import require_count

_RETRIEVAL = 0.138  # Amit, Gutfreund and Sompolinsky (1985): critical load at zero temperature


def random_patterns(p: int, n: int, rng: int | np.random.Generator) -> np.ndarray:
    """Return p independent patterns of n fair signs, shape (p, n), float64.

    Raises
    ------
    ValueError
        If a number is not a positive integer.
    """
    require_count("random_patterns", p=p, n=n)
    return np.random.default_rng(rng).choice([-1.0, 1.0], size=(p, n))


def hebbian_weight(patterns: Any) -> np.ndarray:
    """Return W = (1/n) sum xi xi' with a zero diagonal, shape (n, n), of patterns of shape (p, n).

    Raises
    ------
    ValueError
        If the patterns are not a matrix of +1 and -1.
    """
    xi = _patterns(patterns, "hebbian_weight")
    w = xi.T @ xi / xi.shape[1]
    np.fill_diagonal(w, 0.0)
    return w


def overlap(patterns: Any, s: Any) -> np.ndarray:
    """Return m = xi . s / n for each pattern and state.

    Parameters
    ----------
    patterns : array_like, shape (p, n)
    s : array_like, shape (..., n)
        States: signs, or rates between -1 and 1.

    Returns
    -------
    ndarray, shape (..., p)
        1 where the state is the pattern, -1 where it is its negative.

    Raises
    ------
    ValueError
        If the patterns are not a matrix of +1 and -1, or the states have another length.
    """
    xi = _patterns(patterns, "overlap")
    s = np.asarray(s, dtype=np.float64)
    if s.shape[-1:] != xi.shape[1:]:
        raise ValueError(
            f"overlap: patterns have {xi.shape[1]} entries, states have shape {s.shape}"
        )
    return s @ xi.T / xi.shape[1]


def flip_signs(pattern: Any, part: float, rng: int | np.random.Generator) -> np.ndarray:
    """Return a cue: a pattern with a part of its entries, chosen at random, negated.

    Raises
    ------
    ValueError
        If the part is not between 0 and 1.
    """
    if not 0.0 <= part <= 1.0:
        raise ValueError(f"flip_signs: the part must be between 0 and 1, got {part}")
    cue = np.array(pattern, dtype=np.float64)
    chosen = np.random.default_rng(rng).choice(cue.size, size=round(part * cue.size), replace=False)
    cue[chosen] *= -1.0
    return cue


def bit_error_probability(p: int, n: int) -> float:
    """Return the probability that a neuron leaves a stored pattern in the first step.

    The sum of the other patterns is taken as Gaussian, which holds for large n and p.

    Raises
    ------
    ValueError
        If p or n is not a positive integer.
    """
    require_count("bit_error_probability", p=p, n=n)
    if p == 1 or n == 1:
        return 0.0
    return 0.5 * float(erfc(math.sqrt((n - 1) / (2.0 * (p - 1)))))


def capacity(n: int, criterion: Literal["pattern", "all", "retrieval"] = "retrieval") -> float:
    """Return the number of random patterns that n neurons hold with Hebb's rule, for large n.

    Parameters
    ----------
    n : int
        At least 2.
    criterion : {"pattern", "all", "retrieval"}, optional
        What counts as held: see above.

    Raises
    ------
    ValueError
        If n is too small, or the criterion unknown.
    """
    require_count("capacity", 2, n=n)
    if criterion == "retrieval":
        return _RETRIEVAL * n
    if criterion not in ("pattern", "all"):
        raise ValueError(
            f"capacity: the criterion must be 'pattern', 'all' or 'retrieval', got {criterion!r}"
        )
    return n / ((2.0 if criterion == "pattern" else 4.0) * math.log(n))


def _patterns(patterns: Any, caller: str) -> np.ndarray:
    xi = np.array(patterns, dtype=np.float64)
    if xi.ndim != 2 or not xi.size or not (np.abs(xi) == 1.0).all():
        raise ValueError(
            f"{caller}: patterns are a matrix of +1 and -1, one a row, got shape {xi.shape}"
        )
    return xi
