"""Weights that turn a signal and do not stretch it.

A square orthogonal W keeps the length of every signal and cotangent exactly, in every
direction; independent weights of the same variance keep it on average only, and a product of
many of them stretches a few directions and forgets the others (Saxe, McClelland and Ganguli,
2014, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks).

W is drawn from the uniform (Haar) distribution. The factor Q of a Gaussian matrix A = Q R has
it only if the diagonal of R is made positive; what LAPACK returns does not, and its Q is biased
(Mezzadri, 2007, How to generate random matrices from the classical compact groups).
"""

from __future__ import annotations

import numpy as np

from .signature import zero_bias


def orthogonal(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    *,
    gain: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a (semi-)orthogonal weight, uniformly; biases zero.

    With g = ``gain``, W W' = g^2 I if fan_in <= fan_out: lengths of signals are multiplied by
    g. W' W = g^2 I if fan_in >= fan_out: lengths of cotangents are. "It preserves norms" is
    true of both only for a square weight with g = 1, and of linear units: a tanh or relu after
    it shortens what it is given.

    Parameters
    ----------
    rng : numpy.random.Generator
    ensemble : tuple of int
        Leading axes, one net each.
    fan_in, fan_out : int
    gain : float, optional
        g; every singular value of the weight.

    Returns
    -------
    weight : ndarray, shape (*ensemble, fan_in, fan_out)
    bias : ndarray, shape (*ensemble, 1, fan_out)
    """
    tall, short = max(fan_in, fan_out), min(fan_in, fan_out)
    q, r = np.linalg.qr(rng.standard_normal((*ensemble, tall, short)))
    # Make the diagonal of R positive. copysign and not sign: a zero must not wipe out a column.
    q *= np.copysign(1.0, np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
    weight = q if fan_in >= fan_out else np.ascontiguousarray(np.swapaxes(q, -1, -2))
    return gain * weight, zero_bias(ensemble, fan_out)
