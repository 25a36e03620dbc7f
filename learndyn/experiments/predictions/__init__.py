"""What theory predicts beside what was measured: the numbers of the book in one table.

Reading order: ``prediction`` (one row), the topics, a file each, and ``table`` (all of them).
"""

from .prediction import Prediction
from .table import TOPICS, check, report

__all__ = ["check", "Prediction", "report", "TOPICS"]
