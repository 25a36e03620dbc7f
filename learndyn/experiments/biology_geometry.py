r"""One loss, two geometries: synapses that add and synapses that multiply.

Steepest descent needs a measure of length. With the metric |w|^-p,

    dw/dt = -|w|^p grad L(w) ,

p = 0 is gradient flow and p = 1 the flow of exponentiated gradients,

    w' = w exp(-eta sign(w) g) ,

which is mirror descent: the coordinate that moves by -g is psi(w) = sign(w) ln |w|. A linear reader,
L = |X w - y|^2 / 2 with fewer examples than weights, has g = X'r, so that

    psi(w(t)) - psi(w(0))   lies in the row space of X at all times:

what is outside is conserved, in this coordinate and in no other. Each change of psi is a sum over
examples, close to Gaussian; so additive synapses end as start plus Gaussian and some change sign,
multiplicative ones end as start times log-normal and none does.

References
----------
Kivinen, J. and Warmuth, M. K. (1997). Exponentiated gradient versus gradient descent for linear
predictors. Information and Computation 132, 1-63.
Pogodin, R., Cornford, J., Ghosh, A., Gidel, G., Lajoie, G. and Richards, B. (2024). Synaptic weight
distributions depend on the geometry of plasticity. ICLR.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import erf, exp, sign
from ..dynamics import simulate
from ..dynamics.events import find_root
from ..learning import GradientDescent, Rule, half_squared_error, training_map
from ..learning.rules.descent import DescentState
from ..learning.rules.rule import check_step, positive


@dataclass(frozen=True, slots=True)
class ExponentiatedGradient:
    """w <- w exp(-eta sign(w) g): a step against the gradient in ln |w| (Kivinen and Warmuth, 1997).

    A weight keeps its sign, and a weight at 0 stays there.

    Parameters
    ----------
    step_size : float
        eta, positive.

    Raises
    ------
    TypeError
        If the step size is not a number.
    ValueError
        If the step size is not positive and finite.
    """

    step_size: float

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)

    def init(self, theta: Any) -> DescentState:
        """Return the state before the first step."""
        return DescentState(theta)

    def step(self, state: DescentState, gradient: Any, *, factor: Any = 1.0) -> DescentState:
        """Return the state after one more step, both of shape (n,)."""
        check_step(self, DescentState, state, gradient)
        w = state.theta
        return DescentState(w * exp((-self.step_size * factor) * sign(w) * gradient))


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The weights after one of the two rules.

    Attributes
    ----------
    after : ndarray, shape (n,)
    before : ndarray, shape (n,)
    losses : ndarray, shape (2,)
        At the start and at the end.
    outside_added, outside_multiplied : float
        Share of the change of w, and of sign(w) ln |w|, that is outside the row space of X.
    predicted_flips : float
        Share of weights with a changed sign if each change is N(0, |y - X w0|^2 / n).
    """

    before: np.ndarray
    after: np.ndarray
    losses: np.ndarray
    outside_added: float
    outside_multiplied: float
    predicted_flips: float

    @property
    def flips(self) -> float:
        """Share of the weights whose sign has changed."""
        return float(np.mean(self.before * self.after < 0.0))

    @property
    def size_slope(self) -> float:
        """Slope of ln |change| against ln |weight before|: 0 if changes add, 1 if they multiply."""
        change = np.log(np.abs(self.after - self.before))
        return float(np.polyfit(np.log(np.abs(self.before)), change, 1)[0])

    @property
    def log_skewness(self) -> float:
        """Skewness of ln |w| at the end; 0 for a log-normal distribution."""
        x = np.log(np.abs(self.after))
        return float(np.mean((x - x.mean()) ** 3) / x.std() ** 3)

    def top_share(self, part: float = 0.1) -> float:
        """Share of the total strength, sum of |w|, that the strongest ``part`` of synapses hold."""
        sizes = np.sort(np.abs(self.after))[::-1]
        return float(sizes[: round(part * sizes.size)].sum() / sizes.sum())

    def log_normal_top_share(self, part: float = 0.1) -> float:
        """The same for a log-normal distribution with this standard deviation of ln |w|."""
        quantile = find_root(lambda z: normal_cdf(z) - part, -8.0, 8.0, -part, 1.0 - part)
        return float(normal_cdf(float(np.log(np.abs(self.after)).std()) + quantile))


def normal_cdf(x: Any) -> Any:
    """Return the standard normal distribution function."""
    return 0.5 * (1.0 + erf(x / np.sqrt(2.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Geometries:
    """Both rules on one problem.

    Attributes
    ----------
    added, multiplied : Learned
        By gradient descent, and by exponentiated gradients.
    """

    added: Learned
    multiplied: Learned


def run(
    *,
    synapses: int = 2000,
    examples: int = 20,
    excitatory: float = 0.8,
    spread: float = 0.5,
    change: float = 8.0,
    steps: int = 200,
    seed: int = 0,
) -> Geometries:
    """Train one linear reader of fixed inputs with both rules.

    Parameters
    ----------
    synapses, examples : int, optional
        n and the number of outputs to fit, fewer than n.
    excitatory : float, optional
        Share of the weights that start positive.
    spread : float, optional
        Standard deviation of ln |w| at the start, around 0.
    change : float, optional
        Standard deviation of what each output has to change by.
    steps, seed : int, optional

    Returns
    -------
    Geometries

    Raises
    ------
    ValueError
        If there are not fewer examples than synapses: nothing would be left to choose.
    """
    if not 0 < examples < synapses:
        raise ValueError(
            f"biology_geometry: needs fewer examples than synapses, got {examples} and {synapses}. "
            "With as many, both rules end at the same weights"
        )
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((examples, synapses)) / np.sqrt(synapses)
    signs = np.where(np.arange(synapses) < round(excitatory * synapses), 1.0, -1.0)
    start = signs * np.exp(spread * rng.standard_normal(synapses))
    gap = change * rng.standard_normal(examples)
    goal = x @ start + gap
    outside = _outside(x)
    sd = np.linalg.norm(gap) / np.sqrt(synapses)
    flips = float(np.mean(normal_cdf(-np.abs(start) / sd)))

    def learn(rule: Rule, predicted: float) -> Learned:
        step = training_map(lambda w: half_squared_error(x @ w, goal), rule, start)
        record = simulate(step, step.initial_state, steps, every=steps)
        after = record.final_state
        losses = np.array([float(step.value_and_gradient(z)[0]) for z in record.states])
        added, multiplied = outside(after - start), outside(_mirror(after) - _mirror(start))
        return Learned(start, after, losses, added, multiplied, predicted)

    return Geometries(learn(GradientDescent(0.5), flips), learn(ExponentiatedGradient(0.2), 0.0))


def _mirror(w: np.ndarray) -> np.ndarray:
    """sign(w) ln |w|, the coordinate in which exponentiated gradients are descent."""
    return np.sign(w) * np.log(np.abs(w))


def _outside(x: np.ndarray) -> Callable[[np.ndarray], float]:
    """The share of a vector that is outside the row space of x."""
    rows = np.linalg.svd(x, full_matrices=False)[2]
    return lambda v: float(np.linalg.norm(v - rows.T @ (rows @ v)) / np.linalg.norm(v))
