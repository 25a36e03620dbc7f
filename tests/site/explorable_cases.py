"""The explorables of the book: one row for each, and what it must draw, computed by learndyn here once more.

``drawn`` takes a position of the sliders and returns the points of each named mark, in the units of its axes. It goes
straight to the package and not through the module that makes the figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

import learndyn as ld
from learndyn.autodiff.tree import tree_map
from learndyn.dynamics import DormandPrince, integrate, simulate
from learndyn.experiments import (
    attractor_errors,
    clock_sizes,
    credit_turning,
    descent_beside_flow,
    descent_regimes,
    edge_of_stability,
    edge_steps,
    landscape_copies,
    momentum_plane,
    population_widths,
    rate_inputs,
    signal_depth,
    symmetry_breaking,
    turned_landscape,
    valley_steps,
    xor,
    xor_progress,
)
from learndyn.experiments.landscape_problems import regression, with_decay
from learndyn.learning import (
    MLP,
    GradientDescent,
    mean_field,
    mean_squared_error,
    optimal_heavy_ball,
    optimal_nesterov,
    sharpness,
    standard_normal,
    training_map,
)
from learndyn.learning.landscape import critical_point
from learndyn.learning.signal import backward_norms, forward_norms, mean_field_map
from learndyn.neural.credit import angle
from learndyn.neural.population import (
    PoissonNoise,
    VonMisesTuning,
    fisher_information,
    population_vector,
    scaled_bessel_i,
    wrap,
)
from learndyn.neural.rate import ContinuousTimeRNN, RingAttractor, WilsonCowan

Position = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One explorable.

    Attributes
    ----------
    name : str
        The slug.
    page : str
        Where it stands, without ``.html``.
    build : callable
        Makes it as the page does; it is asked for captions.
    drawn : callable
        From a position to the points, shape (n, 2), of each named mark.
    positions : tuple of tuple of int
        Where the browser puts the sliders.
    """

    name: str
    page: str
    build: Callable[[], Any]
    drawn: Callable[[Position], dict[str, np.ndarray]]
    positions: tuple[Position, ...]


PRODUCTS = tuple(np.arange(1, 49) / 20)


def four_regimes() -> Any:
    from learndyn.explorables.step_size import four_regimes

    return four_regimes(descent_regimes.run(PRODUCTS, steps=20))


def descent_points(position: Position) -> dict[str, np.ndarray]:
    s = PRODUCTS[position[0]]
    theta = (1.0 - s) ** np.arange(21)  # the closed form of a run on the parabola
    run = np.stack([np.arange(21), theta], axis=1)[np.abs(theta) <= 1.6]
    return {"positions": run, "iterates": np.stack([run[:, 1], run[:, 1] ** 2 / 2], axis=1)}


ROOT_MOMENTA = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ROOT_PRODUCTS = (0.05, *(i / 10 for i in range(1, 21)))


def momentum_and_step() -> Any:
    from learndyn.explorables.momentum import momentum_and_step

    return momentum_and_step(momentum_plane.run())


def momentum_points(position: Position) -> dict[str, np.ndarray]:
    beta, s = ROOT_MOMENTA[position[0]] ** 2, ROOT_PRODUCTS[position[1]] ** 2
    step = np.array([[1.0 - s, beta], [-s, beta]])  # of (position, velocity)
    trace = 1.0 + beta - s
    root = np.sqrt(complex(trace**2 - 4.0 * beta))
    pair = np.array([trace + root, trace - root]) / 2.0
    pair = pair[np.argsort(-np.abs(pair), kind="stable")]
    theta = np.array([np.linalg.matrix_power(step, t)[0, 0] for t in range(31)])
    run = np.stack([np.arange(31), theta], axis=1)
    rho = np.abs(pair).max()
    return {
        "multipliers": np.stack([pair.real, pair.imag], axis=1)[np.abs(pair.real) < 1.4],
        "run": run[np.abs(theta) <= 1.6],
        "rate": np.array([[s, rho]] if rho <= 1.4 else []).reshape(-1, 2),
        "here": np.array([[s, beta]]),
    }


CONDITION, BEGIN, TAKEN = 20.0, (-1.0, 0.3), (0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40)
FACTORS = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.05, 1.1, 1.15, 1.2, 1.4, 1.7, 2, 2.5])


