r"""A population code as a layer of a net: each number in becomes a bump of activity.

    a_{j,i}(x) = r_{j,i} exp(kappa_{j,i} (cos(2 pi x_j / P - phi_{j,i}) - 1))

Feature j of the input, an angle or a number of period P, drives N units with von Mises tuning. The
layer stands in front of a net, ``model(theta, code.encode(x))``, or inside one, between a net that
computes a feature and a readout; then preferred directions, widths and rates learn with the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...autodiff import cos, exp, expand_dims, reshape
from .checks import as_angles, require_number
from .ring import check_units, preferred_directions


class PopulationParameters(NamedTuple):
    """What a population code can learn.

    Attributes
    ----------
    preferred : array or Tensor, shape (..., features, units), radians
    log_rate, log_kappa : array or Tensor, of the same shape
        Logarithms, so that no step of a rule makes a rate or a concentration negative.
    """

    preferred: Any
    log_rate: Any
    log_kappa: Any


@dataclass(frozen=True, slots=True)
class PopulationCode:
    """A layer of von Mises units for each feature of its input.

    Parameters
    ----------
    units : int
        N per feature, three or more.
    features : int
        Numbers that are encoded, one or more.
    rate, kappa : float, optional
        Peak and concentration at the start, positive.
    period : float, optional
        P, positive: x and x + P are the same. 2 pi by default, for angles. For a number that lives
        on an interval take a period of twice its length, so that the ends do not meet.

    Raises
    ------
    TypeError, ValueError
        If a number is of the wrong kind or out of range.
    """

    units: int
    features: int = 1
    rate: float = field(default=1.0, kw_only=True)
    kappa: float = field(default=2.0, kw_only=True)
    period: float = field(default=2.0 * math.pi, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", check_units("PopulationCode", self.units))
        if isinstance(self.features, bool) or not isinstance(self.features, int) or self.features < 1:
            raise ValueError(f"PopulationCode: needs one or more features, got {self.features!r}")
        for name in ("rate", "kappa", "period"):
            require_number("PopulationCode", name, getattr(self, name), above=0.0)

    @property
    def outputs(self) -> int:
        """features * units: the width of the layer, for the ``widths`` of the net behind it."""
        return self.features * self.units

    @property
    def parameter_count(self) -> int:
        """Number of parameters of one layer."""
        return 3 * self.outputs

    def even(self, *, ensemble: tuple[int, ...] = ()) -> PopulationParameters:
        """Return the parameters of even rings with preferred directions 2 pi i / N.

        Parameters
        ----------
        ensemble : tuple of int, optional
            Leading axes, one layer each.
        """
        shape = (*ensemble, self.features, self.units)
        preferred = np.broadcast_to(preferred_directions(self.units), shape).copy()
        return PopulationParameters(
            preferred, np.full(shape, math.log(self.rate)), np.full(shape, math.log(self.kappa))
        )

    def init(self, rng: np.random.Generator, *, ensemble: tuple[int, ...] = ()) -> PopulationParameters:
        """Draw initial parameters: even rings, each turned by a random angle.

        Parameters
        ----------
        rng : numpy.random.Generator
        ensemble : tuple of int, optional
            Leading axes, one layer each.
        """
        turn = rng.uniform(0.0, 2.0 * np.pi, (*ensemble, self.features, 1))
        even = self.even(ensemble=ensemble)
        return even._replace(preferred=even.preferred + turn)

    def encode(self, x: Any) -> Any:
        """Return the activations of the even layer, whose parameters do not learn.

        Parameters, result and errors are those of ``__call__``.
        """
        return self(self.even(), x)

    def __call__(self, theta: PopulationParameters, x: Any) -> Any:
        """Compute the activations for a batch.

        Parameters
        ----------
        theta : PopulationParameters
            From ``init`` or ``even``.
        x : array or Tensor, shape (..., batch, features)
            Of one feature (batch,) will do too.

        Returns
        -------
        array or Tensor, shape (..., batch, features * units)

        Raises
        ------
        ValueError
            If the input has another number of features, or theta another shape.
        """
        x = as_angles("PopulationCode", x)
        if len(x.shape) == 1 and self.features == 1:
            x = expand_dims(x, -1)
        if len(x.shape) < 2 or x.shape[-1] != self.features:
            raise ValueError(
                f"PopulationCode: the input has shape {x.shape}, expected (..., batch, {self.features})"
            )
        for name, part in zip(PopulationParameters._fields, theta, strict=True):
            if part.shape[-2:] != (self.features, self.units):
                raise ValueError(
                    f"PopulationCode: {name} has shape {part.shape}, expected (..., {self.features}, "
                    f"{self.units}). Take theta from the layer's own init"
                )
        # The parameters have no batch axis; one is put in for them.
        preferred, log_rate, log_kappa = (expand_dims(part, -3) for part in theta)
        offset = expand_dims((2.0 * math.pi / self.period) * x, -1) - preferred
        activity = exp(log_rate + exp(log_kappa) * (cos(offset) - 1.0))
        return reshape(activity, (*activity.shape[:-2], self.outputs))
