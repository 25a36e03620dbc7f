"""Pictures of costs: each has its name and says in words what it shows."""

import pytest

from learndyn.experiments import checkpointing, gradient_costs, graph_sharing, mode_costs
from learndyn.plots.checkpointing import live_results
from learndyn.plots.gradient_costs import gradient_ratio
from learndyn.plots.graph_sharing import paths_and_rules
from learndyn.plots.mode_costs import cost_ratio


@pytest.mark.parametrize(
    ("draw", "run"),
    [
        (paths_and_rules, lambda: graph_sharing.run(range(1, 11), walk_up_to=5)),
        (live_results, lambda: checkpointing.run(36)),
        (cost_ratio, lambda: mode_costs.run((1, 3), ((2,), (3, 3)))),
        (gradient_ratio, lambda: gradient_costs.run((1, 4), (2, 3))),
    ],
)
def test_a_picture_is_the_same_twice_and_carries_its_name(draw, run):
    result = run()
    first, second = draw(result, name="some-name"), draw(result, name="some-name")
    assert first.svg() == second.svg()
    assert first.name == "some-name"
    assert "logarithmic" in first.alt or "dashed line" in first.alt
