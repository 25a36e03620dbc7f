"""The report: what it prints, what it shows, and what it refuses."""

import numpy as np
import pytest

from learndyn.learning import MLP, GradientDescent, Minibatches, mean_squared_error, train, zeros
from learndyn.learning.diagnosis import Cause, Diagnosis, Finding, diagnose

FINDING = Finding(
    Cause.STEP, 0.75, (("step size", "0.5 <b>"), ("lambda_max & co", "6")), "shorten it",
    {"ratio": 1.5},
)
REPORT = Diagnosis((FINDING,), False, 2.0, 0.1, 1.0, 40, "")
X = np.random.default_rng(0).standard_normal((20, 2))
Y = X @ np.array([[1.0], [-2.0]])
MODEL = MLP((2, 1))


def loss(theta):
    return mean_squared_error(MODEL(theta, X), Y)


def trained(steps=60, **options):
    start = MODEL.init(np.random.default_rng(1))
    rule = GradientDescent(0.1)
    return start, rule, train(loss, rule, start, steps, progress=False, **options)


def test_the_text_names_cause_share_evidence_and_advice_in_aligned_lines():
    lines = str(REPORT).splitlines()
    assert lines[0] == "Diagnosis: step beyond the stability limit"
    assert "1. step beyond the stability limit, explains 75%" in lines
    shown = [(line, value) for line in lines for value in ("0.5 <b>", "6") if line.endswith(value)]
    columns = {line.rindex(value) for line, value in shown}
    assert len(columns) == 1 and lines[-1].endswith("shorten it")
    assert max(map(len, lines)) <= 110


def test_the_html_escapes_what_it_shows_and_takes_its_colours_from_the_page():
    from html.parser import HTMLParser

    html = REPORT._repr_html_()
    assert "0.5 &lt;b&gt;" in html and "lambda_max &amp; co" in html and "<b>" not in html
    assert "var(--ld-grid" in html and "color: inherit" in html
    opened = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag != "br":
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Balanced().feed(html)
    assert not opened and html.count("<th ") == 3


def test_a_run_that_reached_its_goal_has_no_fault():
    start, rule, run = trained()
    said = diagnose(run, loss=loss, rule=rule, start=start, model=MODEL, data=(X, Y))
    assert said.reached and not said.findings and said.verdict == "no fault found"
    assert "reached its goal" in str(said) and "reached its goal" in said._repr_html_()


def test_the_reference_is_the_variance_of_the_targets_for_the_mean_squared_error():
    start, rule, run = trained()
    said = diagnose(run, loss=loss, rule=rule, start=start, model=MODEL, data=(X, Y))
    assert said.reference == pytest.approx(np.var(Y), rel=1e-9)
    assert said.goal == pytest.approx(0.05 * np.var(Y), rel=1e-9)


def test_kept_states_stand_for_the_start_and_for_the_path():
    start, rule, run = trained(8, keep_states=True)
    options = {"loss": loss, "rule": rule, "model": MODEL, "data": (X, Y), "goal": 1e-9}
    a, b = diagnose(run, **options), diagnose(run, start=start, **options)
    assert a == b


def test_a_start_that_is_not_the_runs_own_is_refused():
    _, rule, run = trained()
    with pytest.raises(ValueError, match="kept no states. Pass start="):
        diagnose(run, loss=loss, rule=rule)
    other = MODEL.init(np.random.default_rng(2))
    with pytest.raises(ValueError, match="the run began at"):
        diagnose(run, loss=loss, rule=rule, start=other)


def test_minibatches_need_the_whole_data():
    batches = Minibatches(X, Y, batch_size=5, rng=0)
    start, rule = MODEL.init(np.random.default_rng(1)), GradientDescent(0.1)

    def on_batch(theta, x, y):
        return mean_squared_error(MODEL(theta, x), y)

    run = train(on_batch, rule, start, 50, batches=batches, progress=False)
    with pytest.raises(ValueError, match="needs data="):
        diagnose(run, loss=on_batch, rule=rule, start=start, batches=batches)
    said = diagnose(
        run, loss=on_batch, rule=rule, start=start, batches=batches, model=MODEL, data=(X, Y)
    )
    assert said.loss == pytest.approx(float(loss(run.theta)))


def test_the_same_seed_gives_the_same_diagnosis():
    model = MLP((2, 3, 1))
    start = model.init(np.random.default_rng(0), initialiser=zeros)

    def tanh_loss(theta):
        return mean_squared_error(model(theta, X), Y)

    run = train(tanh_loss, GradientDescent(0.05), start, 40, progress=False)
    reports = [
        str(diagnose(run, loss=tanh_loss, rule=GradientDescent(0.05), start=start, model=model,
                     data=(X, Y), seed=3))
        for _ in range(2)
    ]  # fmt: skip
    assert reports[0] == reports[1] and "symmetry trap" in reports[0]
