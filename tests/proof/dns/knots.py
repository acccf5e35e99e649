"""Knot servers on addresses of their own, for zones that are written whole."""

import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.query
from tools.lab.knot import knotd

CONFIGURATION = """\
server:
    rundir: "{directory}"
    listen: {address}@{port}
database:
    storage: "{directory}"
template:
  - id: default
    storage: "{directory}"
    zonefile-sync: -1
    journal-content: none
    dnssec-signing: {signing}
zone:
"""


@contextmanager
def knot(
    directory: Path, zones: Mapping[str, str], port: int, address: str = "127.0.0.1", *, signing: bool = False
) -> Generator[None]:
    """Serve *zones*, by name with a final dot, from their master-file text until the block ends."""
    directory.mkdir()
    text = CONFIGURATION.format(
        directory=directory, address=address, port=port, signing="on" if signing else "off"
    )
    for number, (zone, content) in enumerate(zones.items()):
        (directory / f"{number}.zone").write_text(f"$ORIGIN {zone}\n$TTL 300\n{content}")
        text += f'  - domain: "{zone}"\n    file: "{number}.zone"\n'
    (directory / "knot.conf").write_text(text)
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([knotd(), "-c", directory / "knot.conf"], stdout=log, stderr=log)
    try:
        for zone in zones:
            _wait(zone, address, port, process, directory)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait(zone: str, address: str, port: int, process: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            if dns.query.tcp(dns.message.make_query(zone, "SOA"), address, 5, port).answer:
                return
        except (OSError, EOFError):
            pass
        if time.monotonic() > deadline or process.poll() is not None:
            raise RuntimeError((directory / "log").read_text())
        time.sleep(0.02)
