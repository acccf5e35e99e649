import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from tests.backends import test_aws, test_azure, test_rfc2136
from tests.backends.contract import BackendContract

from xmpp_federation_dns.args import BACKENDS, XmppFederationDnsArgs
from xmpp_federation_dns.backends import Zone

PACKAGE = Path(__file__).parents[2] / "components" / "xmpp_federation_dns"
CONTRACTS: list[type[BackendContract]] = [
    test_aws.TestRoute53,
    test_azure.TestAzureDns,
    test_rfc2136.TestDynamicUpdate,
]


def test_every_backend_has_a_contract_test():
    assert {type(contract.zone) for contract in CONTRACTS} == set(BACKENDS)


def test_every_backend_is_a_member_of_the_configuration_union():
    [sequence] = get_args(get_type_hints(XmppFederationDnsArgs)["zones"])
    assert set(get_args(sequence)) - {Zone} == set(BACKENDS)


@pytest.mark.parametrize("sdk", [backend.sdk for backend in BACKENDS if backend.sdk])
def test_a_provider_sdk_is_named_in_one_file(sdk: str):
    files = [path.name for path in PACKAGE.rglob("*.py") if sdk in path.read_text()]
    assert len(files) == 1


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.provider)
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
