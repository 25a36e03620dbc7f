"""One number that theory predicts, the number that was measured, and how far apart they may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prediction:
    """A predicted and a measured number.

    Attributes
    ----------
    name : str
        What is measured, in a few words.
    source : str
        Who predicts it: author and year, or "derived" with the page that derives it.
    page : str
        The page that shows it, without the suffix.
    predicted, measured : float
    tolerance : float
        The largest deviation that holds.
    relative : bool
        Whether the deviation is a share of the predicted value.
    """

    name: str
    source: str
    page: str
    predicted: float
    measured: float
    tolerance: float
    relative: bool = False

    @property
    def deviation(self) -> float:
        """Measured minus predicted, or its share of the predicted value; never negative."""
        distance = abs(self.measured - self.predicted)
        return distance / abs(self.predicted) if self.relative else distance

    @property
    def margin(self) -> float:
        """Deviation over tolerance; 0 for an exact hit, inf where only that would do."""
        if self.deviation == 0.0:
            return 0.0
        return self.deviation / self.tolerance if self.tolerance else float("inf")

    @property
    def holds(self) -> bool:
        """Whether the deviation is within the tolerance; False where either number is nan."""
        return bool(self.deviation <= self.tolerance)
