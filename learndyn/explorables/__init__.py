"""Figures that a reader can break: a chart, one or two sliders, and a caption that follows them.

All that a slider shows was computed by ``learndyn`` before, for each of its positions; the page only chooses. So a page
holds no formula in another language, and a test can compare what is drawn with the package's own numbers.

A chart is an Altair chart (Vega-Lite; Satyanarayan et al., 2017) over ``frames``, handed over as an ``Explorable``.
Where no script runs, it is a still figure at its first position.

This is the only part of learndyn that imports Altair: ``import learndyn`` alone does not load it.
"""

try:
    import altair as _altair
    import vl_convert as _vl_convert
except ImportError as error:
    raise ImportError(
        "learndyn.explorables draws with Altair and vl-convert: pip install 'learndyn[explorables]'"
    ) from error

from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider

__all__ = ["Explorable", "Slider", "frames", "shown_frame"]
