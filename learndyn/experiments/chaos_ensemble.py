r"""Starts for the double pendulum that fill the surface of one energy evenly.

An exponent is an average along an orbit. Along one orbit it converges slowly, and a chaotic orbit
depends on the last bits of the machine. The average over the surface of the energy is the same
number where orbits fill that surface, and needs short runs only. Liouville's measure there,
delta(H(q, p) - E) dq dp, is kept by the flow. With p'M(q)^-1 p / 2 + V(q) = H and two angles, the
integral over p leaves

    q from the density sqrt(det M(q)) where V(q) < E,     p = L(q) y,     M = L L',

y of length sqrt(2 (E - V(q))) and of any direction. The velocities are M^-1 p = L'^-1 y.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..autodiff import reshape
from ..dynamics import Flow
from ..neural.control import DoublePendulum

START = (2.0, 2.5, 0.0, 0.0)  # 16.0 J: both rods can go over the top


def energy_of(start: Any = START, *, body: DoublePendulum | None = None) -> float:
    """Return the energy of a state, J."""
    return float((body or DoublePendulum()).energy(np.array(start, dtype=np.float64)))


def energy_surface(
    members: int,
    rng: int | np.random.Generator,
    *,
    energy: float | None = None,
    body: DoublePendulum | None = None,
) -> np.ndarray:
    """Draw states of a double pendulum from the even density on the surface of an energy.

    Parameters
    ----------
    members : int
    rng : int or numpy.random.Generator
    energy : float, optional
        E, J; by default that of ``START``.
    body : DoublePendulum, optional

    Returns
    -------
    ndarray, shape (4, members)

    Raises
    ------
    ValueError
        If there are no members, or no state has so little energy.
    """
    body = body or DoublePendulum()
    energy = energy_of(body=body) if energy is None else float(energy)
    lowest = energy_of((0.0, 0.0, 0.0, 0.0), body=body)
    if members < 1 or not energy > lowest:
        raise ValueError(
            f"energy_surface: needs members >= 1 and an energy above {lowest:g} J, where the "
            f"pendulum hangs at rest, got members={members}, energy={energy:g}"
        )
    rng = np.random.default_rng(rng)
    outer = (body.mass1 + body.mass2) * body.length1**2
    inner = body.mass2 * body.length2**2
    coupling = body.mass2 * body.length1 * body.length2
    kept, count = [], 0
    while count < members:
        q = rng.uniform(-np.pi, np.pi, (2, 4 * members))
        lot = rng.uniform(0.0, math.sqrt(outer * inner), 4 * members)
        turn = rng.uniform(0.0, 2.0 * np.pi, 4 * members)
        potential = body.energy(np.concatenate([q, np.zeros_like(q)]))
        mixed = coupling * np.cos(q[0] - q[1])
        inside = (potential < energy) & (lot**2 < outer * inner - mixed**2)
        q, mixed, turn = q[:, inside], mixed[inside], turn[inside]
        length = np.sqrt(2.0 * (energy - potential[inside]))
        l11, l21 = math.sqrt(outer), mixed / math.sqrt(outer)
        w2 = length * np.sin(turn) / np.sqrt(inner - l21**2)
        w1 = (length * np.cos(turn) - l21 * w2) / l11
        kept.append(np.concatenate([q, w1[None], w2[None]]))
        count += q.shape[1]
    return np.concatenate(kept, axis=1)[:, :members]


def batched(flow: Flow, shape: tuple[int, ...]) -> Flow:
    """Return the flow of many states at once, on flat states: ``integrate`` takes vectors."""

    def together(t: float, z: Any) -> Any:
        return reshape(flow(t, reshape(z, shape)), -1)

    return together
