"""One slider: what it is called, and what each of its positions says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Slider"]


@dataclass(frozen=True, slots=True)
class Slider:
    """A slider over the positions 0, 1, ..., len(texts) - 1.

    Parameters
    ----------
    label : str
        What the slider sets, in words and signs that a screen reader can say: "step size η".
    texts : sequence of str
        What is shown, and read out, at each position: "1.9". At least two.
    start : int
        The position at which the page opens, and which the still figure shows.

    Raises
    ------
    ValueError
        If the label or a text is empty, there are fewer than two positions, or the start is none of them.
    """

    label: str
    texts: Sequence[str]
    start: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", tuple(self.texts))
        if not self.label.strip():
            raise ValueError("Slider: the label is empty. Say what the slider sets")
        if len(self.texts) < 2:
            raise ValueError(
                f"Slider {self.label!r}: a slider needs two positions or more, received {len(self.texts)}"
            )
        if not all(text.strip() for text in self.texts):
            raise ValueError(f"Slider {self.label!r}: a text is empty. Say what each position is")
        if self.start not in range(len(self.texts)):
            raise ValueError(
                f"Slider {self.label!r}: start must be a position from 0 to {len(self.texts) - 1}, "
                f"received {self.start!r}"
            )

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.texts)
