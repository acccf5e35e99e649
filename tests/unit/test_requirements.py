"""What a stack needs installed: the SDKs of the providers it uses, and no others."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from xmpp_federation_dns import AzureZone, Rfc2136Zone, Route53Zone

ROOT = Path(__file__).parents[2]
REQUIREMENTS = (ROOT / "requirements.txt").read_text()
PACKAGE = "xmpp-federation-dns"
ZONES = (
    Route53Zone(name="contoso.com"),
    Route53Zone(name="contoso.com", bulk=True),
    AzureZone(name="contoso.com", resource_group="dns"),
    AzureZone(name="contoso.com", resource_group="dns", bulk=True),
    Rfc2136Zone(name="contoso.com", server="192.0.2.53"),
    Rfc2136Zone(name="contoso.com", server="192.0.2.53", bulk=True),
)
NEEDED = [zone.requires() for zone in ZONES if zone.requires()]
PROGRAM = f"""\
import runpy
import sys

for sdk in {[sdk for sdk, _ in filter(None, NEEDED)]}:
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


def test_the_requirements_of_the_program_are_all_extras_in_one_line_and_say_what_each_is_for():
    extras = metadata.metadata(PACKAGE).get_all("Provides-Extra") or []
    assert extras == [extra for _, extra in filter(None, NEEDED)]
    assert re.findall(r"^#   (\S+)", REQUIREMENTS, re.MULTILINE) == extras
    lines = [line for line in REQUIREMENTS.splitlines() if not line.startswith("#")]
    assert lines == [f"-e .[{','.join(extras)}]"]


def test_the_package_without_extras_requires_what_dynamic_updates_need_and_no_sdk_of_a_cloud():
    required = [
        re.split(r"[>=; ]", text)[0] for text in metadata.requires(PACKAGE) or () if "extra" not in text
    ]
    assert required == ["cryptography", "dnspython", "idna", "pulumi", "pydantic", "pyyaml", "rich", "typer"]


def test_each_extra_installs_the_sdk_that_its_zones_load():
    installed = re.findall(
        r"^(\S+?)[>=;].*extra == '(\S+)'$", "\n".join(metadata.requires(PACKAGE) or ()), re.MULTILINE
    )
    assert [(sdk.replace("-", "_"), extra) for sdk, extra in installed] == [
        (sdk.replace(".", "_"), extra) for sdk, extra in filter(None, NEEDED)
    ]


def test_a_stack_of_dynamic_updates_alone_runs_where_no_sdk_of_a_cloud_is_installed():
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("5\n2\n", "")
