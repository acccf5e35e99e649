"""What a stack needs installed: the SDKs of the providers it uses, and no others."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from xmpp_federation_dns.backends import zone_classes

ROOT = Path(__file__).parents[2]
REQUIREMENTS = (ROOT / "requirements.txt").read_text()
PACKAGE = "xmpp-federation-dns"
NEEDED = {
    extra: sdk
    for zone in zone_classes()
    for extra, sdk in (
        (zone.provider, f"pulumi_{zone.package.replace('-', '_')}" if zone.package else ""),
        (zone.client_extra(zone.provider), zone.client_sdk),
    )
    if sdk
}
"""The extra of each half of a provider, and what it installs."""
PROGRAM = f"""\
import runpy
import sys

for sdk in {[*NEEDED.values()]}:
    sys.modules[sdk] = None  # by which Python refuses to import it

from tests.recorder import run
from tests.unit.test_docs import EXAMPLES, given
from xmpp_federation_dns import XmppFederationDns

for file in EXAMPLES:
    if file.stem == "rfc2136":
        stack = given(file.read_text())
        stack["tsigSecret"] = "c2VjcmV0"
        bulk = stack | {{"zones": [zone | {{"bulk": True}} for zone in stack["zones"]]}}
        for values in (stack, bulk):
            print(len(run(lambda: XmppFederationDns("federation", values)).names))
"""


def test_the_requirements_of_the_program_are_extras_in_one_line_and_say_what_each_is_for():
    [extras] = re.findall(r"^-e \.\[(.*)\]$", REQUIREMENTS, re.MULTILINE)
    assert re.findall(r"^#   (\S+)", REQUIREMENTS, re.MULTILINE) == extras.split(",")
    assert set(extras.split(",")) <= NEEDED.keys()


def test_the_package_without_extras_requires_what_dynamic_updates_need_and_no_sdk_of_a_cloud():
    required = [
        re.split(r"[>=; ]", text)[0] for text in metadata.requires(PACKAGE) or () if "extra" not in text
    ]
    assert required == ["cryptography", "dnspython", "idna", "pulumi", "pydantic", "pyyaml", "rich", "typer"]


def test_each_extra_installs_the_sdk_that_its_zones_load():
    required = re.findall(
        r"^(\S+?)[<>=;].*extra == '(\S+)'$", "\n".join(metadata.requires(PACKAGE) or ()), re.MULTILINE
    )
    assert {(extra, sdk.replace("-", "_")) for sdk, extra in required} >= {
        (extra, sdk.replace(".", "_")) for extra, sdk in NEEDED.items()
    }
    assert {extra for _, extra in required} == NEEDED.keys()


def test_a_stack_of_dynamic_updates_alone_runs_where_no_sdk_of_a_cloud_is_installed():
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("5\n2\n", "")
