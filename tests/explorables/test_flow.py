"""The slider over the step says at each position how far descent is from its flows, and on which side."""

import json

import numpy as np
import pytest

from learndyn.experiments import descent_beside_flow
from learndyn.explorables.flow import descent_and_flows

PRODUCTS = np.array([0.1, 0.5, 1.0, 1.6, 2.0, 2.2])
CURVATURES = np.array([0.5, 2.0])


@pytest.fixture(scope="module")
def explorable():
    return descent_and_flows(descent_beside_flow.run(PRODUCTS / 2.0), start=1)


def test_a_caption_names_what_the_points_do(explorable):
    kinds = [
        "on one side of the floor", "on one side of the floor", "empties the steep mode",
        "jump across the floor, as", "for ever", "diverges",
    ]  # fmt: skip
    assert all(kind in caption for kind, caption in zip(kinds, explorable.captions, strict=True))


def test_the_sides_that_a_caption_claims_are_those_of_the_closed_form(explorable):
    for s, caption in zip(PRODUCTS, explorable.captions, strict=True):
        steep = (1.0 - s) ** np.arange(1, 4)
        assert ("jump across" in caption or "diverges" in caption) == bool(np.any(steep < 0.0))


def test_a_caption_says_both_distances_and_their_orders(explorable):
    for s, caption in zip(PRODUCTS, explorable.captions, strict=True):
        (far, near), halved = distances(s / 2.0), distances(s / 4.0)
        first, second = np.log2(np.array([far, near]) / halved)
        assert f"gradient flow {far:.3f}, order {first:.2f} (" in caption
        assert f"modified flow {near:.4f}, order {second:.2f} (2)" in caption


def test_the_same_result_gives_the_same_bytes_and_few_of_them(explorable):
    again = descent_and_flows(descent_beside_flow.run(PRODUCTS / 2.0), start=1)
    assert again.html() == explorable.html()
    assert len(json.dumps(explorable.spec())) < 60_000


def distances(eta):
    """Return the largest distances from both flows, by the closed forms, shape (2,)."""
    t = eta * np.arange(int(4.0 / eta + 1e-9) + 1)[:, None]
    descent = (1.0 - eta * CURVATURES) ** (t / eta).round()
    rates = (CURVATURES, CURVATURES * (1.0 + eta * CURVATURES / 2.0))
    return np.array([np.linalg.norm(descent - np.exp(-rate * t), axis=1).max() for rate in rates])
