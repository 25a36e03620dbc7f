"""What ``python -m learndyn`` does: run the experiments of the book from the command line."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