def five_rules() -> dict[str, Any]:
    return {
        "gradient descent": ld.GradientDescent(1.8 / CONDITION),
        "heavy ball": ld.HeavyBall(*optimal_heavy_ball(1.0, CONDITION)),
        "Nesterov": ld.Nesterov(*optimal_nesterov(1.0, CONDITION)),
        "RMSProp": ld.RMSProp(0.05),
        "Adam": ld.Adam(0.1),
    }


def rules_in_a_valley() -> Any:
    from learndyn.explorables.valley import rules_in_a_valley

    result = valley_steps.run(five_rules(), BEGIN, 40, condition_number=CONDITION, factors=FACTORS)
    return rules_in_a_valley(result, shown=TAKEN, start=(5, 12))


def valley_points(position: Position) -> dict[str, np.ndarray]:
    points = {}
    for name, rule in five_rules().items():
        rule = replace(rule, step_size=rule.step_size * FACTORS[position[0]])
        state = rule.init(np.array(BEGIN))
        path = [state.theta]
        for _ in range(TAKEN[position[1]]):
            state = rule.step(state, np.array([1.0, CONDITION]) * state.theta)
            path.append(state.theta)
        slug = name.lower().replace(" ", "_")
        distance = np.clip(np.linalg.norm(path, axis=1), 1e-7, 1e3)
        # One point beyond the lower panel, so that the line leaves it.
        end = int(np.flatnonzero(distance <= 100.0)[-1]) + 2
        points[f"path_{slug}"] = np.clip(path, -20.0, 20.0)[:end]
        points[f"distance_{slug}"] = np.stack([np.arange(len(path)), distance], axis=1)[:end]
    return points


EDGE_STEPS = (0.03, 0.04, 0.06, 0.1, 0.14, 0.2, 0.25, 0.3, 0.4)


def sharpness_and_step() -> Any:
    from learndyn.explorables.edge import sharpness_and_step

    return sharpness_and_step(edge_steps.run(EDGE_STEPS), edge_of_stability.flow(), start=3)


def edge_points(position: Position) -> dict[str, np.ndarray]:
    eta = EDGE_STEPS[position[0]]
    loss, theta = edge_of_stability.problem(4)
    training = ld.training_map(loss, ld.GradientDescent(eta), theta)
    steps = int(120.0 / eta + 1e-9)
    every = steps // 45 if steps // 45 % 2 else steps // 45 - 1
    run = ld.simulate(training, training.initial_state, steps, every=every)
    losses = np.array([float(loss(training.parameters(z))) for z in run.states])
    kept = int(np.argmax(losses > 20.0)) + 1 if np.any(losses > 20.0) else losses.size
    values = [sharpness(loss, training.parameters(z)).value for z in run.states[:kept]]
    times = eta * run.times[:kept]
    return {
        "sharpness": np.stack([times, np.clip(values, 0.3, 1500.0)], axis=1),
        "loss": np.stack([times, np.clip(losses[:kept], 5e-4, 200.0)], axis=1),
    }


INPUTS = np.arange(6, 26) / 10


def inputs_to_the_pair() -> Any:
    from learndyn.explorables.rate_inputs import phase_plane_of_inputs

    return phase_plane_of_inputs(rate_inputs.run(INPUTS))


def pair_points(position: Position) -> dict[str, np.ndarray]:
    pair = WilsonCowan(P=float(INPUTS[position[0]]))
    times = np.linspace(0.0, 12.0, 145)
    orbit = ld.integrate(pair, [0.4, 0.35], times, method=DormandPrince(rtol=1e-9, atol=1e-11)).states
    # States of rest: along the one nullcline, where the other population changes from growing to falling.
    e = np.linspace(1e-3, 0.42, 20_000)
    i = pair.excitatory_nullcline(e)
    growth = np.array([pair(0.0, np.array(state))[1] for state in zip(e, i, strict=True)])
    rests = np.flatnonzero(growth[:-1] * growth[1:] < 0.0)
    curve = np.linspace(-0.02, 0.46, 49)
    curve = np.stack([curve, np.clip(pair.excitatory_nullcline(curve), -1.0, 1.0)], axis=1)
    return {
        "excitatory": curve[np.isfinite(curve[:, 1])],
        "orbit": orbit,
        "rests": np.stack([e[rests], i[rests]], axis=1),
        "activity": np.stack([np.arange(times.size), orbit[:, 0]], axis=1),
    }


