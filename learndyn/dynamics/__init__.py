"""Floor 2: dynamical systems over flat state vectors.

Reading order: ``state`` (a tree of arrays as one vector), ``map`` (state to state),
``trajectory`` (what a run leaves behind), ``simulate``.
"""

from .map import Map
from .simulate import simulate
from .state import ravel
from .trajectory import Trajectory
