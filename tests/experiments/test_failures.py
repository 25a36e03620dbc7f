"""Failures made on purpose: the cause that was built in is the cause that is named."""

import numpy as np
import pytest

from learndyn.experiments import failure_records
from learndyn.experiments.failing_runs import FAILURES
from learndyn.experiments.failures import LATER_SEEDS, SEEDS, run
from learndyn.experiments.healthy_runs import HEALTHY
from learndyn.learning.diagnosis import Cause


@pytest.fixture(scope="module")
def study():
    """One seed of each kind; the page has all, from a file."""
    return run(seeds=SEEDS[:1], healthy_seeds=SEEDS[1:2], progress=False)


def test_there_are_enough_kinds_and_each_cause_has_one():
    assert len(FAILURES) >= 12 and len(FAILURES) * len(SEEDS) >= 60
    assert len(HEALTHY) * len(SEEDS) >= 20
    assert set.union(*(set(kind.causes) for kind in FAILURES)) == set(Cause)
    assert sum(len(kind.causes) == 2 for kind in FAILURES) >= 3
    development = {*range(5), *range(100, 105), *range(200, 205)}
    assert not development & {*SEEDS, *LATER_SEEDS} and not set(SEEDS) & set(LATER_SEEDS)


def test_the_answers_that_were_kept_are_those_that_are_given_now(study):
    kept = {(answer.kind.name, answer.seed): answer for answer in failure_records.read().answers}
    for now in study.answers:
        then = kept[now.kind.name, now.seed]
        assert set(now.named) - now.kind.also == set(then.named) - now.kind.also, now.kind.name
        assert now.failed == then.failed


def test_all_failures_fail_and_the_causes_are_named(study):
    assert all(answer.failed for answer in study.failures)
    wrong = [(a.kind.name, a.seed, a.diagnosis.verdict) for a in study.wrong if a.kind.causes]
    assert len(wrong) <= 0.05 * len(study.failures), wrong


def test_no_healthy_run_raises_an_alarm_although_some_have_not_finished(study):
    assert study.false_alarms == 0
    unfinished = [answer for answer in study.healthy if answer.failed]
    assert len(unfinished) >= 2
    assert all("no fault found" in str(answer.diagnosis).lower() for answer in study.healthy)


def test_the_cause_that_explains_most_is_the_one_that_was_built_in(study):
    for answer in study.failures:
        shares = [finding.explained for finding in answer.diagnosis.findings]
        assert shares == sorted(shares, reverse=True) and all(0.0 <= s <= 1.0 for s in shares)
        assert answer.diagnosis.causes[0] in answer.kind.causes, answer.kind.name


def test_two_causes_share_what_there_is_to_explain(study):
    pairs = [answer for answer in study.failures if len(answer.kind.causes) == 2]
    for answer in pairs:
        assert len(answer.diagnosis.findings) == 2
        assert sum(f.explained for f in answer.diagnosis.findings) <= 1.05


def test_the_table_counts_every_answer(study):
    assert study.table.shape == (len(study.rows), len(study.columns))
    named = [max(1, len(answer.diagnosis.findings)) for answer in study.answers]
    assert study.table.sum() == np.sum(named)
    assert study.error_rate == pytest.approx(
        np.mean([not answer.right for answer in study.failures])
    )


def test_the_evidence_agrees_with_how_the_runs_were_made(study):
    found = {answer.kind.name: answer.diagnosis.findings[0].measured for answer in study.failures}
    assert found["descent, 3 times the limit"]["ratio"] == pytest.approx(3.0, rel=1e-3)
    assert found["heavy ball beyond its limit"]["ratio"] == pytest.approx(1.2, rel=1e-3)
    assert found["linear model on XOR"]["best"] == pytest.approx(0.25, abs=1e-12)
    assert found["identical units"]["lost_units"] == 3.0
    assert found["overflow in the loss"]["step"] == 0.0
    assert found["badly scaled inputs"]["condition"] > 1e5
    # Hessian of a linear net at the saddle: -2 s_3 / 3 = -2/3 for the mean over 3 outputs
    assert found["start at a saddle"]["lowest"] == pytest.approx(-2.0 / 3.0, rel=1e-3)
    assert found["start at a saddle"]["index"] == 1.0
    for name in ("deep net, tiny weights", "deep net, huge weights"):
        assert found[name]["rate"] == pytest.approx(found[name]["theory"], abs=0.5)
