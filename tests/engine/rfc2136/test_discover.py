"""A zone that is alive becomes a stack: discover, check, and an update that changes nothing in it."""

import json
from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.lab import SECRET, UNCHANGED, Lab, serving
from tests.unit.cli import run
from tools.lab.knot import ADDRESS, KEY_NAME

HELD = {
    "contoso.com": (
        ("_xmpp-server._tcp", "3600", "SRV", "0 0 5269 xmpp"),
        ("xmpp", "300", "A", "131.107.155.10"),
        ("_xmpp-server._tcp.eu", "3600", "SRV", "0 0 5269 xmpp.eu"),
        ("xmpp.eu", "300", "A", "131.107.155.10"),
        ("_xmpp-server._tcp.old", "3600", "SRV", "0 0 0 ."),
        ("_xmpp-server._tcp.lab", "3600", "SRV", "0 0 5269 xmpp.lab"),
        ("xmpp.lab", "300", "A", "10.0.0.5"),
        ("www", "60", "A", "131.107.155.99"),
    ),
    "fabrikam.com": (
        ("_xmpp-server._tcp", "3600", "SRV", "5 1 5222 sip"),
        ("_xmpps-server._tcp", "3600", "SRV", "5 1 5270 sip"),
        ("sip", "300", "A", "131.107.155.11"),
        ("sip", "300", "AAAA", "2620:1ec::11"),
    ),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with serving(tmp_path_factory.mktemp("knot"), *HELD) as knot:
        for zone, records in HELD.items():
            knot.change(zone, *(("add", *record) for record in records))
        yield Lab.of(knot, tmp_path_factory.mktemp("pulumi"))


def test_what_is_discovered_is_adopted_by_an_update_that_changes_nothing(lab: Lab):
    file = lab.stack.file
    salt = file.read_text() if file.exists() else ""
    server = f"{ADDRESS}:{lab.knot.port}"
    zones = [argument for zone in HELD for argument in ("--zone", zone)]
    key = ("--tsig-key-name", KEY_NAME)
    found = run(
        "discover",
        "--server",
        server,
        *zones,
        *key,
        "--output",
        str(file),
        "--force",
        "--format",
        "json",
        TSIG_SECRET=SECRET,
    )
    assert [each["what"] for each in json.loads(found.stdout)["left"]] == [
        "_xmpp-server._tcp.lab.contoso.com SRV"
    ]
    assert found.returncode == 1
    file.write_text(salt + file.read_text())
    lab.stack.set_secret("tsigSecret", SECRET)
    assert run("check", str(file)).returncode == 0
    done = lab.run("up", "--yes", "--skip-preview")
    assert done.status == 0, done.output
    assert done.changes == UNCHANGED
    outputs = json.loads(lab.stack.pulumi("stack", "output", "records", "--json").stdout)
    taken = json.loads(found.stdout)["taken"]
    assert sorted(f"{each['name']} {each['type']}" for each in outputs) == sorted(taken)
    assert lab.run("preview", "--expect-no-changes").status == 0
    assert done.leaks == []
