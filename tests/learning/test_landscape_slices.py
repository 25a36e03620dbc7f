"""Slices: the same numbers in blocks and one by one, and invariance under rescaling of layers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.learning import (
    MLP,
    RNN,
    Layer,
    binary_cross_entropy,
    cross_entropy,
    he_normal,
    huber,
    mean_squared_error,
    sharpness,
)
from learndyn.learning.landscape import (
    Plane,
    batched_loss,
    random_line,
    random_plane,
    slice_1d,
    slice_2d,
)

RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((12, 3)), RNG.standard_normal((12, 2))
MODEL = MLP((3, 4, 2))
THETA = MODEL.init(np.random.default_rng(1))
XS, YS = np.linspace(-1.0, 1.0, 7), np.linspace(-0.5, 0.5, 5)
UNIT = Plane(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]))


def test_rows_of_a_slice_are_y_and_columns_are_x():
    found = slice_2d(lambda z: z[0] + 10.0 * z[1], UNIT, XS, YS)
    np.testing.assert_allclose(found.losses, XS[None] + 10.0 * YS[:, None], atol=1e-15)


def test_a_quadratic_has_its_own_slice_in_closed_form():
    rng = np.random.default_rng(2)
    a = rng.standard_normal((5, 5))
    h = a + a.T
    plane = Plane(*rng.standard_normal((3, 5)))
    found = slice_2d(lambda z: 0.5 * (z * (h @ z)).sum(), plane, XS, YS).losses
    d = np.stack([plane.first, plane.second])
    g, k = d @ h @ plane.origin, d @ h @ d.T
    x, y = np.meshgrid(XS, YS)
    law = plane.origin @ h @ plane.origin / 2 + g[0] * x + g[1] * y
    law = law + k[0, 0] * x * x / 2 + k[0, 1] * x * y + k[1, 1] * y * y / 2
    np.testing.assert_allclose(found, law, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        (mean_squared_error, T),
        (huber, T),
        (binary_cross_entropy, (T > 0).astype(float)),
        (cross_entropy, np.arange(12) % 2),
        (cross_entropy, np.full((12, 2), 0.5)),
    ],
    ids=["squares", "huber", "binary", "labels", "probabilities"],
)
def test_blocks_of_any_size_give_what_the_plain_loss_gives(loss, target):
    batched = batched_loss(MODEL, X, target, loss=loss)
    plane = random_plane(THETA, 0, biases="scaled")
    plain = slice_2d(lambda theta: loss(MODEL(theta, X), target), plane, XS, YS).losses
    assert plain[2, 3] == pytest.approx(float(loss(MODEL(THETA, X), target)), rel=1e-14)
    for options in ({}, {"block": 1}, {"block": 8}, {"block": 1000}, {"batched": False}):
        found = slice_2d(batched, plane, XS, YS, **options).losses
        np.testing.assert_allclose(found, plain, rtol=1e-13)


def test_a_slice_of_a_recurrent_net_is_evaluated_in_blocks():
    model = RNN(2, 3, 1)
    x, t = RNG.standard_normal((5, 4, 2)), RNG.standard_normal((5, 4, 1))
    line = random_line(model.init(np.random.default_rng(0)), 0)
    loss = batched_loss(model, x, t)
    together = slice_1d(loss, line, XS, block=7).losses
    np.testing.assert_allclose(together, slice_1d(loss, line, XS, batched=False).losses, rtol=1e-13)


def test_a_batched_loss_is_an_ordinary_loss_too():
    loss = batched_loss(MODEL, X, T)
    plain = ld.grad(lambda theta: mean_squared_error(MODEL(theta, X), T))(THETA)
    np.testing.assert_allclose(ld.grad(loss)(THETA)[0].weight, plain[0].weight, rtol=1e-13)


def test_blocks_fit_the_cache_whatever_the_net():
    small = batched_loss(MLP((2, 8, 1)), np.ones((4, 2)), np.ones((4, 1)))
    large = batched_loss(MLP((10, 40, 5)), np.ones((500, 10)), np.ones((500, 5)))
    rng = np.random.default_rng(0)
    assert small.block(small.model.init(rng)) == 1024
    assert large.block(large.model.init(rng)) == 1


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_a_filter_normalised_slice_of_a_relu_net_is_invariant_to_rescaled_layers(seed, a, b):
    """Li et al. (2018). W_1 grows by a, W_2 by b / a, W_3 by 1 / b, biases with what is below."""
    rng = np.random.default_rng(seed)
    model = MLP((3, 6, 5, 2), "relu")
    theta = [
        Layer(w, rng.standard_normal(bias.shape))
        for w, bias in model.init(rng, initialiser=he_normal)
    ]
    (w1, b1), (w2, b2), (w3, b3) = theta
    scaled = [Layer(a * w1, a * b1), Layer(b / a * w2, b * b2), Layer(w3 / b, b3)]
    loss = batched_loss(model, X, T)
    for biases in ("fixed", "scaled"):
        one, other = (
            slice_2d(loss, random_plane(t, seed, biases=biases), XS, YS).losses
            for t in (theta, scaled)
        )
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_curvature_and_plain_directions_are_not_invariant_and_single_units_are_not_either():
    """Dinh et al. (2017): the function is the same and lambda_max is many times as large."""
    rng = np.random.default_rng(0)
    model = MLP((3, 6, 2), "relu")
    first, last = model.init(rng, initialiser=he_normal)
    loss = batched_loss(model, X, T)

    def rescaled(factors):
        return [
            Layer(first.weight * factors, first.bias * factors),
            Layer(last.weight / factors[:, None], last.bias),
        ]

    def difference(one, other, **options):
        a, b = (slice_2d(loss, random_plane(t, 0, **options), XS, YS).losses for t in (one, other))
        return np.abs(a / b - 1.0).max()

    theta, layer = [first, last], rescaled(np.full(6, 10.0))
    unit = rescaled(np.where(np.arange(6) == 0, 10.0, 1.0))
    assert float(loss(layer)) == pytest.approx(float(loss(theta)), rel=1e-13)
    assert difference(theta, layer) < 1e-10
    assert sharpness(loss, layer).value > 10.0 * sharpness(loss, theta).value
    assert difference(theta, layer, normalise="unit") > 0.1
    assert difference(theta, unit) > 0.1


def test_no_graph_is_recorded_and_overflow_is_a_number():
    found = slice_2d(lambda z: ld.exp(1e3 * z).sum(), UNIT, [0.0, 1.0], [0.0])
    np.testing.assert_array_equal(found.losses, [[2.0, np.inf]])
    seen = []

    def watching(z):
        seen.append(ld.exp(ld.Parameter(z)).requires_grad)
        return 0.0

    slice_2d(watching, UNIT, [0.0], [0.0])
    assert seen == [False]


def test_an_error_of_the_loss_says_at_which_point():
    def loss(z):
        if z[0] > 0.5:
            raise RuntimeError("no")
        return 0.0

    with pytest.raises(RuntimeError) as raised:
        slice_2d(loss, UNIT, XS, YS, block=7)
    assert "slice_2d: in the block of points 0 to 6 of 35" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"xs": [[0.0]]}, r"xs must be a vector of finite numbers, got shape \(1, 1\)"),
        ({"ys": [np.inf]}, "ys must be"),
        ({"block": 0}, "block must be at least 1"),
        ({"batched": True}, r"has shape \(\) instead of \(35,\)"),
        ({"loss": lambda z: z}, r"the loss has shape \(2,\) and needs one element"),
    ],
)
def test_bad_input_is_named(options, message):
    arguments = {"loss": lambda z: z.sum(), "plane": UNIT, "xs": XS, "ys": YS} | options
    with pytest.raises(ValueError, match=message):
        slice_2d(**arguments)


def test_data_without_a_batch_is_refused():
    with pytest.raises(ValueError, match=r"needs inputs of shape \(batch, ...\)"):
        batched_loss(MODEL, X[0], T[0])


def test_the_progress_bar_is_shown_on_request(capsys):
    slice_2d(lambda z: z.sum(), UNIT, XS, YS, progress=True)
    assert "slice_2d [" in capsys.readouterr().err
