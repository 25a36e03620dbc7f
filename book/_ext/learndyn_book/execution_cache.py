"""Keep the outputs of pages until the package that computed them changes.

jupyter-cache looks at the code cells of a page and at nothing else, so a change of the package
would re-execute no page at all. Here the cache lives in a folder named by the package's
sources and the versions under it: another package, another (empty) folder.

The folder's name is Sphinx's setting ``nb_execution_cache_path``. Sphinx reads every page again
when that setting changes, so the pages do meet the new folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

__all__ = ["connect", "digest_of_folder", "execution_key", "prune", "use_cache_of_this_package"]

PACKAGE = "learndyn"
LIBRARIES = ("numpy", "matplotlib")
KEPT_CACHES = 2  # this one, and the one to come back to after an experiment
CACHE_NAME = re.compile(r"[0-9a-f]{16}")


def connect(app: Sphinx) -> None:
    """Choose the cache before myst-nb reads its settings."""
    # Files outside the package that pages read, relative to the pages' folder.
    app.add_config_value("learndyn_page_data", [], "")
    app.connect("config-inited", use_cache_of_this_package)


def use_cache_of_this_package(app: Sphinx, config: Config) -> None:
    """Point myst-nb to the cache of the package as it is now."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    data = [Path(app.srcdir, name) for name in config.learndyn_page_data]
    current = caches / execution_key(folder_of(PACKAGE), data)
    current.mkdir(parents=True, exist_ok=True)
    os.utime(current)
    prune(caches)
    config.nb_execution_cache_path = str(current)


def folder_of(package: str) -> Path:
    """Find the package that a kernel will import, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ExtensionError(
            f"no package named {package!r} is installed beside Jupyter Book, and the pages "
            "import it. Install it from the root of the repository with: pip install -e ."
        )
    return Path(spec.submodule_search_locations[0])


def execution_key(package: Path, data: Sequence[Path] = ()) -> str:
    """Name the state of everything that a page's numbers rest on, in 16 hexadecimal digits."""
    state = [digest_of_folder(package), platform.python_version()]
    state += [hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in data]
    state += [f"{library} {installed_version(library)}" for library in LIBRARIES]
    return hashlib.sha256("\n".join(state).encode()).hexdigest()[:16]


def installed_version(library: str) -> str:
    """Give the version of a library, which a package without figures may lack."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def digest_of_folder(folder: Path) -> str:
    """Hash the names and bytes of all files in a folder, but not what Python compiled there."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in name.parts:
            content = path.read_bytes()
            # The length keeps the end of one file apart from the start of the next.
            digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def prune(caches: Path) -> None:
    """Delete all but the newest caches, and nothing that this module did not create."""
    own = [
        path
        for path in caches.iterdir()
        if CACHE_NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    ]
    own.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in own[KEPT_CACHES:]:
        shutil.rmtree(path)
