"""The answers of the study ``failures`` for three draws, kept in a file beside this one.

Two are draws of seeds, of the kinds on which the diagnosis was developed. The third is of kinds:
those of ``equal_curves`` are newer than the diagnosis, and nothing was changed for them.

All of them are made anew, and the file is written, by

    python -m learndyn.experiments.failure_records

which takes about a minute. The tests compare some of them with what ``diagnose`` says now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..learning.diagnosis import Cause
from . import equal_curves
from .failing_runs import FAILURES, Kind
from .failures import LATER_SEEDS, SEEDS, Answer, Confusion, run
from .healthy_runs import HEALTHY

PATH = Path(__file__).with_suffix(".json")
KINDS = FAILURES + HEALTHY
NEW_KINDS = equal_curves.KINDS
NEW_SEEDS = tuple(range(500, 510))


def read(
    seeds: Sequence[int] = SEEDS + LATER_SEEDS,
    *,
    kinds: Iterable[Kind] = KINDS,
    path: str | Path = PATH,
) -> Confusion:
    """Return the answers that were kept.

    Parameters
    ----------
    seeds : sequence of int, optional
        ``SEEDS``, ``LATER_SEEDS`` or both; ``NEW_SEEDS`` for ``NEW_KINDS``.
    kinds : iterable of Kind, optional
    path : str or path-like, optional

    Returns
    -------
    Confusion
        Its answers have no ``diagnosis``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no record of this study, or lacks a kind or a seed.
    """
    name = Path(path).name
    again = "Make it with python -m learndyn.experiments.failure_records"
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"failure_records: there is no file {name}. {again}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"failure_records: {name} is not JSON ({error}). {again}") from error
    try:
        return Confusion(tuple(_answer(kind, seed, found[kind.name]) for kind in kinds for seed in seeds))
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"failure_records: {name} lacks {error}, or is no record of this study. {again}"
        ) from error


def write(answers: Sequence[Answer], path: str | Path = PATH) -> None:
    """Keep answers in a file.

    Parameters
    ----------
    answers : sequence of Answer
    path : str or path-like, optional
    """
    rows: dict[str, dict[str, list[str]]] = {}
    for answer in answers:
        said = [cause.name for cause in answer.named] + ["missed"] * answer.failed
        rows.setdefault(answer.kind.name, {})[str(answer.seed)] = said
    lines = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()]
    Path(path).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _answer(kind: Kind, seed: int, row: dict[str, list[str]]) -> Answer:
    said = row[str(seed)]
    named = tuple(Cause[word] for word in said if word != "missed")
    return Answer(kind, seed, named, "missed" in said)


def main() -> None:
    """Run the whole study, and write the file."""
    seeds = SEEDS + LATER_SEEDS
    study = run(seeds=seeds, healthy_seeds=seeds)
    new = run(seeds=NEW_SEEDS, kinds=NEW_KINDS)
    write(study.answers + new.answers)
    for part in (study, new):
        wrong = sum(not answer.right for answer in part.failures)
        print(f"{len(part.failures)} failures, {wrong} wrong; ", end="")
        print(f"{len(part.healthy)} healthy runs, {part.false_alarms} alarms")


if __name__ == "__main__":
    main()
