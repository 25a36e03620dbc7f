"""Convolution of signals and images, as deep learning says it: the kernel is not flipped.

With input x (batch n, channel c, place l), kernel w (output channel o, channel c, offset k),
stride s, dilation d and p zeros before the first place, in one dimension

    y[n, o, l] = sum_c sum_k  w[o, c, k]  x[n, c, s l + d k - p]

which signal processing calls cross-correlation. In two dimensions l and k are pairs. With
``groups`` G, channels fall into G blocks, and output block j sees input block j only.

The sum is one trilinear form T(x, w, g) = <g, conv(x, w)>. Its three partial derivatives are
the three rows here, and each is the derivative of the others, to any order:

    conv(x, w) = dT/dg       to_input(g, w) = dT/dx       to_kernel(x, g) = dT/dw

All windows are laid out as columns, so that a matrix product does the sum (Chellapilla,
Puri and Simard, 2006, High performance convolutional neural networks for document processing).
See also Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..op import bilinear
from ..tensor import Tensor

_IN_CACHE = 1 << 17  # elements of the columns that are laid out at a time

Padding = int | str | tuple[int, ...] | tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """How the kernel moves over the input: a tuple has an entry per spatial axis."""

    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]  # zeros before and after
    dilation: tuple[int, ...]
    groups: int

    def extent(self, kernel: tuple[int, ...]) -> tuple[int, ...]:
        """Places from the first to the last that a kernel of these lengths touches."""
        return tuple(d * (k - 1) + 1 for d, k in zip(self.dilation, kernel, strict=True))

    def padded(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """Lengths of the input with its zeros."""
        return tuple(n + low + high for n, (low, high) in zip(size, self.padding, strict=True))

    def output(self, size: tuple[int, ...], kernel: tuple[int, ...]) -> tuple[int, ...]:
        """Lengths of the result; ValueError if the kernel does not fit once."""
        lengths = tuple(
            (n - e) // s + 1
            for n, e, s in zip(self.padded(size), self.extent(kernel), self.stride, strict=True)
        )
        if min(lengths) < 1 or 0 in kernel:
            raise ValueError(
                f"a kernel of lengths {kernel}, dilated to {self.extent(kernel)}, does not fit "
                f"into an input of lengths {self.padded(size)}, padding included"
            )
        return lengths

    def interior(self, size: tuple[int, ...]) -> tuple[Any, ...]:
        """The index of the input inside its padded array."""
        spatial = (slice(low, low + n) for n, (low, _) in zip(size, self.padding, strict=True))
        return (..., *spatial)


class _Sizes(NamedTuple):
    """Lengths of everything in one convolution, by the letters of the formula."""

    n: int
    c: int  # channels in a group
    o: int  # output channels in a group
    input: tuple[int, ...]
    kernel: tuple[int, ...]
    output: tuple[int, ...]

    @property
    def taps(self) -> int:
        """Entries of a kernel that act on one output channel."""
        return self.c * math.prod(self.kernel)

    @property
    def places(self) -> int:
        """Elements of one output channel."""
        return math.prod(self.output)


def _sizes(x: tuple[int, ...], w: tuple[int, ...], window: Window) -> _Sizes:
    """Check that input and kernel shapes fit together."""
    axes, groups = len(window.stride) + 2, window.groups
    if len(x) != axes or len(w) != axes:
        raise ValueError(f"input and kernel need {axes} axes, got {len(x)} and {len(w)}")
    if x[1] != w[1] * groups or w[0] % groups:
        raise ValueError(
            f"{x[1]} input channels in {groups} groups do not fit a kernel of {w[1]} channels "
            f"and {w[0]} output channels"
        )
    output = window.output(x[2:], w[2:])
    return _Sizes(x[0], w[1], w[0] // groups, x[2:], w[2:], output)


# --- the three partial derivatives of the trilinear form ----------------------------------


def _columns(x: Any, sizes: _Sizes, window: Window) -> Any:
    """A view of all windows: axes (n, group, channel, *offset, *place)."""
    if any(low or high for low, high in window.padding):
        wide = np.zeros(x.shape[:2] + window.padded(sizes.input), x.dtype)
        wide[window.interior(sizes.input)] = x
        x = wide
    spatial = tuple(range(2, x.ndim))
    views = sliding_window_view(x, window.extent(sizes.kernel), axis=spatial)
    steps = (slice(None, None, step) for step in window.stride + window.dilation)
    views = views[(slice(None), slice(None), *steps)]
    ndim = len(spatial)
    views = views.transpose(0, 1, *range(2 + ndim, 2 + 2 * ndim), *range(2, 2 + ndim))
    return views.reshape(sizes.n, window.groups, sizes.c, *sizes.kernel, *sizes.output)


def _matrices(x: Any, *shape: int) -> Any:
    """Reshape for a matrix product, in row-major order: it rounds the same for every layout."""
    return np.ascontiguousarray(x.reshape(shape))


def _batches(sizes: _Sizes, window: Window) -> tuple[int, list[slice]]:
    """Parts of the batch whose columns stay in the cache, and the length of the longest."""
    per_sample = window.groups * sizes.taps * sizes.places
    step = min(max(1, _IN_CACHE // max(per_sample, 1)), max(sizes.n, 1))
    return step, [slice(i, min(i + step, sizes.n)) for i in range(0, sizes.n, step)]


def _forward(x: Any, w: Any, *, window: Window) -> Any:
    sizes, groups = _sizes(x.shape, w.shape, window), window.groups
    views, kernel = _columns(x, sizes, window), _matrices(w, groups, sizes.o, sizes.taps)
    dtype = np.result_type(x, w)
    y = np.empty((sizes.n, groups, sizes.o, sizes.places), dtype)
    step, parts = _batches(sizes, window)
    buffer = np.empty((step, *views.shape[1:]), dtype)
    for part in parts:
        columns = buffer[: part.stop - part.start]
        np.copyto(columns, views[part])
        np.matmul(kernel, columns.reshape(-1, groups, sizes.taps, sizes.places), out=y[part])
    return y.reshape(sizes.n, groups * sizes.o, *sizes.output)


def _to_input(g: Any, w: Any, *, window: Window, size: tuple[int, ...]) -> Any:
    groups = window.groups
    sizes = _sizes((g.shape[0], w.shape[1] * groups, *size), w.shape, window)
    _check_cotangent(g, groups * sizes.o, sizes)
    transposed = _matrices(w, groups, sizes.o, sizes.taps).swapaxes(1, 2)
    matrices = _matrices(g, sizes.n, groups, sizes.o, sizes.places)
    dtype = np.result_type(g, w)
    out = np.zeros((sizes.n, groups * sizes.c, *window.padded(size)), dtype)
    step, parts = _batches(sizes, window)
    buffer = np.empty((step, groups, sizes.taps, sizes.places), dtype)
    for part in parts:
        columns = buffer[: part.stop - part.start]
        np.matmul(transposed, matrices[part], out=columns)
        columns = columns.reshape(-1, groups * sizes.c, *sizes.kernel, *sizes.output)
        for offset in product(*map(range, sizes.kernel)):
            place = _touched(offset, sizes, window)
            out[part][place] += columns[(slice(None), slice(None), *offset)]  # type: ignore[arg-type]
    return out[window.interior(size)]


def _touched(offset: tuple[int, ...], sizes: _Sizes, window: Window) -> tuple[Any, ...]:
    """The padded input's places that the kernel's entry at ``offset`` meets."""
    spatial = (
        slice(k * d, k * d + s * (n - 1) + 1, s)
        for k, d, s, n in zip(offset, window.dilation, window.stride, sizes.output, strict=True)
    )
    return (..., *spatial)


def _to_kernel(x: Any, g: Any, *, window: Window, kernel: tuple[int, ...]) -> Any:
    groups, channels = window.groups, x.shape[1] // window.groups
    sizes = _sizes(x.shape, (g.shape[1], channels, *kernel), window)
    _check_cotangent(g, groups * sizes.o, sizes)
    views, ndim, dtype = _columns(x, sizes, window), len(kernel), np.result_type(x, g)
    # Samples and places form one long axis, so that there is one product per group.
    views = views.transpose(1, *range(2, 3 + ndim), 0, *range(3 + ndim, 3 + 2 * ndim))
    matrices = g.reshape(sizes.n, groups, sizes.o, sizes.places).transpose(1, 2, 0, 3)
    total = np.zeros((groups, sizes.o, sizes.taps), dtype)
    for part in _batches(sizes, window)[1]:
        many = (part.stop - part.start) * sizes.places
        columns = _matrices(views[(slice(None),) * (2 + ndim) + (part,)], groups, sizes.taps, many)
        total += _matrices(matrices[:, :, part], groups, sizes.o, many) @ columns.swapaxes(1, 2)
    return total.reshape(groups * sizes.o, channels, *kernel)


def _check_cotangent(g: Any, channels: int, sizes: _Sizes) -> None:
    if g.shape != (sizes.n, channels, *sizes.output):
        raise ValueError(f"the cotangent of shape {g.shape} does not belong to this convolution")


def _family(name: str) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """The three rows of one convolution, each in the others' rules."""
    conv = bilinear(
        name,
        _forward,
        lambda g, y, x, w, *, window: to_input(g, w, window=window, size=x.shape[2:]),
        lambda g, y, x, w, *, window: to_kernel(x, g, window=window, kernel=w.shape[2:]),
        hint="The input is (batch, channels, ...), the kernel (output channels, channels / "
        "groups, ...), and the kernel must fit into the padded input",
    )
    to_input = bilinear(
        f"{name}_to_input",
        _to_input,
        lambda u, x, g, w, *, window, size: conv(u, w, window=window),
        lambda u, x, g, w, *, window, size: to_kernel(u, g, window=window, kernel=w.shape[2:]),
    )
    to_kernel = bilinear(
        f"{name}_to_kernel",
        _to_kernel,
        lambda v, w, x, g, *, window, kernel: to_input(g, v, window=window, size=x.shape[2:]),
        lambda v, w, x, g, *, window, kernel: conv(x, v, window=window),
    )
    return conv, to_input, to_kernel


