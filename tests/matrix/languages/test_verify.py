"""Proof inside `up` of a program in YAML, at the server that its zone names."""

from pathlib import Path
from typing import Any

import yaml
from tests.engine.languages.lab import PROJECT, ForeignStack
from tests.engine.rfc2136.lab import SECRET, Lab, serving
from tools.lab.knot import ADDRESS, KEY_NAME, Knot, free_port

NOT_PROVEN = "V1 contoso.com: none of its name servers answers; look for a firewall between here and them"


def lab(directory: Path, knot: Knot) -> Lab:
    stack = ForeignStack(directory, {"name": PROJECT, "runtime": "yaml"})
    stack.pulumi("stack", "init")
    stack.set_secret("xmpp-federation-dns:tsigSecret", SECRET)
    return Lab(knot, directory, stack)


def verify(lab: Lab, how: str, asked: int, address: str) -> None:
    """Have the server on port *asked* say whether *address* is published."""
    zone: dict[str, Any] = {
        "provider": "rfc2136",
        "name": "contoso.com",
        "server": ADDRESS,
        "port": lab.knot.port,
        "tsigKeyName": KEY_NAME,
        "nameservers": [f"{ADDRESS}:{asked}"],
    }
    properties = {
        "domains": ["contoso.com"],
        "edgePools": [{"ipv4": [address]}],
        "zones": [zone],
        "verify": how,
        "verifyTimeout": 1,
    }
    federation = {"type": "xmpp-federation-dns:index:XmppFederationDns", "properties": properties}
    program = {"name": PROJECT, "runtime": "yaml", "resources": {"federation": federation}}
    (lab.stack.project / "Pulumi.yaml").write_text(yaml.safe_dump(program))


def test_what_is_published_is_proven_and_what_is_not_is_a_warning_or_the_end_of_the_update(tmp_path: Path):
    with serving(tmp_path / "knot", "contoso.com") as knot:
        stack = lab(tmp_path / "stack", knot)
        verify(stack, "fail", knot.port, "131.107.155.10")
        proven = stack.run("up", "--yes", "--skip-preview")
        assert (proven.status, proven.errors, proven.resources) == (0, [], {"created": 4}), proven.output
        silent = free_port()
        verify(stack, "warn", silent, "131.107.155.11")
        warned = stack.run("up", "--yes", "--skip-preview")
        assert (warned.status, NOT_PROVEN in warned.output) == (0, True), warned.output
        verify(stack, "fail", silent, "131.107.155.12")
        ended = stack.run("up", "--yes", "--skip-preview")
        assert (ended.status, NOT_PROVEN in ended.output) == (1, True), ended.output
        assert [run.output.count("Traceback") for run in stack.runs] == [0, 0, 0]
        assert "xmpp 300 IN A 131.107.155.12" in ended.zones["contoso.com"]