FIRST_SPLITS = 10.0 ** -np.arange(2, 17)


def plateau_and_first_split() -> Any:
    from learndyn.explorables.clock import plateau_and_first_split

    return plateau_and_first_split(clock_sizes.run(FIRST_SPLITS), start=2)


def clock_points(position: Position) -> dict[str, np.ndarray]:
    sigma = FIRST_SPLITS[position[0]]
    run = symmetry_breaking.run(sigma=sigma, steps=1100)
    # The split grows by 1 + eta mu a step, and the units count as parted at 0.1.
    end = np.log(0.1 / sigma) / np.log1p(0.1 * run.mu)
    parted = run.times[run.splits >= 0.1][:1]
    return {
        "split": np.stack([run.times, run.splits], axis=1)[::10],
        "loss": np.stack([run.times, run.losses], axis=1)[::10],
        "law": np.array([[0.0, sigma], [end, 0.1]]),
        "parted": np.stack([parted, np.full(parted.shape, 0.1)], axis=1),
    }


FLOW_PRODUCTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.2)


def descent_and_flows() -> Any:
    from learndyn.explorables.flow import descent_and_flows

    return descent_and_flows(descent_beside_flow.run(np.array(FLOW_PRODUCTS) / 2), start=4)


def flow_points(position: Position) -> dict[str, np.ndarray]:
    # The closed forms of a quadratic: all start at (1, 1) and take the time 4.
    curvatures, s = np.array([0.5, 2.0]), FLOW_PRODUCTS[position[0]]
    eta, path = s / 2, np.linspace(0.0, 4.0, 41)[:, None]
    steps = np.arange(int(4 / eta + 1e-9) + 1)[:, None]
    bent = curvatures * (1 + eta * curvatures / 2)
    descent, flow, modified = (
        (1 - eta * curvatures) ** steps,
        np.exp(-curvatures * eta * steps),
        np.exp(-bent * eta * steps),
    )
    far, near = (np.linalg.norm(descent - each, axis=1) for each in (flow, modified))
    seen = np.all((descent > (-0.1, -1.3)) & (descent < (1.2, 1.3)), axis=1)
    return {
        "descent": descent[seen],
        "modified_flow": np.exp(-bent * path),
        "link": np.stack([descent[np.argmax(far)], flow[np.argmax(far)]]),
        "distance_flow": np.array([[s, far.max()]]),
        "distance_modified": np.array([[s, near.max()]]),
    }


SPOILT_CUES, SPOILT_SIZES = np.radians(np.arange(-180, 180, 22.5)), (0, 0.001, 0.01, 0.1)


def ring_with_errors() -> Any:
    from learndyn.explorables.attractor_errors import ring_with_errors

    return ring_with_errors(attractor_errors.run(SPOILT_CUES, SPOILT_SIZES, seed=2), start=(4, 2))


def spoilt_ring_points(position: Position) -> dict[str, np.ndarray]:
    cue, size = SPOILT_CUES[position[0]], SPOILT_SIZES[position[1]]
    ring = RingAttractor(n=32, J1=4.0)
    errors = np.random.default_rng(2).standard_normal((32, 32)) / np.sqrt(32)
    network = ContinuousTimeRNN(ring.weight() + size * errors, activation="relu", bias=np.ones(32))
    times = np.concatenate([[0.0], np.geomspace(1.0, 1000.0, 31)])
    method = DormandPrince(rtol=1e-8, atol=1e-10)
    states = integrate(network, ring.bump(float(cue)), times, method=method).states
    psi = ring.position(states)
    drift = np.unwrap(psi)[1:] - psi[0]
    angles = np.degrees(ring.angles)
    order = np.argsort(np.where(angles < 180.0, angles, angles - 360.0))
    angles = np.where(angles < 180.0, angles, angles - 360.0)[order]
    rates = np.maximum(states[[0, -1]], 0.0)[:, order]
    return {
        "bump_first": np.stack([angles, rates[0]], axis=1),
        "bump_last": np.stack([angles, rates[1]], axis=1),
        "drift_ring": np.stack([np.arange(31), np.degrees(drift)], axis=1),
    }


