"""learndyn: the mechanics of learning, rebuilt from first principles on NumPy."""

__version__ = "0.1.0"
