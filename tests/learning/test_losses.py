"""Losses: their derivatives, their bounds, their extremes, and the shapes that they refuse."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from learndyn import (
    MLP,
    Tensor,
    check_grads,
    grad,
    hessian,
    one_hot,
    sigmoid,
    softmax,
    softmax_cross_entropy,
)
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.learning import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    huber,
    mean_squared_error,
    standard_normal,
)

RNG = np.random.default_rng(0)
LOGITS = 2 * RNG.standard_normal((5, 3))
LABELS = np.array([0, 2, 1, 1, 0])
SOFT = np.asarray(softmax(RNG.standard_normal((5, 3))))
YES = RNG.uniform(0, 1, (5, 3))
REGRESSION = {"mse": mean_squared_error, "half": half_squared_error, "huber": huber}
numbers = arrays(np.float64, 6, elements=st.floats(-50, 50))
rows = arrays(np.float64, (4, 3), elements=st.floats(-30, 30))


# --- squared errors and Huber's --------------------------------------------------------------


def test_squared_errors_are_their_formulas():
    p, t = LOGITS, SOFT
    assert mean_squared_error(p, t) == pytest.approx(np.mean((p - t) ** 2), rel=1e-14)
    assert half_squared_error(p, t) == pytest.approx(0.5 * np.sum((p - t) ** 2), rel=1e-14)


def test_the_gradient_of_half_the_squared_error_is_the_error():
    slope = grad(lambda p: half_squared_error(p, SOFT))(LOGITS)
    np.testing.assert_allclose(slope, LOGITS - SOFT, rtol=1e-15)


@given(r=numbers, delta=st.floats(0.01, 20))
def test_huber_is_a_parabola_inside_and_a_line_outside(r, delta):
    expected = np.where(np.abs(r) <= delta, r**2 / 2, delta * (np.abs(r) - delta / 2))
    np.testing.assert_allclose(
        huber(r, np.zeros(6), delta, axis=()), expected, rtol=1e-13, atol=1e-13
    )


@given(r=numbers, delta=st.floats(0.01, 20))
def test_the_slope_of_huber_is_the_error_cut_off_at_delta(r, delta):
    slope = grad(lambda p: 6 * huber(p, np.zeros(6), delta))(r)
    np.testing.assert_allclose(slope, np.clip(r, -delta, delta), rtol=1e-13, atol=1e-13)


@given(p=numbers, t=numbers, delta=st.floats(0.01, 20))
def test_huber_lies_between_zero_and_both_the_parabola_and_the_cone(p, t, delta):
    value = huber(p, t, delta)
    slack = 1 + 1e-12
    assert 0 <= value <= slack * mean_squared_error(p, t) / 2
    assert value <= slack * delta * np.mean(np.abs(p - t))
    assert value >= delta * np.mean(np.abs(p - t)) / slack - delta**2 / 2 - 1e-12


@pytest.mark.parametrize("delta", [0.3, 1.0, 7.0])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_value_and_slope_of_huber_are_continuous_at_delta(delta, side):
    """From both sides, to first order in the distance."""
    at = side * delta
    for distance in (1e-3, 1e-6):
        before, after = (np.array([at + sign * distance]) for sign in (-1, 1))
        for r in (before, after):
            value = huber(r, np.zeros(1), delta)
            slope = grad(lambda p: huber(p, np.zeros(1), delta))(r)[0]
            assert abs(value - 0.5 * at**2) < 1.1 * (delta + distance) * distance
            assert abs(slope - at) < 1.1 * distance
    assert grad(lambda p: huber(p, np.zeros(1), delta))(np.array([at]))[0] == at


def test_huber_is_half_the_mean_squared_error_for_a_large_delta():
    assert huber(LOGITS, SOFT, 1e6) == pytest.approx(
        mean_squared_error(LOGITS, SOFT) / 2, rel=1e-15
    )


def test_one_wild_target_does_not_overflow_huber():
    value = huber(np.array([1e200, 0.0]), np.zeros(2))
    assert value == pytest.approx(0.5e200, rel=1e-15)
    np.testing.assert_array_equal(
        grad(lambda p: huber(p, np.zeros(2)))(np.array([1e200, 0.25])), [0.5, 0.125]
    )


@pytest.mark.parametrize("name", REGRESSION)
def test_derivatives_of_regression_losses_agree_with_finite_differences(name):
    distance = np.abs(np.abs(LOGITS - SOFT) - 1)
    assert np.min(distance) > 1e-3  # no error sits on the edge of Huber's parabola
    check_grads(REGRESSION[name], LOGITS, SOFT)


# --- cross entropy ---------------------------------------------------------------------------


def test_the_cross_entropy_is_its_formula():
    p = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)
    by_label = -np.log(p[np.arange(5), LABELS])
    by_probability = -(SOFT * np.log(p)).sum(axis=-1)
    assert cross_entropy(LOGITS, LABELS) == pytest.approx(by_label.mean(), rel=1e-14)
    assert cross_entropy(LOGITS, SOFT) == pytest.approx(by_probability.mean(), rel=1e-14)
    np.testing.assert_allclose(cross_entropy(LOGITS, LABELS, axis=()), by_label, rtol=1e-13)
    np.testing.assert_allclose(cross_entropy(LOGITS, SOFT, axis=()), by_probability, rtol=1e-13)
    assert cross_entropy(LOGITS[0], 2) == pytest.approx(-np.log(p[0, 2]), rel=1e-14)


def test_labels_are_their_own_probabilities_and_the_operation_of_the_engine():
    onehot = one_hot(LABELS, 3)
    value = cross_entropy(LOGITS, LABELS)
    assert value == softmax_cross_entropy(LOGITS, LABELS)
    assert value == pytest.approx(cross_entropy(LOGITS, onehot), rel=1e-14)
    np.testing.assert_allclose(
        grad(lambda x: cross_entropy(x, LABELS))(LOGITS),
        grad(lambda x: cross_entropy(x, onehot))(LOGITS),
        rtol=1e-13,
        atol=1e-16,
    )


@given(x=rows, labels=arrays(np.int64, 4, elements=st.integers(0, 2)))
def test_the_gradient_is_probability_minus_target(x, labels):
    p = np.asarray(softmax(x))
    for target, q in [(labels, one_hot(labels, 3)), (SOFT[:4], SOFT[:4])]:
        for axis in (None, -1):
            slope = grad(lambda x, target=target, axis=axis: cross_entropy(x, target, axis=axis))(x)
            np.testing.assert_allclose(4 * slope, p - q, rtol=1e-11, atol=1e-14)


@given(x=rows, y=arrays(np.float64, (4, 3), elements=st.floats(0, 1)))
def test_the_gradient_of_the_binary_loss_is_probability_minus_target(x, y):
    slope = grad(lambda x: binary_cross_entropy(x, y))(x)
    np.testing.assert_allclose(12 * slope, sigmoid(x) - y, rtol=1e-11, atol=1e-14)


@given(a=rows, b=rows, share=st.floats(0, 1))
def test_both_cross_entropies_are_convex_in_the_logits(a, b, share):
    """f(s a + (1 - s) b) <= s f(a) + (1 - s) f(b)."""
    losses = [
        lambda x: cross_entropy(x, SOFT[:4]),
        lambda x: cross_entropy(x, LABELS[:4]),
        lambda x: binary_cross_entropy(x, YES[:4]),
    ]
    for loss in losses:
        chord = share * loss(a) + (1 - share) * loss(b)
        assert loss(share * a + (1 - share) * b) <= chord + 1e-12


def test_the_hessian_of_the_cross_entropy_is_the_covariance_of_the_softmax():
    """diag(p) - p p', positive semidefinite, with the constant vector as its kernel."""
    x = LOGITS[0]
    p = np.asarray(softmax(x))
    h = hessian(lambda x: cross_entropy(x, SOFT[0]))(x)
    np.testing.assert_allclose(h, np.diag(p) - np.outer(p, p), rtol=1e-12, atol=1e-16)
    values = np.linalg.eigvalsh(h)
    assert abs(values[0]) < 1e-15 < values[1]