PEAKS, KAPPAS = (0.5, 2.0, 20.0), (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)


def width_and_information() -> Any:
    from learndyn.explorables.population_widths import width_and_information

    return width_and_information(population_widths.run(), start=(1, 4))


def width_points(position: Position) -> dict[str, np.ndarray]:
    peak, kappa, rng = PEAKS[position[0]], KAPPAS[position[1]], np.random.default_rng(0)
    errors = []
    for r in PEAKS[: position[0] + 1]:  # all counts of the figure come from one generator
        errors = []
        for k in KAPPAS:
            theta = rng.uniform(-np.pi, np.pi, 4000)
            counts = PoissonNoise().sample(VonMisesTuning(32, r, k), theta, rng)
            votes = population_vector(counts).direction
            lost = np.isnan(votes)
            votes[lost] = rng.uniform(-np.pi, np.pi, lost.sum())
            errors.append(np.degrees(np.sqrt(np.mean(wrap(votes - theta) ** 2))))
    k = np.array(KAPPAS)
    flank, total = scaled_bessel_i(1, k), scaled_bessel_i(0, k)
    tuning = VonMisesTuning(32, peak, kappa)
    information = [
        fisher_information(tuning, PoissonNoise(), t) / tuning.poisson_information
        for t in np.arange(25) / 12.0 * 2.0 * np.pi / 32
    ]
    offsets = np.linspace(-np.pi, np.pi, 145)
    return {
        "curve_own": np.stack([np.degrees(offsets), np.exp(kappa * (np.cos(offsets) - 1.0))], axis=1),
        "information": np.stack([np.arange(25) / 12.0 * 11.25, information], axis=1),
        "bounds": np.stack([k, np.degrees(1.0 / np.sqrt(32 * peak * k * flank))], axis=1),
        "errors": np.stack([k, errors], axis=1),
        "error_here": np.array([[kappa, errors[position[1]]]]),
        "silent_law": np.stack([k, np.exp(-32 * peak * total)], axis=1),
    }


FEEDBACK_ANGLES, RECORDS = (0, 30, 60, 90, 120, 150), (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 25, 30, 40, 60, 80)


def update_and_gradient() -> Any:
    from learndyn.explorables.credit_turning import update_and_gradient

    return update_and_gradient(credit_turning.run(FEEDBACK_ANGLES), shown=RECORDS, start=(5, 4))


def feedback_points(position: Position) -> dict[str, np.ndarray]:
    a, here = np.radians(FEEDBACK_ANGLES[position[0]]), RECORDS[position[1]]
    rng = np.random.default_rng(0)
    first, second = (rng.uniform(-0.1, 0.1, shape) for shape in ((30, 20), (20, 10)))
    target, drawn = rng.uniform(-1.0, 1.0, (30, 10)), rng.uniform(-0.5, 0.5, (20, 10))
    along = second / np.linalg.norm(second)
    across = drawn - np.sum(drawn * along) * along
    feedback = np.cos(a) * along + np.sin(a) * across / np.linalg.norm(across)
    feedback *= np.linalg.norm(drawn)

    def loss() -> float:  # over white inputs
        return 0.5 * np.sum((first @ second - target) ** 2)

    start, angles, hidden, changes = loss(), [], [], []
    for step in range(401):
        error = first @ second - target
        before, update, gradient = loss(), error @ feedback.T, error @ second.T
        if step % 5 == 0:
            angles.append(angle(second, feedback))
            hidden.append(angle(update, gradient))
        first, second = first - 0.002 * update, second - 0.002 * first.T @ error
        if step % 5 == 0:
            changes.append(1e3 * (loss() - before) / start)
    steps = 5.0 * np.arange(81)
    return {
        "angle_weights": np.stack([steps, angles], axis=1),
        "angle_hidden": np.stack([steps, hidden], axis=1),
        "hidden_here": np.array([[steps[here], hidden[here]]]),
        "change": np.stack([steps, changes], axis=1),
        "change_here": np.array([[steps[here], changes[here]]]),
    }


