"""A repository is known by a public address only, and no secret of an address is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .building import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))
from learndyn_book.repository import read_address, repository_of


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/owner/name",
        "https://github.com/owner/name.git",
        "https://github.com/owner/name/",
        "https://GitHub.com/owner/name",
        "https://someone:secret@github.com/owner/name.git",
        "git@github.com:owner/name.git",
        "ssh://git@github.com/owner/name.git",
        "ssh://git@github.com:22/owner/name.git",
    ],
)
def test_every_way_to_write_an_address_gives_the_same_page(address: str) -> None:
    found = read_address(address)
    assert found is not None
    assert found.address == "https://github.com/owner/name"


@pytest.mark.parametrize(
    "address",
    [
        *("", "/srv/git/name.git", "../name", "file:///srv/git/name.git", "C:\\git\\name", "name"),
        *(
            "https://github.com",
            "https://github.com/owner",
            "http://localhost/owner/name",
            "javascript:alert(1)",
        ),
        *('https://github.com/owner/name"><script>', "https://github.com/owner/name?x=1"),
    ],
)
def test_what_is_no_public_address_gives_none(address: str) -> None:
    assert read_address(address) is None


def folder_with_origin(folder: Path, origin: str) -> Path:
    """Make a checkout with a remote."""
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", origin], check=True)
    return folder


def test_the_environment_comes_before_the_service_and_the_service_before_the_remote(tmp_path: Path) -> None:
    folder = folder_with_origin(tmp_path / "a", "git@gitlab.com:c/remote.git")
    service = {"GITHUB_REPOSITORY": "b/service"}
    named = {"LEARNDYN_REPOSITORY": "https://code.example.org/a/named", **service}
    found = [repository_of(each, folder) for each in (named, service, {})]
    assert [each and each.address for each in found] == [
        "https://code.example.org/a/named",
        "https://github.com/b/service",
        "https://gitlab.com/c/remote",
    ]


def test_a_private_remote_or_none_gives_no_repository(tmp_path: Path) -> None:
    for number, origin in enumerate(("/srv/git/x.git", "git@code.example.org:a/b.git")):
        assert repository_of({}, folder_with_origin(tmp_path / str(number), origin)) is None
    bare = tmp_path / "bare"
    bare.mkdir()
    assert repository_of({}, bare) is None


def test_a_wrong_address_in_the_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="LEARNDYN_REPOSITORY is '/srv', which is no address"):
        repository_of({"LEARNDYN_REPOSITORY": "/srv"}, Path("."))


def test_each_host_has_the_links_that_it_serves() -> None:
    github, gitlab, berg, other = (
        read_address(f"https://{host}/o/n", branch="trunk")
        for host in ("github.com", "gitlab.com", "codeberg.org", "code.example.org")
    )
    assert github.edit_link("a/b") == "https://github.com/o/n/edit/trunk/book/a/b.md"
    assert gitlab.edit_link("a/b") == "https://gitlab.com/o/n/-/edit/trunk/book/a/b.md"
    assert berg.edit_link("a/b") == "https://codeberg.org/o/n/_edit/trunk/book/a/b.md"
    assert other.edit_link("a/b") is None
    assert list(github.launch_links("a/b")) == ["Colab", "Binder"]
    binder = "https://mybinder.org/v2/{}/notebooks?labpath=a%2Fb.ipynb"
    assert gitlab.launch_links("a/b") == {"Binder": binder.format("gl/o%2Fn")}
    assert other.launch_links("a/b") == {
        "Binder": binder.format("git/https%3A%2F%2Fcode.example.org%2Fo%2Fn")
    }
