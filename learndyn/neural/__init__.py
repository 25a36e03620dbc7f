"""Floor 4: neural circuits and the ways in which they could learn.

Reading order: ``rate`` (neurons by their firing rate: from the leaky integrator to attractors,
chaos and trained recurrent nets), ``population`` (what a population of them encodes), ``credit``
(how a synapse can know what to change), ``control`` (learning to move).

Each sub-package is imported by its own name, ``from learndyn.neural.rate import WilsonCowan``.
"""
