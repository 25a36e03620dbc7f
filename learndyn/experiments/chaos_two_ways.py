r"""One exponent, forwards and backwards, in four systems.

A run is a chain of maps F_1, ..., F_T: the layers of a net, the steps of a recurrent net, short
pieces of a flow. With J_t the Jacobian of F_t at the state of the run,

    forwards    v -> J_t v,       what becomes of a small error in the start
    backwards   u -> J_t' u,      what becomes of a gradient on its way to the start

The products J = J_T ... J_1 and J' have the same singular values. For a direction that is drawn
evenly from the sphere, |J v| and |J' u| therefore have the same distribution, and in a stationary
run both grow as e^{lambda t}, lambda the largest Lyapunov exponent.

References
----------
Oseledets, V. I. (1968). A multiplicative ergodic theorem. Transactions of the Moscow Mathematical
Society 19, 197-231.
Metz, L., Freeman, C. D., Schoenholz, S. S. and Kachman, T. (2021). Gradients are not all you need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import reshape, tanh
from ..dynamics import RK4, Map, flow_map, integrate, lyapunov_exponents
from ..dynamics.linearise import linearised
from ..learning import MLP, RNN, mean_field
from ..learning.models.layer import affine
from ..learning.signal import driven_rnn_mean_field, mean_field_map
from ..neural.control import DoublePendulum
from ..neural.rate import random_network, side_by_side
from .chaos_ensemble import energy_surface


@dataclass(frozen=True, slots=True)
class TwoWays:
    """Growth of a perturbation and of a gradient along the same runs.

    Attributes
    ----------
    name, unit : str
        The system, and what one stage or the unit of time is called.
    times : ndarray, shape (k,)
        Distance travelled, in units: from the start forwards, from the end backwards; counted
        after a lead-in, in which directions align.
    forward, backward : ndarray, shape (k, members)
        ln of the growth since the lead-in.
    exponent : float
        lambda per unit, from elsewhere (see each system).
    """

    name: str
    unit: str
    times: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    exponent: float

    @property
    def forward_rate(self) -> float:
        """Slope of the mean ln growth of a perturbation, per unit, by least squares."""
        return _slope(self.times, self.forward)

    @property
    def backward_rate(self) -> float:
        """Slope of the mean ln growth of a gradient, per unit, by least squares."""
        return _slope(self.times, self.backward)


def two_ways(
    maps: Iterable[Map],
    states: Any,
    *,
    axis: int = -1,
    lead: int = 0,
    rng: int | np.random.Generator = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Carry random directions forwards, and others backwards, along one chain of maps.

    Parameters
    ----------
    maps : iterable of Map
        Each takes an array of the shape of ``states`` to another; members do not interact.
    states : array_like
        Where the runs start: one axis holds the components, the others the members.
    axis : int, optional
        That of the components.
    lead : int, optional
        Maps at the beginning of either way that are not counted.
    rng : int or numpy.random.Generator, optional

    Returns
    -------
    forward, backward : ndarray, shape (maps - lead + 1, members)
        ln of the growth; the first row is zero.

    Raises
    ------
    ValueError
        If fewer than two maps are left after the lead-in.
    """
    rng = np.random.default_rng(rng)
    shape = np.shape(states)
    z, operators = np.array(states, dtype=np.float64).ravel(), []
    for step in maps:
        z, jacobian = linearised(_flat(step, shape), z, caller="two_ways")
        operators.append(jacobian)
    if lead < 0 or len(operators) - lead < 2:
        raise ValueError(f"two_ways: a lead-in of {lead} of {len(operators)} maps leaves fewer than two")
    forward: list[Any] = [jacobian.matvec for jacobian in operators]
    backward: list[Any] = [jacobian.rmatvec for jacobian in reversed(operators)]
    ways = []
    for products in (forward, backward):
        logs = _carried(products, rng.standard_normal(shape), axis)[lead:]
        ways.append(logs - logs[0])
    return ways[0], ways[1]


def deep_net(
    weight_variance: float = 5.0,
    *,
    bias_variance: float = 0.05,
    width: int = 500,
    depth: int = 44,
    samples: int = 6,
    lead: int = 4,
    seed: int = 0,
) -> TwoWays:
    """Follow both ways through the layers of a random tanh net; lambda = 1/2 ln chi a layer."""
    rng = np.random.default_rng(seed)
    start = mean_field(weight_variance, bias_variance)
    theta = MLP((width,) * (depth + 1), "tanh").init(rng, initialiser=start)
    x = rng.standard_normal((samples, width))
    layers = [lambda x, layer=layer: tanh(affine(x, layer.weight, layer.bias)) for layer in theta]
    theory = mean_field_map("tanh", weight_variance, bias_variance)
    q = theory.fixed_point()
    # With this mean square of the input the net is stationary from its first layer on.
    x *= np.sqrt((q - bias_variance) / weight_variance * width) / np.linalg.norm(x, axis=1, keepdims=True)
    exponent = 0.5 * float(np.log(theory.chi(q)))
    ways = two_ways(layers, x, lead=lead, rng=rng)
    return TwoWays("deep net", "layer", np.arange(depth - lead + 1.0), *ways, exponent)


