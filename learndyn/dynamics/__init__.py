"""Floor 2: dynamical systems over flat state vectors.

Reading order: ``state`` (a tree of arrays as one vector), ``map`` (state to state), ``flow``
(state to velocity), ``trajectory`` (what a run leaves behind), ``simulate``, ``integrate``,
``integrators`` (one method a file), ``events``, ``krylov``; then ``linearise`` (the Jacobian
of a system), ``spectrum``, ``modes`` (with ``power``, ``arnoldi``, ``lanczos``), ``density``,
``fixed_points``, ``limit_cycle``, ``regimes``, ``observed_regime``, ``lyapunov``, ``nonnormal``.
"""

from .density import SpectralDensity, spectral_density
from .events import Event, EventRecord
from .fixed_points import FixedPoint, equilibrium, fixed_point
from .flow import Flow, FlowMap, flow_map
from .integrate import integrate
from .integrators import RK4, DormandPrince, Euler, Heun, ImplicitEuler
from .krylov import KrylovSolution, gmres
from .lanczos import Tridiagonal, lanczos
from .limit_cycle import Floquet, LimitCycle, floquet, limit_cycle
from .linearise import LinearOperator, linearise
from .lyapunov import LyapunovSpectrum, lyapunov_exponents
from .map import Map
from .modes import Modes, dominant_modes
from .nonnormal import (
    TransientGrowth,
    kreiss_constant,
    numerical_abscissa,
    numerical_radius,
    pseudospectral_radius,
    pseudospectrum,
    transient_growth,
)
from .observed_regime import ObservedRegime, classify_trajectory
from .regimes import (
    ModeRegime,
    Regime,
    SystemRegime,
    classify_multiplier,
    classify_rate,
    classify_system,
)
from .simulate import simulate
from .spectrum import spectral_radius, spectrum
from .state import ravel
from .trajectory import Trajectory

__all__ = [
    "classify_multiplier", "classify_rate", "classify_system", "classify_trajectory", "dominant_modes",
    "DormandPrince", "equilibrium", "Euler", "Event", "EventRecord", "fixed_point", "FixedPoint",
    "Floquet", "floquet", "Flow", "flow_map", "FlowMap", "gmres", "Heun", "ImplicitEuler", "integrate",
    "kreiss_constant", "KrylovSolution", "lanczos", "limit_cycle", "LimitCycle", "linearise",
    "LinearOperator", "lyapunov_exponents", "LyapunovSpectrum", "Map", "ModeRegime", "Modes",
    "numerical_abscissa", "numerical_radius", "ObservedRegime", "pseudospectral_radius",
    "pseudospectrum", "ravel", "Regime", "RK4", "simulate", "spectral_density", "spectral_radius",
    "SpectralDensity", "spectrum", "SystemRegime", "Trajectory", "transient_growth", "TransientGrowth",
    "Tridiagonal",
]  # fmt: skip
