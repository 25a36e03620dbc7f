"""Settings for all property tests: no deadline, and the same examples in every CI run.

``LEARNDYN_PROFILE=deep python -m pytest tests/autodiff`` tries many more cases.
"""

import os

# The workers fill all cores: BLAS must not start threads of its own. Before NumPy is imported.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from hypothesis import settings  # noqa: E402

settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("ci", deadline=None, max_examples=20, derandomize=True, print_blob=True)
settings.register_profile("deep", deadline=None, max_examples=100, print_blob=True)
settings.load_profile(os.environ.get("LEARNDYN_PROFILE") or ("ci" if os.environ.get("CI") else "quick"))


def pytest_xdist_auto_num_workers(config: object) -> int:
    """Start one worker more than there are cores: one mostly waits, for a browser, a build or a killed process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1
