"""Servers that take no updates: one zone for each of them in a single stack, and one zone that works."""

import socket
from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.lab import BARE, OTHER_SECRET, Lab, Run, serving
from tools.lab.knot import ADDRESS, Knot, free_port

LAST_KEY = "(pulumi refresh, destroy and up --refresh begin with the key of the last up)"
UNKNOWN = f"is unknown there, is of another algorithm, or may not change this name and type {LAST_KEY}"
CAUSES = {
    "another-secret.example": f"the secret of TSIG key 'demo' is not the server's {LAST_KEY}",
    "unknown-key.example": f"TSIG key 'nobody' {UNKNOWN}",
    "forbidden-key.example": f"TSIG key 'stranger' {UNKNOWN}",
    "not-served.example": (
        "the server is not authoritative for the zone, or it does not accept TSIG key 'demo': name, secret, algorithm "
        f"or clock {LAST_KEY} (NOTAUTH)"
    ),
    "down.example": "connection refused: nothing listens there",
    "silent.example": "no answer in 3 attempts of 5 s",
    "nameless.example": "the name of the server does not resolve",
}


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    zones = ["contoso.com", "another-secret.example", "unknown-key.example", "forbidden-key.example"]
    with serving(tmp_path_factory.mktemp("knot"), *zones) as knot:
        yield knot


@pytest.fixture(scope="module")
def silence() -> Iterator[int]:
    """Yield the port of a server that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind((ADDRESS, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def servers(knot: Knot, silence: int) -> dict[str, str]:
    """Return how a message names the server of each zone."""
    here = f"{ADDRESS} port {knot.port}"
    return dict.fromkeys(CAUSES, here) | {
        "down.example": f"{ADDRESS} port {free_port()}",
        "silent.example": f"{ADDRESS} port {silence}",
        "nameless.example": "ns1.contoso.invalid port 53",
    }


@pytest.fixture(scope="module")
def published(lab: Lab, servers: dict[str, str]) -> Run:
    zones = [lab.zone("contoso.com")]
    for zone, server in servers.items():
        address, _, port = server.partition(" port ")
        zones.append(lab.zone(zone, server=address, port=int(port)))
    by_name = {zone["name"]: zone for zone in zones}
    by_name["unknown-key.example"]["tsigKeyName"] = "nobody"
    by_name["forbidden-key.example"]["tsigKeyName"] = "stranger"
    lab.configure(zones=zones, edgePools=[{"ipv4": ["131.107.155.10"]}], domains=["contoso.com", *servers])
    lab.stack.pulumi("config", "set", "--secret", "--path", "zones[1].tsigSecret", OTHER_SECRET)
    return lab.run("up", "--yes", "--skip-preview", "--continue-on-error")


@pytest.mark.parametrize("zone", CAUSES)
def test_an_update_that_fails_is_told_in_one_line_with_server_zone_and_cause(
    published: Run, servers: dict[str, str], zone: str
) -> None:
    line = f"DNS server {servers[zone]}, zone {zone}: xmpp.{zone} A not created: {CAUSES[zone]}"
    assert [error for error in published.errors if f"zone {zone}:" in error] == [line]


def test_nothing_but_these_updates_fails(published: Run) -> None:
    assert (published.status, len(published.errors)) == (1, len(CAUSES))


def test_no_srv_record_points_to_a_target_without_addresses(published: Run) -> None:
    assert published.zones["forbidden-key.example"] == BARE
    assert published.resources == {"created": 4, "errored": len(CAUSES) + 1}


def test_the_zone_that_works_is_published(published: Run) -> None:
    assert published.zones["contoso.com"] == sorted(
        [*BARE, "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp", "xmpp 300 IN A 131.107.155.10"]
    )


def test_a_server_that_never_answers_takes_bounded_time(published: Run) -> None:
    assert 15 < published.seconds < 60


def test_no_traceback_reaches_the_user(published: Run) -> None:
    assert "Traceback" not in published.output


def test_the_secrets_are_in_no_output_and_in_plain_text_in_no_state_file(published: Run) -> None:
    assert published.leaks == []
