"""Growth before decay: the optimal heavy ball, whose multipliers are all below 1.

With Polyak's constants for curvatures from 1 to k, the modes of the two extreme curvatures have a
double multiplier m = +-r, r = sqrt(beta) = (sqrt k - 1) / (sqrt k + 1). On the pair
(theta_t, theta_{t-1}) a step is A = [[2 m, -m^2], [1, 0]], and its powers are

    A^t = [[(t + 1) m^t, -t m^{t+1}], [t m^{t-1}, -(t - 1) m^t]],   ||A^t|| ~ 2 t r^t .

As r^t ~ exp(-2 t / sqrt k), the norm is sqrt(k) 2 x exp(-2 x) with x = t / sqrt k: it peaks at
x = 1/2, at sqrt(k) / e. On (theta, v) with v = theta_t - theta_{t-1} the mode of the largest curvature
has ||A^t|| ~ 5 t r^t, so the peak is 5/2 times as high.

References
----------
Mohammadi, H., Samuelson, S. and Jovanovic, M. R. (2023). Transient growth of accelerated
optimization algorithms. IEEE Transactions on Automatic Control 68(3), 1823-1830.
Trefethen, L. N. and Embree, M. (2005). Spectra and Pseudospectra, Princeton.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..dynamics import (
    kreiss_constant,
    linearise,
    numerical_radius,
    pseudospectrum,
    simulate,
    spectral_radius,
    transient_growth,
)
from ..learning import HeavyBall, TrainingMap, optimal_heavy_ball, training_map


@dataclass(frozen=True, slots=True)
class FirstGrowth:
    """How far the optimal heavy ball grows before it shrinks.

    Attributes
    ----------
    condition_number : float
        k.
    spectral_radius : float
        r.
    norms : ndarray, shape (steps + 1,)
        ||A^t|| on pairs (theta_t, theta_{t-1}).
    peak : float
        The largest norm.
    peak_step : int
    velocity_peak : float
        The same on (theta, v), the state of the package's ``HeavyBall``.
    run : ndarray, shape (steps + 1,)
        |theta_t| of a run from rest, one unit away from the minimum along the steepest axis.
    numerical_radius, kreiss : float
        w(A) and K(A).
    size : int
        n, the side of A.
    """

    condition_number: float
    spectral_radius: float
    norms: np.ndarray
    peak: float
    peak_step: int
    velocity_peak: float
    run: np.ndarray
    numerical_radius: float
    kreiss: float
    size: int

    @property
    def scaled_peak(self) -> float:
        """The peak over sqrt k; predicted 1/e."""
        return self.peak / float(np.sqrt(self.condition_number))

    @property
    def scaled_run_peak(self) -> float:
        """The largest |theta_t| of the run, over sqrt k; predicted 1/e."""
        return float(self.run.max() / np.sqrt(self.condition_number))

    @property
    def upper_bound(self) -> float:
        """e n K, above which the peak cannot be (Kreiss matrix theorem)."""
        return math.e * self.size * self.kreiss


@dataclass(frozen=True, slots=True)
class Pseudospectrum:
    """sigma_min(z I - A) over a rectangle of the complex plane.

    Attributes
    ----------
    real, imaginary : ndarray, shape (n,), (m,)
        The grid.
    smallest : ndarray, shape (m, n)
        The smallest perturbation that makes z an eigenvalue.
    eigenvalues : ndarray, shape (2,)
        The two double eigenvalues, exact.
    distance : float
        The smallest perturbation of A that puts an eigenvalue on the unit circle.
    """

    real: np.ndarray
    imaginary: np.ndarray
    smallest: np.ndarray
    eigenvalues: np.ndarray
    distance: float


def optimal_step(condition_number: float) -> TrainingMap:
    """Return the map of the optimal heavy ball on curvatures 1 and k; its state is (theta, v)."""
    curvatures = np.array([1.0, condition_number])
    rule = HeavyBall(*optimal_heavy_ball(1.0, condition_number))
    return training_map(lambda theta: 0.5 * (curvatures * theta * theta).sum(), rule, np.zeros(2))


def on_pairs(step: TrainingMap) -> np.ndarray:
    """Return the step's Jacobian on (theta_t, theta_{t-1}) in the place of (theta, v), (4, 4)."""
    eye = np.eye(2)
    change = np.block([[eye, 0 * eye], [eye, -eye]])  # theta_{t-1} = theta - v; its own inverse
    return change @ linearise(step, step.initial_state).to_matrix() @ change


def run(condition_number: float = 100.0, *, reach: float = 3.0) -> FirstGrowth:
    """Measure ||A^t|| and a run from rest, for t up to ``reach`` sqrt k."""
    step = optimal_step(condition_number)
    matrix = on_pairs(step)
    steps = int(reach * np.sqrt(condition_number))
    growth = transient_growth(matrix, steps)
    start = np.array([0.0, 1.0, 0.0, 0.0])
    return FirstGrowth(
        condition_number,
        spectral_radius(matrix),
        growth.norms,
        growth.peak,
        growth.peak_step,
        transient_growth(linearise(step, step.initial_state), steps).peak,
        np.abs(simulate(step, start, steps).states[:, 1]),
        numerical_radius(matrix),
        kreiss_constant(matrix),
        len(matrix),
    )


def pseudospectrum_picture(
    condition_number: float = 100.0, *, points: int = 81, reach: float = 1.5
) -> Pseudospectrum:
    """Compute the pseudospectrum of the optimal heavy ball's A on a square grid."""
    matrix = on_pairs(optimal_step(condition_number))
    axis = np.linspace(-reach, reach, points)
    grid = axis[None, :] + 1j * axis[:, None]
    root = np.sqrt(condition_number)
    radius = (root - 1.0) / (root + 1.0)  # exact; a double eigenvalue is computed to sqrt(eps) only
    circle = np.exp(1j * np.linspace(0.0, np.pi, 721))  # A is real: the lower half is the same
    return Pseudospectrum(
        axis,
        axis,
        pseudospectrum(matrix, grid),
        np.array([radius, -radius]),
        float(pseudospectrum(matrix, circle).min()),
    )
