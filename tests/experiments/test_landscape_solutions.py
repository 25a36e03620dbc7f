"""Barriers between solutions, and the outliers of a classifier's Hessian."""

from functools import cache

import numpy as np
import pytest

from learndyn.experiments import landscape_barriers, landscape_spectrum
from learndyn.experiments.landscape_problems import clusters
from learndyn.learning.landscape import hessian_spectrum


@cache
def barriers():
    return landscape_barriers.run()


def test_a_net_and_its_renumbered_copy_have_a_barrier_that_matching_removes():
    found = barriers()
    assert found.copy.height > 0.1
    assert found.own.height < 1e-12
    assert found.copy.losses[0] == pytest.approx(found.copy.losses[-1], rel=1e-12)


def test_most_of_the_barrier_between_wide_nets_is_a_matter_of_order():
    found = barriers()
    assert found.ratios[-1] < 0.05
    assert found.ratios[-1] < found.ratios[0]
    assert (found.before.mean(axis=1) > 0.2).all()
    assert (found.after <= found.before).all()
    assert found.losses[-1].max() < 0.01


def test_classifiers_have_one_outlier_fewer_than_classes_in_this_protocol():
    """Sagun (2017), Gur-Ari (2018): 8 of 12 runs at least."""
    found = landscape_spectrum.run()
    assert found.runs == 12
    assert found.right >= 8
    assert found.largest.shape == (3, 4, 30)
    assert (np.diff(found.largest, axis=-1) <= 0.0).all()


@pytest.mark.parametrize("change", [{"steps": 300}, {"noise": 0.25}, {"squared": True}])
def test_another_protocol_has_another_number(change):
    found = landscape_spectrum.run((5,), seeds=(0, 1, 2, 3), **change)
    base = landscape_spectrum.run((5,), seeds=(0, 1, 2, 3))
    assert found.right < base.right


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_identical_inputs_in_a_class_bound_the_rank_of_the_gauss_newton_matrix(classes):
    """K terms of the rank of the output's Hessian: K - 1 for the cross-entropy, K for squares."""
    assert landscape_spectrum.cluster_rank(classes) == classes * (classes - 1)
    assert landscape_spectrum.cluster_rank(classes, squared=True) == classes**2


def test_the_lanczos_density_is_near_the_exact_one():
    """Ghorbani et al. (2019)."""
    found = landscape_spectrum.density()
    assert found.distance < 0.05
    assert found.products <= 600
    step = found.grid[1] - found.grid[0]
    for curve in (found.exact, found.estimated):
        assert curve.sum() * step == pytest.approx(1.0, abs=1e-3)
    few = landscape_spectrum.density(probes=1, lanczos_steps=5)
    assert few.distance > found.distance


def test_the_same_seed_gives_the_same_bits():
    one, other = (landscape_barriers.run((5,), pairs=1, steps=10, seed=2) for _ in range(2))
    np.testing.assert_array_equal(one.before, other.before)
    one, other = (landscape_spectrum.run((2,), seeds=(4,), steps=3) for _ in range(2))
    np.testing.assert_array_equal(one.largest, other.largest)


def test_the_leading_eigenvalues_are_those_of_the_whole_spectrum():
    _, loss, theta = clusters(3, width=10, rng=0)
    found = landscape_spectrum.leading_eigenvalues(loss, theta)
    exact = hessian_spectrum(loss, theta).eigenvalues[::-1]
    np.testing.assert_allclose(found, exact[: found.size], rtol=2e-3, atol=2e-3 * exact[0])
