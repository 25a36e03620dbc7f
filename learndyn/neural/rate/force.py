r"""FORCE learning: tame a chaotic network by feeding back an output that is kept nearly right.

    tau dx/dt = -x + W phi(x) + u z,     z = w . phi(x)

Only the readout w learns, by recursive least squares. Every few steps, with r = phi(x) and the
error e = z - f(t) before the change:

    k = P r / (1 + r' P r),     P <- P - k (P r)',     w <- w - e k

P starts at 1 / alpha and is the inverse of (sum r r' + alpha 1), a running inverse correlation of
the rates. Since the error is made small in the first steps, what is fed back is nearly f(t) all
along, and its remainder is what the network would do later by itself.

Learning is a map of the whole state (k, x, w, P): ``ForceLearning``. What it leaves is a network
again: ``closed_loop(w)``, whose weight is W + u w', a matrix of rank one away from chaos, and which
no clock drives.

Sussillo, D. and Abbott, L. F. (2009). Generating coherent patterns of activity from chaotic neural
networks. Neuron 63, 544-557.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np

from ...dynamics import RK4, integrate, ravel, simulate
from ...dynamics.flow import OneStepMethod
from ...dynamics.integrate import Method
from .checks import require_count, require_positive, shaped
from .ctrnn import ContinuousTimeRNN


class ForceState(NamedTuple):
    """All that the learning map carries from step to step.

    Attributes
    ----------
    step : ndarray, shape ()
        How many steps were made: time is the number times the step size of the method.
    x : ndarray, shape (n,)
    readout : ndarray, shape (n,)
        w.
    inverse_correlation : ndarray, shape (n, n)
        P.
    """

    step: Any
    x: Any
    readout: Any
    inverse_correlation: Any


class FixedStepMethod(OneStepMethod, Method, Protocol):
    """Makes one step, and walks a whole run by such steps: RK4, Heun, Euler."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ForceLearning:
    """The map (step, x, w, P) -> the same a step later, on flat states of 1 + 2n + n^2 numbers.

    Parameters
    ----------
    network : ContinuousTimeRNN
        W, phi, tau; chaotic before learning, as ``random_network(n, 1.5, rng)``.
    target : callable
        f: takes a time to a number.
    feedback : array_like, shape (n,)
        u.
    method : FixedStepMethod, optional
        Makes the steps of the network, of length ``method.step_size``.
    every : int, optional
        Steps from one change of the readout to the next.
    alpha : float, optional
        Where P starts: 1 / alpha. Smaller learns faster at first, and less stably.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is out of range.
    """

    network: ContinuousTimeRNN
    target: Callable[[float], float]
    feedback: Any
    method: FixedStepMethod = RK4(0.2)  # noqa: RUF009 - frozen
    every: int = 1
    alpha: float = 1.0

    def __post_init__(self) -> None:
        require_count("ForceLearning", every=self.every)
        require_positive("ForceLearning", alpha=self.alpha)
        u = shaped(self.feedback, (self.network.size,), "ForceLearning", "the feedback")
        object.__setattr__(self, "feedback", u)

    def init(self, x0: Any) -> np.ndarray:
        """Return the flat state in which w = 0 and P = 1 / alpha, from x of shape (n,)."""
        n = self.network.size
        x0 = shaped(x0, (n,), "ForceLearning.init", "x0")
        return ravel(ForceState(0.0, x0, np.zeros(n), np.eye(n) / self.alpha))[0]

    def unravel(self, z: np.ndarray) -> ForceState:
        """Return the parts of a flat state, as views."""
        n = self.network.size
        x, w, p = z[1 : n + 1], z[n + 1 : 2 * n + 1], z[2 * n + 1 :]
        return ForceState(z[0], x, w, p.reshape(n, n))

    def output(self, z: np.ndarray) -> float:
        """Return w . phi(x) of a flat state."""
        state = self.unravel(z)
        return float(state.readout @ self.network.rates(state.x))

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return the state a step later."""
        state, h = self.unravel(z), self.method.step_size
        t = state.step * h
        flow = self._fed_back(state.readout)
        following = z.copy()
        new = self.unravel(following)
        following[0] += 1.0
        new.x[:] = self.method.step(flow, t, state.x, h)
        if following[0] % self.every == 0:
            self._learn(new, t + h)
        return following

    def closed_loop(self, readout: Any) -> ContinuousTimeRNN:
        """Return the network with its feedback as part of its weights, W + u w'."""
        w = shaped(readout, (self.network.size,), "ForceLearning.closed_loop", "the readout")
        return replace(self.network, weight=self.network.weight + np.outer(self.feedback, w))

    def _fed_back(self, readout: np.ndarray) -> Callable[[float, Any], Any]:
        """The flow of the closed loop, without its matrix."""

        def flow(t: float, x: Any) -> Any:
            z = readout @ self.network.rates(x)
            return self.network(t, x) + self.feedback * z / self.network.tau

        return flow

    def _learn(self, state: ForceState, t: float) -> None:
        """One step of recursive least squares, in place on a state that was just copied."""
        r = self.network.rates(state.x)
        along = state.inverse_correlation @ r
        k = along / (1.0 + r @ along)
        error = state.readout @ r - self.target(t)
        state.inverse_correlation[:] -= np.outer(k, along)
        state.readout[:] -= error * k


