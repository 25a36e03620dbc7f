"""Floor 3: the same function at many points, on many processors, with nothing lost.

Reading order: ``grid`` (the points and their keys), ``streams`` (the random numbers of a point),
``items`` (what a function returns, as arrays and as bytes), ``point`` (one call), ``fingerprint``
(the version of the code), ``differences`` (between two sweeps), ``store`` (results on disk),
``local`` (processes that may die), ``sweep`` (the loop), ``result`` (arrays with named axes).
"""

from .differences import SweepMismatch
from .local import LocalProcesses, WorkerDied, WorkersFailedToStart
from .result import Failure, SweepResult, load_sweep
from .store import StoreError
from .sweep import sweep

__all__ = [
    "Failure", "load_sweep", "LocalProcesses", "StoreError", "sweep", "SweepMismatch", "SweepResult",
    "WorkerDied", "WorkersFailedToStart",
]  # fmt: skip
