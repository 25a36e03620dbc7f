"""The operation tables: every operation and its derivative, a row each.

``TABLE`` maps a name to its row. The property tests draw from it, so a new row is tested
from the moment that it exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import elementwise, linalg, reductions, shape

TABLE: dict[str, Callable[..., Any]] = {
    row.op.name: row
    for module in (elementwise, reductions, linalg, shape)
    for row in vars(module).values()
    if hasattr(row, "op")
}
