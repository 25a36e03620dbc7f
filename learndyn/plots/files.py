"""What every picture needs to be saved: a name that is a slug, and a file that is whole or not there."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["check_name", "save"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_name(name: object) -> None:
    """Raise ValueError unless `name` is a slug: ids in the SVG are made from it."""
    if not isinstance(name, str) or not _SLUG.fullmatch(name):
        raise ValueError(
            f"name must be a slug of lower-case letters, digits and single hyphens, such as 'loss-curve', "
            f"received {name!r}"
        )


def save(path: str | os.PathLike[str], contents: Mapping[str, Callable[[], bytes]]) -> Path:
    """Write a picture to a file, whole or not at all.

    Parameters
    ----------
    path : str or path-like
        Its folder must exist.
    contents : mapping of str to callable
        For each suffix that is possible, such as ``".svg"``, what makes the bytes.

    Raises
    ------
    ValueError
        If the suffix is another one.
    FileNotFoundError
        If the folder does not exist.
    """
    path = Path(path)
    make = contents.get(path.suffix.lower())
    if make is None:
        raise ValueError(f"a picture like this is saved as {' or '.join(contents)}, received {path.name!r}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {str(path.parent)!r} does not exist: make it before saving")
    _write_whole(path, make())
    return path


def _write_whole(path: Path, content: bytes) -> None:
    """Write under a name that nobody else has, then rename: a reader sees the old file or the new one."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        # Not tempfile: its files are for the owner's eyes only, and the mode would stay.
        with open(partial, "xb") as file:
            file.write(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
