import json
from pathlib import Path
from typing import ClassVar

import pytest
from tests.unit.cli import call
from tests.unit.live.plans import ALL, domain, kept, plan, same, step
from tests.unit.live.test_review import many, moved, record

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import Right, UpdateError
from xmpp_federation_dns.changes import Content, Foreign, Live, content
from xmpp_federation_dns.live import readings

STACK = """\
config:
  zones: [{provider: aws, name: contoso.com, zoneId: Z1}]
  domains: [contoso.com]
  edgePools: [{ipv4: [131.107.155.10]}]
"""
SRV = "_xmpp-server._tcp.contoso.com SRV"
EQUAL = content(3600, ["0 0 5269 xmpp.contoso.com."])
TITLE = "XMPP federation: what this update does to what peers see"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text("name: xmpp-federation-dns\nruntime: python\n")
    Path("Pulumi.production.yaml").write_text(STACK)
    Path("plan.json").write_bytes(plan(*(step("create", new=each) for each in domain("contoso.com"))))


class Reader:
    """What is in a zone; an error where that is a text."""

    unasked = ""
    stopped: ClassVar[list[Right] | None] = []

    def __init__(self, live: dict[str, Live] | str) -> None:
        self.live = live

    def read(self, expected: dict[str, Content]) -> dict[str, Live]:  # noqa: ARG002 the zone holds nothing else
        if isinstance(self.live, str):
            raise UpdateError(self.live)
        return self.live

    def stops(self, keys: list[str]) -> list[Right]:  # noqa: ARG002 they are of the zone
        if self.stopped is None:
            raise UpdateError("no answer")
        return self.stopped

    def learnt(self) -> dict[str, str]:
        return {}


def reads(monkeypatch: pytest.MonkeyPatch, live: dict[str, Live] | str) -> None:
    def client(_zone: Zone, _secret: str | None) -> Reader:
        return Reader(live)

    monkeypatch.setattr(readings, "client", client)


def test_a_plan_of_another_stack_is_told(monkeypatch: pytest.MonkeyPatch):
    reads(monkeypatch, {})
    Path("plan.json").write_bytes(plan(*(step("create", new=each) for each in domain("fabrikam.com"))))
    code, _, err = call("review", "plan.json", "--stack", "production")
    assert (code, err) == (
        2,
        "error: --stack production: the plan creates _xmpp-server._tcp.fabrikam.com SRV, xmpp.fabrikam.com A, of which "
        "this stack has nothing: is it the plan of another one?\n",
    )


def test_what_is_there_is_compared_with_the_plan(monkeypatch: pytest.MonkeyPatch):
    reads(monkeypatch, {"xmpp.contoso.com A": content(300, ["131.107.155.10"])})
    service, host = domain("contoso.com")
    wanted = {**host, "inputs": {**host["inputs"], "records": ["131.107.155.11"]}}
    Path("plan.json").write_bytes(plan(step("create", new=service), step("create", new=wanted)))
    code, out, _ = call("review", "plan.json", "--stack", "production", "--format", "json")
    [taken] = json.loads(out)["taken"]
    assert (code, taken["wanted"], taken["text"].partition(";")[0]) == (
        1,
        "300 131.107.155.11",
        "is there already, with other values",
    )


def test_a_lock_is_told_and_refused(monkeypatch: pytest.MonkeyPatch):
    reads(monkeypatch, {})
    monkeypatch.setattr(Reader, "stopped", [Right("lock 'a' (ReadOnly)", "in the way", "take it off")])
    code, out, _ = call("review", "plan.json", "--stack", "production", "--format", "json")
    assert (code, json.loads(out)["stopped"]) == (
        1,
        [
            {
                "zone": "contoso.com",
                "name": "lock 'a' (ReadOnly)",
                "state": "in the way",
                "note": "take it off",
            }
        ],
    )


def test_locks_that_nobody_tells_of_are_in_nobodys_way(monkeypatch: pytest.MonkeyPatch):
    reads(monkeypatch, {})
    monkeypatch.setattr(Reader, "stopped", None)
    code, out, _ = call("review", "plan.json", "--stack", "production", "--format", "json")
    assert (code, json.loads(out)["stopped"]) == (0, [])


def test_what_is_equal_where_nothing_is_taken_over_has_to_go(monkeypatch: pytest.MonkeyPatch):
    reads(monkeypatch, {"xmpp.contoso.com A": content(300, ["131.107.155.10"])})
    monkeypatch.setattr(Zone, "adopts", False)
    _, out, _ = call("review", "plan.json", "--stack", "production", "--format", "json")
    [taken] = json.loads(out)["taken"]
    assert taken["text"] == "is there already, and equal, and can be taken over by nobody; delete it there"


def test_markdown_has_the_summary_first():
    assert call("review", "plan.json", "--format", "markdown") == (
        0,
        f"### {TITLE}\n\n1 SIP domain is added.\n\n"
        "| SIP domain | change | before | after | danger |\n|---|---|---|---|---|\n"
        "| contoso.com | added |  | xmpp.contoso.com:5269 (TTL 3600); 131.107.155.10 (TTL 300) |  |\n",
        "",
    )


