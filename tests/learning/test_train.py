"""Training runs: what is recorded, where they stop, and that they go on to the bit."""

import numpy as np
import pytest

from learndyn import MLP, mean_squared_error, simulate, training_map
from learndyn.autodiff.tree import leaves
from learndyn.learning import (
    Adam,
    AdamW,
    AMSGrad,
    Clipped,
    ClippedByValue,
    Cosine,
    Exponential,
    GradientDescent,
    HeavyBall,
    LinearWarmup,
    Minibatches,
    Nesterov,
    RMSProp,
    Scheduled,
    load_state,
    save_state,
    train,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((10, 2))
Y = np.sin(X.sum(axis=1, keepdims=True))
MODEL = MLP((2, 4, 1))
THETA = MODEL.init(np.random.default_rng(1))
RULES = [
    GradientDescent(0.1),
    HeavyBall(0.05),
    Nesterov(0.05),
    RMSProp(0.01),
    Adam(0.01),
    Adam(0.01, bias_correction=False),
    AMSGrad(0.01),
    AdamW(0.01),
    Scheduled(Adam(0.01), LinearWarmup(5, Cosine(20))),
    Scheduled(HeavyBall(0.01), Exponential(0.97)),
    Scheduled(Clipped(Nesterov(0.05), 0.1), Cosine(25)),
    ClippedByValue(Adam(0.01), 0.1),
]


def loss(theta, x=X, y=Y):
    return mean_squared_error(MODEL(theta, x), y)


def batches():
    return Minibatches(X, Y, batch_size=4, rng=3)


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("cut", [batches, lambda: None], ids=["minibatches", "all"])
def test_a_run_that_is_resumed_from_a_file_is_the_uninterrupted_run_to_the_bit(rule, cut, tmp_path):
    whole = train(loss, rule, THETA, 23, batches=cut(), keep_states=True)
    first = train(loss, rule, THETA, 10, batches=cut(), keep_states=True)
    save_state(tmp_path / "state.npz", first)
    resumed = load_state(tmp_path / "state.npz")
    other = MODEL.init(np.random.default_rng(99))  # only its structure counts
    rest = train(loss, rule, other, 13, batches=cut(), keep_states=True, resume=resumed)
    np.testing.assert_array_equal(first.states, whole.states[:11])
    np.testing.assert_array_equal(rest.states, whole.states[10:])
    np.testing.assert_array_equal(rest.times, whole.times[10:])
    np.testing.assert_array_equal(rest.losses, whole.losses[10:])
    np.testing.assert_array_equal(rest.gradient_norms, whole.gradient_norms[10:])
    assert rest.state.steps == 23
    for a, b in zip(leaves(rest.theta), leaves(whole.theta), strict=True):
        np.testing.assert_array_equal(a, b)


def test_training_is_simulate_of_the_training_map():
    rule = Adam(0.01)
    training = training_map(loss, rule, THETA)
    expected = simulate(training, training.initial_state, 12)
    run = train(loss, rule, THETA, 12, keep_states=True)
    np.testing.assert_array_equal(run.states, expected.states)
    np.testing.assert_array_equal(run.times, expected.times)
    for row, z in enumerate(expected.states):
        value, gradient = training.value_and_gradient(z)
        assert run.losses[row] == value
        assert run.gradient_norms[row] == np.linalg.norm(gradient)


@pytest.mark.parametrize("every", [1, 3, 7, 100])
@pytest.mark.parametrize("steps", [0, 1, 14])
def test_thinning_keeps_rows_of_the_full_record(steps, every):
    norm = {"norm": lambda theta: [np.linalg.norm(layer.weight) for layer in theta]}
    whole = train(loss, HeavyBall(0.1), THETA, steps, observe=norm)
    thin = train(loss, HeavyBall(0.1), THETA, steps, observe=norm, every=every, keep_states=True)
    due = sorted({*range(0, steps + 1, every), steps})
    np.testing.assert_array_equal(thin.times, due)
    np.testing.assert_array_equal(thin.losses, whole.losses[due])
    np.testing.assert_array_equal(thin.observables["norm"], whole.observables["norm"][due])
    assert len(thin.states) == len(due)
    assert whole.observables["norm"].shape == (steps + 1, 2)


def test_a_long_run_keeps_no_states_unless_asked():
    assert train(loss, GradientDescent(0.1), THETA, 5).states is None


def test_the_loss_falls_and_the_returned_parameters_have_the_last_loss():
    run = train(loss, Adam(0.02), THETA, 300, every=50)
    assert run.losses[-1] < 0.05 * run.losses[0]
    assert float(loss(run.theta)) == pytest.approx(run.losses[-1], rel=1e-14)
    assert run.stopped is None


def test_the_condition_sees_parameters_and_loss_and_costs_no_evaluation():
    calls = 0

    def counted(theta):
        nonlocal calls
        calls += 1
        return loss(theta)

    free = train(loss, GradientDescent(0.1), THETA, 60)
    target = free.losses[25]
    run = train(
        counted, GradientDescent(0.1), THETA, 60, stop_when=lambda theta, value: value <= target
    )
    assert run.times[-1] == run.state.steps == 25
    np.testing.assert_array_equal(run.losses, free.losses[:26])
    assert "at step 25" in run.stopped
    assert calls == 26  # one at each of 26 states
    seen = []
    train(loss, GradientDescent(0.1), THETA, 3, stop_when=lambda theta, value: seen.append(theta))
    assert [layer.weight.shape for layer in seen[0]] == [(2, 4), (4, 1)]


def test_a_diverging_run_ends_with_what_there_is_and_says_where():
    run = train(lambda w: (w**4).sum(), GradientDescent(10.0), np.array([3.0]), 100, every=1000)
    assert "NaN or infinite" in run.stopped
    assert 0 < run.times[-1] == run.state.steps < 100
    assert len(run.losses) == len(run.times) == 2
    assert run.losses[0] == 81.0
    more = train(lambda w: (w * w).sum(), GradientDescent(1e200), np.array([1.0]), 9, keep_states=True)
    assert len(more.states) == len(more.times)


def test_the_message_of_a_resumed_run_says_what_steps_are_counted_from():
    first = train(loss, GradientDescent(0.1), THETA, 7)
    rest = train(
        loss, GradientDescent(0.1), THETA, 7, resume=first, stop_when=lambda theta, value: True
    )
    assert rest.times.tolist() == [7]
    assert "counted from step 7" in rest.stopped


def test_a_run_may_go_on_with_another_step_size():
    first = train(loss, Adam(0.1), THETA, 3)
    assert train(loss, Adam(0.01), THETA, 3, resume=first).state.steps == 6


def test_an_error_in_the_loss_names_the_step():
    calls = 0

    def failing(theta):
        nonlocal calls
        calls += 1
        if calls == 4:
            raise RuntimeError("the data are gone")
        return loss(theta)

    with pytest.raises(RuntimeError, match="the data are gone") as caught:
        train(failing, GradientDescent(0.1), THETA, 10)
    assert any("step 4" in note for note in caught.value.__notes__)


def test_bad_counts_and_observables_say_what_is_wrong():
    rule = GradientDescent(0.1)
    with pytest.raises(ValueError, match="train: every must be at least 1, got 0"):
        train(loss, rule, THETA, 3, every=0)
    with pytest.raises(ValueError, match="train: steps must be at least 0, got -1"):
        train(loss, rule, THETA, -1)
    with pytest.raises(TypeError, match=r"train: steps must be an integer, got 2\.5"):
        train(loss, rule, THETA, 2.5)
    shapes = iter([1, 2])
    with pytest.raises(ValueError, match=r"the observable 'x' had shape \(1,\) and has shape \(2,\)"):
        train(loss, rule, THETA, 1, observe={"x": lambda theta: np.ones(next(shapes))})


# --- files --------------------------------------------------------------------------------


def test_a_state_of_another_model_or_rule_is_refused_with_the_difference():
    run = train(loss, Adam(0.01), THETA, 3)
    with pytest.raises(ValueError, match="it was made by Adam, this run uses AdamW"):
        train(loss, AdamW(0.01), THETA, 3, resume=run)
    wide = MLP((2, 5, 1)).init(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"\[0\].weight \(2, 4\).* has \[0\].weight \(2, 5\)"):
        train(loss, Adam(0.01), wide, 3, resume=run)
    with pytest.raises(ValueError, match="it has 52 numbers, this run has 53: .* minibatches"):
        train(loss, Adam(0.01), THETA, 3, resume=run, batches=batches())
    with pytest.raises(TypeError, match="received ndarray. Pass a Run or its state"):
        train(loss, Adam(0.01), THETA, 3, resume=run.state.z)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "state"
    save_state(path, train(loss, Adam(0.01), THETA, 3))
    before = path.read_bytes()

    def half(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="no space left"):
        save_state(path, train(loss, Adam(0.01), THETA, 5))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["state"]


def test_a_file_that_is_no_state_says_so(tmp_path):
    path = tmp_path / "state.npz"
    with pytest.raises(FileNotFoundError):
        load_state(path)
    save_state(path, train(loss, Adam(0.01), THETA, 3))
    whole = path.read_bytes()
    for damaged in (b"", b"no archive", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is not a training state that save_state wrote"):
            load_state(path)
    np.savez(path, weights=np.ones(3))
    with pytest.raises(ValueError, match="is not a training state"):
        load_state(path)
    with pytest.raises(TypeError, match="save_state: received list"):
        save_state(path, [1.0])
