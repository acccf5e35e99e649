"""Verify 1,000 and 10,000 SIP domains on two name servers, and fail where that takes too long or too much memory.

What is measured is the whole command: seconds of the clock and of the processor, and the most memory that it
held, start-up included, while both name servers run on the same cores. octodns-report asks the same two
servers for the same record sets, and compares nothing.
"""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.bench_check import COMMAND, kilobytes
from tools.lab.knot import Knot
from tools.lab.stack import CHECKOUT
from xmpp_federation_dns.commands.export import as_master_file

SIZES = (1_000, 10_000)
SECONDS, MEGABYTES = 3.0, 150
"""For 1,000 SIP domains."""
GROWTH = 12.0
"""Ten times the domains may take that much longer."""
RUNS = 3
"""Of which the fastest counts: the others shared their cores with something else."""
ADDRESSES = ("127.0.53.1", "127.0.53.2")
OCTODNS_REPORT = CHECKOUT / ".venv-bench" / "bin" / "octodns-report"
SHAPES: dict[str, Callable[[int], str]] = {
    "one zone": lambda _: "contoso.com",
    "a zone for ten": lambda number: f"z{number // 10}.example",
}
BOUND = "one zone"
"""The shape that the bounds hold for; the other is there to be seen."""


Endpoint = tuple[str, int]


@dataclass(frozen=True)
class Measured:
    """Seconds of the clock and of the processor, and the most megabytes held."""

    seconds: float
    processor: float
    megabytes: float


def main() -> int:
    """Print the table; return 1 where a bound is missed."""
    missed: list[str] = []
    print("| command | zones | SIP domains | seconds | of the processor | MB | times 1,000 |")
    print("|---|---|---|---|---|---|---|")
    for shape, zone in SHAPES.items():
        first: Measured | None = None
        for size in SIZES:
            with served(list(records(size, zone))) as (file, servers):
                nameservers = [f"--nameserver={address}:{port}" for address, port in servers]
                done = fastest([COMMAND, "verify", file, "--format", "json", *nameservers])
                growth = done.seconds / first.seconds if first else 1.0
                first = first or done
                row("verify", shape, size, done, f"{growth:.1f}")
                if shape == BOUND:
                    missed += bounds(size, done, growth)
                if shape == BOUND and size == SIZES[0]:
                    octodns(file, shape, size, servers)
    for bound in missed:
        print(f"missed: {bound}", file=sys.stderr)
    return 1 if missed else 0


def row(command: str, shape: str, size: int, done: Measured, growth: str) -> None:
    """Print a row of the table."""
    figures = f"{done.seconds:.2f} | {done.processor:.2f} | {done.megabytes:.0f}"
    print(f"| {command} | {shape} | {size:,} | {figures} | {growth} |", flush=True)


def bounds(size: int, done: Measured, growth: float) -> Iterator[str]:
    """Yield the bounds that a measurement misses."""
    if size == SIZES[0] and done.seconds > SECONDS:
        yield f"{size:,} SIP domains in {done.seconds:.2f} s, more than {SECONDS} s"
    if size == SIZES[0] and done.megabytes > MEGABYTES:
        yield f"{size:,} SIP domains in {done.megabytes:.0f} MB, more than {MEGABYTES} MB"
    if growth > GROWTH:
        yield f"the time grows {growth:.1f} times, more than {GROWTH}"


def records(size: int, zone: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Yield the output `records` of a stack with *size* SIP domains."""
    for number in range(size):
        home = zone(number)
        domain = f"d{number}.{home}"
        common = {"zone": home, "provider": "rfc2136"}
        values = [f"0 0 5269 xmpp.{domain}."]
        yield {"name": f"_xmpp-server._tcp.{domain}", "type": "SRV", "ttl": 3600, "values": values, **common}
        yield {"name": f"xmpp.{domain}", "type": "A", "ttl": 300, "values": ["131.107.155.10"], **common}


@contextmanager
def served(rows: list[dict[str, Any]]) -> Generator[tuple[Path, list[Endpoint]]]:
    """Run two name servers with *rows*; give the file that these are in, and where the servers listen."""
    texts: dict[str, list[dict[str, Any]]] = {}
    for each in rows:
        texts.setdefault(each["zone"], []).append(each)
    content = {zone: as_master_file(some) + "\n" for zone, some in texts.items()}
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        directory = Path(name)
        servers: list[Endpoint] = []
        for number, address in enumerate(ADDRESSES):
            place = directory / str(number)
            port = 53 if may_listen(address) else None
            knot = Knot.serving(content, place, secret, port, records=content, address=address)
            servers.append((address, stack.enter_context(knot).port))
        file = directory / "records.json"
        file.write_text(json.dumps(rows))
        yield file, servers


def may_listen(address: str) -> bool:
    """Tell whether a server of this user may use the port of DNS, the only one that octodns-report asks."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 53))
        except OSError:
            return False
    return True


def octodns(file: Path, shape: str, size: int, servers: Sequence[Endpoint]) -> None:
    """Print what octodns-report takes, with the concurrency that it has by default and with that of `verify`."""
    if any(port != 53 for _, port in servers):
        print(
            "octodns-report is left out: it asks on port 53 alone, where this user may not listen",
            file=sys.stderr,
        )
        return
    if not OCTODNS_REPORT.exists():
        print("octodns-report is left out: it is not in .venv-bench", file=sys.stderr)
        return
    configuration = file.parent / "octodns.yaml"
    zones = file.parent / "octodns"
    zones.mkdir()
    provider = {
        "class": "octodns.provider.yaml.YamlProvider",
        "directory": str(zones),
        "enforce_order": False,
    }
    configuration.write_text(
        yaml.safe_dump(
            {"providers": {"config": provider}, "zones": {"contoso.com.": {"sources": ["config"]}}}
        )
    )
    (zones / "contoso.com.yaml").write_text(
        yaml.safe_dump(dict(map(as_octodns, json.loads(file.read_text()))))
    )
    for concurrency in (4, 100):
        options = ["--config-file", configuration, "--zone", "contoso.com.", "--source", "config"]
        command = [OCTODNS_REPORT, *options, f"--concurrency={concurrency}", *ADDRESSES]
        row(f"octodns-report, {concurrency} at a time", shape, size, fastest(command), "")


def as_octodns(record: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a record set as octoDNS has it in its YAML."""
    name = record["name"].removesuffix(".contoso.com")
    if record["type"] == "A":
        return name, {"type": "A", "ttl": record["ttl"], "values": record["values"]}
    priority, weight, port, target = record["values"][0].split()
    value = {"priority": int(priority), "weight": int(weight), "port": int(port), "target": target}
    return name, {"type": "SRV", "ttl": record["ttl"], "values": [value]}


def fastest(command: Sequence[str | Path]) -> Measured:
    """Run *command* several times, and return the fastest run."""
    return min((once(command) for _ in range(RUNS)), key=lambda done: done.seconds)


def once(command: Sequence[str | Path]) -> Measured:
    """Run *command* in a process of its own; raise where it does not succeed."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(
            f"{command[0]}: exit status {child.returncode}\n{child.stderr and child.stderr.read().decode()}"
        )
    return Measured(seconds, usage.ru_utime + usage.ru_stime, kilobytes(usage) / 1000)


if __name__ == "__main__":
    sys.exit(main())
