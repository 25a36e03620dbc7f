"""Which functions of ``learndyn.plots`` draw a result, read from their annotations.

A drawing belongs to an experiment if its one required parameter is what the experiment returns,
``run(...) -> Drift`` and ``readouts(result: Drift)``, or a sequence of it: then one result is
handed over in a list.
"""

from __future__ import annotations

import ast
from functools import cache

from .sources import Source, sources

_SEVERAL = {"Sequence", "tuple", "list"}
_NOT_ALONE = {
    ("adam_cycle", "hovering"),
    ("attractor_noise", "diffusion"),
    ("attractor_ring", "pinning"),
    ("breaking_symmetry", "noisy_weights"),
    ("first_growth", "growth"),
    ("xor_story", "budgets"),
}
"""Drawings of several results side by side that show nothing of one."""

_OF_ONE_EXPERIMENT = {
    ("deep_linear", "stages_of_learning"): "learning_stages",
    ("deep_linear", "tanh_net"): "tanh_stages",
}
"""Drawings whose words hold for one of the experiments that return such a result."""


def drawings(source: Source, returns: ast.expr | None) -> tuple[tuple[str, str, str], ...]:
    """Return module, function and way ("one" or "list") of each drawing of what a function returns."""
    made = _shape(source, returns)
    if made is None:
        return ()
    several, result = made
    found = []
    for module, function, wanted in _all_drawings():
        if _OF_ONE_EXPERIMENT.get((module, function), source.name) != source.name:
            continue
        if wanted == made:
            found.append((module, function, "one"))
        elif wanted == (True, result) and not several and (module, function) not in _NOT_ALONE:
            found.append((module, function, "list"))
    return tuple(found)


@cache
def _all_drawings() -> tuple[tuple[str, str, tuple[bool, tuple[str, str]]], ...]:
    found = []
    for module, source in sources("plots").items():
        for function in source.functions.values():
            args = function.args
            needed = args.args[: len(args.args) - len(args.defaults)]
            draws = function.returns is not None and ast.unparse(function.returns) == "BookFigure"
            named = len(args.kwonlyargs) - sum(default is not None for default in args.kw_defaults)
            if not draws or len(needed) != 1 or named or args.vararg:
                continue
            wanted = _shape(source, needed[0].annotation)
            if wanted is not None:
                found.append((module, function.name, wanted))
    return tuple(found)


def _shape(source: Source, node: ast.expr | None) -> tuple[bool, tuple[str, str]] | None:
    """Return whether an annotation is of several, and the module and name of the class."""
    several = isinstance(node, ast.Subscript) and getattr(node.value, "id", None) in _SEVERAL
    if several and isinstance(node, ast.Subscript):
        node = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    if not isinstance(node, ast.Name):
        return None
    # Two modules may have a class of the same name, so the module counts.
    return several, source.origins.get(node.id, (source.name, node.id))
