"""The commands, and what the exit status says of them.

0: all is well. 1: a prediction does not hold, a run diverged, or a point of a sweep raised.
2: what was asked for cannot be done as asked. 130: interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from .options import PROGRAM, Parser
from .status import BROKEN_PIPE, FAILED, INTERRUPTED, USAGE, UsageError

_COMMANDS = {
    "list": (
        "listing",
        "list_experiments",
        "name the experiments, with a line on each (the default)",
    ),
    "run": (
        "running",
        "run",
        "run one, print measured beside predicted, write numbers and figures",
    ),
    "sweep": ("sweeping", "run_sweep", "run one over a grid, on several processes"),
    "check": ("checking", "check", "compute the table of predictions; does each hold?"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process by default.
    """
    argv = list(sys.argv[1:] if argv is None else argv) or ["list"]
    try:
        return _guarded(argv)
    except SystemExit as stop:  # argparse ends so
        return stop.code if isinstance(stop.code, int) else FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # python -m learndyn | head
        # At its end Python flushes stdout once more, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _guarded(argv: list[str]) -> int:
    """Run a command; tell an error in one line and a status."""
    try:
        status = _command(argv[0])(argv[1:])
        sys.stdout.flush()
        return status
    except UsageError as error:
        return _told(error, USAGE)
    except (
        FileExistsError,
        NotADirectoryError,
        PermissionError,
        FileNotFoundError,
        ImportError,
    ) as error:
        return _told(error, USAGE)
    except (ArithmeticError, RuntimeError) as error:
        return _told(error, FAILED)


def _told(error: Exception, status: int) -> int:
    print(f"{PROGRAM}: {error}", file=sys.stderr)
    return status


def _command(word: str) -> Callable[[Sequence[str]], int]:
    """Return the function of a command; only what it needs is imported."""
    if word not in _COMMANDS:
        told = "; ".join(f"{name}: {text}" for name, (_, _, text) in _COMMANDS.items())
        parser = Parser(
            prog=PROGRAM,
            usage=f"{PROGRAM} [{' | '.join(_COMMANDS)}] ...",
            description="Run the experiments of learndyn.",
            epilog=f"Each command has its own --help: {PROGRAM} run --help",
        )
        parser.add_argument("command", choices=list(_COMMANDS), help=told)
        parser.parse([word])  # ends with the help text, or with what commands there are
    module, function, _ = _COMMANDS[word]
    command: Callable[[Sequence[str]], int] = getattr(import_module(f".{module}", __package__), function)
    return command
