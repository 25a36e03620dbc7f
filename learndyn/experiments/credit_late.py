r"""Where the angle of a feedback rule ends: at that of the error that it corrects slowest.

Near the end of learning the outputs are linear in the parameters. With J the Jacobian of all outputs by all
parameters, the gradient for the error e is J'e, and a rule that is linear in e proposes -A e. Then

    de/dt = -K e,    K = J A,      -<gradient, update> = e' K e.

All modes of K decay, and the slowest is left. There e'Ke is least for its |e|^2, so the angle

    cos = e' K e / (|J'e| |A e|)

is large, and it stays there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..dynamics.state import flatten
from ..neural.credit import Backprop, CreditMap, CreditRule, angle
from .credit_rules import CONTESTANTS, half_adder, start


@dataclass(frozen=True, slots=True)
class LateAngles:
    """The angle of a rule at the end of the half adder, and those of the modes of its learning.

    Attributes
    ----------
    measured : float
        Between the update and minus the gradient, in degrees.
    modes : ndarray, shape (outputs,)
        The same, for the modes of K, the slowest first.
    rates : ndarray, shape (outputs,)
        Real parts of the eigenvalues of K, increasing.
    loss : float
    """

    measured: float
    modes: np.ndarray
    rates: np.ndarray
    loss: float


def run(name: str = "feedback alignment", *, updates: int = 110, seed: int = 0) -> LateAngles:
    """Train to a small loss, then linearise.

    Parameters
    ----------
    name : str, optional
        Of ``credit_rules.CONTESTANTS``: a rule without noise that passes errors back.
    updates, seed : int, optional

    Returns
    -------
    LateAngles
    """
    system = start(next(c for c in CONTESTANTS if c.name == name), seed=seed)
    z = simulate(system, system.initial_state, updates, every=updates, progress=False).final_state
    x, y = half_adder()
    errors = (system.model(system.parameters(z), x) - y).ravel()
    gradients = _by_unit_errors(system, z, Backprop(), ())
    updates_of = _by_unit_errors(system, z, system.rule, system.credit_state(z))
    rates, vectors = np.linalg.eig(gradients.T @ updates_of)
    order = np.argsort(rates.real)

    def apart(e: np.ndarray) -> float:
        return angle(gradients @ e, updates_of @ e)

    modes = np.array([apart(vectors[:, i].real) for i in order])
    return LateAngles(apart(errors), modes, rates.real[order], float(system.objective(z)))


def _by_unit_errors(system: CreditMap, z: np.ndarray, rule: CreditRule, state: object) -> np.ndarray:
    """Minus the update for a unit error of each output and example, as columns: (parameters, outputs)."""
    x, _ = half_adder()
    theta = system.parameters(z)
    outputs = system.model(theta, x)
    columns = [
        -flatten(
            rule.propose(system.model, theta, x, outputs - unit.reshape(outputs.shape), state, None).update
        )
        for unit in np.eye(outputs.size)
    ]
    return np.array(columns).T