def test_markdown_of_3000_sip_domains_fits_a_comment():
    Path("plan.json").write_bytes(plan(*many(3000, 3000)))
    status, text, _ = call("review", "plan.json", "--format", "markdown")
    assert (status, text.splitlines()[2]) == (1, "Refused. 3,000 SIP domains lose federation.")
    assert len(text.rstrip("\n")) <= 65_536
    assert text.rstrip().endswith("more rows, which do not fit here; `--format json` has all of them.")


def test_json_has_what_the_guard_says_and_each_sip_domain():
    Path("plan.json").write_bytes(plan(*moved(record(), record("other")), *many(100, 12)))
    status, text, _ = call("review", "plan.json", "--format", "json", "--allow", "12")
    found = json.loads(text)
    assert (status, found["guard"]["number"], found["guard"]["refused"], found["taken"]) == (1, 12, False, [])
    assert len(found["guard"]["lost"]) == 12
    [moves] = [each for each in found["domains"] if each["name"] == "contoso.com"]
    side = {SRV: {"ttl": 3600, "values": ["0 0 5269 xmpp.contoso.com."]}}
    assert (moves["change"], moves["what"], moves["before"], moves["after"]) == (
        "moved",
        ["to component other"],
        side,
        side,
    )
    assert [each["severity"] for each in moves["dangers"]] == ["error"]


def test_the_guard_lets_through_by_the_number():
    Path("plan.json").write_bytes(plan(*many(100, 12)))
    assert [call("review", "plan.json", *more)[0] for more in ((), ("--allow", "11"), ("--allow", "12"))] == [
        1,
        1,
        0,
    ]


def test_a_plan_that_leaves_out_what_stays_has_no_measure():
    Path("plan.json").write_bytes(plan(*many(12, 12), changeSummary={"same": 264}))
    assert call("review", "plan.json") == (
        2,
        "",
        "error: plan.json: the plan leaves out 264 resources that stay as they are, so that what it takes away has no "
        "measure; make it by `pulumi preview --json --show-sames`\n",
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [("gone.json", "gone.json: No such file or directory"), ("-", "standard input: it is empty; ")],
)
def test_what_cannot_be_read_is_told(name: str, told: str):
    status, text, error = call("review", name)
    assert (status, text) == (2, "")
    assert error.startswith(f"error: {told}")


def test_a_stack_that_cannot_be_read_is_told():
    status, _, error = call("review", "plan.json", "--stack", "staging")
    assert (status, error.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("live", "told"),
    [
        (EQUAL, "is there already, and equal; bring it in with pulumi import, or existing: adopt"),
        (
            content(60, ["0 0 5269 old.contoso.com."]),
            "is there already, with other values; delete it there, or leave the SIP domain out",
        ),
        (
            Foreign("CNAME of lb.example.net"),
            "is in its place, and can be none of ours; delete it there, or leave the SIP domain out",
        ),
        (Foreign("contoso.com is delegated", hides=True), "contoso.com is delegated"),
    ],
)
def test_what_is_in_the_way_of_what_is_created_is_told(
    monkeypatch: pytest.MonkeyPatch, live: Live, told: str
):
    reads(monkeypatch, {SRV: live})
    status, text, _ = call("review", "plan.json", "--stack", "production", "--format", "json")
    wanted = "3600 0 0 5269 xmpp.contoso.com."
    assert (status, json.loads(text)["taken"]) == (
        1,
        [{"recordSet": SRV, "wanted": wanted, "found": str(live), "text": told}],
    )
    status, text, _ = call("review", "plan.json", "--stack", "production")
    assert text.endswith("- Taken: 1 of the names that are created hold something already.\n")


def test_what_is_there_since_it_stays_is_not_in_the_way(monkeypatch: pytest.MonkeyPatch):
    Path("plan.json").write_bytes(plan(*same(record())))
    reads(monkeypatch, {SRV: EQUAL})
    assert call("review", "plan.json", "--stack", "production")[0] == 0


def test_what_is_adopted_is_not_in_the_way(monkeypatch: pytest.MonkeyPatch):
    bulk = kept(ALL, {SRV: str(EQUAL)}, provider="aws", existing="adopt")
    Path("plan.json").write_bytes(plan(step("create", new=bulk)))
    reads(monkeypatch, {SRV: EQUAL})
    assert call("review", "plan.json", "--stack", "production")[0] == 0


def test_a_zone_that_cannot_be_read_is_told_beside_the_report(monkeypatch: pytest.MonkeyPatch):
    reads(monkeypatch, "zone contoso.com: access denied")
    status, text, error = call("review", "plan.json", "--stack", "production")
    assert (status, error) == (2, "error: zone contoso.com: access denied\n")
    assert text.endswith("1 SIP domain is added.\n")
