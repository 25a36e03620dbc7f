r"""Barriers between nets that were trained apart, before and after their units are matched.

The barrier is the height of the loss on the straight path over the chord between its ends. It depends
on the order of the units, which the function does not. So part of it, or all, is a matter of names:
Entezari, Sedghi, Saukh and Neyshabur (2022) conjectured that all of it is, for wide nets, and Ainsworth,
Hayase and Srinivasa (2023) find orders with next to no barrier.

References
----------
Entezari, R., Sedghi, H., Saukh, O. and Neyshabur, B. (2022). The role of permutation invariance in
linear mode connectivity of neural networks. ICLR. arXiv:2110.06296.
Ainsworth, S. K., Hayase, J. and Srinivasa, S. (2023). Git Re-Basin: merging models modulo permutation
symmetries. ICLR. arXiv:2209.04836.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import Adam, train
from ..learning.landscape import Barrier, barrier, match_permutation
from ..learning.symmetry import permute_units
from .landscape_problems import regression


@dataclass(frozen=True, slots=True, eq=False)
class MatchedBarriers:
    """Barriers at several widths.

    Attributes
    ----------
    widths : ndarray of int, shape (widths,)
    before, after : ndarray, shape (widths, pairs)
        Heights between pairs of nets that were trained apart, and after matching.
    losses : ndarray, shape (widths, 2 pairs)
        Of the trained nets.
    copy, own, apart, matched : Barrier
        Paths, at the largest width: to the net's own renumbered copy, to that copy matched, to a net
        that was trained apart, and to that net matched.
    """

    widths: np.ndarray
    before: np.ndarray
    after: np.ndarray
    losses: np.ndarray
    copy: Barrier
    own: Barrier
    apart: Barrier
    matched: Barrier

    @property
    def ratios(self) -> np.ndarray:
        """Mean height after matching over mean height before, shape (widths,)."""
        return self.after.mean(axis=1) / self.before.mean(axis=1)


def run(
    widths: Sequence[int] = (8, 32, 128), *, pairs: int = 3, steps: int = 300, seed: int = 0
) -> MatchedBarriers:
    """Train pairs of relu nets from different starts and measure the barriers between them.

    Parameters
    ----------
    widths : sequence of int, optional
        Hidden units.
    pairs : int, optional
    steps : int, optional
        Of Adam, on all data.
    seed : int, optional
    """
    rng = np.random.default_rng(seed)
    before, after, losses, paths = [], [], [], []
    for width in widths:
        model, loss = regression(width, activation="relu", samples=64, rng=1)
        nets = [train(loss, Adam(0.01), model.init(rng), steps, every=steps).theta for _ in range(2 * pairs)]
        two = list(zip(nets[::2], nets[1::2], strict=True))
        apart = [barrier(loss, one, other) for one, other in two]
        matched = [barrier(loss, one, match_permutation(model, one, other).theta) for one, other in two]
        before.append([path.height for path in apart])
        after.append([path.height for path in matched])
        losses.append([float(loss(net)) for net in nets])
        copy = permute_units(nets[0], [rng.permutation(width)])
        own = match_permutation(model, nets[0], copy).theta
        paths = [barrier(loss, nets[0], net) for net in (copy, own)] + [apart[0], matched[0]]
    return MatchedBarriers(np.array(widths), np.array(before), np.array(after), np.array(losses), *paths)
