import subprocess
import sys
from pathlib import Path

import pytest

from xmpp_federation_dns.backends import PROVIDERS, Zone, zone_class, zone_classes

PACKAGE = Path(__file__).parents[2] / "components" / "xmpp_federation_dns"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_backend_has_a_contract_test(provider: str):
    assert (Path(__file__).parent / f"test_{provider}.py").exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_goes_by_its_name_in_the_table(provider: str):
    assert zone_class(provider).provider == provider


@pytest.mark.parametrize("sdk", [backend.sdk for backend in zone_classes() if backend.sdk])
def test_a_provider_sdk_is_named_in_one_file(sdk: str):
    files = [path.name for path in PACKAGE.rglob("*.py") if sdk in path.read_text()]
    assert len(files) == 1


@pytest.mark.parametrize("backend", zone_classes(), ids=lambda backend: backend.provider)
def test_a_backend_stays_small(backend: type[Zone]):
    path = PACKAGE / f"{backend.__module__.removeprefix('xmpp_federation_dns.').replace('.', '/')}.py"
    assert len(path.read_text().splitlines()) <= 120


def test_the_package_loads_without_any_provider_sdk_or_dns():
    code = (
        "import sys, xmpp_federation_dns\n"
        "print([name for name in ('pulumi_aws', 'pulumi_azure_native', 'dns') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
