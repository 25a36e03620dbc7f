"""Laws of the palette: legible on the page and told apart, in both themes; and the style sheet says the same."""

import re
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from learndyn.plots import DARK, LIGHT, Palette, diverging_colormap

STYLE_SHEET = Path(__file__).parents[2] / "book" / "_static" / "learndyn.css"
CATEGORIES = ("blue", "orange", "green", "purple", "pink", "cyan")
TEXT = ("ink", "muted", *CATEGORIES)
SHAPES = ("negative", "positive")

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "full": np.eye(3),
    "protanope": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranope": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanope": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def themes_of_the_style_sheet() -> dict[str, dict[str, str]]:
    css = re.sub(r"/\*.*?\*/", "", STYLE_SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = {}
    for selector, theme in ((":root", "light"), ('html[data-theme="dark"]', "dark")):
        (block,) = re.findall(rf"^{re.escape(selector)}\s*{{([^}}]*)}}", css, flags=re.MULTILINE)
        found[theme] = dict(re.findall(r"--ld-([a-z]+):\s*(#[0-9a-f]{6});", block))
    return found


def linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    darker, lighter = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return linear RGB in OKLab (Ottosson, 2020), lightness from 0 to 100."""
    cones = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
    axes = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
    return 100 * axes @ np.cbrt(cones @ np.clip(rgb, 0, 1))


def test_the_ratio_has_the_values_that_its_definition_gives() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_style_sheet_has_the_palette(theme: str, palette: Palette) -> None:
    assert themes_of_the_style_sheet()[theme] == asdict(palette)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_palette_colour_is_legible_in_both_themes(theme: str) -> None:
    values = themes_of_the_style_sheet()[theme]
    ratios = {role: contrast(values[role], values["page"]) for role in TEXT + SHAPES}
    assert min(ratios[role] for role in TEXT) >= 4.5, ratios
    assert min(ratios[role] for role in SHAPES) >= 3.0, ratios


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_categories_are_told_apart_by_every_eye(palette: Palette, vision: str) -> None:
    seen = {role: oklab(VISION[vision] @ linear(getattr(palette, role))) for role in CATEGORIES}
    distances = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in combinations(CATEGORIES, 2)}
    # About five just noticeable differences.
    assert min(distances.values()) >= 10, distances


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_two_signs_are_told_apart_by_every_eye(palette: Palette) -> None:
    for matrix in VISION.values():
        assert np.linalg.norm(oklab(matrix @ linear(palette.negative)) - oklab(matrix @ linear(palette.positive))) >= 15


def test_each_role_has_a_value_of_its_own() -> None:
    # Otherwise the SVG could not tell which role a colour stands for.
    for palette in (LIGHT, DARK):
        assert len(set(asdict(palette).values())) == len(asdict(palette))


def test_the_diverging_map_is_nothing_at_zero_and_one_hue_on_each_side() -> None:
    rgba = diverging_colormap(opacity=0.8)(np.linspace(0, 1, 256))
    opacity = rgba[:, 3]
    assert opacity[[0, -1]] == pytest.approx(0.8)
    assert opacity[[127, 128]] == pytest.approx(0, abs=0.01)
    assert opacity == pytest.approx(opacity[::-1], abs=1e-12)
    assert np.ptp(rgba[:127, :3], axis=0) == pytest.approx(0, abs=1e-12)
    assert np.ptp(rgba[129:, :3], axis=0) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("opacity", [0, -0.1, 1.1, float("nan")])
def test_the_diverging_map_refuses_an_opacity_that_is_none(opacity: float) -> None:
    with pytest.raises(ValueError, match="opacity"):
        diverging_colormap(opacity=opacity)
