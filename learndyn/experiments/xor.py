"""XOR from scratch: what a linear model cannot do, a few hidden units can.

The task has four examples, (0,0) -> 0, (0,1) -> 1, (1,0) -> 1, (1,1) -> 0. An affine model's
best mean squared error is exactly 1/4, reached by the constant 1/2. A hidden layer of two
units is enough to represent XOR, but gradient descent does not find it from every start.

References
----------
Minsky, M. and Papert, S. (1969). Perceptrons. MIT Press.
Hamey, L. G. C. (1998). XOR has no local minima. Neural Networks 11, 669-681.
Sprinkhuizen-Kuyper, I. G. and Boers, E. J. W. (1999). The local minima of the error surface of
the 2-2-1 XOR network. Annals of Mathematics and Artificial Intelligence 25, 107-136.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import simulate
from ..learning import MLP, GradientDescent, Layer, mean_squared_error, standard_normal, training_map

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])
SOLVED_BELOW = 0.01  # a net with this mean squared error answers each example within 0.2


@dataclass(frozen=True, slots=True)
class XorResult:
    """Many nets of one width, trained side by side on XOR.

    Attributes
    ----------
    model : MLP
    steps : ndarray, shape (records,)
        Step numbers of the records.
    losses : ndarray, shape (records, networks)
        Mean squared error of each net.
    theta : list of Layer
        Final parameters; axis 0 is the net.
    """

    model: MLP
    steps: np.ndarray
    losses: np.ndarray
    theta: list[Layer]

    @property
    def width(self) -> int:
        """Number of hidden units."""
        return self.model.widths[1]

    @property
    def solved(self) -> np.ndarray:
        """Which nets end below ``SOLVED_BELOW``, shape (networks,), bool."""
        return self.losses[-1] < SOLVED_BELOW

    @property
    def success_rate(self) -> float:
        """Share of nets that solve the task."""
        return float(np.mean(self.solved))

    @property
    def success_curve(self) -> np.ndarray:
        """Share of nets that are below ``SOLVED_BELOW`` at each record, shape (records,)."""
        return np.mean(self.losses < SOLVED_BELOW, axis=1)

    @property
    def standard_error(self) -> float:
        """Binomial standard error of the success rate, sqrt(p (1 - p) / n)."""
        p = self.success_rate
        return float(np.sqrt(p * (1 - p) / self.solved.size))

    def network(self, index: int) -> list[Layer]:
        """Return the final parameters of one net."""
        theta: list[Layer] = tree_map(lambda leaf: leaf[index], self.theta)
        return theta


def run(
    width: int,
    *,
    networks: int = 400,
    steps: int = 10_000,
    step_size: float = 0.1,
    activation: str = "tanh",
    seed: int = 0,
    every: int = 100,
) -> XorResult:
    """Train many nets 2-width-1 on XOR by full-batch gradient descent.

    Parameters
    ----------
    width : int
        Number of hidden units.
    networks : int, optional
        How many nets, each from its own N(0, 1) weights and biases. They train together
        along a leading axis; the total loss is the sum of theirs, so none feels another.
    steps, step_size : optional
        Of gradient descent.
    activation : {"tanh", "relu", "sigmoid"}, optional
    seed : int, optional
        Of the initial parameters.
    every : int, optional
        Record the losses every so many steps.

    Returns
    -------
    XorResult
    """
    model = MLP((2, width, 1), activation)
    theta = model.init(
        np.random.default_rng(seed), ensemble=(networks,), initialiser=standard_normal
    )

    def losses(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, INPUTS), TARGETS, axis=(-2, -1))

    training = training_map(lambda theta: losses(theta).sum(), GradientDescent(step_size), theta)
    record = simulate(
        training,
        training.initial_state,
        steps,
        observe={"loss": lambda z: losses(training.parameters(z))},
        every=every,
        nonfinite="record",  # one network that overflows does not stop the others
    )
    return XorResult(
        model, record.times, record.observables["loss"], training.parameters(record.final_state)
    )


def best_affine() -> tuple[np.ndarray, float]:
    """Return the least-squares affine model of XOR and its error.

    Returns
    -------
    coefficients : ndarray, shape (3,)
        Two weights and the bias: 0, 0, 1/2.
    error : float
        Its mean squared error, 1/4.
    """
    design = np.column_stack([INPUTS, np.ones(len(INPUTS))])
    coefficients = np.linalg.lstsq(design, TARGETS[:, 0], rcond=None)[0]
    residual = design @ coefficients - TARGETS[:, 0]
    return coefficients, float(np.mean(residual**2))


def decision_surface(
    model: MLP, theta: list[Layer], *, low: float = -0.5, high: float = 1.5, points: int = 41
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate one net on a square grid.

    Parameters
    ----------
    model, theta
        A model of two inputs, and the parameters of one net.
    low, high : float, optional
        The square's sides.
    points : int, optional
        Grid points along a side.

    Returns
    -------
    axis : ndarray, shape (points,)
        The coordinate of the grid lines, the same along both sides.
    output : ndarray, shape (points, points)
        ``output[i, j]`` is the net's answer at x1 = axis[j], x2 = axis[i].
    """
    axis = np.linspace(low, high, points)
    x1, x2 = np.meshgrid(axis, axis)
    grid = np.stack([x1.ravel(), x2.ravel()], axis=-1)
    return axis, np.asarray(model(theta, grid)).reshape(points, points)
