"""Every defect that the build must not let pass, each as a page that has this one."""

from __future__ import annotations

from dataclasses import dataclass

from .building import PIXEL, cell, notebook_page

SHOW_PNG = f"import base64\nfrom IPython.display import Image\n\nImage(base64.b64decode('{PIXEL}'))"
SHOW_HTML = "from IPython.display import HTML\n\nHTML({html!r})"
REMOVED = cell("removed = 1", ":tags: [remove-cell]")


@dataclass(frozen=True)
class Fault:
    """A page with a defect, and what the report must say of it.

    ``place`` follows the name of the page, up to the colon before the message.
    """

    text: str
    place: str
    message: str


def html_output(html: str) -> str:
    """Write a page whose only output is the given HTML."""
    return notebook_page(cell(SHOW_HTML.format(html=html)))


FAULTS = {
    "a failing cell": Fault(
        notebook_page(REMOVED, "Prose.", cell("2 + 2"), cell("1 / 0"), cell("never = 1")),
        ", cell 3",
        "ZeroDivisionError: division by zero",
    ),
    "a failing cell with an error of several lines": Fault(
        notebook_page(cell("raise ValueError('first\\n  second')")),
        ", cell 1",
        "ValueError: first second",
    ),
    "a figure that cannot be drawn": Fault(
        notebook_page(
            cell("class Pen:\n    def _repr_html_(self):\n        raise ValueError('no ink')\n\nPen()")
        ),
        ", cell 1",
        "ValueError: no ink",
    ),
    "a cell that times out": Fault(
        notebook_page(
            cell("2 + 2"),
            cell("import time\n\ntime.sleep(60)"),
            header="mystnb:\n  execution_timeout: 1",
        ),
        ", cell 2",
        "CellTimeoutError: A cell timed out while it was being executed, after 1 seconds.",
    ),
    "errors that the page allows": Fault(
        notebook_page(cell("1 / 0"), header="mystnb:\n  execution_allow_errors: true"),
        ":1",
        "the page sets 'mystnb: execution_allow_errors', which hides failing cells.",
    ),
    "errors that the page's execution allows": Fault(
        notebook_page(cell("1 / 0"), header="execution:\n  allow_errors: true"),
        ":1",
        "the page sets 'execution: allow_errors', which hides failing cells.",
    ),
    "a page that is not executed": Fault(
        notebook_page(cell("1 / 0"), header="mystnb:\n  execution_mode: 'off'"),
        ":13",
        "the code cells of this page were not executed.",
    ),
    "a page without the notebook header": Fault(
        f"# A page\n\n{cell('1 / 0')}\n",
        ":3",
        "Found an unexpected `code-cell`",
    ),
    "a misspelt tag": Fault(
        notebook_page(REMOVED, cell("2 + 2", ":tags: [hide-inptu]")),
        ":15",
        "cell 2: the tag 'hide-inptu' is not known, use one of: hide-input",
    ),
    "a misspelt tag on a removed cell": Fault(
        notebook_page(cell("2 + 2", ":tags: [remove-cell, raise-exception]")),
        ":9",
        "cell 1: the tag 'raise-exception' is not known, use one of: raises-exception",
    ),
    "a misspelt cell option": Fault(
        notebook_page(cell("2 + 2", ":tag: [hide-input]")),
        ":9",
        "cell 1: the option 'tag' is not known, use one of: tags",
    ),
    "a Markdown image without text": Fault(
        "# A page\n\n![](pixel.png)\n",
        ":3",
        "the image 'experiments/pixel.png' has no alternative text.",
    ),
    "an image whose text is its file's name": Fault(
        "# A page\n\n![pixel.png](pixel.png)\n",
        ":3",
        "the image 'experiments/pixel.png' has no alternative text.",
    ),
    "a PNG output without text": Fault(
        notebook_page(cell(SHOW_PNG)),
        ":11",
        "a figure of this cell has no alternative text.",
    ),
    "an inline SVG without text": Fault(
        html_output('<svg role="img" width="1" height="1"></svg>'),
        ":11",
        "an inline SVG has no text for a screen reader.",
    ),
    "an HTML image without text": Fault(
        html_output(f'<img src="data:image/png;base64,{PIXEL}">'),
        ":11",
        "has no alternative text. Give it an alt.",
    ),
    "a glued number that is missing": Fault(
        notebook_page("Prose with {glue:text}`no-such-number`."),
        ":9",
        "'no-such-number'",
    ),
    "a dead link to a page": Fault(
        "# A page\n\n[text](no-such-page.md)\n",
        ":3",
        "no-such-page.md",
    ),
    "a dead link to a heading": Fault(
        "# A page\n\n[text](../intro.md#no-such-heading)\n",
        ":3",
        "no-such-heading",
    ),
    "a dead link to a file": Fault(
        "# A page\n\n{download}`no-such-file.csv`\n",
        ":3",
        "no-such-file.csv",
    ),
    "a dead link in HTML": Fault(
        html_output('<a href="no-such-page.html">text</a>'),
        "",
        "the link 'no-such-page.html' leads to no file of the book.",
    ),
    "a dead anchor in HTML": Fault(
        html_output('<a href="../intro.html#no-such-id">text</a>'),
        "",
        "the link '../intro.html#no-such-id' leads to no element of its page.",
    ),
    "an id given twice": Fault(
        html_output('<i id="twin"></i><i id="twin"></i>'),
        "",
        "the id 'twin' is given to 2 elements.",
    ),
    "a formula that cannot be read": Fault(
        "# A page\n\nProse with $\\frac{1}{$ in it.\n",
        "",
        "MathJax cannot read \\frac{1}{: Missing close brace",
    ),
    "a formula with a command that there is not": Fault(
        "# A page\n\n$$\n\\nosuchcommand\n$$\n",
        "",
        "MathJax cannot read \\nosuchcommand: Undefined control sequence",
    ),
    "a formula in a heading": Fault(
        "# A page\n\nProse.\n\n## The case $x = 0$\n\nProse.\n",
        ":5",
        "a formula in a heading, x = 0. Say it in words",
    ),
}
