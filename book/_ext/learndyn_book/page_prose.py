r"""Write a page's prose as plain Markdown, which Jupyter shows without an extension.

The resolved page is read, and not its source, so that numbers glued into the text, citations,
references and numbers of figures stand there as this build has them. Formulas keep ``$`` and
``$$``; what Markdown lacks becomes what it has: an admonition is a block quote, the caption of a
figure is a paragraph, and a definition an item of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from docutils import nodes
from sphinx import addnodes

__all__ = ["Chunk", "ProseWriter"]

SILENT = (
    *(nodes.raw, nodes.comment, nodes.target, nodes.substitution_definition, nodes.system_message),
    *(
        nodes.image,
        nodes.pending,
        nodes.problematic,
        addnodes.index,
        addnodes.toctree,
        addnodes.highlightlang,
    ),
)
INLINE = (nodes.TextElement, nodes.Inline)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A block of prose with the line of the source where it begins, or a code cell's index."""

    line: int
    text: str = ""
    cell: int | None = None
    is_heading: bool = False


class ProseWriter:
    """Turn a resolved page into chunks.

    Parameters
    ----------
    address
        The page's own absolute address, from which its links lead on. Without it a link to
        another page is its text alone, since the notebook will stand elsewhere.
    figure_number
        Gives the number of a figure, a box or a formula from its ids, such as ``(3,)``, or nothing.
    """

    def __init__(self, *, address: str, figure_number: Callable[[list[str]], tuple[int, ...] | None]) -> None:
        self.address = address
        self.figure_number = figure_number
        self.in_table = False

    def chunks(self, doctree: nodes.document) -> list[Chunk]:
        """List the page's blocks and code cells in order."""
        return list(self._section(doctree, depth=0, line=0))

    def _section(self, parent: nodes.Element, depth: int, line: int) -> Iterator[Chunk]:
        for child in parent.children:
            line = max(line, getattr(child, "line", None) or 0)
            if isinstance(child, nodes.section):
                yield from self._section(child, depth + 1, line)
            elif isinstance(child, nodes.title):
                yield Chunk(line, f"{'#' * max(depth, 1)} {self.inline(child)}", is_heading=True)
            elif child_is_cell(child):
                yield Chunk(line, cell=child["cell_index"])
                for figure in child.findall(nodes.figure):
                    yield Chunk(line, self._figure(figure))
            elif text := self.block(child):
                yield Chunk(line, text)

    def blocks(self, parent: nodes.Element, *, between: str = "\n\n") -> str:
        """Write the children of a node as blocks."""
        return between.join(text for child in parent.children if (text := self.block(child)))

    def block(self, node: nodes.Node) -> str:
        """Write one block; what is unknown is written as what it contains."""
        if isinstance(node, SILENT) or "toctree-wrapper" in getattr(node, "attributes", {}).get(
            "classes", ()
        ):
            return ""
        for kind, write in self._writers().items():
            if isinstance(node, kind):
                return write(node)
        if isinstance(node, nodes.Text) or (isinstance(node, INLINE) and not has_blocks(node)):
            return self.inline(node)
        return self.blocks(node)

    def _writers(self) -> dict[type, Callable[..., str]]:
        return {
            nodes.math_block: self._formula,
            nodes.literal_block: lambda node: fenced(node.astext(), node.get("language", "")),
            nodes.doctest_block: lambda node: fenced(node.astext(), "python"),
            nodes.bullet_list: lambda node: self._items(node, lambda number: "- "),
            nodes.enumerated_list: lambda node: self._items(node, lambda number: f"{number}. "),
            nodes.definition_list_item: self._definition,
            nodes.field: self._field,
            nodes.table: self._table,
            nodes.figure: self._figure,
            nodes.transition: lambda node: "---",
            nodes.Admonition: self._admonition,
            nodes.block_quote: lambda node: quoted(self.blocks(node)),
            nodes.citation: self._citation,
            addnodes.desc: self._description,
            nodes.container: self._container,
            nodes.rubric: lambda node: f"**{self.inline(node)}**",
        }

    def _formula(self, node: nodes.math_block) -> str:
        body = node.astext().strip()
        if node.get("nowrap") or node.get("no-wrap"):
            return body
        number = self.figure_number(node.get("ids", []))
        tag = f" \\tag{{{'.'.join(map(str, number))}}}" if number else ""
        return f"$$\n{body}{tag}\n$$"

    def _items(self, node: nodes.Element, mark: Callable[[int], str]) -> str:
        start = node.get("start", 1)
        return "\n".join(
            indented(self.blocks(item), mark(number))
            for number, item in enumerate(node.children, start=start)
        )

    def _definition(self, node: nodes.definition_list_item) -> str:
        terms = [self.inline(each) for each in node.children if isinstance(each, nodes.term)]
        meanings = [self.blocks(each) for each in node.children if isinstance(each, nodes.definition)]
        head = ", ".join(f"**{term.strip()}**" for term in terms)
        return indented(
            "\n\n".join([f"{head}:", *meanings])
            if has_lines(meanings)
            else " ".join([f"{head}:", *meanings]),
            "- ",
        )

    def _field(self, node: nodes.field) -> str:
        name, body = node.children
        return f"**{self.inline(name)}**\n\n{self.blocks(body)}"

    def _citation(self, node: nodes.citation) -> str:
        return "- " + self.blocks(
            nodes.container(
                "", *[each.deepcopy() for each in node.children if not isinstance(each, nodes.label)]
            )
        )

    def _admonition(self, node: nodes.Element) -> str:
        number = self.figure_number(node.get("ids", []))
        counted = "" if number is None else " " + ".".join(map(str, number))
        kind = "" if isinstance(node, nodes.admonition) else f"**{node.tagname.capitalize()}{counted}**"
        parts = [self._heading(each) if isinstance(each, nodes.title) else self.block(each) for each in node]
        return quoted("\n\n".join(part for part in (kind, *parts) if part))

    def _heading(self, node: nodes.title) -> str:
        text = self.inline(node).strip()
        return f"**{text}**" if text else ""

    def _container(self, node: nodes.container) -> str:
        text = self.blocks(node)
        return quoted(text) if "takeaway" in node.get("classes", ()) else text

    def _description(self, node: addnodes.desc) -> str:
        signatures = [
            " ".join(each.astext().split())
            for each in node.children
            if isinstance(each, addnodes.desc_signature)
        ]
        bodies = [self.blocks(each) for each in node.children if isinstance(each, addnodes.desc_content)]
        head = "\n\n".join(code(each.rstrip("¶")) for each in signatures)
        return "\n\n".join([f"**{head}**", *(quoted(body) for body in bodies if body)])

    def _figure(self, node: nodes.figure) -> str:
        caption = next(node.findall(nodes.caption), None)
        if caption is None:
            return ""
        number = self.figure_number(node.get("ids", []))
        label = f"**Figure {'.'.join(map(str, number))}.** " if number else "**Figure.** "
        legend = [self.blocks(each) for each in node.findall(nodes.legend)]
        return "\n\n".join([label + self.inline(caption).strip(), *legend])

    def _table(self, node: nodes.table) -> str:
        title = next((self.inline(each) for each in node.children if isinstance(each, nodes.title)), "")
        self.in_table = True
        rows = [
            [" ".join(self.blocks(entry, between=" ").split()) for entry in row.children]
            for row in node.findall(nodes.row)
        ]
        self.in_table = False
        heads = sum(len(head.children) for head in node.findall(nodes.thead))
        width = max(len(row) for row in rows)
        if not heads:
            rows.insert(0, [""] * width)
        rows.insert(1, ["---"] * width)
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        return f"**{title}**\n\n{table}" if title else table

    def inline(self, node: nodes.Node) -> str:
        """Write the text of a node with its emphasis, code, formulas and links."""
        if isinstance(node, nodes.Text):
            return self._escaped(node.astext())
        if isinstance(node, nodes.math):
            return f"${self._for_table(node.astext()).strip()}$"
        if isinstance(node, nodes.literal):
            text = code(node.astext())
            return text.replace("|", r"\|") if self.in_table else text
        if isinstance(node, SILENT):
            return ""
        text = "".join(self.inline(child) for child in node.children)
        if isinstance(node, nodes.reference):
            return self._link(node, text)
        mark = {nodes.emphasis: "*", nodes.strong: "**"}.get(type(node), "")
        return f"{mark}{text}{mark}" if text.strip() else text

    def _link(self, node: nodes.reference, text: str) -> str:
        target = node.get("refuri") or (f"#{node['refid']}" if node.get("refid") else "")
        if not target.startswith(("http:", "https:", "mailto:")):
            target = urljoin(self.address, target) if self.address and target else ""
        return f"[{text}]({target})" if target and text.strip() else text

    def _escaped(self, text: str) -> str:
        for sign in ("\\", "`", "*", "_", "$", "<", "[", "]", *("|" if self.in_table else "")):
            text = text.replace(sign, f"\\{sign}")
        return text

    def _for_table(self, formula: str) -> str:
        if not self.in_table:
            return formula
        return formula.replace("\\|", "\\Vert ").replace("|", "\\vert ")


def child_is_cell(node: nodes.Node) -> bool:
    """Tell whether a node is a code cell as myst-nb leaves it on a page."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def has_blocks(node: nodes.Element) -> bool:
    """Tell whether a node has children that are blocks of their own."""
    return any(
        isinstance(child, nodes.Body | nodes.section) and not isinstance(child, nodes.Inline)
        for child in node.children
    )


def has_lines(texts: list[str]) -> bool:
    """Tell whether texts take more than one paragraph."""
    return len(texts) > 1 or any("\n\n" in text for text in texts)


def code(text: str) -> str:
    """Write code in a line, with as many ticks as it needs."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def fenced(text: str, language: str) -> str:
    """Write a block of code."""
    fence = "````" if "```" in text else "```"
    name = "" if language in ("none", "default") else language
    return f"{fence}{name}\n{text.rstrip()}\n{fence}"


def quoted(text: str) -> str:
    """Write a block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def indented(text: str, mark: str) -> str:
    """Write an item of a list: its mark, and what follows under its first letter."""
    lines = text.splitlines() or [""]
    return "\n".join([mark + lines[0], *(" " * len(mark) + line if line else "" for line in lines[1:])])
