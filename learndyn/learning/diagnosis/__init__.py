"""Why a run failed, with the evidence that was measured.

Reading order: ``report`` (causes, findings, the diagnosis), ``case`` (a run with all that is needed
to measure it), ``refit`` (the best that a model reaches); then one cause a file: ``architecture``,
``step``, ``symmetry``, ``conditioning``, ``signal``, ``saddle``, ``numerical``; and ``diagnose``.
"""

from .diagnose import diagnose
from .report import Cause, Diagnosis, Finding

__all__ = ["Cause", "diagnose", "Diagnosis", "Finding"]
