"""Look for octets with which something that reads what others write does not end in order.

Coverage of the package guides the search (atheris); what is worth going on from is kept between runs. What it finds is
printed, and written to where it says: mended, it belongs into tests/fuzz/corpus/TARGET/.
"""

import io
import json
import random
import sys
from contextlib import redirect_stderr, suppress
from importlib import import_module
from typing import Any, cast

from tools import fuzz_options

# It has no types, and no wheels for every machine.
atheris: Any = import_module("atheris")
# It names each module that it instruments.
with redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["xmpp_federation_dns"]):
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import TARGETS
    from tests.fuzz.test_corpus import CORPUS
    from tests.properties.test_plans import changed, places

OCTETS = 8192
"""Of the longest input that is tried."""
SECONDS = 10
"""In which each has to end."""
_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    0.5,
    "",
    "\x1b[2J\n",
    "contoso.com",
    [],
    {},
    [[]],
    {"error": {}},
)
"""What is put in the place of a value of JSON."""


def mutated(octets: bytes, most: int, seed: int) -> bytes:
    """Return JSON with another value somewhere; other octets, and one time of four any, as libFuzzer changes them."""
    choose = random.Random(seed)  # noqa: S311 nothing secret
    head = octets[:1] if octets[1:2] in (b"{", b"[") else b""
    found = _json(octets[len(head) :]) if choose.random() < 0.75 else None
    if not found:
        return atheris.Mutate(octets, most)
    place = choose.choice(places(found))
    return (head + json.dumps(changed(found, place, choose.choice(_ODD))).encode())[:most]


def _json(octets: bytes) -> Any:
    """Return an object or an array of JSON; nothing where the octets are none."""
    with suppress(ValueError, RecursionError):
        found = json.loads(octets)
        return cast("Any", found) if isinstance(found, dict | list) else None
    return None


def main(arguments: list[str]) -> None:
    """Search until the time is up; the exit status is 0, or another one where something was found."""
    given = fuzz_options.read(arguments, TARGETS)
    if given.target is None:
        width = max(map(len, TARGETS))
        print("\n".join(f"{name:{width}}  {each.__doc__}" for name, each in TARGETS.items()))
        return
    grown, crashes = given.found / given.target, given.found / "found"
    folders = fuzz_options.prepared((grown, crashes), CORPUS / given.target, SEEDS[given.target])
    options = [
        f"-max_total_time={given.minutes * 60:.0f}",
        f"-max_len={OCTETS}",
        f"-timeout={SECONDS}",
        f"-artifact_prefix={crashes}/{given.target}-",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, *folders], TARGETS[given.target], custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
