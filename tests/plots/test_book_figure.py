"""Laws of a book figure: it says what it shows, it has a name, and no file of it is ever half-written."""

import os
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from learndyn.plots import BookFigure, new_axes

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def figure() -> BookFigure:
    drawing, axes = new_axes()
    axes.plot([0, 1, 2], [1, 0.5, 0.25])
    return BookFigure(drawing, name="halving", alt="The loss halves.")


@pytest.mark.parametrize("alt", ["", "  \n", None])
def test_a_figure_without_a_description_is_refused(alt: str) -> None:
    with pytest.raises(ValueError, match="alt must say in words"):
        BookFigure(new_axes()[0], name="one", alt=alt)


@pytest.mark.parametrize(
    "name", ["", "Loss", "loss curve", "loss_curve", "-loss", "loss-", "a--b", "é", "loss\n", None]
)
def test_a_name_that_is_not_a_slug_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name must be a slug"):
        BookFigure(new_axes()[0], name=name, alt="A figure.")


@pytest.mark.parametrize("name", ["a", "7", "loss-curve", "2d-slice-3"])
def test_a_slug_is_accepted(name: str) -> None:
    assert BookFigure(new_axes()[0], name=name, alt="A figure.").name == name


def test_description_and_name_are_required_by_keyword() -> None:
    with pytest.raises(TypeError):
        BookFigure(new_axes()[0])  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        BookFigure(new_axes()[0], "A figure.", "one")  # type: ignore[misc]


def test_only_a_matplotlib_figure_is_accepted() -> None:
    with pytest.raises(TypeError, match="received int"):
        BookFigure(3, name="one", alt="A number.")  # type: ignore[arg-type]


def test_a_notebook_gets_svg_and_png_both(figure: BookFigure) -> None:
    data, metadata = figure._repr_mimebundle_()
    assert data["text/html"] == figure.svg()
    assert data["image/png"].startswith(PNG)
    assert metadata["image/png"] == {"width": 576, "height": 336, "alt": "The loss halves."}


def test_a_png_has_the_resolution_that_was_asked_for(figure: BookFigure) -> None:
    width, height = (int.from_bytes(figure.png(dpi=100)[start : start + 4], "big") for start in (16, 20))
    assert (width, height) == (600, 350)


def test_a_png_is_the_same_each_time(figure: BookFigure) -> None:
    assert figure.png() == figure.png()


def test_save_writes_what_the_methods_return(figure: BookFigure, tmp_path: Path) -> None:
    assert figure.save(tmp_path / "a.svg").read_text(encoding="utf-8") == figure.svg()
    assert figure.save(str(tmp_path / "a.PNG")).read_bytes() == figure.png()
    assert sorted(os.listdir(tmp_path)) == ["a.PNG", "a.svg"]


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.svg.gz"])
def test_another_suffix_is_refused(figure: BookFigure, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=rf"\.svg or \.png, received '{name}'"):
        figure.save(tmp_path / name)
    assert not os.listdir(tmp_path)


def test_a_missing_folder_is_named(figure: BookFigure, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        figure.save(tmp_path / "nowhere" / "a.svg")


@pytest.mark.parametrize("broken", ["os.replace", "drawing"])
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    figure: BookFigure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"old")

    def fail(*arguments: object, **keywords: object) -> None:
        raise OSError("the disk is full")

    if broken == "drawing":
        monkeypatch.setattr(Figure, "savefig", fail)
    else:
        monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="the disk is full"):
        figure.save(target)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.png"]
