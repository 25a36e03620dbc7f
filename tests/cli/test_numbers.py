"""From results to numbers: nothing is lost, and what is predicted stands beside what was measured."""

import json
from dataclasses import dataclass

import numpy as np

from learndyn.cli.numbers import describe, pairs, scalars, stopped
from learndyn.learning import HeavyBall


@dataclass(frozen=True, slots=True)
class Inner:
    gain: float
    predicted: np.ndarray
    measured: np.ndarray


@dataclass(frozen=True, slots=True)
class Outer:
    rule: HeavyBall
    inner: Inner
    cases: dict[tuple[str, int], Inner]
    large: np.ndarray
    multiplier: complex
    stopped: str | None = None

    @property
    def rate(self) -> float:
        return 0.5

    @property
    def predicted_rate(self) -> float:
        return 0.25

    @property
    def order(self) -> float:
        raise ValueError("too short a run")

    @property
    def period(self) -> int:
        return next(step for step in range(3) if step > 5)

    @property
    def _hidden(self) -> float:
        return 1.0


def example():
    inner = Inner(float("nan"), np.arange(3.0), np.arange(3.0) + 0.1)
    return Outer(HeavyBall(0.1, 0.9), inner, {("a", 1): inner}, np.arange(40.0).reshape(4, 10), 1 + 2j)


def test_scalars_have_dotted_names_and_count_properties():
    found = scalars(example())
    assert found["rule.momentum"] == 0.9
    assert found["rate"] == 0.5
    assert np.isnan(found["cases.a, 1.gain"])
    assert not {"order", "period", "_hidden", "stopped", "multiplier"} & set(found)


def test_predicted_numbers_stand_beside_the_measured():
    found = {pair.name: pair for pair in pairs(example())}
    assert list(found) == ["rate", "inner.measured", "cases.a, 1.measured"]
    assert (found["rate"].measured, found["rate"].predicted) == (0.5, 0.25)
    np.testing.assert_array_equal(found["inner.measured"].predicted, np.arange(3.0))


def test_all_of_a_result_is_in_strict_json_and_named_arrays():
    arrays = {}
    described = json.loads(json.dumps(describe(example(), "", arrays), allow_nan=False))
    assert described["rule"] == {"type": "HeavyBall", "step_size": 0.1, "momentum": 0.9}
    assert described["inner"]["gain"] == "nan"
    assert described["inner"]["predicted"] == [0.0, 1.0, 2.0]
    assert described["large"] == {"npz": "large", "shape": [4, 10], "dtype": "float64"}
    assert described["multiplier"] == {"real": 1.0, "imag": 2.0}
    np.testing.assert_array_equal(arrays["large"], example().large)
    np.testing.assert_array_equal(arrays["cases.a, 1.measured"], example().inner.measured)


def test_what_is_no_number_is_named_without_an_address():
    assert describe(example, "", {}).endswith("test_numbers.example")
    assert " at 0x" not in describe(object(), "", {})
    assert describe((np.float64(1.5), {2, 1}, None), "", {}) == [1.5, [1, 2], None]


def test_a_run_that_ended_early_says_so():
    assert stopped(example()) == []
    early = Outer(*(getattr(example(), name) for name in list(Outer.__slots__)[:5]), stopped="nan at step 3")
    assert stopped([early]) == ["0.stopped: nan at step 3"]
