"""Play one seed and tell everything that happens: python -m tests.sync.model SEED"""

import sys

from tests.sync.model.run import play

if __name__ == "__main__":
    print(play(int(sys.argv[1]), print))  # noqa: T201
