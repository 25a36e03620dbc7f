"""Barriers between solutions and curvature along a path."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import ravel
from learndyn.learning import MLP, mean_squared_error
from learndyn.learning.landscape import barrier, batched_loss, interpolate, path_curvature

SEEDS = st.integers(0, 2**32 - 1)


def test_the_barrier_of_a_double_well_is_its_height():
    found = barrier(lambda z: ((z * z - 1.0) ** 2).sum(), np.array([-1.0]), np.array([1.0]))
    assert found.height == pytest.approx(1.0, rel=1e-12)
    assert found.position == 0.5
    np.testing.assert_allclose(found.losses, (4 * (found.coordinates - 0.5) ** 2 - 1) ** 2)


@given(SEEDS)
def test_a_convex_loss_has_no_barrier_and_a_concave_one_has_a_known_one(seed):
    """a (1 - a) |d|^2 h / 2 above the chord, at a = 1/2 |d|^2 h / 8."""
    one, other = np.random.default_rng(seed).standard_normal((2, 4))
    assert barrier(lambda z: (z * z).sum(), one, other).height == 0.0
    found = barrier(lambda z: -(z * z).sum(), one, other)
    assert found.height == pytest.approx(((one - other) ** 2).sum() / 4.0, rel=1e-10)
    assert barrier(lambda z: -(z * z).sum(), other, one).height == pytest.approx(found.height)


def test_the_chord_is_between_the_ends_and_equal_ends_have_no_barrier():
    found = barrier(lambda z: (z**3).sum(), np.array([1.0]), np.array([2.0]), points=5)
    np.testing.assert_allclose(found.chord, [1.0, 2.75, 4.5, 6.25, 8.0])
    assert barrier(lambda z: (z**3).sum(), np.ones(2), np.ones(2)).height == 0.0


def test_a_barrier_in_blocks_is_the_barrier():
    rng = np.random.default_rng(0)
    model = MLP((2, 4, 1))
    x, t = rng.standard_normal((6, 2)), rng.standard_normal((6, 1))
    one, other = (model.init(rng) for _ in range(2))
    loss = batched_loss(model, x, t)
    plain = barrier(lambda theta: mean_squared_error(model(theta, x), t), one, other)
    np.testing.assert_allclose(barrier(loss, one, other).losses, plain.losses, rtol=1e-13)


def test_curvature_along_a_line_is_the_second_derivative_of_the_loss_along_it():
    """Against finite differences of the loss, and lambda_max against the dense Hessian."""
    rng = np.random.default_rng(1)
    model = MLP((2, 3, 1))
    x, t = rng.standard_normal((8, 2)), rng.standard_normal((8, 1))
    line = interpolate(model.init(rng), model.init(rng))
    a = np.linspace(0.0, 1.0, 9)

    def loss(theta):
        return mean_squared_error(model(theta, x), t)

    found = path_curvature(loss, line.points(a), line.template)
    length, h = np.linalg.norm(line.direction), 1e-4
    at = [
        np.array([float(loss(line.parameters(s + k * h))) for s in a]) for k in (-1, 0, 1)
    ]
    np.testing.assert_allclose(found.losses, at[1], rtol=1e-13)
    np.testing.assert_allclose(found.lengths, a * length, rtol=1e-12)
    slopes = (at[2] - at[0]) / (2 * h * length)
    np.testing.assert_allclose(found.slopes, slopes, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(
        found.curvatures, (at[2] - 2 * at[1] + at[0]) / (h * length) ** 2, atol=1e-5
    )
    unravel = ravel(line.template)[1]
    for z, value in zip(line.points(a), found.largest, strict=True):
        dense = np.linalg.eigvalsh(ld.hessian(lambda q: loss(unravel(q)))(z))
        assert value == pytest.approx(dense[-1], rel=1e-6)
    assert found.converged
    assert (found.curvatures <= found.largest + 1e-9).all()


def test_the_curvature_of_a_quadratic_along_a_circle():
    """Tangent (-sin, cos): u'Hu = h1 sin^2 + h2 cos^2 and g'u = (h2 - h1) sin cos."""
    angle = np.linspace(0.0, 2.0 * np.pi, 101)
    z = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    h = np.array([3.0, 1.0])
    found = path_curvature(lambda z: 0.5 * (h * z * z).sum(), z, largest=False)
    inner = slice(1, -1)
    s, c = np.sin(angle)[inner], np.cos(angle)[inner]
    np.testing.assert_allclose(found.curvatures[inner], 3.0 * s * s + c * c, atol=1e-12)
    np.testing.assert_allclose(found.slopes[inner], -2.0 * s * c, atol=1e-12)
    assert found.largest is None


def test_where_the_path_stands_still_there_is_no_tangent():
    found = path_curvature(lambda z: (z * z).sum(), np.ones((3, 2)))
    assert np.isnan(found.curvatures).all()
    np.testing.assert_allclose(found.largest, 2.0)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least 3 points, both ends included, got 2"):
        barrier(lambda z: z.sum(), np.ones(1), np.zeros(1), points=2)
    with pytest.raises(ValueError, match="theta0 has 1 parameters, theta1 has 2"):
        barrier(lambda z: z.sum(), np.ones(1), np.zeros(2))
    with pytest.raises(ValueError, match=r"two finite points or more, shape \(m, n\)"):
        path_curvature(lambda z: z.sum(), np.ones((1, 2)))
