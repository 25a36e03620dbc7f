r"""What one stimulus teaches about another: the credit kernel, and how fast each mode is learned.

A linear readout y(theta) = sum_i w_i f(theta - phi_i) learns by gradient descent. One step on an
error e at theta_0 changes the output at theta by

    eta e K(theta - theta_0),      K(D) = sum_i f(theta - phi_i) f(theta + D - phi_i),

the overlap of the two responses (Donchin, Francis and Shadmehr, 2003, who read the tuning of the
motor system from how people generalise). Trained on all stimuli with L = mean(e^2) / 2, the errors
obey e <- e - eta mean(K e): K is a convolution, Fourier modes are its eigenfunctions, and the one
that turns k times around the ring is learned at the rate

    eta lambda_k = eta N c_k^2,      c_k = r e^-kappa I_k(kappa)   (von Mises)

a step. Broad tuning learns what is smooth fast and what is fine hardly at all; cosine tuning cannot
learn modes above the first. Descent is stable below eta = 2 / lambda_0.

References
----------
Donchin, O., Francis, J. T. and Shadmehr, R. (2003). Quantifying generalization from trial-by-trial
behavior of adaptive systems that learn with basis functions. Journal of Neuroscience 23, 9032-9045.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .tuning import Tuning


def credit_kernel(tuning: Tuning, stimuli: Any, others: Any | None = None) -> np.ndarray:
    """Return K between stimuli, summed over the units.

    Parameters
    ----------
    tuning : Tuning
    stimuli : array_like, shape (S,), radians
    others : array_like, shape (T,), radians, optional
        The stimuli themselves by default.

    Returns
    -------
    ndarray, shape (S, T)
        Beside it stands the closed form ``tuning.overlap``.
    """
    rows = tuning(np.asarray(stimuli, dtype=np.float64))
    columns = rows if others is None else tuning(np.asarray(others, dtype=np.float64))
    return rows @ columns.T


def generalisation(tuning: Tuning, offset: Any) -> np.ndarray:
    """Return K(D) / K(0): the share of a correction that carries over to a stimulus at distance D.

    Parameters
    ----------
    tuning : Tuning
    offset : array_like, of any shape, radians

    Returns
    -------
    ndarray, of the same shape, at most 1
    """
    return tuning.overlap(offset) / tuning.overlap(0.0)


def mode_rates(tuning: Tuning, modes: Any) -> np.ndarray:
    """Return lambda_k = N c_k^2, the curvature of the loss mean(e^2) / 2 along Fourier mode k.

    Parameters
    ----------
    tuning : Tuning
    modes : int or array_like of int
        k: how often the error changes sign and back around the ring.

    Returns
    -------
    ndarray
        Gradient descent with step eta multiplies the error in mode k by 1 - eta lambda_k. Modes k
        and -k have the same rate, for the cosine and the sine.
    """
    return tuning.units * tuning.fourier_coefficient(modes) ** 2


def lattice_mode_rates(tuning: Tuning) -> np.ndarray:
    """Return all N curvatures lambda_k of an even ring, k = 0 to N - 1, with what the lattice folds in.

    The units cannot tell mode k from k + N, so that lambda_k = N sum_m c_(k + m N)^2; the stimuli are
    dense. Only near k = N / 2 is that more than ``mode_rates``.

    Returns
    -------
    ndarray, shape (units,)
    """
    k = np.arange(tuning.units)
    return sum((mode_rates(tuning, k + m * tuning.units) for m in range(-3, 4)), np.zeros(len(k)))
