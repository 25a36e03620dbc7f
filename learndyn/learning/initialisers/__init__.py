"""Where a model starts. Each initialiser draws one layer's weight and bias.

All have the signature ``(rng, ensemble, fan_in, fan_out) -> (weight, bias)``, with a weight of
shape (\\*ensemble, fan_in, fan_out) and a bias of shape (\\*ensemble, 1, fan_out). To set an
option, use ``functools.partial``: ``partial(orthogonal, gain=1.2)``.

Reading order: ``signature``, ``variance`` (independent weights of a given variance),
``orthogonal``, ``combinators`` (initialisers made from numbers or from other initialisers).
"""

from .combinators import mean_field, scaled
from .orthogonal import orthogonal
from .signature import Initialiser
from .variance import (
    he_normal,
    he_uniform,
    lecun_normal,
    standard_normal,
    xavier_normal,
    xavier_uniform,
    zeros,
)

__all__ = [
    "he_normal", "he_uniform", "Initialiser", "lecun_normal", "mean_field", "orthogonal", "scaled",
    "standard_normal", "xavier_normal", "xavier_uniform", "zeros",
]  # fmt: skip
