"""Wilson and Cowan's pair: the period of the limit cycle, its stability, and its nullclines."""

import numpy as np
import pytest

from learndyn.dynamics import equilibrium, integrate, linearise
from learndyn.dynamics.limit_cycle import floquet, limit_cycle
from learndyn.neural.rate import WilsonCowan, response, saturation

PAPER_K = {"k_e": saturation(1.3, 4.0), "k_i": saturation(2.0, 3.7)}


def cycle_of(pair):
    return limit_cycle(
        pair, [0.1, 0.05], section=lambda z: z[0] - 0.25, transient=120.0, duration=30.0
    )


@pytest.mark.parametrize(
    ("version", "period"),
    [({}, 5.0034), (PAPER_K, 4.9959), ({"r_e": 0.0, "r_i": 0.0}, 7.8503)],
)
def test_the_limit_cycle_at_p_1_25_has_the_period_of_its_version(version, period):
    cycle = cycle_of(WilsonCowan(P=1.25, **version))
    assert cycle.period == pytest.approx(period, abs=6e-5)
    assert cycle.jitter < 1e-5


def test_the_period_does_not_depend_on_where_it_is_measured():
    pair = WilsonCowan(P=1.25)
    elsewhere = limit_cycle(
        pair, [0.3, 0.0], section=lambda z: z[1] - 0.1, transient=120.0, duration=30.0, direction=-1
    )
    assert elsewhere.period == pytest.approx(cycle_of(pair).period, abs=1e-5)
    assert elsewhere.period == pytest.approx(5.003410930, abs=1e-5)


def test_the_cycle_attracts_and_obeys_liouville():
    pair = WilsonCowan(P=1.25)
    cycle = cycle_of(pair)
    result = floquet(pair, cycle.state, cycle.period)
    assert abs(result.multipliers[0] - 1.0) < 1e-6
    assert result.multipliers[1] == pytest.approx(0.34292, abs=1e-4)
    assert result.attracting
    assert np.log(np.prod(result.multipliers).real) == pytest.approx(result.divergence, abs=1e-6)


def test_inside_the_cycle_is_an_unstable_focus_where_the_nullclines_cross():
    pair = WilsonCowan(P=1.25)
    rest = equilibrium(pair, [0.2, 0.1])
    assert rest.converged
    e, i = rest.state
    assert pair.excitatory_nullcline(e) == pytest.approx(i, abs=1e-9)
    assert pair.inhibitory_nullcline(i) == pytest.approx(e, abs=1e-9)
    values = np.linalg.eigvals(linearise(pair, rest.state, t=0.0).to_matrix())
    assert (values.real > 0.0).all() and (values.imag != 0.0).all()


def test_rest_without_input_is_silent_and_stable():
    pair = WilsonCowan()
    np.testing.assert_array_equal(pair(0.0, np.zeros(2)), [0.0, 0.0])
    assert (np.linalg.eigvals(linearise(pair, np.zeros(2), t=0.0).to_matrix()).real < 0.0).all()


def test_each_velocity_is_zero_on_its_nullcline():
    pair = WilsonCowan(P=1.25, Q=0.3, tau_e=2.0)
    for activity in np.linspace(0.02, 0.45, 7):
        i = float(pair.excitatory_nullcline(activity))
        e = float(pair.inhibitory_nullcline(activity))
        assert pair(0.0, np.array([activity, i]))[0] == pytest.approx(0.0, abs=1e-12)
        assert pair(0.0, np.array([e, activity]))[1] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(pair.excitatory_nullcline([0.6, 1.0, -0.5])).all()


def test_a_pulse_of_input_is_a_drive_that_depends_on_time():
    pair = WilsonCowan(P=lambda t: 1.25 if t < 5.0 else 0.0)
    run = integrate(pair, [0.0, 0.0], [0.0, 4.0, 40.0])
    assert run.states[1, 0] > 0.05
    assert np.abs(run.states[2]).max() < 1e-6


def test_the_response_is_zero_at_zero_and_saturates_at_k():
    assert response(0.0, 1.3, 4.0) == 0.0
    assert response(1e3, 1.3, 4.0) == pytest.approx(saturation(1.3, 4.0), rel=1e-15)


def test_errors():
    with pytest.raises(ValueError, match="tau_e must be positive"):
        WilsonCowan(tau_e=0.0)
    with pytest.raises(ValueError, match="refractory"):
        WilsonCowan(r_e=-1.0)
    with pytest.raises(ValueError, match="c1 must be finite"):
        WilsonCowan(c1=float("nan"))
