"""A DNS server is replaced by one with an older copy of the zone: what says so, and what brings it back."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.rfc2136.lab import SECRET
from tests.faults.test_dns_server import (
    ADDRESS,
    AFTER,
    BEFORE,
    OTHER_ADDRESS,
    THERE,
    ZONE,
    Stack,
    wanted,
)
from tests.faults.watch import leaks, watched
from tools.lab.knot import KEY_NAME

LACKING = {
    f"{name} {type_}": "changed" if name.split(".")[1] in BEFORE else "missing"
    for name, type_ in wanted(AFTER, OTHER_ADDRESS)
    if type_ == "A" and (name, type_) not in THERE
} | {f"_xmpp-server._tcp.{each}.{ZONE} SRV": "missing" for each in AFTER if each not in BEFORE}
"""What the older copy has otherwise, or has not."""
COMMAND = Path(sys.executable).with_name("xmpp-federation-dns")


@pytest.fixture(params=[False, True], ids=["one by one", "in bulk"])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    with Stack.serving(tmp_path, bulk=request.param) as stack:
        yield stack


def serial(stack: Stack) -> int:
    return int(stack.knot.ask(f"{ZONE}.", "SOA")[0].split()[6])


def told(stack: Stack, *arguments: str) -> tuple[int, Any]:
    """Return the exit status of a command of ours, and what it says in JSON."""
    done = subprocess.run(
        [COMMAND, *arguments, "--format", "json"],
        cwd=stack.lab.stack.project,
        env={**os.environ, **stack.lab.stack.environment, "TSIG_SECRET": SECRET},
        input=json.dumps(stack.lab.stack.outputs()["records"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def asking(stack: Stack) -> list[str]:
    return ["--nameserver", f"127.0.0.1:{stack.knot.port}"]


def verified(stack: Stack) -> tuple[int, set[str]]:
    """Return the exit status of `verify`, and which checks found an error."""
    status, found = told(stack, "verify", "-", *asking(stack), "--timeout", "2")
    findings = [each for verdict in found["verdicts"] for each in verdict["findings"]]
    return status, {each["check"] for each in findings if each["severity"] == "error"}


def drifted(stack: Stack) -> tuple[int, dict[str, str]]:
    """Return the exit status of `drift`, and the state of each record set that is not as wanted."""
    status, found = told(stack, "drift", stack.lab.stack.name, *asking(stack))
    return status, {each["recordSet"]: each["state"] for each in found if each["state"] != "in order"}


def discovered(stack: Stack) -> list[str]:
    """Return the record sets of federation that the server has, whosever they are."""
    server = ["--server", f"127.0.0.1:{stack.knot.port}", "--zone", ZONE, "--tsig-key-name", KEY_NAME]
    output = stack.lab.directory / "discovered.yaml"
    return told(stack, "discover", *server, "--output", str(output))[1]["taken"]


def test_an_older_copy_is_found_and_a_refresh_brings_back_what_it_lacks(stack: Stack):
    stack.configure(BEFORE, ADDRESS)
    assert stack.lab.up().status == 0
    stack.knot.stop()
    copy = stack.knot.directory.with_name("copy")
    shutil.copytree(stack.knot.directory, copy, ignore=shutil.ignore_patterns("*.sock"))
    stack.knot.start()
    stack.configure(AFTER, OTHER_ADDRESS)
    assert stack.lab.up().status == 0
    newer = serial(stack)
    stack.knot.stop()
    shutil.rmtree(stack.knot.directory)
    copy.rename(stack.knot.directory)
    stack.knot.start()
    assert serial(stack) < newer
    if not stack.bulk:
        assert verified(stack) == (1, {"V3", "V8", "V9"})
        assert drifted(stack) == (1, LACKING)
    with watched(stack.zone) as seen:
        same = stack.lab.up()
        assert (same.status, stack.zone.record_sets()) == (0, wanted(BEFORE, ADDRESS)), same.output
        run = stack.lab.up("--refresh")
    left = {key: each for key, each in wanted(BEFORE, ADDRESS).items() if ".b." in key[0]}
    if not stack.bulk:
        assert drifted(stack) == (0, {})
        # Nobody knows any more of what was taken out since, but by looking at all that is there.
        assert {each.split()[0] for each in discovered(stack)} >= {name for name, _ in left}
    assert (run.status, stack.zone.record_sets()) == (0, wanted(AFTER, OTHER_ADDRESS) | left), run.output
    assert (seen, leaks(stack.lab.directory, SECRET)) == ([], [])
    assert "Traceback" not in same.output + run.output
    assert stack.lab.destroy().status == 0
    assert stack.zone.record_sets() == THERE | left
