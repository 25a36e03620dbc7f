"""Motor adaptation as a linear system: memories that forget, and learn from each error.

    e(t) = f(t) - sum_i x_i(t)             the error of trial t under the perturbation f
    x_i(t + 1) = A_i x_i(t) + B_i e(t)     each memory keeps the share A and learns the share B

With one memory and constant f the map is x -> (A - B) x + B f: time constant -1 / ln(A - B)
trials, asymptote f B / (1 - A + B), which is below f: what is forgotten must be learned again. With a
fast memory (small A, large B) and a slow one (large A, small B) the same equations show savings
and spontaneous recovery.

References
----------
Thoroughman, K. A. and Shadmehr, R. (2000). Learning of action through adaptive combination of motor
primitives. Nature 407, 742-747.
Smith, M. A., Ghazizadeh, A. and Shadmehr, R. (2006). Interacting adaptive processes with different
timescales underlie short-term motor learning. PLoS Biology 4(6), e179.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import concatenate, reshape
from ...dynamics.running import plain


@dataclass(frozen=True, slots=True, eq=False)
class Adaptation:
    """Memories under a constant perturbation: a linear Map on x, shape (memories,).

    Attributes
    ----------
    retention : ndarray, shape (memories,)
        A, shares per trial.
    learning_rate : ndarray, shape (memories,)
        B, shares per trial.
    perturbation : float
        f, in the units of x (degrees of a rotation, newtons of a force).
    """

    retention: np.ndarray
    learning_rate: np.ndarray
    perturbation: float

    def __call__(self, x: Any) -> Any:
        """Return the memories after one more trial, shape (memories,)."""
        return self.trial(x, self.perturbation - x.sum())

    def trial(self, x: Any, error: Any) -> Any:
        """Return the memories after a trial with a given error: 0 for a trial without feedback."""
        return self.retention * x + self.learning_rate * error

    @property
    def asymptote(self) -> np.ndarray:
        """Each memory's fixed point, shape (memories,): their sum is f s / (1 + s).

        s is the sum of B_i / (1 - A_i). Where a memory forgets nothing (A = 1), it is infinite and the
        sum of the memories is f: all is learned, if the memories were empty at the start.
        """
        forget = 1.0 - self.retention
        if (forget == 0.0).any():  # whoever forgets nothing learns all, shared as B
            keep = np.where(forget == 0.0, self.learning_rate, 0.0)
            return self.perturbation * keep / keep.sum()
        ratio = self.learning_rate / forget
        return self.perturbation * ratio / (1.0 + ratio.sum())

    @property
    def time_constants(self) -> np.ndarray:
        """-1 / ln |mu| of each mode, trials, the slowest first, shape (memories,).

        mu are the eigenvalues of diag(A) - B 1'. For one memory it is -1 / ln(A - B). inf for a mode that
        stays as it is (|mu| = 1), negative for one that grows.
        """
        matrix = np.diag(self.retention) - self.learning_rate[:, None]
        sizes = np.sort(np.abs(np.linalg.eigvals(matrix)))[::-1]
        with np.errstate(divide="ignore"):
            return np.where(sizes == 1.0, np.inf, -1.0 / np.log(sizes))


def adaptation(retention: Any, learning_rate: Any, *, perturbation: float = 1.0) -> Adaptation:
    """Return the map of one trial.

    Parameters
    ----------
    retention, learning_rate : float or array_like, shape (memories,)
        A in [0, 1] and B in (0, 1].
    perturbation : float, optional
        f.

    Raises
    ------
    ValueError
        If A and B have different shapes, one of them is out of range, or the perturbation is not
        finite.
    """
    a, b = (np.atleast_1d(np.array(x, dtype=np.float64)) for x in (retention, learning_rate))
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise ValueError(
            f"adaptation: needs one retention and one learning rate per memory, got shapes {a.shape} "
            f"and {b.shape}"
        )
    if not (((a >= 0.0) & (a <= 1.0)).all() and ((b > 0.0) & (b <= 1.0)).all()):
        raise ValueError(
            f"adaptation: needs retention in [0, 1] and learning rates in (0, 1], got {a} and {b}. "
            "Both are shares per trial"
        )
    if not math.isfinite(perturbation):
        raise ValueError(f"adaptation: the perturbation must be finite, got {perturbation}")
    return Adaptation(a, b, float(perturbation))


@dataclass(frozen=True, slots=True)
class Phase:
    """A block of trials of an experiment.

    Attributes
    ----------
    trials : int
    perturbation : float
        f; 0 is washout.
    clamped : bool
        True for trials in which the error is shown as 0, whatever the subject does.
    """

    trials: int
    perturbation: float = 0.0
    clamped: bool = False

    def __post_init__(self) -> None:
        if self.trials < 1 or not math.isfinite(self.perturbation):
            raise ValueError(
                f"Phase: needs at least one trial and a finite perturbation, got {self.trials} and "
                f"{self.perturbation}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class AdaptationExperiment:
    """Memories that go through the phases of an experiment.

    It is a Map on (memories, trial number), shape (memories + 1,), since what comes depends on the
    trial. After the last phase its conditions stay.

    Attributes
    ----------
    model : Adaptation
        Its own perturbation does not matter.
    phases : tuple of Phase
    """

    model: Adaptation
    phases: tuple[Phase, ...]

    @property
    def initial_state(self) -> np.ndarray:
        """Nothing learned, trial 0, shape (memories + 1,)."""
        return np.zeros(self.model.retention.size + 1)

    @property
    def trials(self) -> int:
        """All phases together."""
        return sum(phase.trials for phase in self.phases)

    def phase(self, trial: int) -> Phase:
        """Return the phase in which a trial lies."""
        for phase in self.phases:
            if trial < phase.trials:
                return phase
            trial -= phase.trials
        return self.phases[-1]

    def __call__(self, z: Any) -> Any:
        """Return the memories and the trial number after one more trial."""
        x, count = z[:-1], z[-1]
        phase = self.phase(round(float(plain(count))))
        error = 0.0 if phase.clamped else phase.perturbation - x.sum()
        return concatenate([self.model.trial(x, error), reshape(count + 1.0, (1,))])


def adaptation_experiment(model: Adaptation, phases: Sequence[Phase]) -> AdaptationExperiment:
    """Return the map of an experiment; hand it to ``simulate`` for its number of trials.

    Raises
    ------
    ValueError
        If there are no phases.
    TypeError
        If one of them is no Phase.
    """
    phases = tuple(phases)
    if not phases:
        raise ValueError("adaptation_experiment: needs at least one Phase")
    for phase in phases:
        if not isinstance(phase, Phase):
            raise TypeError(f"adaptation_experiment: needs Phases, got {type(phase).__name__}")
    return AdaptationExperiment(model, phases)


def recovery(model: Adaptation, slow: float, trials: Any) -> np.ndarray:
    """Return the output that rebounds when two memories that cancel are left alone.

        y(t) = x_s (A_s^t - A_f^t),    largest at t = ln(ln A_f / ln A_s) / ln(A_s / A_f)

    Parameters
    ----------
    model : Adaptation
        With two memories; the slow one is that of larger retention.
    slow : float
        x_s at the beginning of the error clamp, where the fast one is -x_s.
    trials : array_like
        t, from the beginning of the clamp.

    Raises
    ------
    ValueError
        If there are not two memories.
    """
    if model.retention.size != 2:
        raise ValueError(f"recovery: needs two memories, got {model.retention.size}")
    t = np.asarray(trials, dtype=np.float64)
    return slow * (model.retention.max() ** t - model.retention.min() ** t)
