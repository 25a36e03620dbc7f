"""All predictions of the book, by topic, and a report of which hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ...dynamics.progress import Progress
from .adaptive import adaptive
from .chaos import chaos
from .circuits import attractors, rhythms
from .credit import credit
from .deep_linear import deep_linear
from .descent import descent
from .edge import central, edge, edge_of_rules
from .flow import flow
from .landscape import landscape, spectra
from .momentum import beyond_eigenvalues, momentum
from .movement import movement
from .population import population, population_credit
from .prediction import Prediction
from .signal import signal
from .symmetry import symmetry
from .xor import xor, xor_success

TOPICS: Mapping[str, Callable[[], tuple[Prediction, ...]]] = MappingProxyType(
    {
        "descent on a quadratic": descent,
        "momentum": momentum,
        "beyond eigenvalues": beyond_eigenvalues,
        "adaptive rules": adaptive,
        "edge of stability": edge,
        "edge of every rule": edge_of_rules,
        "central flow": central,
        "deep linear nets": deep_linear,
        "flow against descent": flow,
        "signal propagation": signal,
        "symmetry": symmetry,
        "landscape": landscape,
        "Hessian spectra": spectra,
        "XOR": xor,
        "success on XOR": xor_success,
        "population codes": population,
        "credit in a population": population_credit,
        "rhythms": rhythms,
        "attractors": attractors,
        "credit without backprop": credit,
        "chaos": chaos,
        "learning to move": movement,
    }
)
"""Each topic's predictions; calling one computes them."""


def check(
    topics: Iterable[str] | None = None, *, progress: bool | None = None
) -> dict[str, tuple[Prediction, ...]]:
    """Compute predicted and measured numbers.

    Parameters
    ----------
    topics : iterable of str, optional
        Keys of ``TOPICS``; all by default.
    progress : bool, optional
        Whether to show a bar; by default where there is a terminal.

    Returns
    -------
    dict of str to tuple of Prediction

    Raises
    ------
    ValueError
        If there is no such topic.
    """
    chosen = list(TOPICS) if topics is None else list(topics)
    unknown = [topic for topic in chosen if topic not in TOPICS]
    if unknown:
        raise ValueError(f"check: no topic {unknown[0]!r}. There are: {', '.join(TOPICS)}")
    results = {}
    with Progress("check", len(chosen), progress) as bar:
        for count, topic in enumerate(chosen, 1):
            results[topic] = TOPICS[topic]()
            bar.update(count, count)
    return results


def report(results: Mapping[str, tuple[Prediction, ...]]) -> str:
    """Return the results as a text table, predicted beside measured, one row for each.

    Parameters
    ----------
    results : mapping of str to tuple of Prediction
        From ``check``.
    """
    lines = []
    for topic, rows in results.items():
        lines += ["", topic[0].upper() + topic[1:]]
        for row in rows:
            mark = "holds" if row.holds else "FAILS"
            lines.append(f"  {mark}  {row.predicted:<10.6g} {row.measured:<11.6g} {row.name}")
    everything = [row for rows in results.values() for row in rows]
    held = sum(row.holds for row in everything)
    return "\n".join([f"{held} of {len(everything)} predictions hold: predicted, measured", *lines])
