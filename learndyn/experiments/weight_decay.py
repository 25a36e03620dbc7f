"""Weight decay inside the gradient and outside of it, with Adam.

Two coordinates feel gradients that change sign at each step, of sizes 1 and 10, and nothing else but
decay. *Coupled* decay adds w theta to the gradient (the loss gains w theta^2 / 2), so Adam divides it
by sqrt(v) ~ |g|, and theta decays by about eta w / |g| a step. *Decoupled* decay (AdamW) takes
eta w theta off directly: all coordinates decay by eta w a step.

References
----------
Loshchilov, I. and Hutter, F. (2019). Decoupled weight decay regularization. ICLR.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import Adam, AdamW, Rule, training_map


@dataclass(frozen=True, slots=True)
class WeightDecay:
    """What is left of each coordinate.

    Attributes
    ----------
    sizes : ndarray, shape (n,)
        Size of the gradient of each coordinate.
    coupled, decoupled : ndarray, shape (n,)
        theta after all steps over theta when the first steps, still corrected, are over.
    predicted_coupled, predicted_decoupled : ndarray, shape (n,)
        (1 - eta w / size)^n and (1 - eta w)^n for the n steps between.
    """

    sizes: np.ndarray
    coupled: np.ndarray
    decoupled: np.ndarray
    predicted_coupled: np.ndarray
    predicted_decoupled: np.ndarray


def run(
    sizes: tuple[float, ...] = (1.0, 10.0),
    *,
    decay: float = 0.1,
    step_size: float = 0.01,
    steps: int = 1000,
    discard: int = 200,
) -> WeightDecay:
    """Let coordinates of start 1 decay for ``discard`` + ``steps`` steps, with Adam and with AdamW.

    Both numbers are even, so that the swing of the last step is the same.
    """
    g = np.array(sizes)

    def remains(rule: Rule, inside: float) -> np.ndarray:
        training = training_map(
            lambda theta, sign: (sign * g * theta).sum() + 0.5 * inside * (theta * theta).sum(),
            rule,
            np.ones(g.size),
            batches=lambda t: 1.0 if t % 2 == 0 else -1.0,
        )
        run = simulate(training, training.initial_state, discard + steps, every=discard)
        return run.final_state[: g.size] / run.states[1, : g.size]

    return WeightDecay(
        g,
        remains(Adam(step_size), decay),
        remains(AdamW(step_size, weight_decay=decay), 0.0),
        (1.0 - step_size * decay / g) ** steps,
        np.full(g.size, (1.0 - step_size * decay) ** steps),
    )
