"""Cases for the rows of ``rules.convolution``: small shapes, every option."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from learndyn.autodiff import TABLE
from learndyn.autodiff.rules.convolution import Window

from .drawing import Case, values


@st.composite
def geometries(draw: st.DrawFn, axes: int) -> tuple[tuple[int, ...], tuple[int, ...], Window]:
    """Shapes of an input and a kernel that fits into it, and how it moves."""
    longest = 3 if axes == 1 else 2

    def per_axis(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    kernel, dilation, stride = per_axis(1, longest), per_axis(1, 2), per_axis(1, 3)
    padding = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(axes))
    # The shortest input into which the kernel fits once, and up to two places more.
    size = tuple(
        max(d * (k - 1) + 1 - low - high, 0) + draw(st.integers(0 if low + high else 1, 2))
        for d, k, (low, high) in zip(dilation, kernel, padding, strict=True)
    )
    size = tuple(
        max(n, d * (k - 1) + 1 - low - high)
        for n, d, k, (low, high) in zip(size, dilation, kernel, padding, strict=True)
    )
    groups = draw(st.integers(1, 2))
    batch, channels, outputs = (
        draw(st.integers(0, 2)),
        draw(st.integers(1, 2)),
        draw(st.integers(1, 2)),
    )
    window = Window(stride, padding, dilation, groups)
    return (batch, channels * groups, *size), (outputs * groups, channels, *kernel), window


@st.composite
def _conv(draw: st.DrawFn, name: str, axes: int, part: str) -> Case:
    x, w, window = draw(geometries(axes))
    g = (x[0], w[0], *window.output(x[2:], w[2:]))
    operands, params = {
        "": ((x, w), {}),
        "_to_input": ((g, w), {"size": x[2:]}),
        "_to_kernel": ((x, g), {"kernel": w[2:]}),
    }[part]
    row: Any = TABLE[name + part]
    return (lambda a, b: row(a, b, window=window, **params)), [draw(values(s)) for s in operands]


CASES: dict[str, st.SearchStrategy[Case]] = {
    name + part: _conv(name, axes, part)
    for axes, name in ((1, "conv1d"), (2, "conv2d"))
    for part in ("", "_to_input", "_to_kernel")
}
