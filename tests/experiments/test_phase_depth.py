"""Trainability over weight variance and depth, beside the mean-field depth scale."""

import numpy as np

from learndyn.experiments import phase_depth, phase_records
from learndyn.experiments.phase_depth import DepthMap
from learndyn.learning.signal import critical_weight_variance, mean_field_map

KEPT = phase_records.depth()
COLUMNS = [0, 5]
LIVE = phase_depth.run((8, 20), weight_variances=[phase_depth.WEIGHT_VARIANCES[i] for i in COLUMNS])


def test_the_nets_that_are_trained_now_are_those_that_were_kept():
    rows = [int(np.flatnonzero(KEPT.depths == depth)[0]) for depth in LIVE.depths]
    kept = KEPT.trained[np.ix_(rows, COLUMNS)]
    np.testing.assert_array_equal(LIVE.trained, kept)
    np.testing.assert_array_equal(kept, [[True, True], [False, True]])


def test_the_depth_scale_is_that_of_the_slope_at_the_fixed_point():
    # In the ordered phase c* = 1, where the slope of the correlation map is chi
    for variance in (0.5, 0.97, 1.5):
        mapping = mean_field_map("tanh", variance, 0.05)
        slope = float(mapping.chi(mapping.fixed_point()))
        np.testing.assert_allclose(phase_depth.scales([variance])[0], -1 / np.log(slope), rtol=1e-5)


def test_trainable_depth_rises_towards_the_critical_line_from_both_sides():
    critical = critical_weight_variance("tanh", KEPT.bias_variance)
    left = KEPT.weight_variances < critical
    assert np.all(np.diff(KEPT.reached[left]) >= 0)
    assert np.all(KEPT.reached[~left][1:] <= KEPT.reached[~left][:-1])
    assert not np.isfinite(KEPT.reached[np.argmax(KEPT.scales)])


def test_the_trainable_depth_is_a_multiple_of_the_scale_that_differs_between_phases():
    ratios, found = KEPT.reached / KEPT.scales, np.isfinite(KEPT.reached)
    ordered = KEPT.weight_variances < 1.7
    left, right = ratios[found & ordered], ratios[found & ~ordered]
    assert len(left) == 5 and len(right) == 4
    assert 3.0 < right.min() and right.max() < 6.0
    assert 6.0 < left.min() and left.max() < 16.0


def test_the_reached_depth_is_between_the_last_row_that_trains_and_the_first_that_fails():
    losses = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]])
    result = DepthMap(np.ones(4), 0.05, np.array([4, 9, 16]), losses)
    np.testing.assert_allclose(result.reached, [np.inf, np.nan, 12.0, 6.0])


def test_both_borders_belong_to_the_step_sizes_that_are_tried():
    def lowest(depth, variance, step_size):
        return phase_depth.row(depth, weight_variances=[variance], step_sizes=[step_size])["losses"][0]

    # Where signals vanish a larger step trains a net that a small one does not
    assert lowest(16, 0.5, 0.1) < 0.1 < 0.9 < lowest(16, 0.5, 0.01)
    # Where gradients explode a smaller one does
    assert lowest(34, 4.5, 0.001) < 0.1 < 0.5 < lowest(34, 4.5, 0.01)
