"""Which mutants there are, and which of them a sample takes.

Cosmic Ray's operators say where a file can be changed and how. A site is a place and a kind of change (here a
product, there a comparison); at most sites several mutants are possible (* becomes +, /, **, ...). A sample draws
sites without replacement, and of each site one mutant, so that a place with eleven possible changes counts as one.
Left out is what never runs (annotations, which `from __future__ import annotations` keeps as text) and what is no
mutant: a change that does not compile, or that compiles to the same tree.
"""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file: ``occurrence`` counts the operator's places in the file."""

    module: str
    operator: str
    occurrence: int
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def site(self) -> tuple:
        """The place and the kind of change."""
        kind = self.operator.removeprefix("core/")
        return self.module, self.start, kind.rsplit("_", 1)[0] if kind.startswith("Replace") else kind


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the spans of all annotations."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for field in ("annotation", "returns"):
            part = getattr(node, field, None)
            if isinstance(part, ast.AST):
                found.append(((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)))
    return found


def mutants(module: Path) -> list[Mutant]:
    """Return all mutants of one file that can make a difference to a run."""
    source = module.read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(source)))
    never = annotations(source)
    found = []
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():
            continue
        places = [place for node in nodes for place in operator().mutation_positions(node)]
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start and end <= last for first, last in never):
                found.append(Mutant(module.as_posix(), name, occurrence, start, end))
    return found


def changed(mutant: Mutant) -> str | None:
    """Return the changed source, or None if it is no Python or the same Python."""
    source = Path(mutant.module).read_text(encoding="utf-8")
    found = mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence)
    try:
        return None if ast.dump(ast.parse(found)) == ast.dump(ast.parse(source)) else found
    except SyntaxError:
        return None


def sample(package: Path, sites: int, seed: int) -> tuple[list[Mutant], int, int]:
    """Draw mutants of a package; return them, and how many sites and mutants there are."""
    every = [mutant for module in sorted(package.rglob("*.py")) for mutant in mutants(module)]
    at: dict[tuple, list[Mutant]] = {}
    for mutant in every:
        at.setdefault(mutant.site, []).append(mutant)
    draw = random.Random(seed)
    order = (draw.choice(at[site]) for site in draw.sample(sorted(at), len(at)))
    chosen: list[Mutant] = []
    while len(chosen) < min(sites, len(at)):
        mutant = next(order, None)
        if mutant is None:
            break
        if changed(mutant) is not None:
            chosen.append(mutant)
    return chosen, len(at), len(every)
