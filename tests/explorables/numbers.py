"""Read the numbers of a caption back."""

from __future__ import annotations

import re

_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = r"−?\d+(?:\.\d+)?(?: × 10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"


def value(text: str) -> float:
    """Return the number that a text such as "-1.2" or "3.4 times ten to the -5" says."""
    plain = text.replace("−", "-").replace(" × 10", "e").translate(_RAISED)
    return float(plain)


def said(pattern: str, caption: str) -> list[float]:
    """Return the numbers that stand where `pattern` has ``#``; it must match once."""
    found = re.findall(re.escape(pattern).replace(r"\#", f"({NUMBER})"), caption)
    assert len(found) == 1, (pattern, caption)
    return [value(each) for each in (found[0] if isinstance(found[0], tuple) else found)]
