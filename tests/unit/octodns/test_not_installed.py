"""Where octoDNS is not installed: one line with the extra that installs it, in each command and in an update."""

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.bulk.lab import ADDRESS, ZONE, failed
from tests.unit.cli import call
from tests.unit.octodns.lab import POWERDNS, Stack

from xmpp_federation_dns.backends.client import UpdateError

NEEDS = "provider octodns needs the Python package octodns: pip install 'xmpp-federation-dns[octodns]'"
STACK = f"""\
config:
  xmpp-federation-dns:edgePools: [{{ipv4: [{ADDRESS}]}}]
  xmpp-federation-dns:domains: [{ZONE}]
  xmpp-federation-dns:zones:
  - provider: octodns
    name: {ZONE}
    providerClass: {POWERDNS}
    arguments: {{host: 127.0.0.1, api_key: env/PDNS_API_KEY}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "Pulumi.demo.yaml").write_text(STACK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PDNS_API_KEY", "s3cr3t")
    for name in [name for name in sys.modules if name.partition(".")[0] == "octodns"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "octodns", None)
    yield
    gc.enable()  # which `discover` disables in its process


def test_check_says_what_it_did_not_look_at():
    code, out, err = call("check", "demo", "--format", "json")
    [found] = json.loads(out)
    assert (code, found["severity"], err) == (0, "notice", "")
    assert found["text"].startswith("octoDNS is not installed here, so neither the class nor")


@pytest.mark.parametrize(
    "command",
    [
        ("access", "demo"),
        ("drift", "demo", "--no-dns"),
        (
            "discover",
            "--octodns",
            POWERDNS,
            "--argument",
            "host=127.0.0.1",
            "--argument",
            "api_key=env/PDNS_API_KEY",
        ),
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_reads_zones_ends_with_status_2_and_the_way_out(command: tuple[str, ...]):
    code, out, err = call(*command)
    assert code == 2
    assert NEEDS in " ".join((out + err).split())
    assert "Traceback" not in out + err


def test_an_operation_on_what_was_published_ends_in_that_line():
    stack = Stack(POWERDNS, host="127.0.0.1", api_key="env/PDNS_API_KEY")
    error = failed(UpdateError, stack.up, {f"xmpp.{ZONE} A": f"300 {ADDRESS}"})
    assert str(error) == f"zone {ZONE}: {NEEDS}"