SIGNAL_VARIANCES = (0.8, 1.0, 1.2, 1.4, 1.6, 1.761, 1.9, 2.0, 2.2, 2.4, 2.7, 3.0, 3.2)
XOR_SHOWN = (
    0, 50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 5000, 5300, 5400, 7000, 10000,
)  # fmt: skip


def signal_through_depth() -> Any:
    from learndyn.explorables.signal_depth import signal_through_depth

    return signal_through_depth(signal_depth.run(SIGNAL_VARIANCES))


def signal_points(position: Position) -> dict[str, np.ndarray]:
    activation, variance = ("tanh", "relu")[position[0]], SIGNAL_VARIANCES[position[1]]
    mapping = mean_field_map(activation, variance, 0.05)
    model, rng = MLP((300,) * 31, activation), np.random.default_rng(0)
    theta = model.init(rng, initialiser=mean_field(variance, 0.05))
    x, cotangent = rng.standard_normal((2, 8, 300))
    x *= np.sqrt(300) / np.linalg.norm(x, axis=-1, keepdims=True)
    q = forward_norms(model, theta, x).mean_squares.mean(axis=-1)
    delta = np.exp(2.0 * backward_norms(model, theta, x, cotangent).log_preactivations).mean(axis=-1)
    law = [variance + 0.05]
    while len(law) < 30:
        law.append(float(mapping(np.array([law[-1]]))[0]))
    chi = mapping.chi(np.array(law[:-1]))
    back = np.append(np.cumprod(chi[::-1])[::-1], 1.0)
    columns = {
        "q_measured": q,
        "q_predicted": law,
        "delta_measured": delta / delta[-1],
        "delta_predicted": back,
    }
    layers = np.arange(1, 31)
    return {name: np.stack([layers, np.log10(values)], axis=1) for name, values in columns.items()}


def xor_while_learning() -> Any:
    from learndyn.explorables.xor_progress import xor_while_learning

    return xor_while_learning(xor_progress.run((37, 337), XOR_SHOWN))


def xor_points(position: Position) -> dict[str, np.ndarray]:
    net, step = (37, 337)[position[0]], XOR_SHOWN[position[1]]
    model = MLP((2, 2, 1))
    drawn = model.init(np.random.default_rng(0), ensemble=(400,), initialiser=standard_normal)
    theta = tree_map(lambda leaf: leaf[net], drawn)

    def loss(theta: Any) -> Any:
        return mean_squared_error(model(theta, xor.INPUTS), xor.TARGETS)

    training = training_map(loss, GradientDescent(0.1), theta)
    z = simulate(training, training.initial_state, step).final_state if step else training.initial_state
    grid, answers = xor.decision_surface(model, training.parameters(z), points=17)
    x1, x2 = np.meshgrid(grid, grid)
    sign = np.rint(100.0 * np.clip(answers - 0.5, -0.6, 0.6))
    place = np.stack([x1.ravel(), x2.ravel()], axis=1)
    return {
        "above": place[sign.ravel() > 0],
        "below": place[sign.ravel() < 0],
        "here": np.array([[step, float(loss(training.parameters(z)))]]),
    }


def landscape_to_turn() -> Any:
    from learndyn.explorables.turned_landscape import landscape_to_turn

    return landscape_to_turn(turned_landscape.run(), start=(0, 1))


@cache
def copies_and_loss() -> tuple[Any, Callable[[Any], Any]]:
    copies = landscape_copies.run()
    loss = with_decay(regression(9)[1], copies.decay)
    plane, unravel = copies.surface.plane, ld.dynamics.ravel(copies.surface.plane.template)[1]
    return copies, lambda ab: loss(unravel(plane.origin + ab[0] * plane.first + ab[1] * plane.second))


