r"""Regimes of training over step size and momentum, from a random start of a real net.

Near a minimum with largest curvature lambda, heavy ball is stable for

    eta lambda < 2 (1 + beta)

(Polyak, 1964). A run of training begins nowhere near a minimum, and the curvature changes on the
way. Where it meets the limit, the loss spikes; the curvature may fall then, and training go on: a
catapult (Lewkowycz et al., 2020). Each cell of the map is one run of a tanh net 1-20-20-1, and all
cells of one start run side by side, as one ensemble.

References
----------
Polyak, B. T. (1964). Some methods of speeding up the convergence of iteration methods. USSR
Computational Mathematics and Mathematical Physics 4(5), 1-17.
Lewkowycz, A., Bahri, Y., Dyer, E., Sohl-Dickstein, J. and Gur-Ari, G. (2020). The large learning
rate phase of deep learning: the catapult mechanism. arXiv:2003.02218.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff.tree import tree_map
from ..learning import HeavyBall, sharpness
from ..learning.ensembles import ensemble_map, simulate_ensemble, stack_members
from .edge_of_stability import problem

REGIMES = ("descends", "oscillates", "spikes", "diverges")
DESCENDS, OSCILLATES, SPIKES, DIVERGES = range(4)
SCALED_STEPS = tuple(float(x) for x in np.geomspace(0.25, 8.0, 16))
MOMENTA = tuple(float(beta) for beta in np.linspace(0.0, 0.9, 10))
_FAR = 1e3  # a loss so many times its first value counts as divergence
_ROUNDING = 1e-9  # relative; a smaller rise is none


@dataclass(frozen=True, slots=True)
class StepMomentumMap:
    """What training does, for each pair of a step size and a momentum, from several starts.

    Attributes
    ----------
    scaled_steps : ndarray, shape (columns,)
        eta lambda_0, with lambda_0 the sharpness at the start.
    momenta : ndarray, shape (rows,)
        beta.
    starts : ndarray of int, shape (starts,)
        Seeds of the initial parameters.
    regimes : ndarray of int, shape (starts, rows, columns)
        Index into ``REGIMES``.
    ends : ndarray, shape (starts, rows, columns)
        Where a run ends: its last eta lambda over 2 (1 + beta). nan for one that diverges.
    """

    scaled_steps: np.ndarray
    momenta: np.ndarray
    starts: np.ndarray
    regimes: np.ndarray
    ends: np.ndarray

    @property
    def line(self) -> np.ndarray:
        """The limit of the quadratic, 2 (1 + beta), shape (rows,)."""
        return 2.0 * (1.0 + self.momenta)

    @property
    def majority(self) -> np.ndarray:
        """The regime of most starts, the calmer of two that are equal: int, shape (rows, columns)."""
        counts = np.stack([(self.regimes == kind).sum(axis=0) for kind in range(len(REGIMES))])
        return np.argmax(counts, axis=0)

    @property
    def thrown(self) -> np.ndarray:
        """eta lambda_0 above which most runs exceed their first loss, shape (rows,)."""
        return self._boundary(self.regimes >= SPIKES)

    @property
    def lost(self) -> np.ndarray:
        """eta lambda_0 above which most runs diverge, shape (rows,)."""
        return self._boundary(self.regimes == DIVERGES)

    def _boundary(self, beyond: np.ndarray) -> np.ndarray:
        """Median over starts of where each row first goes beyond, between two columns; inf if never."""
        first = np.where(beyond.any(axis=-1), np.argmax(beyond, axis=-1), len(self.scaled_steps))
        logs = np.log(self.scaled_steps)
        edges = np.concatenate([[logs[0]], (logs[1:] + logs[:-1]) / 2.0, [np.inf]])
        return np.exp(np.median(edges[first], axis=0))


def plane(
    start: int,
    *,
    momenta: Sequence[float] = MOMENTA,
    scaled_steps: Sequence[float] = SCALED_STEPS,
    degree: int = 3,
    steps: int = 600,
) -> dict[str, np.ndarray]:
    """Train one start with every momentum and every step size, side by side.

    Parameters
    ----------
    start : int
        Seed of the initial parameters.
    momenta, scaled_steps : sequence of float, optional
        beta and eta lambda_0.
    degree : int, optional
        Of the Chebyshev polynomial that is learned.
    steps : int, optional
        Of each run.

    Returns
    -------
    dict
        ``regimes`` and ``ends``, shape (rows, columns) each; see ``StepMomentumMap``.
    """
    loss, theta = problem(degree, start)
    steepest = sharpness(loss, theta, tolerance=1e-10).value
    rules = [HeavyBall(float(x) / steepest, float(beta)) for beta in momenta for x in scaled_steps]
    ensemble = ensemble_map(loss, rules, stack_members([theta] * len(rules)))
    run = simulate_ensemble(
        ensemble,
        ensemble.initial_state,
        steps,
        observe={"loss": ensemble.losses},
        progress=False,
    )
    regimes = np.array([_regime(losses) for losses in run.observables["loss"].T])
    final = ensemble.parameters(run.final_state)
    ends = np.full(len(rules), np.nan)
    for i in np.flatnonzero(regimes != DIVERGES):
        theta = tree_map(lambda leaf, i=i: leaf[i], final)
        reached = sharpness(loss, theta, tolerance=1e-4).value
        ends[i] = rules[i].step_size * reached / (2.0 * (1.0 + rules[i].momentum))
    shape = (len(momenta), len(scaled_steps))
    return {"regimes": regimes.reshape(shape), "ends": ends.reshape(shape)}


def _regime(losses: np.ndarray) -> int:
    """Say what one run did, from its loss at each step."""
    if not (np.isfinite(losses).all() and losses[-1] < _FAR * losses[0]):
        return DIVERGES
    if losses.max() > losses[0] * (1.0 + _ROUNDING):
        return SPIKES
    rises = losses[1:] > losses[:-1] * (1.0 + _ROUNDING)
    return OSCILLATES if rises.any() else DESCENDS


def run(
    starts: Sequence[int] = (0,),
    *,
    momenta: Sequence[float] = (0.0, 0.5, 0.9),
    scaled_steps: Sequence[float] = SCALED_STEPS,
    degree: int = 3,
    steps: int = 600,
) -> StepMomentumMap:
    """Train from every start, with every momentum and every step size.

    Parameters
    ----------
    starts : sequence of int, optional
        Seeds of the initial parameters.
    momenta, scaled_steps, degree, steps : optional
        As in ``plane``.

    Returns
    -------
    StepMomentumMap
    """
    planes = [
        plane(start, momenta=momenta, scaled_steps=scaled_steps, degree=degree, steps=steps)
        for start in starts
    ]
    return StepMomentumMap(
        np.array(scaled_steps, float),
        np.array(momenta, float),
        np.array(starts),
        np.stack([found["regimes"] for found in planes]),
        np.stack([found["ends"] for found in planes]),
    )