@given(x=rows, shift=arrays(np.float64, (4, 1), elements=st.floats(-100, 100)))
def test_a_constant_added_to_the_logits_of_a_row_changes_nothing(x, shift):
    for target in (LABELS[:4], SOFT[:4]):
        assert cross_entropy(x + shift, target) == pytest.approx(
            cross_entropy(x, target), rel=1e-12, abs=1e-12
        )


@given(x=rows, y=arrays(np.float64, (4, 3), elements=st.floats(0, 1)))
def test_the_cross_entropy_is_never_below_the_entropy_of_its_target(x, y):
    """Gibbs: with equality at p = q."""
    entropy = -(SOFT[:4] * np.log(SOFT[:4])).sum(axis=-1).mean()
    assert cross_entropy(x, SOFT[:4]) >= entropy - 1e-12
    assert cross_entropy(np.log(SOFT[:4]), SOFT[:4]) == pytest.approx(entropy, rel=1e-13)
    inner = np.clip(y, 1e-6, 1 - 1e-6)
    logit = np.log(inner / (1 - inner))
    assert binary_cross_entropy(x, inner) >= binary_cross_entropy(logit, inner) - 1e-12


def test_two_classes_are_one_question():
    """softmax over (0, x) is sigmoid(x)."""
    x = RNG.standard_normal((6, 1))
    y = RNG.uniform(0, 1, (6, 1))
    two = cross_entropy(np.concatenate([np.zeros((6, 1)), x], axis=1), np.hstack([1 - y, y]))
    assert binary_cross_entropy(x, y) == pytest.approx(two, rel=1e-13)


