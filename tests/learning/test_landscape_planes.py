"""Lines and planes through parameter space: projection, normalisation, the planes of a run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import ravel
from learndyn.learning import MLP, ConvNet, Layer, deep_linear_network
from learndyn.learning.landscape import (
    Line,
    Plane,
    eigenvector_plane,
    filter_normalised,
    interpolate,
    plane_through,
    random_line,
    random_plane,
    trajectory_plane,
)

SEEDS = st.integers(0, 2**32 - 1)


def points(seed, m=6, n=9):
    return np.random.default_rng(seed).standard_normal((m, n))


@given(SEEDS)
def test_projection_undoes_the_point_and_leaves_what_is_orthogonal(seed):
    rng = np.random.default_rng(seed)
    plane = Plane(*rng.standard_normal((3, 9)))
    a, b = rng.standard_normal(2)
    on = plane.project(plane.point(a, b))
    np.testing.assert_allclose(on.coordinates, [[a, b]], atol=1e-10)
    assert on.distances[0] < 1e-10
    z = rng.standard_normal((4, 9))
    seen = plane.project(z)
    nearest = np.array([plane.point(*c) for c in seen.coordinates])
    rest = z - nearest
    np.testing.assert_allclose(rest @ np.stack([plane.first, plane.second], 1), 0.0, atol=1e-10)
    np.testing.assert_allclose(seen.distances, np.linalg.norm(rest, axis=1), rtol=1e-10)


@given(SEEDS)
def test_explained_and_unexplained_variance_add_up(seed):
    """Pythagoras: in n = 4 the plane and its orthogonal complement explain all of it."""
    rng = np.random.default_rng(seed)
    q = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    z = rng.standard_normal((7, 4))
    planes = Plane(z[0], q[:, 0], 3.0 * q[:, 1]), Plane(z[1], q[:, 2], q[:, 3])
    seen = [plane.project(z) for plane in planes]
    assert seen[0].explained + seen[1].explained == pytest.approx(1.0, abs=1e-12)
    for one in seen:
        assert one.shares.sum() == pytest.approx(one.explained, abs=1e-12)


def test_the_explained_share_does_not_depend_on_the_basis_of_the_plane():
    plane = Plane(*points(1)[:3])
    z = points(2)
    assert plane.orthonormal().project(z).explained == pytest.approx(plane.project(z).explained)
    turned = plane.orthonormal()
    gram = np.stack([turned.first, turned.second]) @ np.stack([turned.first, turned.second]).T
    np.testing.assert_allclose(gram, np.eye(2), atol=1e-15)


def test_points_that_do_not_differ_have_no_variance_to_explain():
    assert np.isnan(Plane(*points(1)[:3]).project(points(2)[0]).explained)


def test_principal_directions_of_a_trajectory_are_those_of_its_covariance():
    z = points(3, 20, 6) * np.array([5.0, 3.0, 1.0, 1.0, 0.5, 0.1])
    plane = trajectory_plane(z)
    values = np.linalg.eigvalsh(np.cov(z.T))[::-1]
    seen = plane.project(z)
    np.testing.assert_allclose(seen.shares, values[:2] / values.sum(), rtol=1e-12)
    np.testing.assert_array_equal(plane.origin, z[-1])
    assert plane.sine() == pytest.approx(1.0, abs=1e-12)


def test_a_random_walk_looks_two_dimensional_too():
    """Shares 6 / (pi k)^2 of a long walk in high dimension (Antognini and Sohl-Dickstein, 2018)."""
    walk = np.cumsum(np.random.default_rng(0).standard_normal((150, 6000)), axis=0)
    shares = trajectory_plane(walk).project(walk).shares
    np.testing.assert_allclose(shares, 6.0 / (np.pi * np.array([1, 2])) ** 2, rtol=0.05)


@given(SEEDS)
def test_each_filter_of_the_direction_has_the_length_of_the_filter_of_theta(seed):
    rng = np.random.default_rng(seed)
    model = MLP((3, 5, 2))
    theta = [Layer(w, rng.standard_normal(b.shape)) for w, b in model.init(rng)]
    z, unravel = ravel(theta)
    raw = rng.standard_normal(z.size)
    for option in ("fixed", "scaled"):
        d = filter_normalised(raw, theta, biases=option)
        for (w, b), (dw, db), (rw, _) in zip(theta, unravel(d), unravel(raw), strict=True):
            np.testing.assert_allclose(
                np.linalg.norm(dw, axis=0), np.linalg.norm(w, axis=0), rtol=1e-12
            )
            ratio = dw / rw  # one positive factor a column
            np.testing.assert_allclose(ratio, np.broadcast_to(ratio[:1], ratio.shape), rtol=1e-10)
            assert (ratio > 0).all()
            np.testing.assert_array_equal(np.abs(db), 0 * b if option == "fixed" else np.abs(b))


def test_a_filter_of_a_convolution_is_the_kernel_of_an_output_channel():
    rng = np.random.default_rng(0)
    theta = ConvNet((1, 3), (3, 3), outputs=2).init(rng)
    z, unravel = ravel(theta)
    d = unravel(filter_normalised(rng.standard_normal(z.size), theta))
    kernel = theta[0].weight
    for channel in range(3):
        assert np.linalg.norm(d[0].weight[channel]) == pytest.approx(
            np.linalg.norm(kernel[channel])
        )


def test_eigenvector_planes_show_the_curvature_of_the_hessian():
    h = np.diag([5.0, -3.0, 2.0, 1.0])

    def loss(z):
        return 0.5 * (z * (h @ z)).sum()

    expected = {
        "largest": (5.0, 2.0), "smallest": (-3.0, 1.0), "magnitude": (5.0, -3.0),
        "extremes": (5.0, -3.0),
    }  # fmt: skip
    for which, curvatures in expected.items():
        plane = eigenvector_plane(loss, np.ones(4), which=which)
        found = [d @ h @ d for d in (plane.first, plane.second)]
        np.testing.assert_allclose(found, curvatures, atol=1e-9)
        assert plane.template is None


def test_points_that_span_a_line_or_plane_have_whole_coordinates():
    a, b, c = points(5)[:3]
    line, plane = interpolate(a, b), plane_through(a, b, c)
    np.testing.assert_allclose(line.points([0.0, 1.0]), [a, b], atol=1e-14)
    np.testing.assert_allclose(line.project([a, b]).coordinates, [[0.0], [1.0]], atol=1e-12)
    np.testing.assert_allclose(
        plane.project([a, b, c]).coordinates, [[0, 0], [1, 0], [0, 1]], atol=1e-12
    )


def test_a_plane_of_a_net_gives_its_parameters_as_the_tree():
    model = deep_linear_network((2, 3, 1))
    theta = model.init(np.random.default_rng(0))
    plane = random_plane(theta, 0, normalise="unit")
    assert np.linalg.norm(plane.first) == pytest.approx(1.0)
    tree = plane.parameters(0.0, 0.0)
    np.testing.assert_array_equal(tree[0].weight, theta[0].weight)
    assert tree[0].bias is None
    line = random_line(theta, 0)
    np.testing.assert_array_equal(
        line.parameters(2.0)[1].weight.ravel(), line.point(2.0)[-3:]
    )
    x = np.ones((1, 2))
    assert ld.grad(lambda t: model(t, x).sum())(tree)[1].weight.shape == (3, 1)


def test_the_same_seed_gives_the_same_directions():
    theta = MLP((2, 3, 1)).init(np.random.default_rng(0))
    np.testing.assert_array_equal(random_plane(theta, 7).second, random_plane(theta, 7).second)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Line(np.zeros(3), np.zeros(3)), "direction is zero"),
        (lambda: Line(np.zeros(3), np.ones(2)), "differ in length"),
        (lambda: Line(np.zeros((1, 3)), np.ones(3)), r"must be a vector, got shape \(1, 3\)"),
        (lambda: Line(np.zeros(3), np.array([1.0, np.nan, 0.0])), "1 of 3 numbers"),
        (lambda: Line(np.zeros(3), np.ones(3), [np.ones(2)]), "template holds 2 parameters"),
        (lambda: Plane(np.zeros(2), np.ones(2), -2 * np.ones(2)), "parallel"),
        (lambda: Plane(*points(1)[:3]).project(np.ones((2, 8))), r"needs points of shape \(m, 9\)"),
        (lambda: trajectory_plane(np.ones((2, 4))), "three finite states or more"),
        (lambda: trajectory_plane(np.outer(np.arange(4.0), np.ones(5))), "lie on a line"),
        (lambda: random_line([np.ones((2, 2))], 0, normalise="layer"), "'filter' or 'unit'"),
        (lambda: filter_normalised(np.ones(4), [np.zeros((2, 2))]), "weights of theta are zero"),
        (lambda: filter_normalised(np.ones(3), [np.ones((2, 2))]), "has 3 numbers, theta has 4"),
        (lambda: filter_normalised(np.ones(4), [np.ones((2, 2))], biases="x"), "'fixed' or"),
        (lambda: interpolate(np.ones(2), np.ones(3)), "theta1 has 3"),
        (lambda: eigenvector_plane(lambda z: (z * z).sum(), np.ones(1)), "spans no plane"),
        (lambda: eigenvector_plane(lambda z: (z * z).sum(), np.ones(3), which="x"), "which must"),
    ],
)  # fmt: skip
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
