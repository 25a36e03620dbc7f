"""Critical points with their index, and the spectrum of the Hessian with its outliers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import ravel
from learndyn.learning import (
    MLP,
    GradientDescent,
    Layer,
    cross_entropy,
    mean_squared_error,
    train,
)
from learndyn.learning.landscape import (
    batched_loss,
    critical_point,
    hessian_spectrum,
    outliers,
)

RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((20, 3)), RNG.standard_normal((20, 2))
XOR_X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR_T = np.array([[0.0], [1.0], [1.0], [0.0]])


@given(st.integers(0, 2**32 - 1))
def test_newton_finds_the_critical_point_of_a_quadratic_and_counts_its_descents(seed):
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    values = np.concatenate([rng.uniform(0.5, 3.0, 5) * rng.choice([-1.0, 1.0], 5), [0.0]])
    h, centre = turn @ np.diag(values) @ turn.T, rng.standard_normal(6)

    def loss(z):
        d = z - centre
        return 0.5 * (d * (h @ d)).sum()

    start = centre + rng.standard_normal(6)
    found = critical_point(loss, start)
    assert found.converged
    assert found.iterations <= 2
    assert found.index == (values < 0).sum()
    assert found.neutral == 1
    np.testing.assert_allclose(found.eigenvalues, np.sort(values), atol=1e-12)
    # The step of least norm leaves the neutral direction alone.
    assert turn[:, 5] @ (found.theta - start) == pytest.approx(0.0, abs=1e-9)


def test_all_critical_points_of_two_wells():
    def loss(z):
        return (z[0] * z[0] - 1.0) ** 2 + (z[1] * z[1] - 1.0) ** 2

    for start, index in (((0.9, 1.1), 0), ((0.1, 0.9), 1), ((0.1, -0.1), 2)):
        found = critical_point(loss, np.array(start))
        assert found.index == index
        assert found.loss == pytest.approx(float(index), abs=1e-12)
        np.testing.assert_allclose(found.theta, np.round(start), atol=1e-9)
        np.testing.assert_allclose(found.eigenvalues, np.sort(8.0 - 12.0 * (np.round(start) == 0)))


def test_the_zero_of_a_deep_linear_net_is_a_saddle():
    """L = (w2 w1 - 1)^2 at 0: eigenvalues +-2, though its gradient vanishes."""
    found = critical_point(lambda z: (z[0] * z[1] - 1.0) ** 2, np.array([0.05, -0.02]))
    assert found.index == 1
    np.testing.assert_allclose(found.eigenvalues, [-2.0, 2.0], atol=1e-9)


def test_at_the_zero_of_an_xor_net_linear_analysis_is_silent():
    """Output bias at the mean, the rest zero: the Hessian is {2, 0, ..., 0} and no minimum."""
    model = MLP((2, 3, 1), "tanh")
    loss = batched_loss(model, XOR_X, XOR_T)
    zero = [type(layer)(0 * layer.weight, 0 * layer.bias) for layer in model.init(RNG)]
    found = critical_point(loss, zero)
    assert found.converged
    assert found.index == 0
    assert found.neutral == model.parameter_count - 1
    assert found.eigenvalues[-1] == pytest.approx(2.0)
    assert found.loss == pytest.approx(0.25)


def test_a_student_near_its_teacher_is_refined_to_zero_loss():
    """T is the output of a net of the same shape: a minimum of loss 0, of index 0."""
    model = MLP((3, 3, 2))
    teacher = model.init(np.random.default_rng(2))
    loss = batched_loss(model, X, model(teacher, X))
    z, unravel = ravel(teacher)
    start = z + 1e-3 * RNG.standard_normal(z.size)
    found = critical_point(loss, unravel(start))
    assert found.converged
    assert found.distance == pytest.approx(np.linalg.norm(z - start), rel=1e-4)
    assert found.index == 0
    assert found.loss < 1e-20
    np.testing.assert_allclose(ravel(found.theta)[0], z, atol=1e-7)
    assert found.gradient_norm == np.linalg.norm(ravel(ld.grad(loss)(found.theta))[0])


def test_a_minimum_of_a_small_net_is_a_degenerate_critical_point_of_a_larger_one():
    """A unit doubled, its outgoing weights shared c : 1 - c: c moves nothing (Fukumizu and Amari,
    2000, Local minima and plateaus in hierarchical structures of multilayer perceptrons)."""
    small, large = MLP((3, 1, 2)), MLP((3, 2, 2))
    teacher = small.init(np.random.default_rng(1))
    target = small(teacher, X) + 0.05 * T
    narrow = critical_point(batched_loss(small, X, target), teacher)
    assert narrow.converged
    (w, b), (v, a) = narrow.theta
    doubled = [
        Layer(np.repeat(w, 2, axis=1), np.repeat(b, 2, axis=1)),
        Layer(np.concatenate([0.3 * v, 0.7 * v]), a),
    ]
    wide = critical_point(batched_loss(large, X, target), doubled)
    assert wide.iterations == 0
    assert wide.loss == pytest.approx(narrow.loss, rel=1e-13)
    assert narrow.neutral == 0
    assert wide.neutral >= 1


def test_where_no_gradient_vanishes_the_result_says_so():
    found = critical_point(lambda z: ld.exp(z).sum(), np.zeros(1), max_iterations=5)
    assert not found.converged
    assert found.gradient_norm > 1e-3
    large = critical_point(lambda z: (z * z).sum(), np.ones(5), exact_up_to=4)
    assert large.converged
    assert large.index is large.neutral is large.eigenvalues is None


def test_a_small_hessian_is_exact_with_the_moments_of_the_matrix():
    model = MLP((3, 4, 2))
    theta = model.init(np.random.default_rng(0))
    loss = batched_loss(model, X, T)
    found = hessian_spectrum(loss, theta)
    z, unravel = ravel(theta)
    dense = ld.hessian(lambda z: loss(unravel(z)))(z)
    np.testing.assert_allclose(found.eigenvalues, np.linalg.eigvalsh(dense), atol=1e-12)
    assert found.exact
    assert found.size == len(z)
    assert (found.smallest, found.largest) == (found.eigenvalues[0], found.eigenvalues[-1])
    moments = [found.density.weights @ found.density.nodes**k for k in (0, 1, 2)]
    np.testing.assert_allclose(
        moments, [1.0, np.trace(dense) / len(z), (dense**2).sum() / len(z)], rtol=1e-10
    )


def test_the_lanczos_density_is_near_the_exact_one():
    """Ghorbani et al. (2019): 10 probes of 60 steps, L1 distance of the curves below .05."""
    model = MLP((10, 40, 5))
    rng = np.random.default_rng(3)
    loss = batched_loss(model, rng.standard_normal((100, 10)), rng.standard_normal((100, 5)))
    theta = model.init(rng)
    exact = hessian_spectrum(loss, theta, exact_up_to=645)
    rough = hessian_spectrum(loss, theta)
    assert not rough.exact
    assert rough.eigenvalues is None
    assert rough.largest == pytest.approx(exact.largest, rel=1e-6)
    assert exact.smallest <= rough.smallest + 1e-10
    width = 0.02 * (exact.largest - exact.smallest)
    grid = np.linspace(exact.smallest - 5 * width, exact.largest + 5 * width, 2001)
    one, other = (s.density.evaluate(grid, width) for s in (exact, rough))
    assert np.abs(one - other).sum() * (grid[1] - grid[0]) < 0.05


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([9.0, 8.0, 1.0, 0.9, 0.8], 2),
        ([0.1, 50.0, -3.0, 0.09], 1),
        ([3.0, 2.9, 2.8, 0.1], 3),
        ([100.0, 60.0, 10.0, 1.0, 0.9], 3),  # the widest difference is after the second
    ],
)
def test_outliers_are_above_the_widest_relative_gap(values, count):
    assert outliers(values) == count
    assert outliers(7.0 * np.array(values)) == count


def test_the_hessian_of_a_classifier_has_one_outlier_fewer_than_classes():
    """Sagun (2017), Gur-Ari (2018). Classes of equal weight, at orthogonal places."""
    right, runs = 0, 0
    for classes in (3, 5):
        for seed in range(3):
            right += outliers(classifier_spectrum(classes, seed)) == classes - 1
            runs += 1
    assert right >= 0.66 * runs


def classifier_spectrum(classes, seed):
    """Eigenvalues of a small tanh net early in training."""
    rng = np.random.default_rng(seed)
    places = 2.0 * np.linalg.qr(rng.standard_normal((10, 10)))[0][:classes]
    labels = np.arange(60) % classes
    x = places[labels] + 0.5 * rng.standard_normal((60, 10))
    model = MLP((10, 20, classes))
    loss = batched_loss(model, x, labels, loss=cross_entropy)
    run = train(loss, GradientDescent(0.3), model.init(rng), 30, every=30)
    return hessian_spectrum(loss, run.theta).eigenvalues


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="two or more of them positive, got 3 of which 1 are"):
        outliers([1.0, -1.0, -2.0])
    with pytest.raises(ValueError, match="at_most must be at least 1, got 0"):
        outliers([1.0, 2.0], at_most=0)
    with pytest.raises(ValueError, match="neutral must not be negative"):
        critical_point(lambda z: (z * z).sum(), np.ones(1), neutral=-1.0)
    with pytest.raises(ValueError, match="not finite at the initial state"):
        critical_point(lambda z: mean_squared_error(z, z * np.nan), np.ones(2))
