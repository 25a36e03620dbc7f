"""XOR while it is learnt: nets do as they do in the full ensemble, and captions say what is drawn."""

import numpy as np
import pytest

from learndyn.experiments import xor, xor_progress
from learndyn.explorables.xor_progress import xor_while_learning

NETS, SHOWN = (7, 4), (0, 100, 400, 1000)


@pytest.fixture(scope="module")
def result():
    return xor_progress.run(NETS, SHOWN, networks=10)


@pytest.fixture(scope="module")
def explorable(result):
    return xor_while_learning(result)


def test_a_net_trains_as_it_does_in_the_whole_ensemble(result):
    whole = xor.run(2, networks=10, steps=1000, every=50)
    assert np.array_equal(whole.steps, result.steps)
    assert np.allclose(whole.losses[:, NETS].T, result.losses, rtol=1e-8, atol=1e-12)


def test_the_loss_is_that_of_the_answers(result):
    at = [list(result.steps).index(step) for step in SHOWN]
    assert np.allclose(result.shown_losses, result.losses[:, at], rtol=1e-12)


def test_the_surface_has_the_answers_at_the_examples(result):
    places = [int(np.argmin(np.abs(result.axis - v))) for v in (0.0, 1.0)]
    corners = result.surfaces[:, :, places][:, :, :, places]  # rows are x2, columns x1
    order = np.swapaxes(corners, -1, -2).reshape(result.answers.shape)
    assert np.allclose(order, result.answers, rtol=1e-12)


def test_a_caption_counts_the_right_answers_and_says_if_it_is_solved(result, explorable):
    for i in range(2):
        for k in range(len(SHOWN)):
            caption = explorable.caption(i, k)
            assert f"after {SHOWN[k]} steps" in caption
            assert f"{result.right[i, k]} of 4" in caption
            assert ("solved" in caption) == (result.shown_losses[i, k] < xor.SOLVED_BELOW)


def test_the_first_slider_says_how_a_net_ends(result, explorable):
    for text, loss in zip(explorable.sliders[0].texts, result.losses[:, -1], strict=True):
        assert ("not solved" in text) == (loss >= xor.SOLVED_BELOW)


@pytest.mark.parametrize(
    ("nets", "shown", "message"),
    [
        ((10,), (50,), "numbers from 0 to 9"),
        ((0,), (30,), "multiples of every=50"),
        ((0,), (100, 50), "increasing"),
    ],
)
def test_a_net_or_a_step_that_does_not_exist_is_refused(nets, shown, message):
    with pytest.raises(ValueError, match=message):
        xor_progress.run(nets, shown, networks=10)


def test_the_same_result_gives_the_same_bytes(result, explorable):
    assert xor_while_learning(result).html() == explorable.html()
