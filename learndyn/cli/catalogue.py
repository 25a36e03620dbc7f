"""Which experiments can be run from the command line, read from their sources.

Every module of ``learndyn.experiments`` whose ``run`` has parameters that can be written as text,
or are rules, is an experiment, named after the module: ``edge-of-stability``. Any other function of
such a module that returns one of the module's own results is one too: ``edge-of-stability.flow``.
A new module is found by itself; one that is no experiment is named in ``EXCEPTIONS``.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from .figures import drawings
from .kinds import Kind, kind_of
from .sources import Source, parameter_docs, sources
from .status import UsageError
from .topics import topics_of

_GIVEN_LOSS = "takes a loss, which is a function: import it"
_HELPER = "no experiment: other experiments import it"
EXCEPTIONS = MappingProxyType(
    {
        "biology_valley": _HELPER,
        "benchmarks": "reads measurements that the benchmarks stored; it runs nothing",
        "bits": _HELPER,
        "chaos_ensemble": _HELPER,
        "credit_rules": "takes a contestant, which names a rule and a task: import it",
        "failure_records": "stores what `failures` finds: python -m learndyn.experiments.failure_records",
        "valley_steps": "takes rules, which are objects: import it",
        "phase_records": "stores the phase diagrams: python -m learndyn.experiments.phase_records FOLDER",
        "failing_runs": "the failures that `failures` diagnoses, as functions that build them",
        "healthy_runs": "the healthy runs that `failures` diagnoses, as functions that build them",
        "descent_errors": _GIVEN_LOSS,
        "finite_differences": _GIVEN_LOSS,
        "landscape_problems": _HELPER,
        "live_tensors": _HELPER,
        "measurements": _HELPER,
        "loss_along_flow": _GIVEN_LOSS,
        "operation_counts": _HELPER,
        "paused_runs": "takes states to lose, by rule: import it",
        "population_inputs": "takes a code, which is a function: import it",
        "remedies": "takes the result of equal_curves: import both",
        "row_examples": _HELPER,
        "row_sources": _HELPER,
        "second_differences": "takes the function to differentiate: import it",
        "valley_paths": _GIVEN_LOSS,
        "valley_symmetries": _GIVEN_LOSS,
    }
)
"""Modules that are no experiment here, each with the reason."""

_PARTS_LEFT_OUT = {("page_census", "count")}
"""Functions that return a result and are helpers all the same."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that has an option; ``kind`` is None for a rule."""

    name: str
    kind: Kind | None
    required: bool
    default: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One experiment.

    Attributes
    ----------
    name : str
    module, function : str
    summary : str
        In one line.
    parameters : tuple of Parameter
    fixed : tuple of str
        Parameters that keep their default, since their values cannot be written as text.
    result : str
        The annotation of what it returns.
    drawings : tuple of (str, str, str)
        Module and function that draw the result, and how it is handed over.
    topics : tuple of str
        Of the predictions that use the module.
    """

    name: str
    module: str
    function: str
    summary: str
    parameters: tuple[Parameter, ...]
    fixed: tuple[str, ...]
    result: str
    drawings: tuple[tuple[str, str, str], ...]
    topics: tuple[str, ...]

    def load(self) -> Any:
        """Import the function."""
        return getattr(import_module(f"..experiments.{self.module}", __package__), self.function)


@cache
def entries() -> dict[str, Entry]:
    """Return all experiments by name."""
    found = {}
    for module, source in sources("experiments").items():
        for function in source.functions.values():
            entry = None if module in EXCEPTIONS else _entry(module, source, function)
            if entry is not None:
                found[entry.name] = entry
    return dict(sorted(found.items()))


def find(name: str) -> Entry:
    """Return the experiment of this name.

    Raises
    ------
    UsageError
        If there is none; the message has the nearest names.
    """
    known = entries()
    name = name.replace("_", "-")
    if name in known:
        return known[name]
    module = name.partition(".")[0].replace("-", "_")
    if module in EXCEPTIONS:
        raise UsageError(f"{name} cannot be run from here ({EXCEPTIONS[module]})")
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    near += [key for key in known if name in key and key not in near][:3]
    parts = [key for key in known if key.startswith(f"{name}.")]
    hint = (
        f"It has parts: {', '.join(parts)}" if parts else f"Did you mean {' or '.join(near)}?" if near else ""
    )
    raise UsageError(f"there is no experiment {name!r}. {hint or 'python -m learndyn lists them'}")


def _entry(module: str, source: Source, function: ast.FunctionDef) -> Entry | None:
    """Return the experiment that a function is; None if it is none, or cannot be called with text."""
    result, names = "", set()
    if function.returns:
        result = ast.unparse(function.returns)
        names = {node.id for node in ast.walk(function.returns) if isinstance(node, ast.Name)}
    main = function.name == "run"
    if not main and (not names & source.results or (module, function.name) in _PARTS_LEFT_OUT):
        return None
    read = _parameters(function)
    if read is None:
        return None
    name = module.replace("_", "-") + ("" if main else f".{function.name.replace('_', '-')}")
    first = " ".join((ast.get_docstring(function) or "").partition("\n\n")[0].split())
    return Entry(
        name,
        module,
        function.name,
        source.summary if main else first,
        *read,
        result,
        drawings(source, function.returns),
        topics_of(module),
    )


def _parameters(
    function: ast.FunctionDef,
) -> tuple[tuple[Parameter, ...], tuple[str, ...]] | None:
    """Return the parameters with options, and the names of the others; None if one of those is needed."""
    docs = parameter_docs(function)
    given = function.args
    places = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(places) - len(given.defaults)) + list(given.defaults)
    options, fixed = [], []
    for arg, default in zip([*places, *given.kwonlyargs], [*defaults, *given.kw_defaults], strict=True):
        documented, text = docs.get(arg.arg, ("", ""))
        kind = kind_of(arg.annotation, default, documented)
        is_rule = isinstance(arg.annotation, ast.Name) and arg.annotation.id == "Rule"
        if kind is None and not is_rule:
            if default is None:
                return None
            fixed.append(arg.arg)
            continue
        shown = "" if default is None else ast.unparse(default)
        options.append(Parameter(arg.arg, kind, default is None, shown, text))
    return tuple(options), tuple(fixed)
