"""Cases for the rows of ``rules.decompositions``: well-conditioned matrices, far from singular."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from learndyn.autodiff import TABLE
from learndyn.autodiff.rules.decompositions import eigh, eigvalsh, slogdet

from .drawing import Case, seeds, values

_sides = st.integers(0, 3)
_batches = st.sampled_from([(), (), (1,), (2,), (0,), (2, 1)])


def matrices(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    """Not symmetric, with singular values from about 1 to 3; every other one is a strided view."""
    n = shape[-1]

    def draw(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        noise = rng.uniform(-1, 1, shape) / max(n, 1)
        signs = rng.choice([-1.0, 1.0], shape[:-1])
        x = 2 * signs[..., None] * np.eye(n) + noise
        return np.repeat(x, 2, axis=-1)[..., ::2] if seed % 2 else x

    return seeds.map(draw)


def _symmetric(shape: tuple[int, ...], lowest: float) -> st.SearchStrategy[np.ndarray]:
    """Eigenvalues from ``lowest`` on with gaps of about 2, in a random basis.

    An antisymmetric part is added, which the rows must not see.
    """
    n = shape[-1]

    def draw(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        q = np.linalg.qr(rng.standard_normal(shape))[0]
        w = lowest + 2.0 * np.arange(n) + rng.uniform(0, 0.3, shape[:-1])
        noise = 0.1 * rng.standard_normal(shape)
        return (q * w[..., None, :]) @ q.mT + noise - noise.mT

    return seeds.map(draw)


def definite_matrices(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    """Their symmetric part is positive definite."""
    return _symmetric(shape, 1.0)


def separated_matrices(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    """Eigenvalues around 0: their gaps, which derivatives divide by, are as large as they are."""
    return _symmetric(shape, 1.0 - shape[-1])


@st.composite
def _of_matrix(draw: st.DrawFn, call: Callable[..., Any], drawn: Any = matrices) -> Case:
    n = draw(_sides)
    return call, [draw(drawn((*draw(_batches), n, n)))]


@st.composite
def _solve(draw: st.DrawFn) -> Case:
    n, batch = draw(_sides), draw(_batches)
    other = draw(st.sampled_from([(), (1,) * len(batch), batch, (2, *batch)]))
    right = draw(st.sampled_from([None, 0, 1, 2]))
    b = (n,) if right is None else (*other, n, right)
    return TABLE["solve"], [draw(matrices((*batch, n, n))), draw(values(b))]


def _projections(a: Any) -> Any:
    """v_i (v_i . c): a function of the eigenvectors that does not depend on their signs."""
    v = eigh(a).eigenvectors
    c = 0.5 - 0.1 * np.arange(v.shape[-1], dtype=v.dtype)
    return v * (v * c[:, None]).sum(axis=-2)[..., None, :]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "inv": _of_matrix(TABLE["inv"]),
    "solve": _solve(),
    # Halved, so that the products in a determinant are about 1.
    "det": _of_matrix(lambda a: TABLE["det"](0.5 * a)),
    "slogdet": _of_matrix(lambda a: slogdet(a).logabsdet),
    "cholesky": _of_matrix(TABLE["cholesky"], definite_matrices),
    "eigvalsh": _of_matrix(eigvalsh, separated_matrices),
    "eigh": _of_matrix(_projections, separated_matrices),
}
