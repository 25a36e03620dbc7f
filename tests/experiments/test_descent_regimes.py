"""Regimes on a parabola, foretold from the multiplier and seen in the run."""

import pytest

from learndyn.dynamics import Regime
from learndyn.experiments import descent_regimes


@pytest.mark.parametrize(("relative_step", "regime"), [
    (0.5, Regime.SMOOTH), (1.0, Regime.SMOOTH), (1.5, Regime.OSCILLATING), (2.0, Regime.NEUTRAL),
    (2.1, Regime.DIVERGING), (3.5, Regime.EXPLODING),
])  # fmt: skip
def test_the_multiplier_foretells_what_a_long_run_shows(relative_step, regime):
    (run,) = descent_regimes.classify((relative_step,), steps=1000)
    assert run.predicted.regime is run.seen.regime is regime
    assert run.seen.rate == pytest.approx(run.predicted.rate, abs=1e-9)
    assert run.seen.period == run.predicted.period


def test_a_short_record_is_judged_by_what_it_shows():
    short, long = (descent_regimes.classify((1.99,), steps=steps)[0].seen for steps in (5, 200))
    assert (short.regime, long.regime) == (Regime.NEUTRAL, Regime.OSCILLATING)
    slow, lost = (descent_regimes.classify((3.5,), steps=steps)[0].seen for steps in (60, 1000))
    assert (slow.regime, lost.regime) == (Regime.DIVERGING, Regime.EXPLODING)
