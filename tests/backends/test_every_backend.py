import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pytest

from xmpp_federation_dns.backends import PROVIDERS, Zone, zone_class, zone_classes
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.records import ARecordSet

PACKAGE = Path(__file__).parents[2] / "components" / "xmpp_federation_dns"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_backend_has_a_contract_test(provider: str):
    assert (Path(__file__).parent / f"test_{provider}.py").exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_goes_by_its_name_in_the_table(provider: str):
    assert zone_class(provider).provider == provider


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_with_a_pulumi_package_says_what_that_does_with_a_record_set_that_exists(provider: str):
    zone = zone_class(provider)
    assert bool(zone.existing_record_sets) == bool(zone.package)


PACKAGES = [backend.package for backend in zone_classes() if backend.package]
SDKS = {f"pulumi_{package.replace('-', '_')}" for package in PACKAGES} | {
    backend.client_sdk for backend in zone_classes() if backend.client_sdk
}


@pytest.mark.parametrize("sdk", sorted(SDKS))
def test_a_provider_sdk_is_imported_in_one_file(sdk: str):
    files = [path for path in PACKAGE.rglob("*.py") if re.search(rf"(from|import) {sdk}\b", path.read_text())]
    assert len(files) == 1


def test_no_backend_loads_a_provider_sdk_or_dns_before_it_is_used():
    code = (
        "import sys\n"
        "from xmpp_federation_dns.backends import zone_classes\n"
        "zone_classes()\n"
        f"print([name for name in {[*sorted(SDKS), 'dns']} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


OPTIONS: dict[str, dict[str, Any]] = {
    "azure": {"resource_group": "dns"},
    "gcp": {"project": "corp"},
    "octodns": {"provider_class": "octodns_powerdns.PowerDnsProvider"},
}


@pytest.mark.parametrize("kind", [kind for kind in zone_classes() if kind.client_sdk])
def test_where_its_sdk_is_missing_a_zone_is_not_opened_and_the_extra_is_named(
    kind: type[Zone], monkeypatch: pytest.MonkeyPatch
):
    sdk = kind.client_sdk
    for name in [name for name in sys.modules if name == sdk or name.startswith(f"{sdk}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, sdk, None)
    zone = kind(name="contoso.com", **OPTIONS.get(kind.provider, {}))
    with pytest.raises(UpdateError) as raised:
        zone.opened({})
    extra = kind.client_extra(kind.provider)
    assert str(raised.value) == (
        f"zone contoso.com: provider {kind.provider} needs the Python package {sdk}: pip install "
        f"'xmpp-federation-dns[{extra}]'"
    )


def test_what_an_sdk_itself_is_missing_is_named():
    missing = ModuleNotFoundError(name="urllib3")
    assert zone_class("aws").needs("aws", missing) == (
        "provider aws needs the Python package urllib3: pip install 'xmpp-federation-dns[aws-bulk]'"
    )


@dataclass(frozen=True, kw_only=True)
class NamedZone(Zone):
    provider: str = "named"


def test_a_zone_goes_by_its_name_where_it_says_nothing_else():
    zone = NamedZone(name="contoso.com")
    assert (zone.place({}), zone.replaced({}), zone.learnt) == (("contoso.com",), [], frozenset())


def test_a_zone_without_either_half_of_the_seam_says_so_when_it_is_asked_for_one():
    zone = NamedZone(name="contoso.com")
    assert (zone.has_client, zone.is_kept, zone.sdk) == (False, False, "")
    for half in (
        lambda: zone.client({}),
        lambda: zone.record("n", ARecordSet("n", 60, ()), pulumi.ResourceOptions()),
    ):
        with pytest.raises(NotImplementedError, match=r"^NamedZone has no "):
            half()
