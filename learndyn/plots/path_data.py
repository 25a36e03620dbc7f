"""Short SVG path data: the same curve as matplotlib's, in relative coordinates.

matplotlib writes each point of a path by its place in the figure (``L 142.76 144.69``). The step from the
point before it is a shorter number, and steps repeat where places do not, so the compressed page is
lighter too. Places are rounded to a grid first and steps are taken between rounded places: the error
is that of the rounding, and does not add up along the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["compact_path"]

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?")
_POINTS = {"M": 1, "L": 1, "T": 1, "Q": 2, "S": 2, "C": 3}


def compact_path(data: str, *, places: int = 2) -> str:
    """Rewrite path data with relative coordinates.

    Parameters
    ----------
    data : str
        Commands M, L, T, Q, S and C with absolute coordinates, and Z, as matplotlib writes them.
        Data with any other command come back unchanged.
    places : int
        Decimal places of the grid that points are rounded to.

    Returns
    -------
    str
        Path data that start with M. Each point is within half a unit of the last place of its own.
    """
    scale = 10**places
    here, start = (0, 0), (0, 0)
    pieces: list[str] = []
    last = ""
    for command, points in _commands(data):
        if command not in _POINTS and command != "Z":
            return data
        if command == "Z":
            pieces.append("z")
            here, last = start, "z"
            continue
        for k in range(0, len(points), _POINTS[command]):
            step = [(round(x * scale), round(y * scale)) for x, y in points[k : k + _POINTS[command]]]
            name = command.lower() if pieces else "M"  # where the first point is no step can tell
            numbers = [n - h for point in step for n, h in zip(point, here, strict=True)]
            again = name == last != "m"  # after a move, points without a letter would be lines
            pieces.append(("" if again else name) + _joined(numbers, scale, again))
            here = step[-1]
            if command == "M":
                start = here
            last = name
    return "".join(pieces)


def _commands(data: str) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Yield each command with its points, (x, y) in turn; an odd number at the end is left out."""
    tokens = _TOKEN.findall(data)
    k = 0
    while k < len(tokens):
        command = tokens[k].upper() if tokens[k] in "zZ" else tokens[k]
        stop = k + 1
        while stop < len(tokens) and not tokens[stop].isalpha():
            stop += 1
        numbers = [float(token) for token in tokens[k + 1 : stop]]
        yield command, list(zip(numbers[::2], numbers[1::2], strict=False))
        k = stop


def _joined(numbers: list[int], scale: int, after_number: bool) -> str:
    """Write numbers, which count steps of the grid, with a space only where two would run together."""
    text = ""
    for n in numbers:
        whole, part = divmod(abs(n), scale)
        decimals = f".{part:0{len(str(scale)) - 1}d}".rstrip("0").rstrip(".") if scale > 1 else ""
        digits = ("-" if n < 0 else "") + (str(whole) if whole or not decimals else "") + decimals
        text += (" " if (text or after_number) and n >= 0 else "") + digits
    return text
