"""Carry each explorable's data in a script of its own, and Vega once for the whole site.

A figure with sliders comes out of its cell with its data beside it. On the page they would weigh as much as all the
text, for readers who may never scroll so far; here they move to a file that the page's script loads when the figure
comes near. Scripts and no JSON, because a browser lets a page from a folder load nothing else.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

__all__ = ["connect", "take_out_payloads"]

logger = logging.getLogger(__name__)

FOLDER = "_static/explorables"
VEGA = "vega-embed.js"
BEFORE_THE_GATE = 700
_OPENING = re.compile(r'<div class="ld-explorable" data-explorable="([a-z0-9-]+)">')
_PAYLOAD = re.compile(r'<script type="application/json" class="ld-payload">(.*?)</script>', re.DOTALL)


def connect(app: Sphinx) -> None:
    """Move the data off each page, and write Vega at the end."""
    app.connect("html-page-context", lighten)
    app.connect("build-finished", write_vega, BEFORE_THE_GATE)


def lighten(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Write the data of a page's explorables to files, and tell the page where they are."""
    body = context.get("body", "")
    if "ld-payload" not in body:
        return
    pathto = context["pathto"]
    context["body"], payloads = take_out_payloads(body, lambda file: pathto(f"{FOLDER}/{file}", 1))
    folder = Path(app.outdir, FOLDER)
    for name, payload in payloads.items():
        folder.mkdir(parents=True, exist_ok=True)
        script = f'learndynExplorables["{name}"] = {payload};\n'
        (folder / f"{name}.js").write_text(script, encoding="utf-8", newline="\n")


def take_out_payloads(html: str, address: Any) -> tuple[str, dict[str, str]]:
    """Return the HTML without the data, and the data as JSON by the explorable's name.

    Parameters
    ----------
    html : str
    address : callable
        From the name of a file to its address as seen from the page.
    """
    names = _OPENING.findall(html)
    payloads = _PAYLOAD.findall(html)
    if len(names) != len(payloads) or len(set(names)) != len(names):
        logger.warning("explorables of one page need different names, and each its data: %s", names)
    html = _OPENING.sub(
        lambda found: (
            f'<div class="ld-explorable" data-explorable="{found[1]}" '
            f'data-source="{address(found[1] + ".js")}" data-vega="{address(VEGA)}">'
        ),
        html,
    )
    return _PAYLOAD.sub("", html), dict(zip(names, payloads, strict=False))


def write_vega(app: Sphinx, exception: Exception | None) -> None:
    """Write Vega from the installed package, if some page needs it."""
    folder = Path(app.outdir, FOLDER)
    if exception is not None or not folder.is_dir():
        return
    # Putting it together takes more than a second, and it is the same until another version is installed.
    head = f"/* Vega, from vl-convert-python {version('vl-convert-python')} */\n"
    file = folder / VEGA
    if file.is_file() and file.read_text(encoding="utf-8").startswith(head):
        return
    import vl_convert  # of the extra that draws the figures, so it is there when one was drawn

    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    # In a function: the short names inside it are also those of the site's own script.
    file.write_text(f"{head}(() => {{{bundle}}})();\n", encoding="utf-8", newline="\n")
