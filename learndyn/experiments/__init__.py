"""Floor 4: the experiments, one file each: ``run(...)`` returns a frozen result."""
