"""Read the recipes of CONTRIBUTING.md and follow them.

A step that changes a file is a line that says where, and a block of code under it:

    At the end of `FILE`:              the block is appended
    After the line `LINE` of `FILE`:   the block follows that line, which occurs once
    As the new file `FILE`:            the block is the file
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_PLACE = re.compile(
    r"^\s*(?:(?P<end>At the end of)|After the line `(?P<line>[^`]+)` of|(?P<new>As the new file)) `(?P<file>[^`]+)`:$"
)
_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>\w+)$")


@dataclass(frozen=True)
class Block:
    """A block of code and the line of prose before it."""

    language: str
    text: str
    before: str


@dataclass(frozen=True)
class Recipe:
    """A section of CONTRIBUTING.md."""

    title: str
    prose: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def commands(self) -> list[list[str]]:
        """What the recipe says to run."""
        lines = [block.text.splitlines() for block in self.blocks if block.language == "bash"]
        return [shlex.split(line) for block in lines for line in block]

    def follow(self, root: Path) -> list[str]:
        """Change the files under ``root`` as the recipe says; return their names."""
        changed = []
        for block in self.blocks:
            place = _PLACE.match(block.before)
            if place is None or block.language in ("bash", "text"):
                continue
            path = root / place["file"]
            changed.append(place["file"])
            if place["new"]:
                assert not path.exists(), f"{path.name} is not new"
                path.write_text(block.text, encoding="utf-8")
                continue
            text = path.read_text(encoding="utf-8")
            if place["end"]:
                text = f"{text}\n\n{block.text}"
            else:
                before, *after = f"\n{text}".split(f"\n{place['line']}\n")
                assert len(after) == 1, (
                    f"{place['line']!r} is in {place['file']} {len(after)} times, not once"
                )
                text = f"{before}\n{place['line']}\n{block.text}{after[0]}"[1:]
            path.write_text(text, encoding="utf-8")
        return changed


def recipes(text: str) -> list[Recipe]:
    """Split CONTRIBUTING.md into its recipes."""
    return [_recipe(section) for section in re.split(r"^## (?=Add )", text, flags=re.MULTILINE)[1:]]


def _recipe(section: str) -> Recipe:
    title, *lines = section.splitlines()
    prose: list[str] = []
    blocks: list[Block] = []
    rest = iter(lines)
    for line in rest:
        fence = _FENCE.match(line)
        if fence is None:
            prose += [line] if line.strip() else []
            continue
        body = []
        for inner in rest:
            if inner == fence["indent"] + fence["fence"]:
                break
            body.append(inner.removeprefix(fence["indent"]))
        blocks.append(Block(fence["language"], "\n".join(body) + "\n", prose[-1]))
    return Recipe(title, tuple(prose), tuple(blocks))
