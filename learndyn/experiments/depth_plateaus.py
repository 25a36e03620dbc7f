"""How the plateau at a small start lengthens with depth.

One unit a layer, target s, all N layers at u = a0^(1/N). The product a = u^N obeys
da/dt = N a^(2 - 2/N) (s - a), and while a is small the factor s - a is constant: the time to
leave is

    ln(s/a0) / (2 s)   for N = 2,       a0^-(1 - 2/N) / ((N - 2) s)   for N > 2 .

The difference is one of the landscape. The loss is L = (s - u_1 ... u_N)^2 / 2. At zero its
Hessian has an eigenvalue -s for N = 2 and vanishes for N > 2.

References
----------
Saxe, A., McClelland, J. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import DormandPrince, Event, integrate, spectrum
from ..learning import balanced_start, deep_linear_loss, gradient_flow, hessian_operator, rise_time


@dataclass(frozen=True, slots=True)
class DepthPlateaus:
    """Half-rise times of one mode, over starts and depths.

    Attributes
    ----------
    value : float
        s, the target.
    depths : tuple of int
        N.
    starts : ndarray, shape (starts,)
        a0, increasing.
    times : ndarray, shape (depths, starts)
        When the product of all weights reached s/2, along the flow of the weights.
    curvatures : ndarray, shape (depths,)
        Smallest eigenvalue of the Hessian where all weights are zero.
    """

    value: float
    depths: tuple[int, ...]
    starts: np.ndarray
    times: np.ndarray
    curvatures: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The time for a small start, in closed form, shape (depths, starts)."""
        s, a0 = self.value, self.starts
        return np.stack(
            [
                np.log(s / a0) / (2 * s) if n == 2 else a0 ** -(1 - 2 / n) / ((n - 2) * s)
                for n in self.depths
            ]
        )

    @property
    def predicted_exponents(self) -> np.ndarray:
        """1 - 2/N, shape (depths,)."""
        return 1.0 - 2.0 / np.array(self.depths)

    @property
    def exponents(self) -> np.ndarray:
        """Measured -d ln(time) / d ln(a0) over the two smallest decades, shape (depths,)."""
        chosen = self.starts <= 100.5 * self.starts[0]
        logs = np.log(self.starts[chosen])
        return np.array([-np.polyfit(logs, np.log(row[chosen]), 1)[0] for row in self.times])

    @property
    def time_for_a_decade(self) -> np.ndarray:
        """How much longer it takes per tenfold smaller start, at the small end: (depths,)."""
        decades = np.log10(self.starts[1] / self.starts[0])
        return (self.times[:, 0] - self.times[:, 1]) / decades


def run(
    depths: Sequence[int] = (2, 3, 4),
    *,
    value: float = 1.0,
    starts: Sequence[float] = tuple(np.geomspace(1e-6, 1e-2, 5)),
    method: Any = DormandPrince(rtol=1e-9, atol=1e-12),  # noqa: B008 - frozen
) -> DepthPlateaus:
    """Measure how long one mode stays small, for several depths and starts.

    Parameters
    ----------
    depths : sequence of int, optional
        N, each two or more.
    value : float, optional
        s, the target.
    starts : sequence of float, optional
        a0, increasing, below s/2.
    method : optional
        Integrator.

    Returns
    -------
    DepthPlateaus
    """
    loss = deep_linear_loss([[value]])
    half = Event(lambda t, z: np.prod(z) - value / 2, direction=1, terminal=True)
    times, curvatures = [], []
    for depth in depths:
        row = []
        for start in starts:
            flow = gradient_flow(loss, balanced_start([[value]], start, depth=depth))
            end = 1.5 * rise_time(value, start, depth=depth)
            run = integrate(flow, flow.initial_state, [0.0, end], method=method, events={"half": half})
            row.append(run.events["half"].times[0])
        times.append(row)
        zero = [np.zeros((1, 1)) for _ in range(depth)]
        curvatures.append(float(np.min(np.real(spectrum(hessian_operator(loss, zero))))))
    return DepthPlateaus(value, tuple(depths), np.array(starts), np.array(times), np.array(curvatures))
