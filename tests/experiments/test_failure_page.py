"""Six runs with one curve, what helps each, plateaus that end, lost numbers, and answers that were kept."""

import json
from dataclasses import replace

import numpy as np
import pytest

from learndyn.experiments import equal_curves, failure_records, first_nan, plateau_end, remedies
from learndyn.experiments.equal_curves import GOAL, KINDS, PLATEAU, SCALE, STEP
from learndyn.experiments.failures import LATER_SEEDS, SEEDS, answer
from learndyn.learning import GradientDescent, mean_squared_error
from learndyn.learning.diagnosis import Cause, diagnose

OWN = {
    "no product": "larger model",
    "zero weights": "separate units",
    "small weights": "push",
    "small input": "rescale inputs",
    "tiny weights, deep": "critical weights",
    "long step": "shorter step",
}


@pytest.fixture(scope="module")
def six():
    return equal_curves.run()


@pytest.fixture(scope="module")
def tried(six):
    return remedies.run(six)


def test_six_runs_have_one_loss_curve_the_one_of_the_bias_alone(six):
    assert six.losses.shape == (6, equal_curves.STEPS + 1)
    assert six.spreads[20:].max() < 2e-3
    np.testing.assert_allclose(six.losses[:, -1], PLATEAU, atol=3e-4)
    np.testing.assert_allclose(six.runs["zero weights"].losses, six.predicted, atol=1e-12)
    np.testing.assert_allclose(six.runs["small weights"].losses, six.predicted, atol=1e-4)


def test_the_slow_mode_decays_at_the_rate_of_its_curvature(six):
    w = six.setups["small input"].start[0].weight[-1, 0]
    residual = (0.5 + SCALE * w) * (1.0 - 2.0 * STEP * SCALE**2) ** np.arange(1001)
    np.testing.assert_allclose(six.runs["small input"].losses[200:], residual[200:] ** 2, rtol=1e-12)


def test_only_the_affine_model_without_the_product_is_at_a_minimum(six):
    points = {point.name: point for point in equal_curves.end_points(six)}
    close = {name: int((np.abs(p.multipliers - 1.0) < 1e-3).sum()) for name, p in points.items()}
    assert list(close.values()) == [0, 32, 32, 1, 318, 32]
    assert points["zero weights"].neutral == points["long step"].neutral == 32
    np.testing.assert_allclose(points["no product"].multipliers, 1.0 - 2.0 * STEP, atol=1e-12)
    assert points["small input"].nearest == pytest.approx(2.0 * STEP * SCALE**2, rel=1e-6)
    assert points["small weights"].neutral == 0 and points["small weights"].growing == 16


@pytest.mark.parametrize("seed", [0, 6])
def test_each_of_the_six_is_named_by_its_cause(seed):
    for kind in KINDS:
        said = answer(kind, seed)
        assert said.failed and said.named == tuple(kind.causes), (kind.name, said.named)


def test_each_run_is_helped_by_the_remedy_of_its_cause_and_no_remedy_helps_more_than_two(tried):
    for kind, remedy in OWN.items():
        assert tried.loss(kind, remedy) <= GOAL, kind
    assert (tried.before > GOAL).all()
    assert tried.cured.sum(axis=0).max() == 2 and tried.cured.sum() == 9
    assert not tried.cured[:, tried.remedies.index("more steps")].any()


def test_a_remedy_that_finds_nothing_to_change_changes_nothing(six, tried):
    for kind in ("no product", "small weights", "small input"):
        assert tried.loss(kind, "separate units") == six.runs[kind].losses[-1]
    for kind in tried.kinds:
        if kind != "small input":
            assert tried.loss(kind, "rescale inputs") == six.runs[kind].losses[-1]


@pytest.mark.parametrize("seed", [1, 4])
def test_the_remedies_of_other_seeds_work_too(seed):
    runs = equal_curves.run(seed=seed)
    for kind, remedy in OWN.items():
        treated = remedies.REMEDIES[remedy](runs.setups[kind], np.random.default_rng(seed))
        assert remedies._loss(remedies._train(treated)) <= GOAL, kind


def test_a_larger_model_keeps_the_size_of_the_weights(six):
    rng = np.random.default_rng(0)
    larger = remedies.larger_model(six.setups["tiny weights, deep"], rng)
    assert larger.model.widths == (2, *[18] * 8, 1)
    for layer in larger.start[1:-1]:
        assert np.sqrt(np.mean(layer.weight**2) * 18) == pytest.approx(0.25, rel=0.25)
    zero = remedies.larger_model(six.setups["zero weights"], rng)
    assert all(not layer.weight.any() for layer in zero.start)
    assert remedies.larger_model(six.setups["no product"], rng).model.widths == (2, 16, 1)


