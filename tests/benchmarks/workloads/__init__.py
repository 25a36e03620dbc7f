"""The workloads: each computes the same numbers twice, by hand and with learndyn.

The *limit* is NumPy written by hand: no graph, every result in a preallocated buffer, nothing
computed twice. It is what a patient programmer reaches for one fixed model. *Ours* is what a
user of learndyn writes. The distance between both is the price of a derivative that one does
not have to write.
"""

from __future__ import annotations

from . import chain, classifier, curvature, descent, normalisation, recurrent
from .pair import Workload

WORKLOADS: tuple[Workload, ...] = (
    *descent.WORKLOADS,
    *classifier.WORKLOADS,
    *curvature.WORKLOADS,
    *chain.WORKLOADS,
    *recurrent.WORKLOADS,
    *normalisation.WORKLOADS,
)
