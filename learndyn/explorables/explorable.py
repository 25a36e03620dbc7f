"""A figure with sliders that is ready for a page: named, described in words, with a caption for every position."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product
from typing import Any

import vl_convert

from ..plots.files import check_name
from .slider import Slider
from .still import adapt_still
from .style import CONFIG

__all__ = ["Explorable"]

WIDTH = 576  # as the figures of ``plots``: 6 inches of 96 pixels
LARGEST = 90_000  # bytes of data, before compression
MARGINS = {"left": 66, "top": 14, "right": 14, "bottom": 54}


@dataclass(frozen=True, slots=True, eq=False)
class Explorable:
    """A chart, the sliders that choose its frame, and what is seen at each of their positions.

    Attributes
    ----------
    name : str
        A slug, unique in the whole book.
    chart : altair chart
        Over ``frames``; it takes the frame with ``shown_frame``. Only colours of ``learndyn.plots.colours``.
    sliders : sequence of Slider
        One or two.
    captions : sequence of str
        What is seen at each position, with its numbers; the second slider runs fastest.
    alt : str
        What the figure shows at its start, and what a slider changes, for a reader who does not see it.
    height : int
        Of the whole figure in pixels; the width is 576.
    margins : dict of str to int
        Room around the panels for axes and titles: left, top, right, bottom.

    Raises
    ------
    ValueError
        If the name is not a slug, a text is missing, the captions are not one for each position, the panels do not
        fill the margins, a label is not drawn, a colour is not in the palette, or the data are more than 90 kB.
    """

    name: str
    chart: Any
    sliders: Sequence[Slider]
    captions: Sequence[str]
    alt: str
    height: int = 340
    margins: dict[str, int] = field(default_factory=lambda: dict(MARGINS))
    _html: str = field(init=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        object.__setattr__(self, "sliders", tuple(self.sliders))
        object.__setattr__(self, "captions", tuple(" ".join(each.split()) for each in self.captions))
        object.__setattr__(self, "alt", " ".join(self.alt.split()))
        if not self.alt:
            raise ValueError(f"explorable {self.name!r}: alt is empty. Say in words what the figure shows")
        if len(self.sliders) not in (1, 2):
            raise ValueError(
                f"explorable {self.name!r}: needs one or two sliders, received {len(self.sliders)}"
            )
        count = len(self.positions())
        if len(self.captions) != count or not all(self.captions):
            raise ValueError(
                f"explorable {self.name!r}: needs one caption for each of {count} positions, none of them empty; "
                f"received {len(self.captions)}"
            )
        # Drawn at once: a notebook shows an error of a display, but does not count it as one of its cell.
        object.__setattr__(self, "_html", self._page(self.spec()))

    def __repr__(self) -> str:
        return f"<Explorable {self.name}: {self.alt}>"

    def positions(self) -> list[tuple[int, ...]]:
        """Return the positions of the sliders, in the order of the frames."""
        return list(product(*(range(len(slider)) for slider in self.sliders)))

    @property
    def start(self) -> tuple[int, ...]:
        """Where the sliders stand when the page opens."""
        return tuple(slider.start for slider in self.sliders)

    def row(self, *position: int) -> int:
        """Return the number of the frame at a position of the sliders."""
        try:
            return self.positions().index(position)
        except ValueError:
            sizes = " x ".join(str(len(slider)) for slider in self.sliders)
            raise ValueError(
                f"explorable {self.name!r}: {position!r} is no position of its {sizes} sliders"
            ) from None

    def caption(self, *position: int) -> str:
        """Return the caption at a position of the sliders."""
        return self.captions[self.row(*position)]

    def spec(self, *position: int) -> dict[str, Any]:
        """Return the Vega specification, with the sliders at `position` or where they start."""
        lite = self.chart.to_dict()
        lite["config"] = CONFIG
        lite["params"] = [
            {"name": "row", "value": self.row(*(position or self.start))},
            *lite.get("params", []),
        ]
        spec: dict[str, Any] = vl_convert.vegalite_to_vega(lite)
        spec |= self._box(spec)
        _silence(spec)
        # The axes' labels are not measured, so that panels stand where their sizes put them.
        if "layout" in spec:
            spec["layout"]["bounds"] = "flush"
        size = len(json.dumps(spec, separators=(",", ":")))
        if size > LARGEST:
            raise ValueError(
                f"explorable {self.name!r}: {size} bytes of specification and data, more than {LARGEST}. "
                f"Use fewer points, positions or digits"
            )
        return spec

    def _box(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Return a size that is set and not measured; Vega uses width and height also as those of a panel."""
        room = {
            "width": WIDTH - self.margins["left"] - self.margins["right"],
            "height": self.height - self.margins["top"] - self.margins["bottom"],
        }
        for side, left in room.items():
            if spec.get(side, left) != left:
                raise ValueError(
                    f"explorable {self.name!r}: the panel has the {side} {spec[side]}, and the margins leave {left}. "
                    f"Make them the same"
                )
        return room | {"autosize": {"type": "none"}, "padding": dict(self.margins)}

    def svg(self, *position: int) -> str:
        """Return the still figure as one ``<svg>`` element."""
        return self._still(self.spec(*position))

    def _still(self, spec: dict[str, Any]) -> str:
        drawn = vl_convert.vega_to_svg(spec)
        # Vega says nothing of a mark whose place is no number; it leaves it out.
        rows = [row for data in spec["data"] for row in data.get("values", [])]
        for text in (row["text"] for row in rows if row.keys() == {"text"}):
            if escape(text, quote=False) not in drawn:
                raise ValueError(
                    f"explorable {self.name!r}: the words {text!r} are not drawn. Place a label by pixels of its "
                    f"panel, and encode neither x nor y again"
                )
        return adapt_still(drawn, name=self.name, alt=self.alt, width=WIDTH, height=self.height)

    def payload(self) -> dict[str, Any]:
        """Return what a page needs to become live: the specification and what each position says."""
        return self._payload(self.spec())

    def _payload(self, spec: dict[str, Any]) -> dict[str, Any]:
        return {
            "spec": spec,
            "texts": [list(slider.texts) for slider in self.sliders],
            "captions": list(self.captions),
        }

    def html(self) -> str:
        """Return the figure for a page: the still, the sliders (shown where a script runs), and the caption."""
        return self._html

    def _page(self, spec: dict[str, Any]) -> str:
        controls = "".join(
            f'<label for="{self.name}-{i}">{escape(slider.label)} '
            f"<output>{escape(slider.texts[slider.start])}</output></label>"
            f'<input id="{self.name}-{i}" type="range" min="0" max="{len(slider) - 1}" step="1" '
            f'value="{slider.start}" autocomplete="off" aria-valuetext="{escape(slider.texts[slider.start])}">'
            for i, slider in enumerate(self.sliders)
        )
        # A closing tag inside the data would end the element.
        data = json.dumps(self._payload(spec), ensure_ascii=False, separators=(",", ":")).replace(
            "</", "<\\/"
        )
        return (
            f'<div class="ld-explorable" data-explorable="{self.name}">'
            f'<div class="ld-stage">{self._still(spec)}</div>'
            f'<div class="ld-controls" hidden>{controls}</div>'
            f'<div class="ld-words" data-longest="{escape(max(self.captions, key=len))}">'
            f'<p class="ld-reading" aria-live="polite">{escape(self.caption(*self.start))}</p></div>'
            f'<script type="application/json" class="ld-payload">{data}</script></div>'
        )

    def png(self, *, scale: float = 2.0) -> bytes:
        """Return the still figure as a PNG, in the light colours on white."""
        png: bytes = vl_convert.vega_to_png(self.spec() | {"background": "white"}, scale=scale)
        return png

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/html": self.html(), "image/png": self.png()}


def _silence(group: dict[str, Any]) -> None:
    """Let no mark of a group speak: the figure is one image with one text."""
    for mark in group.get("marks", []):
        mark["aria"] = False
        _silence(mark)
