"""BIND: a policy for each key, a zone that is signed after it was changed, a secondary that forwards updates."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from tests.unit.dynamic_update.lab import NAME, SECRET, ZONE, before, kinds, record_set, refreshed, told
from tools.lab.knot import ADDRESS, KEY_NAME, ZONE_FILE, Knot, free_port, program
from tools.lab.stack import CHECKOUT

from xmpp_federation_dns.backends import rfc2136_client
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.keepers.keeper import Keeper

SIGNED = "fabrikam.com"
EDGE = "131.107.155.10"
DOCUMENTED = re.search(r"For BIND: `(.*)`", (CHECKOUT / "docs" / "rfc2136.md").read_text())
CONFIGURATION = """\
options {{
    directory "{directory}";
    pid-file "{directory}/named.pid";
    session-keyfile "{directory}/session.key";
    listen-on port {port} {{ {address}; }};
    listen-on-v6 {{ none; }};
    recursion no;
    dnssec-validation no;
    notify no;
    allow-transfer {{ any; }};
}};
controls {{ }};
key pulumi {{ algorithm hmac-sha256; secret "{secret}"; }};
key {key_name} {{ algorithm hmac-sha256; secret "{secret}"; }};
{zones}
"""
PRIMARY = 'zone "{zone}" {{ type primary; file "{zone}.zone"; {policy} {more} }};\n'
SECONDARY = (
    'zone "{zone}" {{ type secondary; file "copy"; primaries port {primary} {{ {address} key {key_name}; }}; '
    "allow-update-forwarding {{ any; }}; }};"
)


@dataclass
class Bind(Knot):
    """A running `named`, which is edited by one key and published to by another."""

    configured: str = ""

    def prepared(self) -> list[str]:
        """Write zones and configuration, and return the command that runs the server with them."""
        self.directory.mkdir()
        for zone in self.zones:
            (self.directory / f"{zone}.zone").write_text(ZONE_FILE.format(zone=zone))
        text = CONFIGURATION.format(
            directory=self.directory,
            address=self.address,
            port=self.port,
            key_name=KEY_NAME,
            secret=self.secret,
            zones=self.configured,
        )
        configuration = self.directory / "named.conf"
        configuration.write_text(text)
        # AppArmor confines the program to the directories of the system's own server, by its path.
        named = shutil.copy(program("named", "bind9"), self.directory)
        return [str(named), "-g", "-c", str(configuration)]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bind, Bind]]:
    """Yield a primary with the policy of the docs and a zone that it signs, and a secondary that never follows."""
    assert DOCUMENTED is not None
    directory = tmp_path_factory.mktemp("bind")
    policy = DOCUMENTED[1].replace("{", f"{{ grant {KEY_NAME} zonesub ANY;", 1)
    refused = f"allow-transfer {{ key {KEY_NAME}; }};"
    zones = {ZONE: refused, SIGNED: "dnssec-policy default; inline-signing yes;"}
    text = "".join(PRIMARY.format(zone=zone, policy=policy, more=more) for zone, more in zones.items())
    primary = Bind(directory / "primary", free_port(), SECRET, tuple(zones), configured=text)
    text = SECONDARY.format(zone=ZONE, primary=primary.port, address=ADDRESS, key_name=KEY_NAME)
    secondary = Bind(directory / "secondary", free_port(), SECRET, (ZONE,), configured=text)
    with ExitStack() as stack:
        for server in (primary, secondary):
            stack.callback(server.stop)
            server.start()
        yield primary, secondary


@pytest.fixture
def primary(servers: tuple[Bind, Bind]) -> Bind:
    """Return the primary with nothing in the zone that it does not sign but what that needs itself."""
    for name in published(servers[0], ZONE):
        servers[0].change(ZONE, ("delete", name))
    return servers[0]


def published(server: Knot, zone: str) -> set[str]:
    """Return the names of what *zone* shows and does not need itself."""
    return {name for name, _ in server.names(zone)} - {"@", "ns1"}


def shown(server: Bind, count: int, zone: str = SIGNED) -> int:
    """Return how many names the *zone* shows in the end; *count* of them ends the wait."""
    deadline = time.monotonic() + 10
    while len(names := published(server, zone)) != count and time.monotonic() < deadline:
        time.sleep(0.1)
    return len(names)


def properties(server: Bind, *values: str, **others: Any) -> dict[str, Any]:
    return record_set(server.port, *values, tsigKeyName="pulumi", **others)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (f"{NAME} A", (EDGE, "131.107.155.11")),
        (f"{NAME} AAAA", ("2620:1ec::10", "2620:1ec::11")),
        (f"_xmpp-server._tcp.{ZONE} SRV", (f"0 0 5269 {NAME}.", "0 0 0 .")),
    ],
)
def test_the_policy_of_the_docs_is_all_that_the_life_of_a_record_set_takes(
    primary: Bind, provider: Keeper, key: str, values: tuple[str, str]
) -> None:
    first, then = (properties(primary, recordSets={key: f"300 {value}"}) for value in values)
    provider.create(first)
    provider.update("id", first, then)
    assert refreshed(provider, then) == then
    provider.delete("id", then)
    assert published(primary, ZONE) == set()


def test_a_type_that_the_policy_does_not_name_is_refused(primary: Bind, provider: Keeper) -> None:
    assert told(provider.create, properties(primary, '"text"', rdtype="TXT")) == (
        f"DNS server 127.0.0.1 port {primary.port}, zone {ZONE}: {NAME} TXT not created: the server does not "
        "serve the zone, or its policy refuses this; the message was signed by TSIG key 'pulumi' (REFUSED)"
    )


@pytest.mark.parametrize(
    ("record", "told_of"),
    [
        (("emea", "300", "NS", "ns9.example.net."), "it lies in a zone of its own, which is delegated"),
        (("emea", "300", "DNAME", "example.net."), "it lies below emea.contoso.com, which a DNAME record"),
        (("xmpp.emea", "300", "CNAME", "example.net."), "'CNAME 300 example.net.' is not of this resource"),
    ],
)
def test_what_would_hide_a_record_set_is_found_under_that_policy(
    primary: Bind, provider: Keeper, record: tuple[str, ...], told_of: str
) -> None:
    primary.change(ZONE, ("add", *record))
    message = told(provider.create, properties(primary, EDGE, name="xmpp.emea.contoso.com"))
    assert f"1 conflict:\n  xmpp.emea.contoso.com A: {told_of}" in message


def test_what_is_not_signed_yet_is_not_gone(primary: Bind, provider: Keeper) -> None:
    wanted = [properties(primary, EDGE, name=f"xmpp{n}.{SIGNED}", zone=SIGNED) for n in range(20)]
    for each in wanted:
        provider.create(each)
        assert refreshed(provider, each) == each
    for each in wanted:
        provider.delete("id", each)
        assert provider.read("id", each).id is None
    assert shown(primary, 0) == 0


def test_what_is_signed_later_is_shown_in_the_end_though_many_messages_follow_each_other(
    primary: Bind, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PrimaryZone, "most", (16_000,))
    monkeypatch.setattr(rfc2136_client, "PAUSE", 1.0)
    record_sets = {f"xmpp{number}.{SIGNED} A": f"300 {EDGE}" for number in range(600)}
    wanted = properties(primary, zone=SIGNED, recordSets=record_sets, journal=[])
    provider.create(wanted)
    assert refreshed(provider, wanted) == wanted
    assert shown(primary, len(record_sets)) == len(record_sets)
    provider.delete("id", wanted)
    assert shown(primary, 0) == 0


@pytest.mark.parametrize(
    ("zone", "ways"),
    [(ZONE, ["question", "transfer", "questions"]), (SIGNED, ["question", "transfer"])],
    ids=["refused", "allowed"],
)
def test_many_record_sets_are_read_whether_a_transfer_is_allowed_or_not(
    primary: Bind, provider: Keeper, zone: str, ways: list[str]
) -> None:
    record_sets = {f"xmpp{number}.{zone} A": f"300 {EDGE}" for number in range(100)}
    wanted = properties(primary, zone=zone, recordSets=record_sets, journal=[])
    provider.create(wanted)
    shown(primary, len(record_sets), zone)
    with before(primary) as (port, conversations):
        there = wanted | {"port": port}
        assert refreshed(provider, there) == there
    assert kinds(conversations) == [*ways, "condition"]
    provider.delete("id", wanted)
    assert shown(primary, 0, zone) == 0


def test_a_secondary_that_forwards_updates_loses_nothing_and_leaves_nothing(
    servers: tuple[Bind, Bind], primary: Bind, provider: Keeper
) -> None:
    secondary = servers[1]
    wanted = properties(secondary, EDGE)
    provider.create(wanted)
    assert (refreshed(provider, wanted), secondary.ask(f"{NAME}.", "A")) == (wanted, [])
    assert published(primary, ZONE) == {"xmpp"}
    provider.delete("id", wanted)
    assert published(primary, ZONE) == set()
