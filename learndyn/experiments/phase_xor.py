"""XOR: the share of nets that are done, over width and budget.

Gradient descent on the four examples fails from some starts, in valleys that fall off towards
infinity (Hamey, 1998): a failure rate is a statement about a budget. Nets 2-width-1 from N(0, 1)
train side by side, and a net leaves when it is done.

If a hidden layer of k w units were k layers of w units that try independently, it would fail with
the k-th power of the probability. That is what ``independent`` predicts from the narrowest width.

References
----------
Hamey, L. G. C. (1998). XOR has no local minima. Neural Networks 11, 669-681.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..learning import MLP, GradientDescent, Layer, mean_squared_error, standard_normal
from ..learning.ensembles import ensemble_map, simulate_ensemble
from .xor import INPUTS, SOLVED_BELOW, TARGETS

WIDTHS = (2, 3, 4, 5, 6, 8, 12)
BUDGETS = (50, 100, 150, 250, 400, 650, 1000, 1500, 2500, 4000, 6500, 10_000)
REPEATS = 4
EVERY = 50  # steps between two looks at the loss


@dataclass(frozen=True, slots=True)
class XorMap:
    """How many nets are done, by width and budget.

    Attributes
    ----------
    widths : ndarray of int, shape (rows,)
    budgets : ndarray of int, shape (columns,)
        Steps.
    solved : ndarray of int, shape (rows, repeats, columns)
        Nets whose error has been below ``SOLVED_BELOW`` within the budget.
    networks : int
        Of each width and repeat.
    """

    widths: np.ndarray
    budgets: np.ndarray
    solved: np.ndarray
    networks: int

    @property
    def success(self) -> np.ndarray:
        """Share of nets that are done, over all repeats: shape (rows, columns)."""
        return self.solved.mean(axis=1) / self.networks

    @property
    def standard_error(self) -> np.ndarray:
        """Binomial, sqrt(p (1 - p) / n): shape (rows, columns)."""
        p = self.success
        return np.sqrt(p * (1.0 - p) / (self.networks * self.solved.shape[1]))

    @property
    def independent(self) -> np.ndarray:
        """1 - (1 - p_0)^(width / width_0) from the first row, shape (rows, columns)."""
        powers = self.widths[:, None] / self.widths[0]
        return 1.0 - (1.0 - self.success[0]) ** powers


def row(
    width: int,
    repeat: int,
    *,
    budgets: Sequence[int] = BUDGETS,
    networks: int = 100,
    step_size: float = 0.1,
    activation: str = "tanh",
) -> dict[str, np.ndarray]:
    """Train nets of one width up to the largest budget, and count who is done within each.

    Parameters
    ----------
    width : int
        Hidden units.
    repeat : int
        Seed of the initial parameters.
    budgets : sequence of int, optional
        Multiples of ``EVERY``.
    networks : int, optional
        How many.
    step_size : float, optional
    activation : {"tanh", "relu", "sigmoid"}, optional

    Returns
    -------
    dict
        ``solved``, shape (columns,); see ``XorMap``.

    Raises
    ------
    ValueError
        If a budget is no positive multiple of ``EVERY``.
    """
    limits = np.asarray(budgets)
    if not limits.size or np.any(limits < 1) or np.any(limits % EVERY):
        raise ValueError(
            f"phase_xor: budgets must be positive multiples of {EVERY} steps, got {list(budgets)}. "
            "The losses are looked at that often"
        )
    model = MLP((2, width, 1), activation)
    theta = model.init(np.random.default_rng(repeat), ensemble=(networks,), initialiser=standard_normal)

    def loss(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, INPUTS), TARGETS, axis=(-2, -1))

    ensemble = ensemble_map(loss, GradientDescent(step_size), theta)
    run = simulate_ensemble(
        ensemble,
        ensemble.initial_state,
        int(limits.max()),
        every=EVERY,
        stop_when=lambda rows: ensemble.select(np.arange(len(rows))).losses(rows) < SOLVED_BELOW,
        progress=False,
    )
    return {"solved": (run.left[:, None] <= limits).sum(axis=0)}


def run(
    widths: Sequence[int] = (2, 3, 4),
    *,
    repeats: Sequence[int] = (0,),
    budgets: Sequence[int] = BUDGETS,
    networks: int = 100,
    step_size: float = 0.1,
    activation: str = "tanh",
) -> XorMap:
    """Train nets of several widths.

    Parameters
    ----------
    widths : sequence of int, optional
        A row each.
    repeats : sequence of int, optional
        Seeds of the initial parameters.
    budgets, networks, step_size, activation : optional
        As in ``row``.

    Returns
    -------
    XorMap
    """
    options: dict[str, Any] = {
        "budgets": budgets, "networks": networks, "step_size": step_size, "activation": activation,
    }  # fmt: skip
    solved = [[row(width, repeat, **options)["solved"] for repeat in repeats] for width in widths]
    return XorMap(np.array(widths), np.array(budgets), np.array(solved), networks)
