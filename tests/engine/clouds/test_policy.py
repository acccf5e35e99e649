"""The policy pack: preview and update stop at records that a program writes by hand and that break the rules."""

import os
import re
import shutil
from pathlib import Path

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Aws, Azure
from tests.standins.zones import CloudZone, Published
from tools.lab.stack import CHECKOUT

PACK = CHECKOUT / "policy" / "srv_records.py"
SECRET = "192.168.77.5"
PROGRAM = """\
import pulumi
from pulumi_aws import route53
from pulumi_azure_native import dns

from xmpp_federation_dns import EdgePool, Route53Zone, SipDomain, XmppFederationDns, XmppFederationDnsArgs

contoso = {{"zone_id": "{zone_id}", "ttl": 300}}
fabrikam = {{"resource_group_name": "{group}", "zone_name": "fabrikam.com", "ttl": 300}}


def srv(name, *records, ttl=3600):
    return route53.Record("srv", **{{**contoso, "ttl": ttl}}, name=name, type="SRV", records=records)


def azure_srv(port, target):
    record = dns.SrvRecordArgs(priority=0, weight=0, port=port, target=target)
    place = {{"relative_record_set_name": "_xmpp-server._tcp", "record_type": "SRV"}}
    return dns.RecordSet("azure-srv", **fabrikam, **place, srv_records=[record])


def host(address):
    return route53.Record("host", **contoso, name="xmpp.contoso.com", type="A", records=[address])


def azure_host(address):
    place = {{"relative_record_set_name": "xmpp", "record_type": "A"}}
    return dns.RecordSet("azure-host", **fabrikam, **place, a_records=[dns.ARecordArgs(ipv4_address=address)])


{lines}
"""
RIGHT = """\
host("131.107.155.10")
azure_host("131.107.155.20")
srv("_xmpp-server._tcp.contoso.com", "0 0 5269 xmpp.contoso.com")
azure_srv(5269, "xmpp.fabrikam.com")
"""
# The component keeps the rules of its own configuration, which admits another port; its targets are the program's.
WRONG = """\
host(pulumi.Config().require_secret("address"))
azure_host("10.0.0.5")
srv("_xmpp-server._tcp.contoso.com", "0 0 5222 xmpp.contoso.com", ttl=30)
azure_srv(5269, "xmpp.contoso.com")
route53.Record("edge", **contoso, name="edge.contoso.com", type="CNAME", records=["edge.example"])
place = {"provider": "aws", "zone": "contoso.com", "zoneId": contoso["zone_id"]}
record_sets = {"_xmpp-server._tcp.de.contoso.com SRV": "3600 0 0 5222 xmpp.contoso.com."}
pulumi.CustomResource("xmpp-federation-dns:index:RecordSets", "own", place | {"recordSets": record_sets})
targets = ("edge.contoso.com", "xmpp.fabrikam.com")
XmppFederationDns(
    "federation",
    XmppFederationDnsArgs(
        domains=["eu.contoso.com"],
        edge_pools=[EdgePool(target=each, port=5222, manage_addresses=False) for each in targets],
        zones=[Route53Zone(name="contoso.com", zone_id=contoso["zone_id"])],
        profile="standard",
    ),
)
"""
LATER = """\
target = host("131.107.155.10").fqdn
srv("_xmpp-server._tcp.contoso.com", target.apply(lambda name: f"0 0 5222 {name}"))
"""
PORT = (
    "srv-records",
    "aws:route53:Record: srv",
    "P7 records[0].port: 5222 is not the port of Lync, 5269 (profile: standard for other servers)",
)
UNREACHED = "peers on the internet cannot reach it (allowPrivateAddresses: true for a lab)"
VIOLATIONS = {
    PORT,
    ("srv-records", "aws:route53:Record: srv", "P9 ttl: 30 is out of range: 60 to 86400 seconds"),
    (
        "srv-records",
        "azure-native:dns:RecordSet: azure-srv",
        "P5 srvRecords[0].target: 'xmpp.contoso.com' lies outside the zone of SIP domain 'fabrikam.com', which Lync "
        "peers refuse (profile: standard for other servers)",
    ),
    (
        "srv-records",
        "xmpp-federation-dns:index:RecordSets: own",
        "P7 recordSets._xmpp-server._tcp.de.contoso.com SRV[0].port: 5222 is not the port of Lync, 5269 (profile: "
        "standard for other servers)",
    ),
    (
        "targets",
        "aws:route53:Record: edge",
        "V7 the target of an SRV record must be no CNAME (RFC 2782); give it A and AAAA records",
    ),
    (
        "targets",
        "aws:route53:Record: host",
        f"P6 records[0]: '[secret]' is a private address; {UNREACHED}",
    ),
    (
        "targets",
        "azure-native:dns:RecordSet: azure-host",
        f"P6 aRecords[0]: '10.0.0.5' is a private address; {UNREACHED}",
    ),
}
"""Policy, resource and line of each violation of the program that is wrong."""
[OPTIONS] = re.findall("```json\n(.*?)```", (CHECKOUT / "docs" / "policy.md").read_text(), re.DOTALL)
"""Of both policies, as their page has them: for other servers, in a lab, where an alias is no more than unwise."""


