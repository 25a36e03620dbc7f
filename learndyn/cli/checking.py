"""``check``: the table of predictions, and whether each holds."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from .options import PROGRAM, Parser
from .status import FAILED, FINE, UsageError
from .topics import topics


def check(argv: Sequence[str]) -> int:
    """Compute the predictions of the topics that are named, or of all; return the exit status."""
    parser = Parser(
        prog=f"{PROGRAM} check",
        description="Compute predicted and measured numbers of the book; status 1 if one does not hold.",
        epilog="Topics: " + ", ".join(_slug(topic) for topic in topics()) + ".",
    )
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help="all by default")
    found = parser.parse(argv)
    return check_topics([_topic(word) for word in found.topics] or None)


def check_topics(names: Iterable[str] | None) -> int:
    """Compute, print and judge the predictions of some topics."""
    from ..experiments import predictions

    results = predictions.check(names)
    print(predictions.report(results))
    failed = [row for rows in results.values() for row in rows if not row.holds]
    return FAILED if failed else FINE


def _slug(topic: str) -> str:
    return topic.lower().replace(" ", "-")


def _topic(word: str) -> str:
    known = {_slug(topic): topic for topic in topics()}
    if _slug(word) in known:
        return known[_slug(word)]
    near = difflib.get_close_matches(_slug(word), known, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}"
    raise UsageError(f"there is no topic {word!r}. {hint}")
