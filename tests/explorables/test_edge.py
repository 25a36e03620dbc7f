"""The slider over the step size says at each position what became of the sharpness."""

import json

import numpy as np
import pytest

from learndyn.experiments import edge_of_stability, edge_steps
from learndyn.explorables.edge import sharpness_and_step
from learndyn.explorables.wording import scientific

STEPS = (0.05, 0.1, 0.25, 0.4)


@pytest.fixture(scope="module")
def result():
    return edge_steps.run(STEPS, duration=60.0, records=20)


@pytest.fixture(scope="module")
def flow():
    return edge_of_stability.flow(duration=60.0, records=11)


@pytest.fixture(scope="module")
def explorable(result, flow):
    return sharpness_and_step(result, flow, start=1)


def test_a_caption_names_what_became_of_the_run(explorable):
    kinds = ["Below the edge", "At the edge", "At the edge", "Lost"]
    assert all(kind in caption for kind, caption in zip(kinds, explorable.captions, strict=True))


def test_a_caption_says_where_it_settled_beside_two(result, explorable):
    for k in (1, 2):
        scaled = STEPS[k] * result.runs[k].sharpness
        late = scaled[len(scaled) // 2 :]
        assert f"ηλ = {late.mean():.2f} ± {late.std():.2f}" in explorable.caption(k)
        assert "beside 2." in explorable.caption(k)
        assert abs(late.mean() - 2.0) < 0.3


def test_below_the_edge_it_ends_at_the_sharpness_of_the_flow(result, flow, explorable):
    ends = result.runs[0].sharpness[-1], flow.sharpness[-1]
    assert f"ends at {ends[0]:.1f}, that of the flow at {ends[1]:.1f}" in explorable.caption(0)
    assert abs(ends[0] / ends[1] - 1.0) < 0.02


def test_a_lost_run_is_drawn_until_its_loss_has_left_the_panel(result, explorable):
    frame = shown(explorable, "loss")[3]
    one = result.runs[3]
    above = int(np.argmax(~(one.losses <= 20.0)))
    assert len(frame["loss"]) == len(frame["sharpness"]) == above + 1
    time, loss = 0.4 * one.steps[above], one.losses[above]
    assert (
        f"at t = {time:.1f} the loss is {scientific(loss)}, after {one.losses[0]:.2f}"
        in explorable.caption(3)
    )


def test_the_line_stands_at_two_over_the_step_size(explorable):
    edges = [frame["edge"] for frame in shown(explorable, "edge")]
    np.testing.assert_allclose(np.array(edges) * STEPS, 2.0, rtol=5e-3)


def test_the_same_result_gives_the_same_bytes_and_few_of_them(result, flow, explorable):
    assert sharpness_and_step(result, flow, start=1).html() == explorable.html()
    assert len(json.dumps(explorable.spec())) < 60_000


def shown(explorable, column):
    """Return the frames of the data that have this column."""
    sources = [each["values"] for each in explorable.spec()["data"] if "values" in each]
    return next(values for values in sources if column in values[0])
