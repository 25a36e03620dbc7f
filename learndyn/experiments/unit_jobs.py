r"""What two units do before, while and after they part, and which of them does which job.

Training starts at the saddle of ``symmetry_breaking`` with a split along its unstable mode u, or
with a random kick xi to all parameters. The target needs a unit for each of two inputs. Exchanging
the units exchanges +u and -u, so two mirrored runs end in two copies of one solution. From a small
kick the units part along +u or -u, and so

    sign of u . xi

says beforehand which unit gets which input. Its law is symmetric: each with probability 1/2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import ravel, simulate
from ..learning import training_map
from ..learning.symmetry import exchange_actions
from ..learning.symmetry.escape import split_length
from .start_sizes import net_losses
from .symmetry_breaking import DESCENT, PAIR, saddle


@dataclass(frozen=True, slots=True)
class UnitJobs:
    """One run from the saddle.

    Attributes
    ----------
    times : ndarray of int, shape (records,)
    losses, splits : ndarray, shape (records,)
    incoming : ndarray, shape (records, 2, 2)
        Weights, by record, input and unit.
    outgoing : ndarray, shape (records, 2)
        By record and unit.
    final : ndarray, shape (n,)
        The flat parameters at the end.
    """

    times: np.ndarray
    losses: np.ndarray
    splits: np.ndarray
    incoming: np.ndarray
    outgoing: np.ndarray
    final: np.ndarray


@dataclass(frozen=True, slots=True)
class Choices:
    """Which unit got the first input, in many runs from random kicks.

    Attributes
    ----------
    kicks : ndarray, shape (runs,)
        u . xi over the size of the kick.
    tilts : ndarray, shape (runs,)
        How much longer the weight from the first input to unit 0 is than that to unit 1.
    losses : ndarray, shape (runs,)
        At the end.
    """

    kicks: np.ndarray
    tilts: np.ndarray
    losses: np.ndarray

    @property
    def share(self) -> float:
        """Part of the runs in which unit 0 got the first input."""
        return float(np.mean(self.tilts > 0.0))

    @property
    def foretold(self) -> float:
        """Part of the runs that ended as the sign of u . xi said."""
        return float(np.mean((self.kicks > 0.0) == (self.tilts > 0.0)))


def run(*, sigma: float = 1e-4, steps: int = 1000, every: int = 5) -> UnitJobs:
    """Follow the weights from a split along the unstable mode.

    Parameters
    ----------
    sigma : float, optional
        The split, of either sign.
    steps, every : int, optional

    Returns
    -------
    UnitJobs
    """
    theta, _, block = saddle()
    z, unravel = ravel(theta)
    split = split_length(exchange_actions(theta, PAIR), z.size)
    training = training_map(net_losses, DESCENT, unravel(z + sigma * _mode(block.direction, theta)))
    record = simulate(
        training,
        training.initial_state,
        steps,
        every=every,
        observe={
            "loss": lambda z: float(net_losses(training.parameters(z))),
            "split": split,
        },
    )
    layers = [training.parameters(z) for z in record.states]
    return UnitJobs(
        record.times,
        record.observables["loss"],
        record.observables["split"],
        np.array([hidden.weight for hidden, _ in layers]),
        np.array([out.weight[:, 0] for _, out in layers]),
        record.final_state,
    )


def choices(*, runs: int = 300, size: float = 1e-3, steps: int = 500, seed: int = 0) -> Choices:
    """Kick many nets at the saddle and see which unit gets which input.

    Parameters
    ----------
    runs : int, optional
    size : float, optional
        Standard deviation of the kick in each parameter.
    steps : int, optional
    seed : int, optional

    Returns
    -------
    Choices
    """
    theta, _, block = saddle()
    z, unravel = ravel(theta)
    kicks = np.random.default_rng(seed).standard_normal((runs, z.size))
    many = _stack([unravel(z + size * kick) for kick in kicks])
    training = training_map(lambda theta: net_losses(theta).sum(), DESCENT, many)
    final = simulate(training, training.initial_state, steps, every=steps).final_state
    end = training.parameters(final)
    first = np.abs(end[0].weight[:, 0, :])
    mode = _mode(block.direction, theta)
    return Choices(kicks @ mode, first[:, 0] - first[:, 1], np.asarray(net_losses(end)))


def _mode(direction: np.ndarray, theta: Tree) -> np.ndarray:
    """The unstable mode with the sign that lengthens the first weight of unit 0."""
    weights = theta[0].weight
    tilt = ravel(theta)[1](direction)[0].weight[0] * np.sign(weights[0])
    return direction * np.sign(tilt[0] - tilt[1])


def _stack(nets: list[Tree]) -> Tree:
    """One ensemble of many nets."""
    return [
        type(layers[0])(*(np.stack(parts) for parts in zip(*layers, strict=True)))
        for layers in zip(*nets, strict=True)
    ]
