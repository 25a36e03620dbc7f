"""Speed and memory, against NumPy written by hand.

The plain test run checks that both sides compute the same numbers, and times nothing.
The measurement is one command, which takes about five minutes:

    python -m pytest tests/benchmarks -n0 --measure tests/benchmarks/results.json

No test asserts a time: times belong to a machine, and are written down with it.
"""