def test_each_of_two_causes_can_hide_the_other(six):
    setup = six.setups["zero weights"]
    named = {}
    for eta in (0.3, 0.9):
        rule = GradientDescent(eta)
        record = remedies._train(replace(setup, rule=rule))
        named[eta] = diagnose(
            record, loss=setup.loss, rule=rule, start=setup.start, model=setup.model, data=setup.data
        ).causes
    assert named == {0.3: (Cause.SYMMETRY,), 0.9: ()}
    separated = remedies.separate_units(setup, np.random.default_rng(0))
    ends = {
        (name, eta): remedies._loss(remedies._train(replace(start, rule=GradientDescent(eta))))
        for name, start in (("alike", setup), ("apart", separated))
        for eta in (0.09, 0.3, 0.9)
    }
    assert {pair for pair, loss in ends.items() if loss <= GOAL} == {("apart", 0.3), ("apart", 0.09)}, ends


def test_a_gradient_on_a_plateau_grows_by_the_curvature_and_tells_when_the_plateau_ends():
    waited = plateau_end.run()
    assert waited.predicted_growth == pytest.approx(1.0 + 0.05 * 2.0 / 3.0)
    assert waited.growth == pytest.approx(waited.predicted_growth, abs=1e-8)
    assert waited.diagnosis.causes == (Cause.SADDLE,)
    assert waited.left - waited.judged == pytest.approx(waited.predicted_left - waited.judged, rel=0.1)
    assert waited.losses[-1] < 1e-9


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_a_step_too_long_overflows_at_the_step_that_its_modes_say(seed):
    run = first_nan.long_step(seed=seed)
    assert run.seen == run.predicted
    assert run.diagnosis.causes == (Cause.STEP,) and run.growth > 1e100


@pytest.mark.parametrize(("seed", "steps"), [(2, 400), (4, 700), (6, 500)])
def test_a_probability_rounds_to_one_at_a_logit_of_53_ln_2(seed, steps):
    run = first_nan.rounded_probability(seed=seed, steps=steps)
    assert run.seen == run.predicted > 100
    assert run.diagnosis.causes == (Cause.NUMERICAL,) and run.growth < 10
    assert dict(run.diagnosis.findings[0].evidence)["first operation that is not finite"] == "log"
    stable = first_nan.stable_losses(seed=seed, steps=steps)
    np.testing.assert_allclose(run.losses[: run.seen], stable[: run.seen], rtol=1e-9)
    assert np.isfinite(stable).all() and stable[-1] < stable[run.seen]


def test_logits_that_stay_small_are_an_error_that_says_so():
    with pytest.raises(ValueError, match=r"rounded_probability: no logit comes to 36\.74 in 50 steps"):
        first_nan.rounded_probability(steps=50)


def test_the_slope_of_a_norm_at_zero_shows_in_the_loss_one_step_later():
    run = first_nan.norm_at_zero()
    evidence = dict(run.diagnosis.findings[0].evidence)
    assert (run.seen, evidence["in step"]) == (run.predicted, "0") == (1, "0")
    assert evidence["first operation that is not finite"] == "sqrt"
    assert np.isfinite(run.losses[0])


def test_the_answers_that_were_kept_are_those_that_are_given_now():
    """A draw of kinds and seeds; the test of the study itself compares a whole seed."""
    rng = np.random.default_rng(20)
    kept = failure_records.read()
    new = failure_records.read(failure_records.NEW_SEEDS, kinds=failure_records.NEW_KINDS)
    for stored in (*rng.choice(kept.answers, 12, replace=False), *rng.choice(new.answers, 3, replace=False)):
        now = answer(stored.kind, stored.seed)
        assert set(now.named) - now.kind.also == set(stored.named) - now.kind.also, (now.kind.name, now.seed)
        assert now.failed == stored.failed


def test_of_the_kept_answers_at_most_five_percent_are_wrong_and_no_healthy_run_has_an_alarm():
    for seeds, count in ((SEEDS, 100), (LATER_SEEDS, 200)):
        part = failure_records.read(seeds)
        assert len(part.failures) == count and all(answer.failed for answer in part.failures)
        assert part.error_rate <= 0.05 and part.false_alarms == 0
        assert sum(answer.failed for answer in part.healthy) > 10
    new = failure_records.read(failure_records.NEW_SEEDS, kinds=failure_records.NEW_KINDS)
    assert len(new.failures) == 60 and all(answer.failed for answer in new.failures)
    assert new.error_rate <= 0.05


def test_answers_that_are_written_are_read_again(tmp_path):
    kept = failure_records.read(SEEDS[:2])
    failure_records.write(kept.answers, tmp_path / "some.json")
    again = failure_records.read(SEEDS[:2], path=tmp_path / "some.json")
    assert again == kept
    np.testing.assert_array_equal(again.table, kept.table)


def test_a_file_that_is_missing_or_another_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file gone\.json\. Make it with python -m"):
        failure_records.read(path=tmp_path / "gone.json")
    path = tmp_path / "other.json"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"other\.json is not JSON"):
        failure_records.read(path=path)
    path.write_text(json.dumps({"linear model on XOR": {"300": ["UNKNOWN"]}}))
    with pytest.raises(ValueError, match=r"other\.json lacks 'UNKNOWN'"):
        failure_records.read((300,), path=path)


def test_the_loss_of_the_best_constant_is_a_quarter():
    half = np.full((4, 1), 0.5)
    assert float(mean_squared_error(half, equal_curves.TARGETS)) == PLATEAU
