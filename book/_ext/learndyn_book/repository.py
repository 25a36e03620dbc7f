"""Where the book's sources stand, if the build knows: only then do links lead to them.

The environment variable ``LEARNDYN_REPOSITORY`` says it. Without it, the remote named ``origin``
of the checkout counts if it is at a public host, and on GitHub's own service the repository that
it builds. A folder, a private host or an address that cannot be read gives no repository, and
the pages then have no links to edit or to launch them.

The notebooks are made by the build, so they are in no branch of sources. They stand in a branch
of their own, ``notebooks``, to which the folder of that name of the built site is published.
Colab and Binder open them there.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

__all__ = ["NOTEBOOKS", "Repository", "read_address", "repository_of"]

NOTEBOOKS = "notebooks"
"""The folder of the site, and the branch of the repository, that hold the notebooks."""

PUBLIC_HOSTS = ("github.com", "gitlab.com", "codeberg.org")
EDIT_PATHS = {"github.com": "edit", "gitlab.com": "-/edit", "codeberg.org": "_edit"}
_ADDRESS = re.compile(
    r"(?:(?:https|ssh|git)://(?:[^@/\s]+@)?|(?:[^@/:\s]+@))"  # a name or a token is never kept
    r"(?P<host>[A-Za-z0-9.-]+\.[A-Za-z]{2,})(?::\d+(?=/))?[:/]"
    r"(?P<path>[\w.-]+(?:/[\w.-]+?)+?)(?:\.git)?/?"
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at a host, such as owner/name, and the branch that the book is written in."""

    host: str
    path: str
    branch: str = "main"

    @property
    def address(self) -> str:
        """The page of the repository."""
        return f"https://{self.host}/{self.path}"

    @property
    def requirement(self) -> str:
        """What pip installs for the book's cells."""
        return f"learndyn[explorables] @ git+{self.address}"

    def edit_link(self, docname: str) -> str | None:
        """Lead to the form in which a page's source is edited, where the host is known to have one."""
        if self.host not in EDIT_PATHS:
            return None
        return f"{self.address}/{EDIT_PATHS[self.host]}/{self.branch}/book/{docname}.md"

    def launch_links(self, docname: str) -> dict[str, str]:
        """Lead to the services that open a page's notebook, by their names."""
        binder = {"github.com": f"gh/{self.path}", "gitlab.com": f"gl/{quote(self.path, safe='')}"}
        place = binder.get(self.host, f"git/{quote(self.address, safe='')}")
        notebook = quote(f"{docname}.ipynb", safe="")
        links = {"Binder": f"https://mybinder.org/v2/{place}/{NOTEBOOKS}?labpath={notebook}"}
        if self.host == "github.com":
            colab = f"https://colab.research.google.com/github/{self.path}/blob/{NOTEBOOKS}/{docname}.ipynb"
            links = {"Colab": colab, **links}
        return links


def repository_of(environment: Mapping[str, str], folder: Path) -> Repository | None:
    """Find the repository of the book in a folder, or none."""
    branch = environment.get("LEARNDYN_BRANCH", "main")
    if address := environment.get("LEARNDYN_REPOSITORY"):
        found = read_address(address, branch=branch)
        if found is None:
            raise ValueError(
                f"LEARNDYN_REPOSITORY is {address!r}, which is no address of a repository. "
                "Give one such as https://github.com/owner/name, or leave it unset."
            )
        return found
    candidates = [origin_of(folder)]
    if name := environment.get("GITHUB_REPOSITORY"):
        candidates.insert(0, f"https://github.com/{name}")
    for candidate in candidates:
        found = read_address(candidate, branch=branch)
        if found is not None and found.host in PUBLIC_HOSTS:
            return found
    return None


def read_address(address: str, *, branch: str = "main") -> Repository | None:
    """Read the address of a remote as git takes it, by https or ssh; none for anything else."""
    found = _ADDRESS.fullmatch(address.strip())
    if found is None:
        return None
    return Repository(found["host"].lower(), found["path"], branch)


def origin_of(folder: Path) -> str:
    """Ask git for the remote named origin; an empty text if there is no git or no such remote."""
    command = ["git", "-C", str(folder), "config", "--get", "remote.origin.url"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
