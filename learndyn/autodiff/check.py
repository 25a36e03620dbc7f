"""Compare derivatives with central differences, along random directions.

With step h the central difference errs by h^2 f'''/6 (truncation) and eps |f| / h
(rounding), which balance at h ~ eps^(1/3) times the scale of the input. Differences are
divided by the step that was realised in floating point, (x + h v) - (x - h v).

Where an element is much smaller than its neighbours, h suits the neighbours, and truncation may
be all that differs. So whoever fails is compared once more: (4 D(h) - D(2h)) / 3 has no error of
second order (Richardson), and a wrong derivative fails again.

A second derivative is checked by differencing the analytic first one, never by
differencing f twice, which would lose half of the digits.

References
----------
Press et al. (2007). Numerical Recipes, 3rd ed., section 5.7.
Richardson (1911). The approximate arithmetical solution by finite differences. Phil. Trans. A 210.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .tensor import Array, Tensor
from .transforms import jvp, vjp
from .tree import Tree, leaves, paths, rebuild

EPS = float(np.finfo(np.float64).eps)
STEP = EPS ** (1 / 3)
_ALL_COORDINATES_UP_TO = 32  # elements for which each coordinate is checked by itself


class GradientCheckError(AssertionError):
    """A derivative disagrees with finite differences."""


def check_grads(
    f: Callable[..., Any],
    *args: Tree,
    order: int = 2,
    directions: int = 3,
    rtol: float = 1e-6,
    seed: int = 0,
) -> None:
    """Check the derivatives of ``f`` in reverse and in forward mode.

    Parameters
    ----------
    f : callable
        Returns a tensor or array of any shape. It must be smooth within about 2e-5 times
        the scale of each argument: stay away from kinks.
    *args : array_like or tree of arrays
        The point, float64.
    order : int, optional
        1 checks the first derivative, 2 the second as well.
    directions : int, optional
        Random directions in addition to the single coordinates of a small input.
    rtol : float, optional
        Relative tolerance; the absolute one is the rounding error of the difference.
    seed : int, optional
        Of the random directions and cotangents. They are random and not uniform, since a
        cotangent of ones hides errors that sum to zero.

    Raises
    ------
    GradientCheckError
        If a derivative is wrong, not finite, or ``f`` changed its input. The message names
        the mode, the order, the argument, and both numbers.
    TypeError
        If an argument is not float64: finite differences of other types mean nothing.
    ValueError
        If arguments overlap in memory, ``order`` is not 1 or 2, or ``f`` is not finite.
    """
    if order not in (1, 2):
        raise ValueError(f"check_grads: order must be 1 or 2, got {order}")
    point = [_checked_leaf(leaf, path) for path, leaf in zip(paths(args), leaves(args), strict=True)]
    _refuse_overlap(point)
    names = [f"argument {path}" for path in paths(args)]
    rng = np.random.default_rng(seed)

    def flat(*parts: Any) -> Any:
        return f(*rebuild(args, list(parts)))

    cotangent = _check_first(flat, point, names, directions, rtol, rng, "first")
    if order == 2:
        for i, name in enumerate(names):

            def slope(*parts: Any, i: int = i) -> Any:
                return vjp(flat, *parts)[1](cotangent)[i]

            _check_first(slope, point, names, directions, rtol, rng, f"second ({name} first)")


def _check_first(
    f: Callable[..., Any],
    point: list[Array],
    names: list[str],
    directions: int,
    rtol: float,
    rng: np.random.Generator,
    order: str,
) -> Array:
    """Check one derivative of ``f``, both modes; return the cotangent that was used."""
    before = [x.copy() for x in point]
    value, pull_back = vjp(f, *point)
    _refuse_change(point, before)
    value = _finite(value, "the function")
    cotangent = rng.uniform(0.5, 1.5, value.shape) * rng.choice([-1.0, 1.0], value.shape)
    gradients = [np.asarray(g) for g in pull_back(cotangent)]
    for g, x, name in zip(gradients, point, names, strict=True):
        if g.shape != x.shape:
            raise GradientCheckError(f"reverse mode, {name}: shape {g.shape}, expected {x.shape}")
    for v, name in _directions(point, names, directions, rng):
        numeric, realised = _central_difference(f, point, v)
        forward = np.asarray(jvp(f, tuple(point), tuple(realised))[1])
        both = _BothModes(cotangent, value, _terms(gradients, realised), forward, rtol)
        fault = both.fault(numeric) and both.fault(_without_truncation(f, point, v, numeric))
        if fault:
            raise GradientCheckError(f"{fault[0]} mode, {order} derivative along {name}: {fault[1]}")
    _refuse_change(point, before)
    return cotangent


@dataclass(frozen=True, slots=True)
class _BothModes:
    """What both modes say of one direction, to be compared with a difference."""

    cotangent: Array
    value: Array
    reverse: Array  # the terms of <gradient, direction>
    forward: Array
    rtol: float

    def fault(self, numeric: Array) -> tuple[str, str] | None:
        """Name the mode that disagrees, and give both numbers."""
        total = float(np.vdot(self.cotangent, numeric))
        # A rounding error of f, weighted by the cotangent, divided by the step.
        noise = 10 * EPS * float(np.sum(np.abs(self.cotangent * self.value))) / STEP
        for mode, terms in (("reverse", self.reverse), ("forward", self.cotangent * self.forward)):
            analytic, scale = float(np.sum(terms)), float(np.sum(np.abs(terms)))
            if not abs(analytic - total) <= noise + self.rtol * max(scale, abs(total)):
                return mode, f"{analytic:.12g}, finite differences give {total:.12g}"
        per_output = 10 * EPS * (1 + np.abs(self.value)) / STEP
        if np.any(~(np.abs(numeric - self.forward) <= per_output + self.rtol * np.abs(numeric))):
            return "forward", f"{self.forward!r}, finite differences give {numeric!r}"
        return None


def _terms(gradients: list[Array], directions: list[Array]) -> Array:
    """The terms of <gradient, direction>, in one vector."""
    return np.concatenate([(g * v).ravel() for g, v in zip(gradients, directions, strict=True)])


def _directions(
    point: list[Array], names: list[str], count: int, rng: np.random.Generator
) -> list[tuple[list[Array], str]]:
    """Directions scaled as the input: each coordinate of a small input, and random ones."""
    scales = [_scale(x) for x in point]
    chosen = []
    for i, x in enumerate(point):
        if x.size <= _ALL_COORDINATES_UP_TO:
            for index in np.ndindex(x.shape):
                v = [np.zeros(other.shape) for other in point]
                v[i][index] = scales[i]
                chosen.append((v, f"{names[i]}{list(index) if index else ''}"))
    for _ in range(count):
        v = [
            s * rng.uniform(0.5, 1.5, x.shape) * rng.choice([-1.0, 1.0], x.shape)
            for s, x in zip(scales, point, strict=True)
        ]
        chosen.append((v, "a random direction"))
    return chosen


def _central_difference(
    f: Callable[..., Any], point: list[Array], v: list[Array], step: float = STEP
) -> tuple[Array, list[Array]]:
    """(f(x+) - f(x-)) / 2h, with the direction (x+ - x-) / 2h that was really taken."""
    ahead = [x + step * d for x, d in zip(point, v, strict=True)]
    behind = [x - step * d for x, d in zip(point, v, strict=True)]
    realised = [(a - b) / (2 * step) for a, b in zip(ahead, behind, strict=True)]
    high, low = (_finite(_plain(f(*x)), "the function near the point") for x in (ahead, behind))
    return (high - low) / (2 * step), realised


def _without_truncation(f: Callable[..., Any], point: list[Array], v: list[Array], numeric: Array) -> Array:
    """(4 D(h) - D(2h)) / 3, from D(h) = ``numeric``, which stays where f ends within two steps."""
    try:
        wide, _ = _central_difference(f, point, v, 2 * STEP)
    except ValueError:
        return numeric
    return (4 * numeric - wide) / 3


def _plain(y: Any) -> Array:
    return y.numpy() if isinstance(y, Tensor) else np.asarray(y)


def _finite(y: Any, what: str) -> Array:
    y = _plain(y)
    if not np.all(np.isfinite(y)):
        raise ValueError(f"check_grads: {what} is not finite. Choose another point")
    return y


def _scale(x: Array) -> float:
    """The size of the numbers in x, so that the step suits inputs near 1e-6 as well."""
    largest = float(np.max(np.abs(x))) if x.size else 0.0
    return largest if largest > 0 else 1.0


def _checked_leaf(leaf: Any, path: str) -> Array:
    array = leaf.data if isinstance(leaf, Tensor) else np.asarray(leaf)
    if array.dtype != np.float64:
        raise TypeError(
            f"check_grads: argument {path} has dtype {array.dtype}. "
            "Finite differences need float64: pass x.astype(np.float64)"
        )
    return array


def _refuse_overlap(point: list[Array]) -> None:
    for i, x in enumerate(point):
        repeats = x.size > 0 and any(
            n > 1 and stride == 0 for n, stride in zip(x.shape, x.strides, strict=True)
        )
        if repeats or any(np.shares_memory(x, other) for other in point[:i]):
            raise ValueError(
                "check_grads: arguments share memory, so they cannot vary independently. Pass copies"
            )


def _refuse_change(point: list[Array], before: list[Array]) -> None:
    for x, old in zip(point, before, strict=True):
        if not np.array_equal(x, old, equal_nan=True):
            raise GradientCheckError("the function changed its input in place")
