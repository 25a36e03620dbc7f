"""The list of experiments is complete, and what it reads from sources is what Python finds."""

import dataclasses
import inspect
from importlib import import_module

import pytest

from learndyn.cli.catalogue import EXCEPTIONS, entries, find
from learndyn.cli.rules import rule_classes
from learndyn.cli.sources import sources
from learndyn.cli.status import UsageError
from learndyn.cli.topics import topics
from learndyn.experiments.predictions import TOPICS
from learndyn.learning import rules


def test_every_module_is_an_experiment_or_an_exception_with_a_reason():
    runnable = {entry.module for entry in entries().values()}
    lost = set(sources("experiments")) - runnable - set(EXCEPTIONS)
    assert not lost, (
        f"give {sorted(lost)} a run with parameters that text can hold, or name them in EXCEPTIONS"
    )
    assert not runnable & set(EXCEPTIONS)
    assert all(EXCEPTIONS.values())


def test_every_exception_is_a_module():
    assert set(EXCEPTIONS) <= set(sources("experiments"))


@pytest.mark.parametrize("name", ["edge-of-stability", "attractor-ring.onset", "xor-saddle", "rate-cycle"])
def test_parameters_are_those_of_the_function_and_so_are_the_defaults(name):
    entry = find(name)
    signature = inspect.signature(entry.load()).parameters
    known = [*(parameter.name for parameter in entry.parameters), *entry.fixed]
    plain = [p.name for p in signature.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    assert sorted(known) == sorted(plain)
    for parameter in entry.parameters:
        assert parameter.required == (signature[parameter.name].default is inspect.Parameter.empty)


def test_every_experiment_has_a_line_and_a_name_that_a_file_can_have():
    for name, entry in entries().items():
        assert entry.summary, name
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzJP0123456789-."), name


def test_a_drawing_takes_the_class_that_the_experiment_returns():
    # Two modules have a class Estimates: their names alone would mix them up.
    assert [function for _, function, _ in find("chaos-gradients").drawings] == []
    assert ("credit_noise", "estimates", "one") in find("credit-estimates").drawings
    for entry in entries().values():
        for module, function, _ in entry.drawings:
            drawing = getattr(import_module(f"learndyn.plots.{module}"), function)
            wanted = next(iter(inspect.signature(drawing).parameters.values())).annotation
            assert set(wanted.replace("[", " ").replace("]", " ").replace(",", " ").split()) & set(
                entry.result.replace("[", " ").replace("]", " ").replace(",", " ").split()
            ), (entry.name, function)


def test_topics_are_those_of_the_table_and_name_what_they_use():
    assert set(topics()) == set(TOPICS)
    assert "edge_of_stability" in topics()["edge of stability"]
    assert "central_path" in topics()["central flow"]
    modules = set(sources("experiments"))
    assert all(used and used <= modules | {"landscape_problems"} for used in topics().values())


def test_every_rule_can_be_named():
    exported = {
        value for value in vars(rules).values()
        if inspect.isclass(value) and dataclasses.is_dataclass(value) and hasattr(value, "step")
    }  # fmt: skip
    assert set(rule_classes().values()) == exported


def test_a_wrong_name_is_told_the_nearest_and_a_part_its_parts():
    with pytest.raises(UsageError, match="Did you mean edge-of-stability"):
        find("edge-of-stablity")
    with pytest.raises(UsageError, match="It has parts: attractor-ring.onset"):
        find("attractor-ring")
    with pytest.raises(UsageError, match="takes a loss, which is a function"):
        find("valley-paths")
    with pytest.raises(UsageError, match="python -m learndyn lists them"):
        find("qqqq")


def test_underscores_do_for_hyphens():
    assert find("edge_of_stability") is find("edge-of-stability")