@pytest.fixture(scope="module")
def zones(both: Lab, aws: Aws, azure: Azure) -> list[CloudZone]:
    both.stack.set_secret("address", SECRET)
    return [both.zone(aws, "contoso.com"), both.zone(azure, "fabrikam.com")]


def run(lab: Lab, zones: list[CloudZone], lines: str, *arguments: str, pack: Path = PACK) -> Run:
    """Run `pulumi` on a program of these *lines*, with the pack."""
    contoso, fabrikam = (zone.configuration() for zone in zones)
    text = PROGRAM.format(zone_id=contoso["zoneId"], group=fabrikam["resourceGroup"], lines=lines)
    lab.program(text)
    return lab.run(*arguments, "--policy-pack", str(pack))


def violations(run: Run, level: str = "mandatory") -> list[tuple[str, str, str]]:
    """Return policy, resource and line of each violation, without the sentence that each policy has of itself."""
    form = rf"^ +- \[{level}\]  (\S+)  \((.+)\)\n +\S.*\n +(\S.*)\n"
    listed = re.findall(form, run.output, re.MULTILINE)
    assert len(listed) == run.output.count(f"[{level}]")
    return listed


@pytest.fixture(scope="module")
def previewed(both: Lab, zones: list[CloudZone]) -> Run:
    return run(both, zones, WRONG, "preview")


def test_a_preview_ends_with_a_line_for_each_violation(previewed: Run):
    assert previewed.status != 0
    found = violations(previewed)
    assert (set(found), len(found)) == (VIOLATIONS, len(VIOLATIONS))


def test_a_secret_of_the_configuration_is_not_shown(previewed: Run):
    assert SECRET not in previewed.output


def test_an_update_ends_with_its_preview(both: Lab, zones: list[CloudZone], previewed: Run):
    assert previewed.status != 0

    updated = run(both, zones, WRONG, "up", "--yes")

    assert updated.status != 0
    assert set(violations(updated)) == VIOLATIONS
    assert [zone.record_sets() for zone in zones] == [{}, {}]


def test_the_options_of_the_page_say_what_is_admitted_and_what_only_told(both: Lab, zones: list[CloudZone]):
    options = both.directory / "policies.json"
    options.write_text(OPTIONS)

    previewed = run(both, zones, WRONG, "preview", "--policy-pack-config", str(options))

    assert previewed.status != 0
    left = {rule: {each for each in VIOLATIONS if each[2].startswith(rule)} for rule in ("P9", "V7")}
    assert set(violations(previewed)) == left["P9"]
    assert set(violations(previewed, "advisory")) == left["V7"]


def test_what_a_preview_does_not_know_stops_the_update(both: Lab, zones: list[CloudZone]):
    previewed = run(both, zones, LATER, "preview")
    updated = run(both, zones, LATER, "up", "--yes")

    assert (previewed.status, violations(previewed)) == (0, [])
    assert (updated.status != 0, violations(updated)) == (True, [PORT])
    address = {("xmpp.contoso.com", "A"): Published(300, ("131.107.155.10",))}
    assert [zone.record_sets() for zone in zones] == [address, {}]


def test_records_that_are_right_are_published(both: Lab, zones: list[CloudZone]):
    pack = Path(os.path.relpath(PACK, both.stack.project))

    updated = run(both, zones, RIGHT, "up", "--yes", pack=pack)

    assert (updated.status, violations(updated)) == (0, [])
    assert [set(zone.record_sets()) for zone in zones] == [
        {("_xmpp-server._tcp.contoso.com", "SRV"), ("xmpp.contoso.com", "A")},
        {("_xmpp-server._tcp.fabrikam.com", "SRV"), ("xmpp.fabrikam.com", "A")},
    ]


def test_a_pack_without_its_environment_says_how_to_make_it(
    both: Lab, zones: list[CloudZone], tmp_path: Path
):
    pack = tmp_path / "policy" / PACK.name
    pack.parent.mkdir()
    shutil.copy(PACK, pack)

    previewed = run(both, zones, RIGHT, "preview", pack=pack)

    assert previewed.status != 0
    assert f"{pack}: there is no .venv-policy beside policy/: make policy\n" in previewed.output
    assert "Traceback" not in previewed.output
