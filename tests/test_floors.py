"""The package's architecture: a module imports only from floors under its own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "learndyn"
FLOOR = {
    "autodiff": 1,
    "dynamics": 2,
    "learning": 3,
    "sweeps": 3,
    "neural": 4,
    "experiments": 5,
    "plots": 6,
    "explorables": 7,
    "cli": 7,
    "__main__.py": 8,
}
MODULES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = {"numpy", *sys.stdlib_module_names}
OPTIONAL = {"plots": {"matplotlib", "cycler"}, "explorables": {"altair", "vl_convert"}}


def imports(module: Path) -> list[str]:
    """Absolute dotted names of all that a module imports, anywhere in it."""
    package = [PACKAGE.name, *module.relative_to(PACKAGE).parent.parts]
    found = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *(node.module.split(".") if node.module else [])])
            found += [f"{stem}.{alias.name}" for alias in node.names] if not node.module else [stem]
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_module_imports_only_from_floors_under_its_own(module):
    room = module.relative_to(PACKAGE).parts[0]
    if room == "__init__.py":
        return  # the front door hands on names from every floor but the plots
    for name in imports(module):
        parts = name.split(".")
        if parts[0] == "learndyn":
            assert len(parts) > 1, f"{room} imports from the front door"
            assert parts[1] == room or FLOOR[parts[1]] < FLOOR[room], name
        else:
            assert parts[0] in ALLOWED | OPTIONAL.get(room, set()), name


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_module_is_short_and_says_what_it_is(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.end_lineno - node.body[0].lineno + 1
            documented = isinstance(node.body[0], ast.Expr) and len(node.body) > 1
            code = node.end_lineno - node.body[1].lineno + 1 if documented else body
            assert code <= 50, f"{node.name} has {code} lines"


def test_draw_graph_is_at_the_front_door_and_an_unknown_name_is_an_error():
    import learndyn
    from learndyn.plots import draw_graph

    assert learndyn.draw_graph is draw_graph
    with pytest.raises(AttributeError, match="module 'learndyn' has no attribute 'draw_grph'"):
        _ = learndyn.draw_grph


def test_importing_the_package_needs_numpy_only():
    code = (
        "import sys, learndyn\n"
        "roots = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(roots & {'matplotlib', 'scipy', 'torch', 'jax', 'IPython', 'myst_nb'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_front_door_opens_floors_when_a_name_of_theirs_is_asked_for():
    code = (
        "import sys, learndyn\n"
        "upper = {'learndyn.dynamics', 'learndyn.learning', 'learndyn.plots'}\n"
        "assert not upper & set(sys.modules)\n"
        "assert learndyn.simulate is sys.modules['learndyn.dynamics'].simulate\n"
        "assert 'learndyn.learning' not in sys.modules\n"
        "from learndyn import *\n"
        "assert MLP is sys.modules['learndyn.learning'].MLP and tanh is learndyn.tanh"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    import learndyn

    for name in learndyn.__all__:
        assert getattr(learndyn, name) is not None
        assert name in dir(learndyn)