_conv1d, _conv1d_to_input, _conv1d_to_kernel = _family("conv1d")
_conv2d, _conv2d_to_input, _conv2d_to_kernel = _family("conv2d")

# --- what a reader calls ------------------------------------------------------------------


def conv1d(
    x: Any,
    kernel: Any,
    *,
    stride: int | tuple[int] = 1,
    padding: Padding = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
) -> Any:
    """Slide a kernel over signals: y[n,o,l] = sum_ck kernel[o,c,k] x[n, c, s l + d k - p].

    The kernel is not flipped (cross-correlation): ``numpy.convolve(x, w, "valid")`` is
    ``conv1d`` with ``w[::-1]``. Add a bias as ``+ b[:, None]``.

    Parameters
    ----------
    x : array_like or Tensor, shape (N, C, L)
    kernel : array_like or Tensor, shape (O, C // groups, K)
    stride : int, optional
        s, the places between windows.
    padding : int, pair (before, after) in a tuple, "valid" or "same", optional
        Zeros at the ends. "same" keeps the length and needs stride 1; an odd zero goes last.
    dilation : int, optional
        d, the places between the kernel's entries.
    groups : int, optional
        Blocks of channels that do not mix; it divides C and O.

    Returns
    -------
    array or Tensor, shape (N, O, (L + padding - d (K - 1) - 1) // s + 1)

    Raises
    ------
    ValueError
        If shapes do not fit together, or an option is out of range.
    TypeError
        If an option is not an integer.
    """
    return _apply(_conv1d, x, kernel, stride, padding, dilation, groups)


