r"""How many copies a point of parameter space has.

Renumbering the units of each hidden layer gives prod n_l! copies of a net, flipping the signs of
units with an odd activation 2^{n_l} for each layer. All compute the same function. For a net of one
hidden layer in which no unit can be left out or joined with another these are the only ones
(Sussmann, 1992). A group element that leaves the point alone makes no copy, so a point has

    copies = (order of the group) / (order of its stabiliser) :

n! / k! where k units are equal, and half as many flips for each unit that is 0.

References
----------
Sussmann, H. J. (1992). Uniqueness of the weights for minimal feedforward nets with a given
input-output map. Neural Networks 5, 589-593.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from ..dynamics import ravel
from ..learning import MLP, Layer, mean_squared_error, standard_normal
from ..learning.symmetry import permute_units
from .symmetry_breaking import data


@dataclass(frozen=True, slots=True)
class Copies:
    """The orbit of a net.

    Attributes
    ----------
    order : int
        Of the group: renumberings times flips.
    stabiliser : int
        Number of group elements that leave the net alone.
    distinct : int
        Number of different copies.
    spread : float
        Largest difference between the losses of copies.
    """

    order: int
    stabiliser: int
    distinct: int
    spread: float


def log10_copies(widths: Sequence[int], *, flips: bool = True) -> float:
    """Return log10 of prod n_l! 2^{n_l} over the hidden widths n_l.

    Parameters
    ----------
    widths : sequence of int
        Of the hidden layers.
    flips : bool, optional
        Whether the activation is odd, so that signs can be flipped.

    Raises
    ------
    ValueError
        If a width is not positive.
    """
    if not widths or min(widths) < 1:
        raise ValueError(f"log10_copies: needs positive widths, got {tuple(widths)}")
    total = sum(math.lgamma(n + 1.0) + (n * math.log(2.0) if flips else 0.0) for n in widths)
    return total / math.log(10.0)


def run(kind: str = "all different", *, width: int = 3, seed: int = 0) -> Copies:
    """Enumerate the copies of a random tanh net with one hidden layer.

    Parameters
    ----------
    kind : {"all different", "two equal", "one zero"}, optional
        What is done to its units first.
    width : int, optional
        2 to 5: the group has width! 2^width elements.
    seed : int, optional

    Returns
    -------
    Copies

    Raises
    ------
    ValueError
        If the kind is another, or the width is out of range.
    """
    if kind not in ("all different", "two equal", "one zero") or not 2 <= width <= 5:
        raise ValueError(
            "symmetric_copies: needs kind 'all different', 'two equal' or 'one zero' and a width "
            f"of 2 to 5, got {kind!r} and {width}"
        )
    model, (x, y) = MLP((2, width, 1)), data()
    hidden, out = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    units = np.concatenate([hidden.weight, hidden.bias, out.weight.T])
    if kind == "two equal":
        units[:, 1] = units[:, 0]
    elif kind == "one zero":
        units[:, 0] = 0.0
    theta = [Layer(units[:2], units[2:3]), Layer(units[3:].T, out.bias)]
    copies, losses = [], []
    for order, signs in product(permutations(range(width)), product((1.0, -1.0), repeat=width)):
        copy = permute_units(_flipped(theta, np.array(signs)), [list(order)])
        copies.append(ravel(copy)[0] + 0.0)  # -0 is 0
        losses.append(float(mean_squared_error(model(copy, x), y)))
    found = np.array(copies)
    stabiliser = int((found == ravel(theta)[0]).all(axis=1).sum())
    return Copies(len(found), stabiliser, len(np.unique(found, axis=0)), float(np.ptp(losses)))


def _flipped(theta: list[Layer], signs: np.ndarray) -> list[Layer]:
    """The net with units of sign -1 turned: incoming weights, bias and outgoing weight."""
    hidden, out = theta
    return [
        Layer(hidden.weight * signs, hidden.bias * signs),
        Layer(out.weight * signs[:, None], out.bias),
    ]