@pytest.mark.parametrize("size", [1e3, 1e8, 1e300])
def test_extreme_logits_give_finite_losses_and_gradients(size):
    x = np.array([[size, 0.0, -size], [-size, size, 0.0]])
    for target, value in [
        (np.array([0, 1]), 0.0),
        (np.array([2, 0]), 2 * size),
        (np.array([[0.0, 1.0, 0.0], [0.0, 0.5, 0.5]]), 0.75 * size),
    ]:
        for axis in (None, -1):
            assert cross_entropy(x, target, axis=axis) == pytest.approx(value, rel=1e-14)
            slope = grad(lambda x, t=target, axis=axis: cross_entropy(x, t, axis=axis))(x)
            assert np.all(np.isfinite(slope))
    y = np.array([[1.0, 0.5, 1.0], [0.0, 0.0, 0.0]])
    expected = (0.0 + 0.5 * np.log(2) * 2 + size + 0.0 + size + np.log(2)) / 6
    assert binary_cross_entropy(x, y) == pytest.approx(expected, rel=1e-14)
    assert np.all(np.isfinite(grad(lambda x: binary_cross_entropy(x, y))(x)))


def test_a_small_binary_loss_keeps_its_digits():
    """-log sigmoid(40) = e^-40 (1 - e^-40 / 2 + ...), where 1 - sigmoid(40) rounds to 0."""
    assert binary_cross_entropy([40.0], [1.0]) == pytest.approx(np.exp(-40), rel=1e-13, abs=0)
    assert binary_cross_entropy([-40.0], [0.0]) == pytest.approx(np.exp(-40), rel=1e-13, abs=0)


@pytest.mark.parametrize("target", [LABELS, SOFT], ids=["labels", "probabilities"])
@pytest.mark.parametrize("axis", [None, -1, ()])
def test_derivatives_of_the_cross_entropy_agree_with_finite_differences(target, axis):
    check_grads(lambda x: cross_entropy(x, target, axis=axis), LOGITS)


