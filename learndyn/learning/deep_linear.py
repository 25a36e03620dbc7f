r"""Deep linear networks: the nets whose learning is known in closed form.

The map y = W_N ... W_1 x is linear in x but not in its weights. With inputs of covariance one
and the loss L = 1/2 |W_N ... W_1 - S|^2, the singular modes of the target S learn apart from
each other, once the weights are balanced and aligned with them. A mode of strength s whose
product of layer strengths is a = u^N obeys

    da/dt = N a^(2 - 2/N) (s - a)

in the time of gradient flow (t = k eta after k steps of descent). For two layers

    a(t) = s e^(2 s t) / (e^(2 s t) - 1 + s/a0),   half risen at t = ln(s/a0 - 1) / (2 s)

(Saxe, McClelland and Ganguli, 2014): small starts give a plateau and then a sudden rise. The
plateau lasts as ln(1/a0) for N = 2 and as a0^-(1 - 2/N) for more layers.

Gradient flow conserves each D_l = W_l W_l' - W_{l+1}' W_{l+1} (Arora, Cohen and Hazan, 2018;
Du, Hu and Lee, 2018). Descent adds exactly eta^2 (G_l G_l' - G_{l+1}' G_{l+1}) a step.

Weights are matrices of shape (units of layer l, units of layer l - 1) that act on columns. The
``MLP`` of this package acts on rows: hand over the transpose of its weights.

References
----------
Saxe, A., McClelland, J. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
Arora, S., Cohen, N. and Hazan, E. (2018). On the optimization of deep networks. ICML.
Du, S., Hu, W. and Lee, J. (2018). Algorithmic regularization in learning deep homogeneous
models: layers are automatically balanced. NeurIPS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np

from ..autodiff import Tensor, square


def deep_linear_product(weights: Sequence[Any]) -> Any:
    """Return W_N ... W_1, shape (outputs, inputs); ``weights`` lists W_1 first."""
    return reduce(lambda product, w: w @ product, weights)


def deep_linear_loss(target: Any) -> Callable[[Sequence[Any]], Any]:
    """Return the loss L = 1/2 |W_N ... W_1 - S|^2 as a function of the list of weights.

    Parameters
    ----------
    target : array_like, shape (outputs, inputs)
        S, the correlation of outputs with inputs whose covariance is one.
    """
    target = np.asarray(target, dtype=np.float64)
    return lambda weights: 0.5 * square(deep_linear_product(weights) - target).sum()


def balanced_start(target: Any, strength: float, *, depth: int = 2) -> list[np.ndarray]:
    """Return weights that are balanced and aligned with the modes of the target.

    W_1 = u V', W_2 = ... = u I, W_N = u U with S = U diag(s) V' and u = a0^(1/N): every
    D_l is zero, and each mode has the strength a0.

    Parameters
    ----------
    target : array_like, shape (outputs, inputs)
    strength : float
        a0, positive: the strength of each mode at the start.
    depth : int, optional
        N, two or more layers. Hidden layers have min(outputs, inputs) units.

    Raises
    ------
    ValueError
        If the strength is not positive or the depth is below 2.
    """
    _require_depth(depth, "balanced_start")
    _require_positive("balanced_start", strength=strength)
    left, s, right = np.linalg.svd(np.asarray(target, dtype=np.float64), full_matrices=False)
    u = strength ** (1.0 / depth)
    return [u * right, *(u * np.eye(len(s)) for _ in range(depth - 2)), u * left]


def mode_strengths(weights: Sequence[Any], target: Any) -> np.ndarray:
    """Return u_i' (W_N ... W_1) v_i for each singular mode (u_i, v_i) of the target.

    Returns
    -------
    ndarray, shape (min(outputs, inputs),)
        In the order of the target's singular values, largest first.
    """
    left, _, right = np.linalg.svd(np.asarray(target, dtype=np.float64), full_matrices=False)
    product = deep_linear_product([_array(w) for w in weights])
    return np.einsum("oi,on,in->i", left, product, right)


def mode_strength(t: Any, s: float, a0: float) -> Any:
    """Return a(t) = s e^(2 s t) / (e^(2 s t) - 1 + s/a0), two balanced layers.

    Parameters
    ----------
    t : float or array_like
        Time of gradient flow; k eta after k small steps of descent.
    s : float
        Strength of the mode in the target, positive.
    a0 : float
        Strength at t = 0, positive.

    Raises
    ------
    ValueError
        If s or a0 is not positive.
    """
    _require_positive("mode_strength", s=s, a0=a0)
    # Multiplied by e^(-2 s t), so that a long time does not overflow.
    decayed = np.exp(-2.0 * s * np.asarray(t, dtype=np.float64))
    return (s / (1.0 + (s / a0 - 1.0) * decayed))[()]


def half_rise_time(s: float, a0: float) -> float:
    """Return ln(s/a0 - 1)/(2 s): when two balanced layers have learned half of a mode.

    Raises
    ------
    ValueError
        If s or a0 is not positive, or a0 is not below s/2.
    """
    _require_positive("half_rise_time", s=s, a0=a0)
    if a0 >= s / 2:
        raise ValueError(f"half_rise_time: a mode that starts at a0={a0} has half of s={s} already")
    return float(np.log(s / a0 - 1.0) / (2.0 * s))


def mode_flow(s: float, *, depth: int) -> Callable[[float, Any], Any]:
    """Return the flow da/dt = N a^(2 - 2/N) (s - a) of one balanced mode, N layers.

    Parameters
    ----------
    s : float
        Strength of the mode in the target, positive.
    depth : int
        N, two or more.

    Returns
    -------
    callable
        A Flow on states of shape (n,): n modes of the same s side by side, each positive.
    """
    _require_depth(depth, "mode_flow")
    _require_positive("mode_flow", s=s)
    return lambda t, a: depth * a ** (2.0 - 2.0 / depth) * (s - a)


def rise_time(s: float, a0: float, *, depth: int, fraction: float = 0.5) -> float:
    """Return the time in which a balanced mode of depth N rises from a0 to fraction * s.

    This is the integral of da / (N a^(2 - 2/N) (s - a)). The plateau is nearly all of it:
    as a0 -> 0 it grows as a0^-(1 - 2/N) / ((N - 2) s) for N > 2, and as ln(s/a0)/(2 s) for
    N = 2. In terms of each layer's own strength u = a0^(1/N), that is u^-(N - 2).

    Parameters
    ----------
    s, a0 : float
        Strength in the target and at the start, positive.
    depth : int
        N, two or more.
    fraction : float, optional
        Below 1, and such that a0 < fraction * s.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    _require_depth(depth, "rise_time")
    _require_positive("rise_time", s=s, a0=a0)
    if not a0 / s < fraction < 1.0:
        raise ValueError(
            f"rise_time: needs a0/s < fraction < 1, got a0/s={a0 / s} and fraction={fraction}"
        )
    # In x = ln a the integrand is smooth: Gauss's rule on panels of length about one.
    start, end = np.log(a0), np.log(fraction * s)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(start, end, int(np.ceil(2 * (end - start))) + 2)
    half = np.diff(edges)[:, None] / 2.0
    x = edges[:-1, None] + half * (1.0 + nodes)
    power = 1.0 - 2.0 / depth
    return float(np.sum(half * weights * np.exp(-power * x) / (depth * (s - np.exp(x)))))


