"""The top floor: experiments, sweeps and the table of predictions from the command line.

Reading order: ``sources`` (what a source file says without running it), ``kinds`` (values from
text), ``catalogue`` (which experiments there are), ``rules`` and ``options`` (from text to a call),
``numbers`` (from a result to numbers), ``drawing`` and ``files`` (what is written), the commands
``listing``, ``running``, ``sweeping`` and ``checking``, and ``main``, which chooses among them.
"""

from .main import main

__all__ = ["main"]
