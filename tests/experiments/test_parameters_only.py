"""Runs obey the spectrum on the whole state, not the block of the parameters."""

import numpy as np
import pytest

from learndyn.experiments import parameters_only


def test_a_run_grows_or_decays_at_the_spectral_radius_of_the_whole_state():
    for view in parameters_only.run():
        assert view.measured == pytest.approx(view.whole, rel=0.02)


def test_the_block_of_the_heavy_ball_is_that_of_descent_whatever_the_momentum():
    for view in parameters_only.run():
        if view.name.startswith(("heavy", "gradient")):
            assert view.block == pytest.approx(abs(1.0 - view.relative_step), rel=1e-12)
        if view.name.startswith("heavy"):
            assert view.whole == pytest.approx(np.sqrt(float(view.name.split(", ")[1])), rel=1e-12)


def test_the_block_calls_stable_steps_unstable_and_fast_ones_slow():
    descent, half, large, small, nesterov = parameters_only.run()
    assert descent.block == pytest.approx(descent.whole, rel=1e-12)
    for view in (half, large, nesterov):
        assert view.whole < 1.0 < view.block
    assert small.whole < 0.95 < 0.98 < small.block < 1.0