def test_derivatives_of_the_binary_loss_agree_with_finite_differences():
    check_grads(lambda x: binary_cross_entropy(x, YES), LOGITS)


def test_soft_targets_may_be_differentiated():
    """d/dq of the cross entropy is -log p: what a student's teacher receives."""
    slope = grad(lambda y: binary_cross_entropy(LOGITS, sigmoid(y)))(LOGITS)
    expected = -LOGITS * sigmoid(LOGITS) * (1 - sigmoid(LOGITS)) / 15
    np.testing.assert_allclose(slope, expected, rtol=1e-10, atol=1e-14)
    check_grads(lambda z: cross_entropy(LOGITS, softmax(z)), LOGITS[::-1].copy())


# --- ensembles -------------------------------------------------------------------------------

MANY = RNG.standard_normal((2, 4, 5, 3))
OVER_A_NET = {
    "mse": (lambda p, axis: mean_squared_error(p, SOFT, axis=axis), (-2, -1)),
    "half": (lambda p, axis: half_squared_error(p, SOFT, axis=axis), (-2, -1)),
    "huber": (lambda p, axis: huber(p, SOFT, 0.5, axis=axis), (-2, -1)),
    "binary": (lambda p, axis: binary_cross_entropy(p, YES, axis=axis), (-2, -1)),
    "labels": (lambda p, axis: cross_entropy(p, LABELS, axis=axis), -1),
    "probabilities": (lambda p, axis: cross_entropy(p, SOFT, axis=axis), -1),
}


@pytest.mark.parametrize("name", OVER_A_NET)
def test_a_loss_with_axes_is_the_losses_of_the_nets_one_by_one(name):
    loss, axis = OVER_A_NET[name]
    together = loss(MANY, axis)
    assert together.shape == (2, 4)
    for i in np.ndindex(2, 4):
        assert together[i] == pytest.approx(loss(MANY[i], None), rel=1e-13)
    total = np.sum(together) if name == "half" else np.mean(together)
    assert loss(MANY, None) == pytest.approx(total, rel=1e-13)


def test_labels_may_lack_ensemble_axes_or_have_them():
    own = np.random.default_rng(1).integers(0, 3, (2, 4, 5))
    together = cross_entropy(MANY, own, axis=-1)
    for i in np.ndindex(2, 4):
        assert together[i] == pytest.approx(cross_entropy(MANY[i], own[i]), rel=1e-13)
    full = np.broadcast_to(LABELS, (2, 4, 5))
    assert cross_entropy(MANY, LABELS) == cross_entropy(MANY, full)


def test_classifiers_in_an_ensemble_learn_as_they_would_alone():
    model = MLP((3, 4, 3))
    theta = model.init(np.random.default_rng(0), ensemble=(3,), initialiser=standard_normal)
    together = grad(lambda theta: cross_entropy(model(theta, SOFT), LABELS, axis=-1).sum())(theta)
    for i in range(3):
        member = tree_map(lambda leaf, i=i: leaf[i], theta)
        alone = grad(lambda theta: cross_entropy(model(theta, SOFT), LABELS))(member)
        for a, b in zip(leaves(together), leaves(alone), strict=True):
            np.testing.assert_allclose(a[i], b, rtol=1e-12, atol=1e-15)


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [*REGRESSION.values(), binary_cross_entropy])
@pytest.mark.parametrize("shapes", [((4, 1), (4,)), ((4,), (4, 1)), ((4, 3), (4,)), ((3, 3), (3,)), ((3,), (2, 3))])
def test_no_loss_broadcasts_a_target_in_silence(loss, shapes):
    prediction, target = (np.zeros(shape) for shape in shapes)
    with pytest.raises(ValueError, match=re.escape(
        f"{loss.__name__}: predictions have shape {shapes[0]}, targets {shapes[1]}. Reshape"
    )):  # fmt: skip
        loss(prediction, target)
    with pytest.raises(ValueError, match=loss.__name__):
        loss(Tensor(prediction), Tensor(target))


