"""The landscape: what rescaling changes, barriers between renumbered nets, spectra."""

from __future__ import annotations

from .. import landscape_barriers, landscape_rescaling, landscape_spectrum
from .prediction import Prediction

_PAGE = "foundations/landscapes"


def landscape() -> tuple[Prediction, ...]:
    """Predict what slices, barriers and spectra of trained nets show."""
    scaled, apart = landscape_rescaling.run(), landscape_barriers.run()
    return (
        Prediction(
            "change of a filter-normalised slice, layers x 10", "Li 2018", _PAGE,
            0.0, scaled.change("filtered", 1), 1e-10,
        ),
        Prediction(
            "largest curvature after it", "Dinh 2017", _PAGE,
            float(scaled.predicted[1]), float(scaled.sharpness[1]), 1e-6, True,
        ),
        Prediction(
            "barrier to one's own renumbered copy, matched", "Ainsworth 2023", _PAGE,
            0.0, apart.own.height, 1e-12,
        ),
        Prediction(
            "barrier after matching over before, width 128", "Ainsworth 2023", _PAGE,
            0.0, float(apart.ratios[-1]), 0.05,
        ),
    )  # fmt: skip


def spectra() -> tuple[Prediction, ...]:
    """Predict the outliers and the density of Hessian spectra."""
    counts, density = landscape_spectrum.run(), landscape_spectrum.density()
    return (
        Prediction("runs of 12 with K - 1 outliers", "Gur-Ari 2018", _PAGE, 12.0, counts.right, 4.0),
        Prediction("Lanczos density minus the exact one, L1", "Ghorbani 2019", _PAGE, 0.0, density.distance, 0.05),
    )  # fmt: skip
