"""Update rules by name: ``--rule adam --step-size 0.001 --beta1 0.9``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from typing import Any

DEFAULT = "gradient-descent"


@cache
def rule_classes() -> dict[str, type]:
    """Return the rules by their names on the command line."""
    from ..learning import rules

    return {
        "gradient-descent": rules.GradientDescent,
        "heavy-ball": rules.HeavyBall,
        "nesterov": rules.Nesterov,
        "rmsprop": rules.RMSProp,
        "adam": rules.Adam,
        "adamw": rules.AdamW,
        "amsgrad": rules.AMSGrad,
    }


def rule_fields() -> dict[str, tuple[Field[Any], list[str]]]:
    """Return every hyperparameter, with the names of the rules that have it."""
    found: dict[str, tuple[Field[Any], list[str]]] = {}
    for name, rule in rule_classes().items():
        for field in fields(rule):
            found.setdefault(field.name, (field, []))[1].append(name)
    return found


def make_rule(name: str | None, given: Mapping[str, Any], default: Any = None) -> Any:
    """Make a rule from its name and hyperparameters.

    Parameters
    ----------
    name : str or None
        None takes that of ``default``, and its other hyperparameters.
    given : mapping of str to value
        Hyperparameters.
    default : Rule, optional
        What the experiment takes by itself.

    Raises
    ------
    ValueError
        If the rule does not have one of them, or needs another, or one is out of its range.
    """
    classes = rule_classes()
    if name is None and default is not None:
        name = next(key for key, rule in classes.items() if type(default) is rule)
    else:
        default = None
    name = name or DEFAULT
    known = {field.name: field for field in fields(classes[name])}
    wrong = [key for key in given if key not in known]
    if wrong:
        raise ValueError(f"rule {name} has no {wrong[0]}. It has: {', '.join(known)}")
    if default is not None:
        return replace(default, **given)
    needed = [
        key
        for key, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING and key not in given
    ]
    if needed:
        raise ValueError(f"rule {name} needs {' and '.join('--' + key.replace('_', '-') for key in needed)}")
    return classes[name](**given)
