r"""Which deep nets can be trained: weight variance against depth, beside the mean-field depth scale.

In a wide random tanh net the correlation of two inputs tends to a fixed value, by a factor e every
xi layers. Much deeper than xi, the output no longer tells inputs apart, or tells neighbours apart
that it should not. Schoenholz et al. (2017) found nets trainable up to about 6 xi. The factor is
an observation, not a theorem: it depends on the task, the rule and the budget.

Here nets of one width learn random signs of 16 random inputs, by gradient descent with the best of
several step sizes. All weight variances and step sizes of one depth train as one ensemble.

References
----------
Schoenholz, S. S., Gilmer, J., Ganguli, S. and Sohl-Dickstein, J. (2017). Deep information
propagation. ICLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..learning import MLP, GradientDescent, Layer, mean_field, mean_squared_error
from ..learning.ensembles import ensemble_map, simulate_ensemble, stack_members
from ..learning.signal import depth_scale

WEIGHT_VARIANCES = tuple(float(v) for v in np.geomspace(0.5, 4.5, 11))
DEPTHS = (8, 12, 16, 20, 26, 34, 44, 56)
STEP_SIZES = (0.01, 0.03, 0.1, 0.3)
TRAINED_BELOW = 0.1  # of a mean squared error that is 1 for the output 0
_HOPELESS = 1e3


@dataclass(frozen=True, slots=True)
class DepthMap:
    """The loss that nets of several weight variances and depths reach.

    Attributes
    ----------
    weight_variances : ndarray, shape (columns,)
        sw2.
    bias_variance : float
        sb2.
    depths : ndarray of int, shape (rows,)
        Hidden layers.
    losses : ndarray, shape (rows, columns)
        The lowest mean squared error on record, over the step sizes.
    """

    weight_variances: np.ndarray
    bias_variance: float
    depths: np.ndarray
    losses: np.ndarray

    @property
    def trained(self) -> np.ndarray:
        """Which nets come below ``TRAINED_BELOW``: bool, shape (rows, columns)."""
        return self.losses < TRAINED_BELOW

    @property
    def reached(self) -> np.ndarray:
        """The depth between the last row that trains and the first that does not, shape (columns,).

        The geometric mean of the two; inf if all rows train, nan if the first does not.
        """
        found = []
        for column in self.trained.T:
            fails = int(np.argmin(column)) if not column.all() else len(column)
            ends = (self.depths[fails - 1], self.depths[fails]) if 0 < fails < len(column) else None
            found.append(np.sqrt(ends[0] * ends[1]) if ends else (np.nan if fails == 0 else np.inf))
        return np.array(found)

    @property
    def scales(self) -> np.ndarray:
        """The mean-field correlation depth xi, shape (columns,)."""
        return scales(self.weight_variances, self.bias_variance)


def scales(weight_variances: Any, bias_variance: float = 0.05) -> np.ndarray:
    """Return the mean-field correlation depth of tanh nets, xi = -1 / ln(slope of the map).

    Parameters
    ----------
    weight_variances : array_like, shape (n,)
        sw2.
    bias_variance : float, optional
        sb2.

    Returns
    -------
    ndarray, shape (n,)
    """
    variances = np.asarray(weight_variances, float)
    return np.array([depth_scale("tanh", float(v), bias_variance).correlation for v in variances])


def row(
    depth: int,
    *,
    weight_variances: Sequence[float] = WEIGHT_VARIANCES,
    bias_variance: float = 0.05,
    step_sizes: Sequence[float] = STEP_SIZES,
    width: int = 48,
    examples: int = 16,
    steps: int = 200,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Train nets of one depth, with all weight variances and step sizes, side by side.

    Parameters
    ----------
    depth : int
        Hidden layers.
    weight_variances, bias_variance : optional
        sw2 and sb2 of the initial parameters. All members share one draw, scaled.
    step_sizes : sequence of float, optional
        The best counts.
    width, examples : int, optional
        Of the net, the input included, and of the task.
    steps : int, optional
        Of gradient descent, at most.
    seed : int, optional
        Of the task and the parameters.

    Returns
    -------
    dict
        ``losses``, shape (columns,); see ``DepthMap``.
    """
    rng = np.random.default_rng(seed)
    x, target = rng.standard_normal((examples, width)), rng.choice([-1.0, 1.0], (examples, 1))
    model = MLP((width,) * (depth + 1) + (1,), "tanh")
    starts = [
        model.init(np.random.default_rng((seed, depth)), initialiser=mean_field(float(v), bias_variance))
        for v in weight_variances
    ]

    def loss(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, x), target, axis=(-2, -1))

    members = stack_members([start for start in starts for _ in step_sizes])
    rules = [GradientDescent(float(eta)) for _ in starts for eta in step_sizes]
    ensemble = ensemble_map(loss, rules, members)

    def settled(rows: np.ndarray) -> np.ndarray:
        now = ensemble.select(np.arange(len(rows))).losses(rows)
        return (now < TRAINED_BELOW) | (now > _HOPELESS)

    run = simulate_ensemble(
        ensemble,
        ensemble.initial_state,
        steps,
        observe={"loss": ensemble.losses},
        every=20,
        stop_when=settled,
        progress=False,
    )
    losses = run.observables["loss"]
    lowest = np.where(np.isfinite(losses), losses, np.inf).min(axis=0)
    return {"losses": lowest.reshape(len(starts), len(step_sizes)).min(axis=1)}


def run(
    depths: Sequence[int] = (8, 20),
    *,
    weight_variances: Sequence[float] = WEIGHT_VARIANCES,
    bias_variance: float = 0.05,
    step_sizes: Sequence[float] = STEP_SIZES,
    width: int = 48,
    examples: int = 16,
    steps: int = 200,
    seed: int = 0,
) -> DepthMap:
    """Train nets of several depths.

    Parameters
    ----------
    depths : sequence of int, optional
        Hidden layers, increasing, a row each.
    weight_variances, bias_variance, step_sizes, width, examples, steps, seed : optional
        As in ``row``.

    Returns
    -------
    DepthMap
    """
    rows = [
        row(
            depth, weight_variances=weight_variances, bias_variance=bias_variance, step_sizes=step_sizes,
            width=width, examples=examples, steps=steps, seed=seed,
        )["losses"]
        for depth in depths
    ]  # fmt: skip
    return DepthMap(np.array(weight_variances, float), bias_variance, np.array(depths), np.array(rows))
