"""Play the history of one seed, show its steps, and end with a line of JSON that says what came of it."""

import json
import sys
from dataclasses import asdict

from tests.soak.history import history
from tests.soak.play import played


def tell(line: str) -> None:
    """Print it at once: who looks on wants to know how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    found = history(int(sys.argv[1]))
    tell(str(found.way))
    tell(json.dumps(asdict(played(found, tell))))
