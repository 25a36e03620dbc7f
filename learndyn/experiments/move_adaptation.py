r"""Learning from one error a trial: what one memory cannot reach, and what two memories bring back.

One memory under a constant perturbation f is the map x -> (A - B) x + B f. Its multiplier A - B gives the
time constant -1 / ln(A - B) trials, and its fixed point f B / (1 - A + B) stays short of f. When the
perturbation is gone, what was learned is an error of the other sign: the aftereffect.

Two memories that have learned f until the slow one has it, and -f until their sum is 0, cancel. In an
error clamp each then decays by itself, and the sum rebounds:

    y(t) = x_s (A_s^t - A_f^t) .

The map is linear. So if washout has brought *both* memories to 0, relearning is learning once more, and there
are no savings.

References
----------
Thoroughman, K. A. and Shadmehr, R. (2000). Nature 407, 742-747.
Smith, M. A., Ghazizadeh, A. and Shadmehr, R. (2006). PLoS Biology 4(6), e179.
Zarahn, E., Weston, G. D., Liang, J., Mazzoni, P. and Krakauer, J. W. (2008). Explaining
savings for visuomotor adaptation. Journal of Neurophysiology.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import fixed_point, linearise, simulate, spectrum
from ..neural.control import Adaptation, Phase, adaptation, adaptation_experiment, recovery

TWO_RATES = adaptation([0.59, 0.992], [0.21, 0.02])
"""The fast and the slow memory of Smith et al. (2006), fitted to reaches in a force field."""


@dataclass(frozen=True, slots=True)
class OneMemory:
    """Learning and washout of one memory.

    Attributes
    ----------
    model : Adaptation
    learning : int
        Trials under the perturbation; washout follows.
    output : ndarray, shape (trials + 1,)
        What has been learned before each trial, in the units of the perturbation.
    predicted : ndarray, shape (trials + 1,)
        The same in closed form.
    time_constant, time_constant_predicted : float
        Trials: from the linearised map, and -1 / ln(A - B).
    asymptote, asymptote_predicted : float
        The fixed point that Newton's method finds, and f B / (1 - A + B).
    """

    model: Adaptation
    learning: int
    output: np.ndarray
    predicted: np.ndarray
    time_constant: float
    time_constant_predicted: float
    asymptote: float
    asymptote_predicted: float

    @property
    def error(self) -> float:
        """Largest distance of the run from the closed form."""
        return float(np.abs(self.output - self.predicted).max())

    @property
    def fitted_time_constant(self) -> float:
        """Trials: -1 / slope of ln(asymptote - output) over the first 20 trials of learning."""
        left = np.log(self.asymptote_predicted - self.output[:21])
        return float(-1.0 / np.polyfit(np.arange(21), left, 1)[0])


def one_memory(
    retention: float = 0.95,
    learning_rate: float = 0.12,
    *,
    perturbation: float = 30.0,
    learning: int = 40,
    washout: int = 30,
) -> OneMemory:
    """Let one memory learn a perturbation and unlearn it.

    Parameters
    ----------
    retention, learning_rate : float, optional
        A and B, with 0 < A - B < 1.
    perturbation : float, optional
        f, degrees.
    learning, washout : int, optional
        Trials with the perturbation and without it.

    Raises
    ------
    ValueError
        If A - B is not between 0 and 1: there is no time constant.
    """
    multiplier = retention - learning_rate
    if not 0.0 < multiplier < 1.0:
        raise ValueError(
            f"one_memory: needs 0 < A - B < 1, got A = {retention} and B = {learning_rate}. "
            "Only then does the output approach its asymptote from one side"
        )
    model = adaptation(retention, learning_rate, perturbation=perturbation)
    system = adaptation_experiment(model, [Phase(learning, perturbation), Phase(washout)])
    run = simulate(system, system.initial_state, system.trials)
    asymptote = perturbation * learning_rate / (1.0 - multiplier)
    trials = np.arange(system.trials + 1)
    learned = asymptote * (1.0 - multiplier ** np.minimum(trials, learning))
    predicted = learned * multiplier ** np.maximum(trials - learning, 0)
    rest = fixed_point(model, np.zeros(1)).state
    measured = spectrum(linearise(model, rest))[0].real
    return OneMemory(
        model, learning, run.states[:, 0], predicted, float(-1.0 / np.log(measured)),
        float(-1.0 / np.log(multiplier)), float(rest[0]), asymptote,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TwoMemories:
    """Learning, extinction by the opposite perturbation, and an error clamp.

    Attributes
    ----------
    model : Adaptation
        The fast memory first.
    learning, extinction : int
        Trials under the perturbation 1 and under -1; the clamp follows.
    memories : ndarray, shape (trials + 1, 2)
        Before each trial.
    rebound_predicted : ndarray, shape (clamp + 1,)
        The output in the clamp if the memories cancelled exactly at its start.
    """

    model: Adaptation
    learning: int
    extinction: int
    memories: np.ndarray
    rebound_predicted: np.ndarray

    @property
    def output(self) -> np.ndarray:
        """Sum of the memories, shape (trials + 1,)."""
        return self.memories.sum(axis=1)

    @property
    def rebound(self) -> np.ndarray:
        """The output in the clamp, shape (clamp + 1,)."""
        return self.output[self.learning + self.extinction :]

    @property
    def peak(self) -> tuple[int, float]:
        """Trial of the clamp with the largest output, and that output."""
        trial = int(np.argmax(self.rebound))
        return trial, float(self.rebound[trial])

    @property
    def peak_predicted(self) -> tuple[float, float]:
        """t = ln(ln A_f / ln A_s) / ln(A_s / A_f), and the output then."""
        fast, slow = np.sort(self.model.retention)
        trial = float(np.log(np.log(fast) / np.log(slow)) / np.log(slow / fast))
        at_start = self.memories[self.learning + self.extinction, np.argmax(self.model.retention)]
        return trial, float(recovery(self.model, float(at_start), trial))


def two_memories(model: Adaptation = TWO_RATES, *, learning: int = 200, clamp: int = 100) -> TwoMemories:
    """Learn 1, learn -1 until nothing is left of it, then clamp the error to 0.

    Parameters
    ----------
    model : Adaptation, optional
        With two memories.
    learning, clamp : int, optional
        Trials.
    """
    extinction = extinction_trials(model, learning=learning)
    phases = [Phase(learning, 1.0), Phase(extinction, -1.0), Phase(clamp, clamped=True)]
    memories = _memories(model, phases)
    start = memories[learning + extinction, np.argmax(model.retention)]
    return TwoMemories(
        model, learning, extinction, memories, recovery(model, float(start), np.arange(clamp + 1))
    )


@dataclass(frozen=True, slots=True)
class Savings:
    """The output during learning and two kinds of relearning, shape (trials + 1,) each.

    Attributes
    ----------
    first, after_extinction, after_washout : ndarray
        Relearning after the opposite perturbation, and after many trials without any.
    """

    first: np.ndarray
    after_extinction: np.ndarray
    after_washout: np.ndarray

    @property
    def ratios(self) -> tuple[float, float]:
        """What relearning gains in all its trials over what learning gained, for both kinds."""
        gains = [run[-1] - run[0] for run in (self.first, self.after_extinction, self.after_washout)]
        return float(gains[1] / gains[0]), float(gains[2] / gains[0])


def savings(
    model: Adaptation = TWO_RATES, *, learning: int = 200, washout: int = 400, trials: int = 10
) -> Savings:
    """Compare relearning with learning.

    Parameters
    ----------
    model : Adaptation, optional
    learning, washout : int, optional
        Trials of learning, and of washout without perturbation.
    trials : int, optional
        Of relearning that are compared.
    """
    again, extinction = Phase(trials, 1.0), extinction_trials(model, learning=learning)
    between = (Phase(extinction, -1.0), Phase(washout))
    relearned = [_memories(model, [Phase(learning, 1.0), gap, again]).sum(axis=1) for gap in between]
    first = _memories(model, [again]).sum(axis=1)
    return Savings(first, *(run[-(trials + 1) :] for run in relearned))


def extinction_trials(model: Adaptation, *, learning: int, most: int = 400) -> int:
    """Return how many trials of -1 bring the output after ``learning`` trials of 1 back to 0.

    Raises
    ------
    ValueError
        If ``most`` trials do not.
    """
    output = _memories(model, [Phase(learning, 1.0), Phase(most, -1.0)])[learning:].sum(axis=1)
    crossed = np.flatnonzero(output <= 0.0)
    if not crossed.size:
        raise ValueError(f"extinction_trials: {most} trials did not bring the output back to 0. Use more")
    return int(crossed[0])


def _memories(model: Adaptation, phases: list[Phase]) -> np.ndarray:
    system = adaptation_experiment(model, phases)
    return simulate(system, system.initial_state, system.trials).states[:, :-1]
