"""Floor 3: models, losses, update rules, and training as a map.

Reading order: ``models``, ``losses``, ``rules``, ``training``.
"""

from .initialisers import standard_normal, xavier_normal
from .losses import mean_squared_error
from .models import MLP, Layer
from .rules import DescentState, GradientDescent
from .training import TrainingMap, training_map
