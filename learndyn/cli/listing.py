"""``list``: the experiments, with a line on each."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from .catalogue import EXCEPTIONS, entries
from .options import PROGRAM, Parser
from .status import FINE, UsageError


def list_experiments(argv: Sequence[str]) -> int:
    """Print the experiments, or those that have a word in their name or line."""
    parser = Parser(prog=f"{PROGRAM} list", description="List the experiments.")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only those with all these words")
    parser.add_argument("--all", action="store_true", help="name what cannot be run from here, too")
    found = parser.parse(argv)
    words = [word.lower() for word in found.words]
    chosen = {
        name: entry.summary
        for name, entry in entries().items()
        if all(word in f"{name} {entry.summary}".lower() for word in words)
    }
    if not chosen:
        raise UsageError(f"no experiment has {' and '.join(map(repr, words))} in its name or its line")
    columns = shutil.get_terminal_size((100, 24)).columns
    width = max(map(len, chosen))
    for name, summary in chosen.items():
        print(f"{name.ljust(width)}  {_cut(summary, max(30, columns - width - 2))}")
    print(f"\n{len(chosen)} experiments. {PROGRAM} run NAME --help shows the options of one.")
    if found.all:
        print("\nNot from the command line:")
        for module, reason in EXCEPTIONS.items():
            print(f"  {module}: {reason}")
    return FINE


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"
