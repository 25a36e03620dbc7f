"""What a rule asks of the brain that runs it, and what one update costs: data, so that pages can list it.

Crick, F. (1989). The recent excitement about neural networks. Nature 337, 129-132, names what
backpropagation asks for; each flag below is one such demand.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a credit rule needs beyond the activity of the two units that a synapse connects.

    Attributes
    ----------
    weight_transport : bool
        A backward path whose weights are the values of the forward weights.
    weight_signs : bool
        A backward path that knows the signs of the forward weights, not their values.
    feedback_weights : bool
        Backward weights of its own, drawn once: they are the rule's state.
    error_vector : bool
        A signed error for each output unit.
    global_scalar : bool
        One number, the same for all synapses: a reward or a loss.
    separate_phases : bool
        Periods in which the same units compute different things: forward and backward, free and
        nudged, with and without perturbation.
    stored_activities : bool
        Activities of an earlier phase must be kept until the update.
    symmetric_weights : bool
        Each connection acts in both directions with the same weight while activities settle.
    noise : bool
        Random numbers in every update, known where they act.
    """

    weight_transport: bool = False
    weight_signs: bool = False
    feedback_weights: bool = False
    error_vector: bool = False
    global_scalar: bool = False
    separate_phases: bool = False
    stored_activities: bool = False
    symmetric_weights: bool = False
    noise: bool = False

    def names(self) -> tuple[str, ...]:
        """Return the needs that are there, in words."""
        return tuple(f.name.replace("_", " ") for f in fields(self) if getattr(self, f.name))


class Cost(NamedTuple):
    """What one update took, in passes of the whole batch through all layers.

    Attributes
    ----------
    forward : int
        Passes from inputs to outputs.
    backward : int
        Passes of an error from outputs to inputs. Direct feedback, which reaches all layers at
        once, counts as one.
    settling : int
        Evaluations of the flow, or steps of the map, by which activities settled; of Newton's
        method, its steps.
    """

    forward: int = 0
    backward: int = 0
    settling: int = 0