def turned_points(position: Position) -> dict[str, np.ndarray]:
    (copies, loss), phi = copies_and_loss(), np.radians(15.0 * position[0])
    corners = copies.corners
    near, toward = (
        (np.zeros(2), corners[0]),
        (0.54 * (corners[0] + corners[1]), corners[0]),
        (corners[0], corners[1]),
    )[position[1]]
    place = critical_point(loss, near).theta
    first = toward - place
    if position[1]:  # at the maximum all directions are alike, and the first one leads to a copy
        first = np.linalg.eigh(ld.hessian(loss)(place))[1][:, 0]
        first *= np.sign(first @ (toward - place))
    first /= np.linalg.norm(first)
    second = np.array([-first[1], first[0]])
    row, behind = np.cos(phi) * first + np.sin(phi) * second, np.cos(phi) * second - np.sin(phi) * first
    x, relief = np.linspace(-2.0, 2.0, 21), []
    middle = np.array([float(loss(place + a * row)) for a in x])
    for i, depth in enumerate(np.linspace(1.3, -1.3, 15)):  # the farthest row is painted first
        losses = np.array([float(loss(place + a * row + depth * behind)) for a in x])
        height = np.rint(740.0 * np.minimum(losses, 0.24)) / 2.0 + 180.0 * (14 - i) / 14
        relief += [[-6.6, -99.0], *np.stack([x, height], axis=1), [6.6, -99.0]]
    curvature = row @ ld.hessian(loss)(place) @ row
    parabola = middle[10] + 0.5 * curvature * x**2
    return {
        "relief": np.array(relief),
        "point": np.array([[0.0, 370.0 * middle[10] + 90.0]]),
        "profile": np.stack([x, np.clip(middle, -0.999, 0.999)], axis=1),
        "parabola": np.stack([x, np.clip(parabola, -0.999, 0.999)], axis=1),
    }


CASES = (
    Case(
        "step-size-regimes",
        "foundations/step_size",
        four_regimes,
        descent_points,
        ((0,), (19,), (36,), (39,), (47,)),
    ),
    Case(
        "momentum-step-size",
        "foundations/momentum",
        momentum_and_step,
        momentum_points,
        ((0, 0), (6, 7), (7, 2), (0, 10), (0, 18), (7, 20), (8, 20)),
    ),
    Case(
        "valley-five-rules",
        "foundations/geometry",
        rules_in_a_valley,
        valley_points,
        ((0, 0), (0, 12), (5, 12), (8, 5), (13, 12)),
    ),
    Case(
        "edge-of-stability-step-size",
        "experiments/edge_of_stability",
        sharpness_and_step,
        edge_points,
        ((0,), (3,), (6,), (8,)),
    ),
    Case(
        "wilson-cowan-inputs",
        "neuroai/dynamics",
        inputs_to_the_pair,
        pair_points,
        ((0,), (4,), (6,), (13,), (19,)),
    ),
    Case(
        "symmetry-clock-first-split",
        "experiments/symmetry_clock",
        plateau_and_first_split,
        clock_points,
        ((0,), (2,), (6,), (12,), (14,)),
    ),
    Case(
        "descent-beside-flow",
        "foundations/gradient_flow",
        descent_and_flows,
        flow_points,
        ((0,), (4,), (7,), (10,), (12,), (13,)),
    ),
    Case(
        "ring-attractor-errors",
        "neuroai/attractors",
        ring_with_errors,
        spoilt_ring_points,
        ((0, 0), (4, 2), (10, 1), (15, 3)),
    ),
    Case(
        "population-tuning-width",
        "neuroai/population_codes",
        width_and_information,
        width_points,
        ((0, 0), (0, 6), (1, 4), (2, 8), (2, 9)),
    ),
    Case(
        "feedback-alignment-angle",
        "neuroai/credit",
        update_and_gradient,
        feedback_points,
        ((0, 0), (3, 0), (5, 4), (5, 14)),
    ),
    Case(
        "signal-through-depth",
        "experiments/gradients",
        signal_through_depth,
        signal_points,
        ((0, 0), (0, 5), (0, 12), (1, 0), (1, 7), (1, 12)),
    ),
    Case(
        "xor-while-learning",
        "experiments/xor",
        xor_while_learning,
        xor_points,
        ((0, 0), (0, 11), (0, 14), (0, 18), (1, 18)),
    ),
    Case(
        "landscape-to-turn",
        "foundations/landscapes",
        landscape_to_turn,
        turned_points,
        ((0, 0), (0, 1), (2, 1), (6, 1), (9, 1), (5, 0), (4, 2), (11, 2)),
    ),
)
