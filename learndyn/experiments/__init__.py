"""Floor 5: the experiments, one file each: ``run(...)`` returns a frozen result."""
