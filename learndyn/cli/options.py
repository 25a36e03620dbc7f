"""The options of an experiment, made from its parameters, and its arguments made from those."""

from __future__ import annotations

import argparse
import difflib
import inspect
import re
import shutil
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from .catalogue import Entry, Parameter
from .kinds import Kind
from .rules import DEFAULT, make_rule, rule_classes, rule_fields

PROGRAM = "python -m learndyn"
_RULE = "rule."


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviation, and answers an unknown option with those that exist."""

    def __init__(self, **options: Any) -> None:
        width = min(100, shutil.get_terminal_size().columns)
        super().__init__(
            allow_abbrev=False,
            formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=30, width=width),
            **options,
        )

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        """Parse all arguments; end with status 2 and a message if that cannot be done."""
        # A blank in front tells argparse that "-1,2" is a value and no option.
        argv = [f" {word}" if re.match(r"-[\d.]", word) else word for word in argv]
        found, unknown = self.parse_known_args(argv)
        if unknown:
            self.refuse(unknown[0])
        return found

    def refuse(self, word: str) -> NoReturn:
        """End because of an argument that means nothing here."""
        flags = [flag for action in self._actions for flag in action.option_strings if flag.startswith("--")]
        if not word.startswith("-"):
            self.error(f"{word.strip()!r} belongs to no option")
        word = word.partition("=")[0]
        near = difflib.get_close_matches(word.replace("_", "-"), flags, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        self.error(f"there is no option {word}.{hint} There are: {', '.join(flags)}")


def add_parameters(parser: Parser, entry: Entry, *, needed: bool = True, without: Iterable[str] = ()) -> None:
    """Add an option for each parameter of an experiment, and for each hyperparameter of a rule.

    An option whose name the command itself uses gets the prefix ``--experiment-``.

    Parameters
    ----------
    parser : Parser
    entry : Entry
    needed : bool, optional
        Whether a parameter without a default must be given.
    without : iterable of str, optional
        Parameters that get no option, such as ``progress``, which each command sets itself.
    """
    group = parser.add_argument_group(f"parameters of {entry.name}")
    taken = set(parser._option_string_actions)
    for parameter in entry.parameters:
        if parameter.name in without:
            continue
        if parameter.kind is None:
            _add_rule(group, entry, taken)
            continue
        flag = f"--{parameter.name.replace('_', '-')}"
        if flag in taken:
            flag = f"--experiment-{flag[2:]}"
        kind = parameter.kind
        group.add_argument(
            flag,
            dest=parameter.name,
            type=kind.read,
            nargs=kind.argument_count,
            metavar=kind.metavar,
            default=argparse.SUPPRESS,
            required=needed and parameter.required,
            help=_help(parameter),
        )


def _help(parameter: Parameter) -> str:
    default = "needed" if parameter.required else f"default: {parameter.default}"
    return f"{parameter.text} ({default})".strip().replace("%", "%%")


def _add_rule(group: Any, entry: Entry, taken: set[str]) -> None:
    own = next(p for p in entry.parameters if p.kind is None)
    group.add_argument(
        f"--{own.name}",
        dest=f"{_RULE}name",
        choices=list(rule_classes()),
        default=argparse.SUPPRESS,
        help=f"update rule (default: {own.default or DEFAULT}); its hyperparameters are the next options",
    )
    others = {parameter.name for parameter in entry.parameters}
    for name, (field, rules) in rule_fields().items():
        flag = f"--{name.replace('_', '-')}"
        if name in others or flag in taken:
            flag = f"--rule-{flag[2:]}"
        group.add_argument(
            flag,
            dest=_RULE + name,
            type=Kind((str(field.type),)).read,
            metavar=str(field.type).upper(),
            default=argparse.SUPPRESS,
            help=f"of {', '.join(rules)}",
        )


def given_values(entry: Entry, found: argparse.Namespace) -> dict[str, Any]:
    """Return what was given, by parameter; of a rule by ``rule.name``, ``rule.step_size`` and so on."""
    values = vars(found)
    kinds = {parameter.name: parameter.kind for parameter in entry.parameters}
    plain = {name: kind.gather(values[name]) for name, kind in kinds.items() if kind and name in values}
    return plain | {name: value for name, value in values.items() if name.startswith(_RULE)}


def kind_of_value(entry: Entry, name: str) -> Kind | None:
    """Return the kind of a parameter, or of a hyperparameter of a rule; None if there is no such."""
    for parameter in entry.parameters:
        if parameter.name == name and parameter.kind:
            return parameter.kind
    if all(parameter.kind for parameter in entry.parameters):
        return None
    if name == f"{_RULE}name":
        return Kind(("str",))
    field, _ = rule_fields().get(name.removeprefix(_RULE), (None, None))
    return Kind((str(field.type),)) if field else None


def arguments(entry: Entry, values: dict[str, Any], *, progress: bool | None = None) -> dict[str, Any]:
    """Return the keyword arguments of the experiment's function.

    Raises
    ------
    ValueError
        If the rule cannot be made.
    """
    given = {name: value for name, value in values.items() if not name.startswith(_RULE)}
    chosen = {name.removeprefix(_RULE): value for name, value in values.items() if name.startswith(_RULE)}
    for parameter in entry.parameters:
        if parameter.kind is None and (chosen or parameter.required):
            default = inspect.signature(entry.load()).parameters[parameter.name].default
            own = None if default is inspect.Parameter.empty else default
            given[parameter.name] = make_rule(chosen.pop("name", None), chosen, own)
        elif parameter.name == "progress" and "progress" not in given:
            given["progress"] = progress
    return given