def recurrent_net(
    gain: float = 3.0,
    *,
    input_std: float = 0.5,
    hidden: int = 300,
    steps: int = 50,
    samples: int = 6,
    lead: int = 15,
    seed: int = 0,
) -> TwoWays:
    """Follow both ways through the steps of a driven random net; lambda = 1/2 ln chi a step."""
    rng = np.random.default_rng(seed)
    model = RNN(hidden, hidden, 1, "tanh", bias=False)
    theta = model.init(rng, gain=gain)._replace(input_weight=np.eye(hidden))
    before = input_std * rng.standard_normal((20, samples, hidden))
    settled = model.hidden_states(theta, before)[-1]
    drive = input_std * rng.standard_normal((steps, samples, hidden))
    maps = [lambda h, s=s: model.step(theta, h, s) for s in drive]
    exponent = driven_rnn_mean_field(gain, input_std).exponent
    ways = two_ways(maps, settled, lead=lead, rng=rng)
    return TwoWays("recurrent net", "step", np.arange(steps - lead + 1.0), *ways, exponent)


def circuit(
    gain: float = 3.0,
    *,
    neurons: int = 300,
    duration: float = 30.0,
    lead: float = 10.0,
    elsewhere: float = 40.0,
    step_size: float = 0.2,
    trials: int = 5,
    seed: int = 0,
) -> TwoWays:
    """Follow both ways through a random circuit; lambda per tau by QR along other orbits."""
    rng = np.random.default_rng(seed)
    method = RK4(step_size)
    network = random_network(neurons, gain, rng)
    step = flow_map(network, step_size, method=method)
    # As many orbits again give the exponent. Short ones: e^{lambda t} times rounding stays small.
    starts = rng.standard_normal((2 * trials, neurons))
    together = side_by_side(network, 2 * trials)
    settled = integrate(together, starts.ravel(), [0.0, 20.0], method=method).final_state
    z0, others = settled.reshape(2, trials, neurons)
    steps, burn_in = round(elsewhere / step_size), round(lead / step_size)
    exponent = np.mean(
        [lyapunov_exponents(step, z, steps, count=1, burn_in=burn_in, dt=step_size).exponents for z in others]
    )
    before, counted = round(lead / step_size), round(duration / step_size)
    ways = two_ways([step] * (before + counted), z0, lead=before, rng=rng)
    times = step_size * np.arange(counted + 1)
    return TwoWays("circuit", "τ", times, *ways, float(exponent))


def pendulum(
    exponent: float,
    *,
    members: int = 128,
    duration: float = 5.0,
    lead: float = 1.5,
    step_size: float = 0.02,
    seed: int = 0,
) -> TwoWays:
    """Follow both ways through the swings of a double pendulum.

    Parameters
    ----------
    exponent : float
        lambda, 1/s, for example from ``chaos_horizon``, without a derivative.
    members : int, optional
        Runs, which start evenly on the surface of one energy.
    duration, lead, step_size : float, optional
        s.
    seed : int, optional
    """
    rng = np.random.default_rng(seed)
    step = flow_map(DoublePendulum(), step_size, method=RK4(step_size))
    before, counted = round(lead / step_size), round(duration / step_size)
    z0 = energy_surface(members, rng)
    ways = two_ways([step] * (before + counted), z0, axis=0, lead=before, rng=rng)
    return TwoWays("double pendulum", "s", step_size * np.arange(counted + 1), *ways, exponent)


def run(exponent: float, *, seed: int = 0) -> tuple[TwoWays, ...]:
    """Follow both ways in all four systems; ``exponent`` is that of the double pendulum, 1/s."""
    return (
        deep_net(seed=seed),
        recurrent_net(seed=seed),
        circuit(seed=seed),
        pendulum(exponent, seed=seed),
    )


def _flat(step: Map, shape: tuple[int, ...]) -> Callable[[Any], Any]:
    return lambda z: reshape(step(reshape(z, shape)), -1)


def _carried(products: Sequence[Callable[..., Any]], v: np.ndarray, axis: int) -> np.ndarray:
    """ln of the length of each member's direction after each product, shape (products + 1, members)."""
    v = v / np.linalg.norm(v, axis=axis, keepdims=True)
    total = np.zeros(np.linalg.norm(v, axis=axis).shape)
    logs = [total]
    for product in products:
        v = product(v.ravel()).reshape(v.shape)
        length = np.linalg.norm(v, axis=axis, keepdims=True)
        v = v / length
        total = total + np.log(np.squeeze(length, axis))
        logs.append(total)
    return np.array(logs)


def _slope(times: np.ndarray, logs: np.ndarray) -> float:
    return float(np.polyfit(times, logs.mean(axis=1), 1)[0])
