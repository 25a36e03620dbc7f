"""A drawing with everything that has its own way through the SVG: markers, clips, hatches, formulas, an image."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from learndyn.plots import colours, diverging_colormap, draw_surface, figure_style, new_axes


@figure_style
def draw_everything() -> Figure:
    figure, axes = new_axes(2, 2, height=5)
    steps = np.arange(1.0, 9.0)
    axes[0, 0].errorbar(steps, 1 / steps, 0.1, marker="o", label=r"rate $\eta\lambda_1^2 = 0.5$")
    axes[0, 0].fill_between(steps, 0, 1 / steps, color=colours.orange, alpha=0.3)
    axes[0, 0].set(yscale="log", title="a < b & c", xlabel=r"$\sqrt{\frac{\eta}{2}}\,\hat{x}\,\mathbb{E}$")
    axes[0, 0].legend(title="rule")
    axes[0, 1].bar([0, 1], [1, 2], color=colours.cyan, hatch="//")
    axes[0, 1].barh([0.5], [1], color="k")
    grid = np.linspace(-1, 1, 12)
    draw_surface(axes[1, 0], grid, grid, np.outer(grid, grid))
    axes[1, 0].scatter([0.5], [0.5], color=colours.blue, edgecolor=colours.page)
    axes[1, 1].imshow(np.outer(grid, grid), cmap=diverging_colormap())
    axes[1, 1].annotate("here", (1, 1), (6, 6), arrowprops={"arrowstyle": "->"})
    return figure


@pytest.fixture
def drawing() -> Figure:
    return draw_everything()
