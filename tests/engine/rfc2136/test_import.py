"""Record sets that are published already come under the component by `pulumi import`, one by one and in bulk."""

import json
from typing import Any

import pytest
from tests.engine.rfc2136.lab import UNCHANGED, Lab, Run
from tools.lab.knot import ADDRESS, KEY_NAME, Knot

OPTIONS = ("--generate-code=false", "--protect=false", "--skip-preview", "--yes")
RECORD_SETS = {
    "_xmpp-server._tcp": ("SRV", "3600", "0 0 5269 xmpp"),
    "xmpp": ("A", "300", "131.107.155.10"),
}


@pytest.fixture(scope="module")
def published(lab: Lab, knot: Knot) -> Lab:
    """Publish by hand what the stack is to publish, in one zone one by one, in the other in bulk."""
    lab.configure(
        zones=[lab.zone("contoso.com"), lab.zone("fabrikam.com", bulk=True)],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    for zone in knot.zones:
        for name, (type_, ttl, value) in RECORD_SETS.items():
            knot.change(zone, ("add", name, ttl, type_, value))
    return lab


@pytest.fixture(scope="module")
def imported(published: Lab) -> Run:
    """Fill in the file that the engine writes, and import it."""
    file = published.directory / "import.json"
    published.stack.pulumi("preview", "--import-file", str(file))
    found: dict[str, Any] = json.loads(file.read_text())
    options = f"server={ADDRESS}&port={published.knot.port}&tsigKeyName={KEY_NAME}"
    in_bulk = "xmpp.fabrikam.com/A/_xmpp-server._tcp.fabrikam.com/SRV"
    for each in found["resources"]:
        if each["type"].endswith(":RecordSet"):
            owner, type_ = each["name"].removeprefix("federation-").rsplit("-", 1)
            each["id"] = f"rfc2136/contoso.com/{owner}/{type_}?{options}"
        elif not each.get("component"):
            each["id"] = f"rfc2136/fabrikam.com/{in_bulk}?{options}"
    file.write_text(json.dumps(found))
    return published.run("import", "--file", str(file), *OPTIONS)


@pytest.fixture(scope="module")
def again(imported: Run, published: Lab) -> Run:
    assert imported.status == 0, imported.output
    return published.run("up", "--yes", "--skip-preview", "--diff")


@pytest.fixture(scope="module")
def destroyed(again: Run, published: Lab) -> Run:
    assert again.status == 0, again.output
    return published.run("destroy", "--yes", "--skip-preview")


def test_record_sets_are_imported_under_the_component(imported: Run):
    assert imported.resources["imported"] == 5


def test_publishing_what_was_imported_writes_nothing(again: Run):
    assert again.resources == {"updated": 1, "unchanged": 5}
    assert dict(again.changes) == UNCHANGED


def test_what_was_imported_is_the_stacks_own(destroyed: Run):
    assert destroyed.status == 0
    assert [len(changes) for changes in destroyed.changes.values()] == [2, 2]


@pytest.mark.parametrize(
    ("id_", "fault"),
    [
        (
            "xmpp.contoso.com/A",
            "'xmpp.contoso.com/A' is not the id of an import: expected <provider>/<zone>/<name>/<TYPE>?<option>=<value>"
            "&…, such as rfc2136/contoso.com/xmpp.contoso.com/A?server=192.0.2.53&tsigKeyName=pulumi",
        ),
        (
            "rfc2136/contoso.com/other.contoso.com/A?server={address}&port={port}&tsigKeyName={key}",
            "resource 'rfc2136/contoso.com/other.contoso.com/A?server={address}&port={port}&tsigKeyName={key}' "
            "does not exist",
        ),
    ],
    ids=["another form", "not there"],
)
def test_what_cannot_be_imported_is_told_in_one_line(destroyed: Run, lab: Lab, id_: str, fault: str):
    assert destroyed.status == 0
    filled = {"address": ADDRESS, "port": lab.knot.port, "key": KEY_NAME}
    done = lab.run("import", "xmpp-federation-dns:index:RecordSet", "one", id_.format(**filled), *OPTIONS)
    text = fault.format(**filled)
    # The engine says it once more for itself.
    assert (done.status, done.errors) == (1, [text, f"update failed: step application failed: {text}"])
