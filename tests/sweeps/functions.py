"""Functions that the tests sweep, where a worker process can import them."""

import os
import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Walk:
    path: np.ndarray
    end: float


def walk(steps, drift, rng):
    path = np.cumsum(drift + rng.standard_normal(steps))
    return {"mean": path.mean(), "spread": Walk(rng.standard_normal((2, 3)), path[-1])}


def product(size, rng):
    a = rng.standard_normal((size, size))
    return np.linalg.solve(a, a @ a[0])[:5]


def draw(a, rng):
    return rng.standard_normal(4)


def draw_two(a, b, rng):
    return rng.standard_normal(4)


def number(a, seed):
    return seed


def square(a):
    return a * a


def kinds(a):
    return {"i": a, "f": a / 2, "c": 1j * a, "b": a > 1, "s": "x" * a, "ragged": np.arange(a)}


def fails_at_two(a):
    if a == 2:
        raise ArithmeticError("two is not allowed")
    return a


def fails_while_a_file_exists(a, path):
    if a == 2 and os.path.exists(path):
        raise OSError("the file is in the way")
    return a


def returns_an_object(a):
    return {"good": a, "bad": object()}


def leaves(a):
    raise SystemExit("gone")


def ends_its_worker(a):
    if a == 2:
        os._exit(5)
    return a


def blas_threads(a):
    return {"threads": os.environ.get("OPENBLAS_NUM_THREADS", "unset"), "process": os.getpid()}


def add(x, y):
    return x + y


def raise_unpicklable():
    class Odd(Exception):
        pass

    raise Odd("nobody can copy this")


def end(code):
    os._exit(code)


def process_id():
    return os.getpid()


def logged(a, rng):
    """Say in a file, in one system call, that it runs; then take a random time to a result of any size."""
    with open(os.environ["SWEEP_LOG"], "ab", buffering=0) as file:
        file.write(b"%d\n" % a)
    time.sleep(float(os.environ["SWEEP_PAUSE"]) * rng.random())
    return {"numbers": rng.standard_normal(50_000 if a % 5 == 0 else 10), "text": str(a)}
