"""The built site, a browser, and what a page did while it was open.

These tests build nothing. They look at ``_build/html``, or at the folder that ``LEARNDYN_SITE``
names. Without a site or a browser they skip, and say how to get one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .serving import served
from .visit import Visit

ROOT = Path(__file__).parents[2]
DEEP = os.environ.get("LEARNDYN_PROFILE") == "deep"


def site_folder() -> Path:
    """Return the folder of the site under test, which may not exist."""
    return Path(os.environ.get("LEARNDYN_SITE", ROOT / "_build" / "html"))


def page_paths() -> list[str]:
    """List the pages of the site, those that Sphinx adds included; none if there is no site."""
    site = site_folder()
    pages = (page.relative_to(site) for page in site.rglob("*.html"))
    return sorted(
        page.as_posix() for page in pages if page.parts[0] != "_static" and page.name != "index.html"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a page on each page; all tests of a page before those of the next."""
    if "page_path" in metafunc.fixturenames:
        paths = page_paths() or [pytest.param("", marks=pytest.mark.skip(reason=HOW_TO_BUILD))]
        metafunc.parametrize("page_path", paths, scope="module")


HOW_TO_BUILD = "no built site: run `jupyter-book build --toc $PWD/_toc.yml book`, or set LEARNDYN_SITE"


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    folder = site_folder()
    if not (folder / "search.html").is_file():
        pytest.skip(HOW_TO_BUILD)
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Give the address at which the site is served."""
    with served(site) as start:
        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start one browser for all tests."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="run `pip install playwright axe-playwright-python`"
    )
    own = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    with playwright.sync_playwright() as engine:
        try:
            running = engine.chromium.launch(executable_path=own, args=["--disable-gpu", "--num-raster-threads=1"])
        except playwright.Error:
            pytest.skip("no browser: run `playwright install chromium`, or set CHROME_PATH to one")
        yield running
        running.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Open a page by its address and wait until it is there; keyword options go to the browser's context."""
    contexts = []

    def open_page(url: str, **options: Any) -> Visit:
        context = browser.new_context(**options)
        contexts.append(context)
        opened = Visit(context.new_page(), url)
        return opened.settle() if options.get("java_script_enabled", True) else opened

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def reader(browser: Any) -> Iterator[Visit]:
    """Open one window, without a cache, in which a module opens page after page."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield Visit(page, "about:blank")
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    package = pytest.importorskip("axe_playwright_python", reason="run `pip install axe-playwright-python`")
    return (Path(package.__path__[0]) / "axe.min.js").read_text(encoding="utf-8")