def test_bad_targets_say_what_is_wrong():
    cases = {
        r"cross_entropy: logits have shape \(5, 3\), labels \(5, 1\)\. Pass one label for each": (
            lambda: cross_entropy(LOGITS, LABELS[:, None])
        ),
        r"cross_entropy: logits have shape \(5, 3\), labels \(5, 3\).* Probabilities are floats": (
            lambda: cross_entropy(LOGITS, one_hot(LABELS, 3).astype(int))
        ),
        r"cross_entropy: logits have shape \(5, 3\), labels \(\)": lambda: cross_entropy(LOGITS, 1),
        r"cross_entropy: logits have shape \(\), labels \(\)": lambda: cross_entropy(0.5, 1),
        r"cross_entropy: logits have shape \(0, 3\), labels \(0,\)": lambda: cross_entropy(
            LOGITS[:0], LABELS[:0]
        ),
        r"cross_entropy: received labels from 0 to 3 for 3 classes\. Number the classes": (
            lambda: cross_entropy(LOGITS, np.array([0, 1, 2, 3, 0]))
        ),
        r"cross_entropy: received labels from -1 to 2": lambda: cross_entropy(
            LOGITS, np.array([0, 1, 2, -1, 0]), axis=-1
        ),
        r"cross_entropy: logits have shape \(5, 3\), probabilities \(5,\).* Labels are integers": (
            lambda: cross_entropy(LOGITS, LABELS.astype(float))
        ),
        r"cross_entropy: logits have shape \(3,\), probabilities \(1, 3\)": lambda: cross_entropy(
            LOGITS[0], SOFT[:1]
        ),
        r"cross_entropy: received float targets that are no probabilities: .* as integers": (
            lambda: cross_entropy(LOGITS, 2 * SOFT)
        ),
        r"cross_entropy: received float targets that are no": lambda: cross_entropy(
            LOGITS, SOFT * [2, 2, -1]
        ),
        r"cross_entropy: received float targets": lambda: cross_entropy(LOGITS, Tensor(SOFT - 1)),
        # Float labels of as many rows as classes would pass for the probabilities of all rows.
        r"cross_entropy: logits have shape \(3, 3\), probabilities \(3,\)\. Pass one row": (
            lambda: cross_entropy(LOGITS[:3], np.array([0.0, 1.0, 0.0]))
        ),
        r"cross_entropy: logits have shape \(5, 3\), probabilities \(\)": lambda: cross_entropy(
            LOGITS, 1.0
        ),
        r"cross_entropy: logits have shape \(\), probabilities \(\)": lambda: cross_entropy(
            0.5, 1.0
        ),
        r"binary_cross_entropy: received targets from -1\.0 to 1\.0\. They are probabilities": (
            lambda: binary_cross_entropy(np.zeros(2), [-1.0, 1.0])
        ),
        r"binary_cross_entropy: received targets from nan": lambda: binary_cross_entropy(
            np.zeros(1), [np.nan]
        ),
        r"huber: delta must be positive and finite, got 0": lambda: huber(LOGITS, SOFT, 0),
        r"huber: delta must be positive and finite, got inf": lambda: huber(
            LOGITS, SOFT, float("inf")
        ),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(
        TypeError, match=r"received targets of dtype bool\. Pass labels as integers"
    ):
        cross_entropy(LOGITS, np.ones(5, dtype=bool))


def test_targets_may_be_lists():
    assert cross_entropy(LOGITS, LABELS.tolist()) == cross_entropy(LOGITS, LABELS)
    assert binary_cross_entropy(LOGITS.tolist(), YES.tolist()) == binary_cross_entropy(LOGITS, YES)
    assert cross_entropy(LOGITS.tolist(), SOFT.tolist()) == cross_entropy(LOGITS, SOFT)
