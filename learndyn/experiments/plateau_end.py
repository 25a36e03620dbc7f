r"""When a plateau ends: predicted from where the run stands, and then waited for.

The run "start at a saddle" of ``failing_runs``: a linear net with two layers knows two of the three
singular values of its target, and the third factor pair begins at 1e-9 each. The loss is a mean
over three outputs, so the curvature along that pair is -2 s_3 / 3, and its strength grows by

    1 + 2 eta s_3 / 3

each step (Saxe et al., 2014). On a log scale nothing is constant there: the gradient grows all the
time by that factor, long before the loss shows it.

References
----------
Saxe, A. M., McClelland, J. L. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..learning import train
from ..learning.diagnosis import Diagnosis, diagnose
from ..learning.stability_limits import bare_rule
from .failing_runs import FAILURES

KIND = next(kind for kind in FAILURES if kind.name == "start at a saddle")
THIRD = 1.0  # s_3
_FROM = 100  # step from which the growth is measured


@dataclass(frozen=True, slots=True, eq=False)
class PlateauEnd:
    """A run that was judged on its plateau, and what came after.

    Attributes
    ----------
    losses, gradient_norms : ndarray, shape (steps + 1,)
        Of the run to its end.
    judged : int
        The step at which it was diagnosed.
    diagnosis : Diagnosis
        Of the run up to there.
    predicted_growth : float
        1 + 2 eta s_3 / 3.
    """

    losses: np.ndarray
    gradient_norms: np.ndarray
    judged: int
    diagnosis: Diagnosis
    predicted_growth: float

    @property
    def growth(self) -> float:
        """The factor a step by which the gradient grows on the plateau, before it was judged."""
        logs = np.log(self.gradient_norms[[_FROM, self.judged]])
        return float(np.exp((logs[1] - logs[0]) / (self.judged - _FROM)))

    @property
    def predicted_left(self) -> float:
        """The step at which the plateau should end, by the diagnosis."""
        return self.judged + self.diagnosis.findings[0].measured["escape"]

    @property
    def left(self) -> int:
        """The first step at which the loss is below half of what it was when it was judged."""
        return int(np.argmax(self.losses < 0.5 * self.losses[self.judged]))


def run(*, steps: int = 800, seed: int = 300) -> PlateauEnd:
    """Diagnose the run on its plateau, and go on.

    Parameters
    ----------
    steps : int, optional
        In all.
    seed : int, optional

    Returns
    -------
    PlateauEnd
    """
    setup = KIND.build(np.random.default_rng(seed))
    first = train(setup.loss, setup.rule, setup.start, setup.steps, progress=False)
    said = diagnose(
        first, loss=setup.loss, rule=setup.rule, start=setup.start, model=setup.model,
        data=setup.data, progress=False,
    )  # fmt: skip
    rest = train(setup.loss, setup.rule, setup.start, steps - setup.steps, resume=first, progress=False)
    return PlateauEnd(
        np.concatenate([first.losses, rest.losses[1:]]),
        np.concatenate([first.gradient_norms, rest.gradient_norms[1:]]),
        setup.steps, said, 1.0 + 2.0 * float(bare_rule(setup.rule).step_size) * THIRD / 3.0,
    )  # fmt: skip
