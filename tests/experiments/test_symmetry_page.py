"""Equal units stay equal, a step commutes with renumbering, and what the Hessian says across."""

import math

import numpy as np
import pytest

from learndyn import hessian
from learndyn.experiments import (
    embedded_minimum,
    equal_starts,
    exchange_plane,
    step_symmetries,
    symmetric_copies,
    symmetric_hessian,
)


@pytest.fixture(scope="module")
def starts():
    return equal_starts.run_all()


@pytest.fixture(scope="module")
def plane():
    return exchange_plane.run()


def test_a_net_trains_as_many_units_as_were_different_at_the_start(starts):
    assert [run.kinds for run in starts.values()] == [0, 1, 2, 8]
    assert [run.rank for run in starts.values()] == [0, 1, 2, 3]
    units = starts["one constant"].units
    np.testing.assert_array_equal(units, np.repeat(units[:, :1], 8, axis=1))


def test_an_equal_start_ends_at_the_loss_of_one_unit_and_zeros_at_that_of_none(starts):
    for name in ("zeros", "one constant"):
        assert starts[name].losses[-1] == pytest.approx(starts[name].floor, rel=5e-3)
        assert starts[name].losses[-1] > starts[name].floor - 1e-12
    assert starts["two kinds"].losses[-1] < 0.1 * starts["one constant"].floor
    assert starts["random"].losses[-1] < 0.01 * starts["one constant"].floor


def test_equal_units_follow_the_net_of_one_unit_in_orthonormal_coordinates():
    assert equal_starts.one_unit_error(width=4, steps=300) < 1e-12


def test_a_step_of_every_rule_commutes_with_renumbering_and_a_fixed_matrix_does_not():
    found = step_symmetries.run()
    assert set(found.rules) == set(step_symmetries.RULES)
    assert max(found.rules.values()) < 1e-15
    assert found.matrices["Gauss-Newton"] < 1e-13
    assert found.matrices["a fixed matrix"] > 0.01
    assert found.matrices["one step size for each parameter"] > 0.01


@pytest.mark.parametrize("rule", step_symmetries.STEPS)
def test_descent_keeps_orthogonal_symmetries_and_an_elementwise_rule_signed_permutations(rule):
    found = step_symmetries.run(width=2, draws=1, seed=1).changes
    assert found["permutation", rule] < 1e-14
    assert found["sign flip", rule] < 1e-14
    assert (found["rotation", rule] < 1e-14) == (rule == "gradient descent")
    assert found["rescaling", rule] > 0.01


def test_the_mirror_image_of_a_run_is_the_run_of_the_mirror_image(plane):
    assert plane.mirror_error < 1e-12
    assert plane.off_mirror < 1e-12
    for run, image in plane.pairs:
        assert run[-1, 0] > run[-1, 1] and image[-1, 0] < image[-1, 1]
    np.testing.assert_allclose(plane.minima, [[3.0, 1.0 / 3.0]] * 3, rtol=1e-9)
    np.testing.assert_allclose(plane.on_mirror[-1], plane.saddle, atol=1e-9)


def test_the_curvatures_on_the_mirror_are_their_closed_forms(plane):
    h = hessian(lambda w: exchange_plane.error(w, 1.0))(plane.saddle)
    along, across = plane.curvatures
    assert across < 0.0 < along
    np.testing.assert_allclose(h @ [1.0, 1.0], along * np.ones(2), rtol=1e-12)
    np.testing.assert_allclose(h @ [1.0, -1.0], across * np.array([1.0, -1.0]), rtol=1e-12)


def test_the_losses_over_the_plane_are_those_that_descent_sees(plane):
    step = exchange_plane.descent(1.0)
    i, j = 12, 40
    there = np.array([plane.axis[j], plane.axis[i]])
    assert plane.losses[i, j] == pytest.approx(float(step.value_and_gradient(there)[0]), rel=1e-13)
    np.testing.assert_allclose(plane.losses, plane.losses.T, rtol=1e-12)


def test_a_hessian_at_equal_units_has_two_blocks_away_from_critical_points():
    result = symmetric_hessian.run(width=4, seed=3)
    assert result.natural.shape == (17, 17) and result.symmetric == 13
    assert result.coupling < 1e-13
    np.testing.assert_allclose(
        np.linalg.eigvalsh(result.blocked), np.linalg.eigvalsh(result.natural), atol=1e-12
    )
    assert np.abs(result.natural[:13, 13:]).max() > 1e-3  # not so in the parameters


def test_the_embedded_minimum_has_the_curvature_alpha_1_minus_alpha_times_b():
    """Fukumizu and Amari (2000)."""
    line = embedded_minimum.run((-0.5, -0.1, 0.2, 0.5, 0.9, 1.3))
    np.testing.assert_allclose(line.curvatures, line.predicted, atol=1e-13)
    assert line.gradients.max() < 1e-13
    np.testing.assert_array_equal(line.negative, line.predicted_negative)
    np.testing.assert_array_equal(line.zero, 1)
    assert list(line.negative) == [1, 1, 2, 2, 2, 1]


@pytest.mark.parametrize(
    ("kind", "stabiliser"), [("all different", 1), ("two equal", 2), ("one zero", 2)]
)
def test_copies_times_stabiliser_is_the_order_of_the_group(kind, stabiliser):
    copies = symmetric_copies.run(kind)
    assert copies.order == math.factorial(3) * 2**3
    assert copies.stabiliser == stabiliser
    assert copies.distinct * copies.stabiliser == copies.order
    assert copies.spread < 1e-13


def test_the_number_of_copies_is_a_product_of_factorials_and_powers_of_two():
    assert 10 ** symmetric_copies.log10_copies([3]) == pytest.approx(48)
    assert 10 ** symmetric_copies.log10_copies([3, 2], flips=False) == pytest.approx(12)


def test_what_is_out_of_range_is_named():
    with pytest.raises(ValueError, match="width must be even and at least 2, got 3"):
        equal_starts.run_all(width=3)
    with pytest.raises(ValueError, match="got 'twins' and 3"):
        symmetric_copies.run("twins")
    with pytest.raises(ValueError, match="a width of 2 to 5, got 'one zero' and 6"):
        symmetric_copies.run("one zero", width=6)
    with pytest.raises(ValueError, match=r"needs positive widths, got \(\)"):
        symmetric_copies.log10_copies([])
