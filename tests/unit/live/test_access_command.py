"""The command `access`: its forms and its exit status, on a real name server."""

import base64
import gc
import json
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
import yaml
from tests.unit.cli import call
from tools.lab.knot import ADDRESS, KEY_NAME, Knot, free_port

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import DeniedError, Right
from xmpp_federation_dns.live import access as live

SECRET = base64.b64encode(secrets.token_bytes(32)).decode()
UPDATE = f"update, signed by the key '{KEY_NAME}'"


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TSIG_SECRET", SECRET)
    yield tmp_path
    gc.enable()  # which the command disables in its process


def stack(port: int, *domains: str) -> None:
    zone = {"provider": "rfc2136", "name": "contoso.com", "server": ADDRESS, "port": port}
    config = {
        "zones": [zone | {"tsigKeyName": KEY_NAME}, {"provider": "aws", "name": "unused.example"}],
        "domains": domains or ["contoso.com"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
        "tsigSecret": {"secure": "v1:x"},
    }
    Path("stack.yaml").write_text(yaml.safe_dump({"config": config}))


def test_what_is_allowed_is_counted_and_ends_with_status_0(directory: Path):
    with Knot.serving(["contoso.com"], directory / "1", SECRET) as knot:
        stack(knot.port)
        assert call("access", "stack.yaml") == (0, "1 zone: 2 allowed\n", "")


def test_all_of_it_is_shown_where_that_is_asked_for(directory: Path):
    with Knot.serving(["contoso.com"], directory / "1", SECRET) as knot:
        stack(knot.port)
        status, out, _ = call("access", "stack.yaml", "--all", "--format", "markdown")
    assert (status, out) == (
        0,
        "### XMPP federation: access\n\n1 zone: 2 allowed\n\n"
        "| Zone | Provider | Right | State | Note |\n|---|---|---|---|---|\n"
        "| contoso.com | rfc2136 | query | allowed |  |\n"
        f"| contoso.com | rfc2136 | {UPDATE} | allowed |  |\n",
    )


def test_what_is_missing_ends_with_status_1(directory: Path, monkeypatch: pytest.MonkeyPatch):
    with Knot.serving(["contoso.com"], directory / "1", SECRET) as knot:
        stack(knot.port)
        monkeypatch.setenv("TSIG_SECRET", base64.b64encode(b"another").decode())
        status, out, err = call("access", "stack.yaml", "--format", "json")
    [found] = json.loads(out)
    assert (status, err, found["zone"], found["provider"], found["fault"]) == (
        1,
        "",
        "contoso.com",
        "rfc2136",
        None,
    )
    assert [(each["name"], each["state"]) for each in found["rights"]] == [
        ("query", "missing"),
        (UPDATE, "missing"),
    ]


def test_a_zone_that_nobody_answers_for_is_told_and_ends_with_status_2():
    stack(port := free_port())
    assert call("access", "stack.yaml") == (
        2,
        "1 zone: 1 could not be asked\n",
        f"error: DNS server 127.0.0.1 port {port}, zone contoso.com: _xmpp-server._tcp.contoso.com SRV not read: "
        "connection refused: nothing listens there\n",
    )


class Silent:
    """What cannot be asked."""

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:
        return [Right("changes", "not known", f"{len(keys)} {one_by_one}")]


def test_what_is_not_known_ends_with_status_2_beside_what_is_missing(monkeypatch: pytest.MonkeyPatch):
    def client(zone: Zone, _: str | None) -> Silent:
        if zone.name == "denied.example":
            raise DeniedError(f"{zone.name}: AccessDenied: sts:AssumeRole")
        return Silent()

    monkeypatch.setattr(live, "client", client)
    zones = [{"provider": "aws", "name": name} for name in ("denied.example", "contoso.com")]
    zones[1]["bulk"] = True  # pyright: ignore[reportArgumentType] a stack file has it so
    config = {
        "zones": zones,
        "domains": ["contoso.com", "denied.example"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
    }
    Path("stack.yaml").write_text(yaml.safe_dump({"config": config}))
    status, out, _ = call("access", "stack.yaml", "--format", "github")
    assert (status, out.splitlines()) == (
        2,
        [
            "::error title=XMPP federation%3A access::2 zones: 1 missing, 1 not known",
            "::error title=XMPP federation%3A access::denied.example · aws · the zone · missing · "
            "denied.example: AccessDenied: sts:AssumeRole",
            "::warning title=XMPP federation%3A access::contoso.com · aws · changes · not known · 2 False",
        ],
    )


def test_rights_that_are_not_known_for_one_reason_are_one_line(monkeypatch: pytest.MonkeyPatch):
    class Unasked:
        def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:  # noqa: ARG002 it tells none
            names = ("create", "update")
            missing = [Right(name, "missing", "no role") for name in names]
            return [*missing, *(Right(name, "not known", "Forbidden") for name in names)]

    def client(_: Zone, __: str | None) -> Unasked:
        return Unasked()

    monkeypatch.setattr(live, "client", client)
    config = {
        "zones": [{"provider": "gcp", "name": "contoso.com", "project": "dns-production"}],
        "domains": ["contoso.com"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
    }
    Path("stack.yaml").write_text(yaml.safe_dump({"config": config}))
    _, out, _ = call("access", "stack.yaml", "--format", "github")
    assert out.splitlines() == [
        "::error title=XMPP federation%3A access::1 zone: 2 missing, 2 not known",
        "::error title=XMPP federation%3A access::contoso.com · gcp · create · missing · no role",
        "::error title=XMPP federation%3A access::contoso.com · gcp · update · missing · no role",
        "::warning title=XMPP federation%3A access::contoso.com · gcp · create, update · not known · Forbidden",
    ]
    [found] = json.loads(call("access", "stack.yaml", "--format", "json")[1])
    assert len(found["rights"]) == 4


def test_a_stack_with_mistakes_ends_it_with_status_2():
    Path("stack.yaml").write_text("config: {domains: [contoso_com]}\n")
    status, out, err = call("access", "stack.yaml")
    assert (status, out, err.startswith("error: stack.yaml:1: domains[0]: ")) == (2, "", True)
