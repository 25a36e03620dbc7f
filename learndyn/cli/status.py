"""What the exit status says."""

FINE = 0
FAILED = 1  # a prediction fails, a run diverged, a point of a sweep raised
USAGE = 2  # as argparse has it
INTERRUPTED = 130  # 128 and the number of the signal, as shells have it
BROKEN_PIPE = 141


class UsageError(Exception):
    """What was asked for cannot be done as asked; the message says what to do."""
