"""Integrators of flows, one small file each.

Reading order: ``step`` (what a step is), ``field`` (the flow as they see it), ``fixed``,
``euler``, ``heun``, ``rk4``, ``implicit_euler``, ``control``, ``dormand_prince``, ``dense``.
"""

from .dormand_prince import DormandPrince
from .euler import Euler
from .heun import Heun
from .implicit_euler import ImplicitEuler
from .rk4 import RK4

__all__ = ["DormandPrince", "Euler", "Heun", "ImplicitEuler", "RK4"]
