"""Power iteration: multiply, normalise, repeat.

v <- A v / ||A v|| turns towards the eigenvector of the eigenvalue of largest magnitude, by the
factor |lambda_2 / lambda_1| a step, and theta = v^T A v tends to lambda_1 (von Mises and
Pollaczek-Geiringer, 1929). The next mode is found in the complement of those found before.

It is here because it is what an unstable training run does by itself: the perturbation turns
into the dominant mode. It cannot work if the largest magnitude is shared by two different
eigenvalues, +m and -m or a complex pair: the vector never settles. That is reported as not
converged; Lanczos and Arnoldi have no such difficulty.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arnoldi import RitzPairs, ritz_in, starting_vector


def power_modes(
    matvec: Callable[[np.ndarray], np.ndarray],
    size: int,
    count: int,
    *,
    symmetric: bool,
    tolerance: float,
    max_iterations: int,
    rng: np.random.Generator,
    start: np.ndarray | None = None,
) -> RitzPairs:
    """Return the ``count`` eigenpairs of largest magnitude, in the order in which they were found.

    The found vectors q_1, q_2, .. span an invariant subspace, so (I - Q Q^T) A has the
    remaining eigenvalues; the eigenvectors of A are read off from Q^T A Q at the end.
    """
    q = np.zeros((size, 0))
    scale, products, settled = 0.0, 0, True
    for _ in range(count):
        v = starting_vector(start, size, rng)
        start = None
        v = _complement(q, v)
        found = False
        while not found and products < max_iterations:
            image = matvec(v)
            products += 1
            if not np.isfinite(image).all():
                raise ValueError(
                    f"dominant_modes: product number {products} with the operator is not finite. "
                    "Linearise at a finite state"
                )
            scale = max(scale, float(np.linalg.norm(image)))
            image = image - q @ (q.T @ image)
            theta = v @ image
            found = bool(np.linalg.norm(image - theta * v) <= tolerance * scale / 2.0)
            length = np.linalg.norm(image)
            if not found and length > 0.0:
                v = _complement(q, image / length)
        settled = settled and found
        q = np.column_stack([q, v])
    image = np.column_stack([matvec(column) for column in q.T])
    values, vectors, residuals = ritz_in(q, image, symmetric)
    converged = settled and bool((residuals <= tolerance * scale).all())
    return RitzPairs(values, vectors, residuals, products + count, converged, scale)


def _complement(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    for _ in range(2):
        v = v - q @ (q.T @ v)
    return v / np.linalg.norm(v)
