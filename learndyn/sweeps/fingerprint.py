"""Which code a sweep ran: the sources that its function reaches, in digests that can be compared.

Starting from the function, every name that its code refers to is followed:

- a function or class of your own counts with its source, and is followed further;
- a number, string or array of your own, and tables of them, count with their value;
- a module of your own counts with its whole file, and its names are followed;
- learndyn counts with each file that the code reaches, except for this folder, whose results are
  told apart by the store's format;
- any other installed package counts with its version.

Comments count. Of an object of any other kind only its class does. The standard library, the
version of Python, data files and what is imported inside a function of yours do not.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from .sources import digest, package_digests, read

_PACKAGE = __name__.partition(".")[0]
_SWEEPS = f"{_PACKAGE}/{Path(__file__).parent.name}/"
_ATOMS = (bool, int, float, complex, str, bytes, type(None), np.generic)


def fingerprint(function: Callable[..., Any]) -> dict[str, str]:
    """Return a short digest, or a version, of each piece of code that a function reaches."""
    parts = {"numpy": np.__version__}
    _follow("", function, parts)
    ours = {name for name in parts if name == _PACKAGE or name.startswith(f"{_PACKAGE}.")}
    rest = {name: part for name, part in parts.items() if name not in ours}
    files = package_digests(ours)
    return {**rest, **{file: part for file, part in files.items() if not file.startswith(_SWEEPS)}}


def full_name(function: Callable[..., Any]) -> str:
    """Return a function's name with its module's, the same whether that is run or imported."""
    return f"{_name(sys.modules[function.__module__])}.{function.__qualname__}"


def _follow(name: str, value: Any, parts: dict[str, str]) -> None:
    """Enter what a value is made of; ``name`` is where a plain value was found."""
    if isinstance(value, FunctionType | type | ModuleType):
        _follow_code(value, parts)
    elif isinstance(value, np.ndarray) and value.dtype.kind != "O":
        parts[name] = digest(f"{value.dtype.str}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, _ATOMS):
        parts[name] = digest(f"{type(value).__name__} {value!r}")
    elif isinstance(value, set | frozenset):
        parts[name] = digest("\0".join(sorted(map(repr, value))))
    elif isinstance(value, tuple | list):
        for index, entry in enumerate(value):
            _follow(f"{name}[{index}]", entry, parts)
    elif isinstance(value, dict):
        for key, entry in value.items():
            _follow(f"{name}[{key!r}]", entry, parts)
    elif (wrapped := getattr(value, "__wrapped__", None)) is not None:
        _follow(name, wrapped, parts)
    else:
        _follow_code(type(value), parts)


def _follow_code(value: Any, parts: dict[str, str]) -> None:
    """Enter a function, class or module, unless it is there already."""
    module = value if isinstance(value, ModuleType) else sys.modules.get(value.__module__)
    if module is None:
        return
    root = module.__name__.partition(".")[0]
    if root in sys.stdlib_module_names and root != "__main__":
        return
    if root == _PACKAGE:
        parts[module.__name__] = "by file"
        return
    file = getattr(module, "__file__", None)
    if file and {"site-packages", "dist-packages"} & set(Path(file).parts):
        parts[root] = parts.get(root) or _version(root)
        return
    name = _name(module) if value is module else f"{_name(module)}.{value.__qualname__}"
    if name in parts:
        return
    if value is module:
        parts[name] = digest(read(Path(file))) if file and Path(file).suffix == ".py" else "without source"
        names = vars(module).items()
    else:
        try:
            parts[name] = digest(inspect.getsource(value))
        except (OSError, TypeError):
            parts[name] = "without source"
        names = _reached(value)
    for inner, entry in list(names):
        if not inner.startswith("__") and (value is not module or _foreign(entry, module)):
            _follow(inner if "." in inner else f"{_name(module)}.{inner}", entry, parts)


def _foreign(entry: Any, module: ModuleType) -> bool:
    """Tell whether a name in a module comes from elsewhere, so that the module's file lacks it."""
    if isinstance(entry, FunctionType | type):
        return entry.__module__ != module.__name__
    return isinstance(entry, ModuleType)


def _reached(value: FunctionType | type) -> Iterator[tuple[str, Any]]:
    """Go through the names that a function or class refers to, with what they stand for."""
    if isinstance(value, type):
        for base in value.__bases__:
            yield base.__qualname__, base
        for name, entry in vars(value).items():
            entry = getattr(entry, "__func__", getattr(entry, "fget", entry))
            if isinstance(entry, FunctionType):
                yield from (_reached(entry) if entry.__module__ == value.__module__ else [(name, entry)])
        return
    names = _names(value.__code__)
    for name in names & value.__globals__.keys():
        yield name, value.__globals__[name]
        yield from _submodules(value.__globals__[name], names)
    for which, entry in [*enumerate(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).items()]:
        yield f"default {which} of {value.__module__}.{value.__qualname__}", entry
    for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
        try:
            yield f"{value.__qualname__}.{name}", cell.cell_contents
        except ValueError:  # a name that is bound later
            continue
    if hasattr(value, "__wrapped__"):
        yield f"{value.__qualname__}.wrapped", value.__wrapped__


def _submodules(value: Any, names: set[str]) -> Iterator[tuple[str, ModuleType]]:
    """Go through the modules that are reached by dots, as in ``package.folder.module.name``."""
    for name in names if isinstance(value, ModuleType) else ():
        inner = vars(value).get(name)
        if isinstance(inner, ModuleType) and inner.__name__.startswith(f"{value.__name__}."):
            yield inner.__name__, inner
            yield from _submodules(inner, names)


def _names(code: CodeType) -> set[str]:
    """Return all names that a code object uses, also in the functions inside it."""
    inner = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)


def _name(module: ModuleType) -> str:
    """Return a module's name; a script's is its file's, so that running it is importing it."""
    file = getattr(module, "__file__", None)
    return Path(file).stem if module.__name__ in ("__main__", "__mp_main__") and file else module.__name__


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return str(getattr(sys.modules.get(package), "__version__", "unknown"))