def balance(weights: Sequence[Any]) -> list[np.ndarray]:
    """Return D_l = W_l W_l' - W_{l+1}' W_{l+1} for each pair of neighbouring layers.

    Gradient flow conserves each. For vectors of one hidden unit it says that the norms of
    incoming and outgoing weights keep their difference of squares.

    Parameters
    ----------
    weights : sequence of array_like
        W_1 first; W_l of shape (n_l, n_{l-1}).

    Returns
    -------
    list of ndarray, shapes (n_l, n_l), for l = 1 .. N - 1

    Raises
    ------
    ValueError
        If there are fewer than two layers or neighbouring shapes do not fit.
    """
    return _balance([_array(w) for w in weights], "balance")


def balance_drift(gradients: Sequence[Any], step_size: float) -> list[np.ndarray]:
    """Return eta^2 (G_l G_l' - G_{l+1}' G_{l+1}): what one step of descent adds to each D_l.

    The terms of first order cancel, since G_l W_l' = W_{l+1}' G_{l+1}. The rest is exact, so
    over a fixed time the drift is O(eta).

    Parameters
    ----------
    gradients : sequence of array_like
        dL/dW_l, W_1 first, of the shapes of the weights.
    step_size : float
        eta.

    Raises
    ------
    ValueError
        If there are fewer than two layers or neighbouring shapes do not fit.
    """
    return [step_size**2 * d for d in _balance([_array(g) for g in gradients], "balance_drift")]


def _balance(matrices: list[np.ndarray], caller: str) -> list[np.ndarray]:
    shapes = [m.shape for m in matrices]
    fits = all(len(shape) == 2 for shape in shapes) and all(
        below[0] == above[1] for below, above in pairwise(shapes)
    )
    if len(shapes) < 2 or not fits:
        raise ValueError(
            f"{caller}: needs two or more matrices of shape (units, units of the layer below), "
            f"first layer first, got shapes {shapes}"
        )
    return [below @ below.T - above.T @ above for below, above in pairwise(matrices)]


def _array(x: Any) -> np.ndarray:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x, dtype=np.float64)


def _require_depth(depth: int, caller: str) -> None:
    if depth < 2:
        raise ValueError(f"{caller}: depth must be 2 or more layers, got {depth}")


def _require_positive(caller: str, **values: float) -> None:
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{caller}: {name} must be positive and finite, got {value}")