@dataclass(frozen=True, slots=True)
class ForceRun:
    """What FORCE learned.

    Attributes
    ----------
    readout : ndarray, shape (n,)
        w at the end of learning.
    times : ndarray, shape (records,)
        During learning.
    outputs : ndarray, shape (records,)
        z during learning.
    network : ContinuousTimeRNN
        The closed loop, which goes on by itself.
    test_times, test_outputs, test_targets : ndarray, shape (test records,)
        After learning has stopped.
    """

    readout: np.ndarray
    times: np.ndarray
    outputs: np.ndarray
    network: ContinuousTimeRNN
    test_times: np.ndarray
    test_outputs: np.ndarray
    test_targets: np.ndarray

    @property
    def test_error(self) -> float:
        """Root mean square of output minus target, after learning has stopped."""
        return float(np.sqrt(np.mean((self.test_outputs - self.test_targets) ** 2)))


def force(
    learning: ForceLearning, x0: Any, *, duration: float, test_duration: float, records: int = 20
) -> ForceRun:
    """Learn for a time, stop learning, and let the network go on by itself.

    Parameters
    ----------
    learning : ForceLearning
    x0 : array_like, shape (n,)
    duration, test_duration : float
        With and without learning, in units of time.
    records : int, optional
        Of the learning; each keeps n^2 numbers while the run lasts.

    Returns
    -------
    ForceRun

    Raises
    ------
    ValueError
        If a duration is not positive.
    ArithmeticError
        If a run left the finite numbers: use a shorter step or a larger alpha.
    """
    require_positive("force", duration=duration, test_duration=test_duration)
    require_count("force", records=records)
    h = learning.method.step_size
    steps = max(1, round(duration / h))
    every = max(1, steps // records)
    observe = {"output": learning.output}
    run = simulate(learning, learning.init(x0), steps, observe=observe, every=every)
    final = learning.unravel(run.final_state)
    network = learning.closed_loop(final.readout)
    times = h * np.arange(steps, steps + max(1, round(test_duration / h)) + 1)
    after = integrate(network, final.x.copy(), times, method=learning.method)
    if run.stopped or after.stopped:
        raise ArithmeticError(f"force: the run ended early, {run.stopped or after.stopped}")
    outputs = network.rates(after.states) @ final.readout
    targets = np.array([learning.target(t) for t in times])
    return ForceRun(
        final.readout.copy(),
        h * run.times,
        run.observables["output"],
        network,
        times,
        outputs,
        targets,
    )
