"""The cheap gradient principle, counted: a gradient costs a small multiple of its function.

For a multilayer perceptron and a mean squared error over B examples, layer l does
M_l = B w_{l-1} w_l multiply-adds on the way forward. On the way back a product Y = X W sends
back X* = Y* W^T and W* = X^T Y*, each as large as the product itself. The first layer needs no
X*, since the inputs are constants:

    cost of gradient / cost of function -> 3 - M_1 / sum_l M_l    for wide nets,

and a Hessian-vector product repeats the rule on the gradient's own products, 9 - 5 M_1 / sum_l M_l.
Single operations have small ratios too (tanh 4, square 3, add 1 or 2), so the whole never exceeds 4
(Baur and Strassen, 1983; Griewank and Walther, 2008, chapter 4).

References
----------
Baur, W. and Strassen, V. (1983). The complexity of partial derivatives. Theoretical Computer
Science 22, 317-330.
Griewank, A. and Walther, A. (2008). Evaluating Derivatives, 2nd ed., SIAM.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np

from ..autodiff import Parameter, grad, jvp, value_and_grad, vjp
from ..autodiff.tree import leaves, tree_map
from ..dynamics import ravel
from ..learning import MLP, Layer, mean_squared_error
from .operation_counts import Operations, count


@dataclass(frozen=True, slots=True)
class GradientCost:
    """What one loss and its gradient in all parameters cost.

    Attributes
    ----------
    widths : tuple of int
    batch : int
        B, the number of examples.
    function : Operations
    both : Operations
        Of the function and its gradient together.
    """

    widths: tuple[int, ...]
    batch: int
    function: Operations
    both: Operations

    @property
    def parameters(self) -> int:
        """P, the number of weights and biases."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))

    @property
    def ratio(self) -> float:
        """Function and gradient over function."""
        return self.both.total / self.function.total

    @property
    def first_share(self) -> float:
        """M_1 / sum M_l, the first layer's share of the multiply-adds."""
        return first_share(self.widths)

    @property
    def predicted_products_ratio(self) -> float:
        """3 - M_1 / sum M_l, exact for the multiply-adds."""
        return 3 - self.first_share

    @property
    def predicted_function(self) -> Operations:
        """Products; biases, activations, and difference, square and mean of the loss."""
        first, *hidden, last = self.widths
        products = sum(a * b for a, b in pairwise(self.widths))
        return Operations(self.batch * products, self.batch * (2 * sum(hidden) + 4 * last))

    @property
    def predicted_both(self) -> Operations:
        """Products three times but the first layer's X*; one rule for each operation.

        Backward, a bias costs a sum over the batch, tanh three operations and the mean square one,
        with a factor that is one number.
        """
        first, *hidden, last = self.widths
        products = self.predicted_function.products
        back = self.batch * (3 * sum(hidden) + last) + 1
        if self.batch > 1:
            back += self.batch * (sum(hidden) + last)
        return Operations(
            3 * products - self.batch * first * self.widths[1],
            self.predicted_function.others + back,
        )


@dataclass(frozen=True, slots=True)
class HessianProduct:
    """One Hessian-vector product, by two routes.

    Attributes
    ----------
    widths : tuple of int
    forward_over_reverse, reverse_over_reverse : ndarray, shape (P,)
        H v by each route.
    products_ratio : tuple of float
        Multiply-adds over those of the function, for each route in this order.
    """

    widths: tuple[int, ...]
    forward_over_reverse: np.ndarray
    reverse_over_reverse: np.ndarray
    products_ratio: tuple[float, float]

    @property
    def difference(self) -> float:
        """Largest difference, relative to the largest entry."""
        gap = np.max(np.abs(self.forward_over_reverse - self.reverse_over_reverse))
        return float(gap / np.max(np.abs(self.reverse_over_reverse)))

    @property
    def predicted_products_ratio(self) -> float:
        """9 - 5 M_1 / sum M_l."""
        return 9 - 5 * first_share(self.widths)


def first_share(widths: Sequence[int]) -> float:
    """Return the first layer's share of a net's multiply-adds."""
    return widths[0] * widths[1] / sum(a * b for a, b in pairwise(widths))


def measure(widths: tuple[int, ...], *, batch: int = 8, seed: int = 0) -> GradientCost:
    """Count the operations of one loss and of its gradient."""
    loss, theta = problem(widths, batch, seed)
    theta = tree_map(Parameter, theta)
    value, pull_back = vjp(loss, theta)
    # A parameter as cotangent, so that the sweep records itself from its first step on.
    (gradient,) = pull_back(Parameter(1.0))
    return GradientCost(tuple(widths), batch, count(value), count(value, *leaves(gradient)))


def run(
    widths: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128), layers: Sequence[int] = (2, 3, 6)
) -> tuple[GradientCost, ...]:
    """Measure square nets: as many inputs and outputs as hidden units, several layers deep."""
    return tuple(measure((width,) * (depth + 1)) for depth, width in product(layers, widths))


def hessian_product(
    widths: tuple[int, ...] = (8, 16, 16, 4), *, batch: int = 8, seed: int = 0
) -> HessianProduct:
    """Form H v for a random v by both routes, and count the multiply-adds of each."""
    loss, theta = problem(widths, batch, seed)
    flat, unravel = ravel(theta)

    def flat_loss(z: Any) -> Any:
        return loss(unravel(z))

    def slope(z: Any) -> Any:
        """The derivative along v; its gradient is H v."""
        return (grad(flat_loss)(z) * v).sum()

    z, v = Parameter(flat), Parameter(np.random.default_rng(seed + 1).standard_normal(flat.size))
    # Values count too: the gradient is computed, though H v does not depend on all of it.
    routes = jvp(grad(flat_loss), (z,), (v,)), value_and_grad(slope)(z)
    once = count(flat_loss(z)).products
    first, second = (count(*route).products / once for route in routes)
    forward, reverse = (product.numpy() for _, product in routes)
    return HessianProduct(tuple(widths), forward, reverse, (first, second))


def problem(widths: tuple[int, ...], batch: int, seed: int) -> tuple[Any, list[Layer]]:
    """A net's loss on random data, and random parameters."""
    rng = np.random.default_rng(seed)
    model = MLP(widths)
    theta = model.init(rng)
    x, t = rng.standard_normal((batch, widths[0])), rng.standard_normal((batch, widths[-1]))
    return (lambda theta: mean_squared_error(model(theta, x), t)), theta
