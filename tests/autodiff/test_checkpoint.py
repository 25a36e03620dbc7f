"""A checkpointed function has the same values and derivatives and keeps less."""

import tracemalloc

import numpy as np
import pytest

from learndyn.autodiff import Parameter, check_grads, checkpoint, grad, hvp, jvp, tanh

X = np.array([0.3, -0.8, 1.2])


def segment(x, w):
    for _ in range(10):
        x = tanh(x * w)
    return x


def loss(step):
    def f(x, w):
        return (step(step(x, w), w) ** 2).sum()

    return f


@pytest.mark.parametrize("argnum", [0, 1])
def test_values_are_the_same_bits_and_gradients_agree_to_round_off(argnum):
    plain, saved = loss(segment), loss(checkpoint(segment))
    assert saved(X, 1.1) == plain(X, 1.1)
    np.testing.assert_allclose(
        grad(saved, argnum)(X, 1.1), grad(plain, argnum)(X, 1.1), rtol=1e-14
    )


def test_second_derivatives_and_forward_mode_pass_through():
    check_grads(checkpoint(segment), X, np.array(1.1))
    plain, saved = (lambda x: loss(segment)(x, 1.1)), (lambda x: loss(checkpoint(segment))(x, 1.1))
    np.testing.assert_allclose(hvp(saved, X, X), hvp(plain, X, X), rtol=1e-13)
    np.testing.assert_allclose(
        jvp(grad(saved), (X,), (X,))[1], jvp(grad(plain), (X,), (X,))[1], rtol=1e-13
    )


def test_trees_go_in():
    f = checkpoint(lambda p: tanh(p["w"] * p["b"]).sum())
    gradient = grad(f)({"w": X, "b": 2.0})
    np.testing.assert_allclose(gradient["w"], 2 / np.cosh(2 * X) ** 2, rtol=1e-14)


def test_a_captured_parameter_is_refused():
    w = Parameter(2.0)
    with pytest.raises(ValueError, match="checkpoint: the function closes over a tensor"):
        checkpoint(lambda x: x * w)(Parameter(1.0))


def test_a_long_chain_keeps_the_cuts_only():
    """100 segments of 100 steps on 1000 numbers: about 2 of 100 parts of the memory."""

    def peak(step):
        w = Parameter(np.ones(1000))
        tracemalloc.start()
        y = w
        for _ in range(100):
            y = step(y)
        y.sum().backward()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top, w.grad

    def steps(x):
        for _ in range(100):
            x = x * 0.999
        return x

    plain, saved = peak(steps), peak(checkpoint(steps))
    np.testing.assert_allclose(saved[1], plain[1], rtol=1e-14)
    assert saved[0] < 0.05 * plain[0]
