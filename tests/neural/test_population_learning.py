"""Learning with a population code: which stimulus teaches which, which mode is fast, which unit moves."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import MLP, GradientDescent, check_grads, linearise, simulate, spectrum, training_map
from learndyn.autodiff import grad, mean_square
from learndyn.learning import Adam, mean_squared_error
from learndyn.neural.population import (
    CosineTuning,
    PopulationCode,
    PopulationParameters,
    VonMisesTuning,
    credit_kernel,
    generalisation,
    lattice_mode_rates,
    mode_rates,
    preferred_directions,
    unit_credit,
)

TUNINGS = [VonMisesTuning(48, 1.0, 2.0), VonMisesTuning(48, 2.0, 0.5), CosineTuning(48, 2.0, 1.0)]
tunings = pytest.mark.parametrize("tuning", TUNINGS, ids=repr)


def readout_training(tuning, target, step_size, stimuli):
    """Gradient descent on the weights of a linear readout, L = mean(e^2) / 2 over the stimuli."""
    features = tuning(stimuli)
    return training_map(
        lambda w: 0.5 * mean_square(features @ w - target),
        GradientDescent(step_size),
        np.zeros(tuning.units),
    )


# --- the credit kernel --------------------------------------------------------------------


@given(kappa=st.floats(0.05, 5.0), theta=st.floats(-3.0, 3.0), offset=st.floats(-7.0, 7.0))
def test_the_credit_kernel_of_von_mises_units_is_a_bessel_function(kappa, theta, offset):
    """N e^(-2 kappa) I0(2 kappa |cos(D / 2)|), with N r^2 for a peak r."""
    tuning = VonMisesTuning(64, 1.5, kappa)
    measured = credit_kernel(tuning, [theta], [theta + offset])[0, 0]
    assert tuning.overlap(offset) == pytest.approx(measured, rel=1e-10)


@tunings
def test_the_kernel_is_the_sum_of_its_modes(tuning):
    """K(D) = N sum_k c_k^2 cos(k D)."""
    d, k = np.linspace(-3.0, 3.0, 13), np.arange(-20, 21)
    series = np.cos(np.outer(d, k)) @ mode_rates(tuning, k)
    np.testing.assert_allclose(series, tuning.overlap(d), rtol=1e-12)


@tunings
def test_one_step_on_one_error_changes_all_outputs_by_the_kernel(tuning):
    """The output at theta moves by eta e K(theta - theta_0)."""
    seen, step_size, target = 0.7, 0.01, 2.0
    descent = readout_training(tuning, np.array([target]), step_size, np.array([seen]))
    moved = descent(descent.initial_state)
    theta = np.linspace(-3.0, 3.0, 25)
    expected = step_size * target * tuning.overlap(theta - seen)
    np.testing.assert_allclose(tuning(theta) @ moved, expected, rtol=1e-10)


def test_generalisation_falls_from_one_and_faster_for_narrow_tuning():
    d = np.linspace(0.0, np.pi, 30)
    broad, narrow = (generalisation(VonMisesTuning(48, 1.0, k), d) for k in (0.5, 8.0))
    assert broad[0] == pytest.approx(1.0) and narrow[0] == pytest.approx(1.0)
    assert (np.diff(broad) < 0.0).all() and (np.diff(narrow) < 0.0).all()
    assert (narrow[1:] < broad[1:]).all()


# --- modes --------------------------------------------------------------------------------


@tunings
def test_the_eigenvalues_of_the_training_map_are_the_learning_rates_of_the_modes(tuning):
    """1 - eta N (r e^-kappa I_k)^2, each twice but for k = 0 and N/2."""
    step_size = 0.5 / float(mode_rates(tuning, 0))
    stimuli = preferred_directions(4 * tuning.units)
    descent = readout_training(tuning, np.cos(stimuli), step_size, stimuli)
    multipliers = spectrum(linearise(descent, descent.initial_state))
    rates = np.sort((1.0 - multipliers.real) / step_size)[::-1]
    expected = np.sort(lattice_mode_rates(tuning))[::-1]
    np.testing.assert_allclose(multipliers.imag, 0.0, atol=1e-15)
    np.testing.assert_allclose(rates, expected, atol=1e-12 * expected[0])


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_an_error_that_turns_k_times_round_the_ring_is_learned_at_its_own_rate(mode):
    tuning = VonMisesTuning(48, 1.5, 2.0)
    step_size, steps = 0.5 / float(mode_rates(tuning, 0)), 40
    stimuli = preferred_directions(96)
    target = np.cos(mode * stimuli + 0.4)
    descent = readout_training(tuning, target, step_size, stimuli)
    run = simulate(descent, descent.initial_state, steps)
    errors = target - run.states @ tuning(stimuli).T
    factor = 1.0 - step_size * 48 * tuning.fourier_coefficient(mode) ** 2
    expected = factor ** np.arange(steps + 1)[:, None] * target
    np.testing.assert_allclose(errors, expected, atol=1e-9)


def test_cosine_tuning_cannot_learn_what_turns_twice():
    tuning = CosineTuning(48, 2.0, 1.0)
    stimuli = preferred_directions(96)
    descent = readout_training(tuning, np.cos(2.0 * stimuli), 1e-3, stimuli)
    final = simulate(descent, descent.initial_state, 100).final_state
    np.testing.assert_allclose(final, 0.0, atol=1e-14)
    assert mode_rates(tuning, 2) == 0.0


@pytest.mark.parametrize(("share", "grows"), [(0.99, False), (1.01, True)])
def test_descent_on_a_readout_is_stable_up_to_two_over_the_rate_of_the_mean(share, grows):
    tuning = VonMisesTuning(48, 1.5, 2.0)
    stimuli = preferred_directions(96)
    step_size = share * 2.0 / float(mode_rates(tuning, 0))
    descent = readout_training(tuning, np.ones(96), step_size, stimuli)
    run = simulate(descent, descent.initial_state, 400)
    errors = np.abs(1.0 - run.states @ tuning(stimuli).T).max(axis=1)
    assert (errors[-1] > 10.0) == grows and (errors[-1] < 0.1) == (not grows)


# --- credit -------------------------------------------------------------------------------


@tunings
def test_credit_is_the_response_for_weights_and_the_slope_for_what_tells_neighbours_apart(tuning):
    theta, separation = 0.35, 1e-3
    weights = np.random.default_rng(0).standard_normal(tuning.units)
    credit = unit_credit(tuning, theta, weights=weights, separation=separation)
    np.testing.assert_allclose(credit.readout, tuning(theta), rtol=1e-12)
    np.testing.assert_allclose(credit.preferred, -weights * tuning.slope(credit.offsets), atol=1e-12)
    slope = tuning.slope(credit.offsets)
    np.testing.assert_allclose(credit.discrimination / separation, slope, atol=2e-6)
    share = tuning.slope(credit.offsets) ** 2 / tuning(theta)
    np.testing.assert_allclose(credit.information, share, rtol=1e-12)


@pytest.mark.parametrize(
    "tuning",
    [*(VonMisesTuning(720, 3.0, kappa) for kappa in (0.3, 2.0, 9.0)), CosineTuning(720, 12.0, 10.0)],
    ids=repr,
)
def test_the_unit_with_most_credit_is_at_the_peak_for_a_value_and_on_the_flank_for_a_difference(tuning):
    credit, spacing = unit_credit(tuning, 0.0), 2.0 * math.pi / 720
    assert credit.largest("readout") == 0.0
    peak = np.abs(credit.offsets) == 0.0
    for kind, flank in [
        ("discrimination", tuning.steepest_offset),
        ("preferred", tuning.steepest_offset),
        ("information", tuning.most_informative_offset),
    ]:
        assert abs(credit.largest(kind) - flank) <= spacing
        assert abs(getattr(credit, kind)[peak][0]) < 1e-12


def test_the_most_informative_units_of_a_cosine_code_fire_below_baseline():
    tuning = CosineTuning(720, 12.0, 10.0)
    assert tuning.most_informative_offset > math.pi / 2
    assert tuning.response(tuning.most_informative_offset) < 12.0


def test_the_units_shares_add_up_to_the_information():
    tuning = VonMisesTuning(64, 3.0, 2.0)
    assert unit_credit(tuning, 0.3).information.sum() == pytest.approx(tuning.poisson_information, rel=1e-12)


def test_units_without_a_positive_mean_have_no_share():
    shares = unit_credit(CosineTuning(8, 1.0, 2.0), 0.0).information
    assert np.isnan(shares).sum() == 3 and np.isfinite(shares).sum() == 5


# --- the layer ----------------------------------------------------------------------------


def test_an_even_layer_is_the_tuning_curve_of_an_angle():
    code, tuning = PopulationCode(12, rate=1.5, kappa=3.0), VonMisesTuning(12, 1.5, 3.0)
    theta = np.linspace(-3.0, 3.0, 7)
    np.testing.assert_allclose(code.encode(theta[:, None]), tuning(theta), rtol=1e-13)
    np.testing.assert_array_equal(code.encode(theta), code.encode(theta[:, None]))


def test_a_number_and_itself_plus_a_period_are_encoded_alike():
    code, x = PopulationCode(10, 2, period=3.0), np.array([[0.2, -1.0], [2.0, 0.4]])
    np.testing.assert_allclose(code.encode(x + [3.0, -3.0]), code.encode(x), rtol=1e-12)
    assert code.encode(x).shape == (2, code.outputs) == (2, 20)
    assert code.parameter_count == 60


def test_features_are_encoded_apart():
    code = PopulationCode(10, 2)
    x = np.array([[0.2, -1.0]])
    parts = [PopulationCode(10).encode(x[:, [j]]) for j in range(2)]
    np.testing.assert_allclose(code.encode(x), np.concatenate(parts, axis=1))


def test_an_ensemble_of_layers_is_each_layer_apart():
    code, x = PopulationCode(6, 2), np.random.default_rng(0).uniform(-3, 3, (5, 2))
    theta = code.init(np.random.default_rng(1), ensemble=(3,))
    together = code(theta, x)
    assert together.shape == (3, 5, 12)
    for i in range(3):
        np.testing.assert_allclose(together[i], code(PopulationParameters(*(p[i] for p in theta)), x))
    again = code.init(np.random.default_rng(1), ensemble=(3,))
    np.testing.assert_array_equal(again.preferred, theta.preferred)


def test_the_layer_has_the_derivatives_of_its_input_and_of_all_its_parameters():
    code, rng = PopulationCode(4, 2, period=5.0), np.random.default_rng(2)
    theta, x = code.init(rng), rng.uniform(-2, 2, (3, 2))
    check_grads(lambda *parts: code(PopulationParameters(*parts[:3]), parts[3]), *theta, x)


def test_inside_a_net_the_credit_of_a_preferred_direction_is_error_times_weight_times_slope():
    """dL/dphi_i = -mean(e (-1) ...): the gradient of the layer is that of the tuning curve."""
    code, readout, rng = PopulationCode(8, kappa=2.0), MLP((8, 1), bias=False), np.random.default_rng(3)
    theta, x = code.init(rng), np.array([[0.3]])
    weights = readout.init(rng)
    gradient = grad(lambda p: readout(weights, code(p, x)).sum())(theta)
    offsets = 0.3 - theta.preferred[0]
    slope = VonMisesTuning(8, 1.0, 2.0).slope(offsets)
    np.testing.assert_allclose(gradient.preferred[0], -weights[0].weight[:, 0] * slope, rtol=1e-12)
    np.testing.assert_allclose(  # zero at the peak, as that of a preferred direction
        gradient.log_kappa[0],
        weights[0].weight[:, 0] * 2.0 * (np.cos(offsets) - 1.0) * np.exp(2.0 * (np.cos(offsets) - 1.0)),
        rtol=1e-12,
    )


def test_in_front_of_a_linear_net_it_makes_a_wave_of_three_turns_learnable():
    x = preferred_directions(60)[:, None]
    y = np.sin(3.0 * x)
    code = PopulationCode(24, kappa=4.0)
    loss = {}
    for name, encode in [("angle", lambda x: x), ("code", code.encode)]:
        z = encode(x)
        model = MLP((z.shape[1], 1), "linear")
        descent = training_map(
            lambda t, model=model, z=z: mean_squared_error(model(t, z), y),
            Adam(0.1),
            model.init(np.random.default_rng(4)),
        )
        final = simulate(descent, descent.initial_state, 200).final_state
        loss[name] = float(mean_squared_error(model(descent.parameters(final), z), y))
    assert loss["code"] < 1e-3 and loss["angle"] > 0.3


def test_as_a_hidden_stage_it_learns_with_the_nets_on_both_sides():
    rng = np.random.default_rng(5)
    before, code, after = MLP((2, 8, 1)), PopulationCode(12), MLP((12, 1))
    x = rng.uniform(-1.0, 1.0, (40, 2))
    y = np.sin(3.0 * (x[:, :1] + x[:, 1:]))
    start = {"before": before.init(rng), "code": code.init(rng), "after": after.init(rng)}

    def loss(t):
        return mean_squared_error(after(t["after"], code(t["code"], before(t["before"], x))), y)

    descent = training_map(loss, Adam(0.02), start)
    final = descent.parameters(simulate(descent, descent.initial_state, 300).final_state)
    assert float(loss(final)) < 0.05 * float(loss(start))
    assert np.abs(final["code"].preferred - start["code"].preferred).max() > 0.05


def test_the_layer_and_the_credit_refuse_what_does_not_fit():
    code = PopulationCode(8, 2)
    with pytest.raises(ValueError, match=r"input has shape \(5, 3\), expected \(..., batch, 2\)"):
        code.encode(np.ones((5, 3)))
    with pytest.raises(ValueError, match="preferred has shape"):
        code(PopulationCode(8, 1).even(), np.ones((5, 2)))
    with pytest.raises(ValueError, match="one or more features"):
        PopulationCode(8, 0)
    with pytest.raises(ValueError, match="period must be finite and above 0"):
        PopulationCode(8, period=0.0)
    with pytest.raises(ValueError, match=r"weights must have shape \(48,\)"):
        unit_credit(TUNINGS[0], 0.0, weights=np.ones(3))
    with pytest.raises(ValueError, match="separation"):
        unit_credit(TUNINGS[0], 0.0, separation=0.0)
    with pytest.raises(ValueError, match="unknown kind 'flank'"):
        unit_credit(TUNINGS[0], 0.0).largest("flank")
