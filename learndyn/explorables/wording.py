"""Numbers as a caption says them."""

from __future__ import annotations

__all__ = ["number", "scientific"]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, places: int) -> str:
    """Return `value` with so many decimals, with a true minus and no minus before zero."""
    text = f"{value:.{places}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def scientific(value: float, digits: int = 2) -> str:
    """Return a number that is not negative with so many digits, with a power of ten where it is far from 1."""
    if value == 0.0 or 1e-2 <= value < 1e4:
        return f"{value:.{digits}g}" if value < 10.0**digits else f"{value:.0f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_RAISED)}"
