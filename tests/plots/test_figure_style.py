"""Laws of the style: it applies inside, and the reader's own matplotlib is as it was outside."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest

from learndyn.plots import STYLE, colours, figure_style, new_axes


def test_the_reader_s_settings_come_back() -> None:
    before = dict(matplotlib.rcParams)
    with figure_style:
        assert matplotlib.rcParams["text.color"] == colours.ink
        with figure_style:
            pass
        assert matplotlib.rcParams["text.color"] == colours.ink
    new_axes()
    assert dict(matplotlib.rcParams) == before


def test_the_reader_s_settings_come_back_after_an_error() -> None:
    before = dict(matplotlib.rcParams)
    with pytest.raises(ZeroDivisionError), figure_style:
        1 / 0  # noqa: B018
    assert dict(matplotlib.rcParams) == before


def test_as_a_decorator_it_keeps_name_and_result() -> None:
    @figure_style
    def inside() -> str:
        """Say which ink is used."""
        return matplotlib.rcParams["text.color"]

    assert inside() == colours.ink
    assert (inside.__name__, inside.__doc__) == ("inside", "Say which ink is used.")


def test_every_setting_exists() -> None:
    assert set(STYLE) <= set(matplotlib.rcParams)


def test_axes_come_in_the_shape_that_was_asked_for() -> None:
    assert not isinstance(new_axes()[1], np.ndarray)
    assert new_axes(1, 3)[1].shape == (3,)
    assert new_axes(2, 3)[1].shape == (2, 3)
    figure, axes = new_axes(1, 2, width=5, height=2, share_y=True)
    assert tuple(figure.get_size_inches()) == (5, 2)
    axes[0].set_ylim(0, 7)
    assert axes[1].get_ylim() == (0, 7)


def test_text_is_legible_on_a_phone() -> None:
    width = STYLE["figure.figsize"][0] * 72
    sizes = [STYLE[key] for key in ("axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")]
    assert min(sizes) * 343 / width >= 8.5


@pytest.mark.parametrize(
    ("module", "absent"),
    [("learndyn", "matplotlib"), ("learndyn.plots", "matplotlib.pyplot")],
)
def test_an_import_brings_no_more_than_it_needs(module: str, absent: str) -> None:
    script = f"import sys, {module}; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=120).returncode == 0


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    script = "import sys; sys.modules['matplotlib'] = None; import learndyn.plots"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert "learndyn[plots]" in run.stderr