def conv2d(
    x: Any,
    kernel: Any,
    *,
    stride: int | tuple[int, int] = 1,
    padding: Padding = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> Any:
    """Slide a kernel over images: ``conv1d`` with places (i, j) and offsets (k, l).

    y[n,o,i,j] = sum_ckl kernel[o,c,k,l] x[n, c, s0 i + d0 k - p0, s1 j + d1 l - p1]. The
    kernel is not flipped (cross-correlation). Add a bias as ``+ b[:, None, None]``.

    Parameters
    ----------
    x : array_like or Tensor, shape (N, C, H, W)
    kernel : array_like or Tensor, shape (O, C // groups, KH, KW)
    stride, dilation : int or pair of int, optional
        One number serves both axes.
    padding : int, pair of int, pair of pairs, "valid" or "same", optional
        Zeros around the image: on all sides, on (top and bottom, left and right), or
        ((top, bottom), (left, right)). "same" needs stride 1.
    groups : int, optional
        Blocks of channels that do not mix; C of them make a depthwise convolution.

    Returns
    -------
    array or Tensor, shape (N, O, H', W')
        Each length as for ``conv1d``.

    Raises
    ------
    ValueError, TypeError
        As ``conv1d``.
    """
    return _apply(_conv2d, x, kernel, stride, padding, dilation, groups)


def _apply(
    row: Callable[..., Any],
    x: Any,
    kernel: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: Any,
) -> Any:
    x, kernel = (a if isinstance(a, Tensor) else np.asarray(a) for a in (x, kernel))
    name, axes = row.op.name, 1 if row is _conv1d else 2  # type: ignore[attr-defined]
    steps = _per_axis(stride, axes, 1, f"{name}: stride")
    gaps = _per_axis(dilation, axes, 1, f"{name}: dilation")
    (blocks,) = _per_axis(groups, 1, 1, f"{name}: groups")
    if padding == "same":
        if steps != (1,) * axes:
            raise ValueError(f"{name}: padding 'same' needs stride 1, got {stride}. Pass numbers")
        totals = [d * (k - 1) for d, k in zip(gaps, kernel.shape[2:], strict=False)]
        pairs = tuple((total // 2, total - total // 2) for total in totals)
        pairs += ((0, 0),) * (axes - len(pairs))  # a kernel of too few axes: the row says so
    else:
        pairs = _pairs(0 if padding == "valid" else padding, axes, f"{name}: padding")
    return row(x, kernel, window=Window(steps, pairs, gaps, blocks))


def _pairs(padding: Any, axes: int, what: str) -> tuple[tuple[int, int], ...]:
    """Zeros before and after, per axis."""
    if isinstance(padding, list | tuple) and any(isinstance(p, list | tuple) for p in padding):
        if len(padding) != axes:
            raise ValueError(f"{what}: needs {axes} pairs (before, after), got {padding!r}")
        return tuple(_per_axis(pair, 2, 0, what) for pair in padding)  # type: ignore[misc]
    if axes == 1 and isinstance(padding, list | tuple) and len(padding) == 2:
        return (_per_axis(padding, 2, 0, what),)  # type: ignore[return-value]
    return tuple((n, n) for n in _per_axis(padding, axes, 0, what))


def _per_axis(given: Any, axes: int, least: int, what: str) -> tuple[int, ...]:
    """One integer per axis, none below ``least``."""
    numbers = tuple(given) if isinstance(given, list | tuple) else (given,) * axes
    if not all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in numbers):
        raise TypeError(f"{what}: needs integers, got {given!r}")
    if len(numbers) != axes or min(numbers) < least:
        raise ValueError(f"{what}: needs {axes} of at least {least}, got {given!r}")
    return tuple(int(n) for n in numbers)
