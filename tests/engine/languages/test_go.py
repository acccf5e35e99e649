"""The example in Go, and what the compiler says of a wrong key."""

from pathlib import Path

import pytest
from tests.engine.languages import lab as labs
from tests.engine.languages.examples import Example
from tests.engine.languages.lab import Go
from tests.engine.rfc2136.lab import SECRET, Lab
from tools.lab.knot import Knot

WRONG = """\
package main

import (
	xmpp "example.com/pulumi-xmpp-federation-dns/sdk/go/xmppfederationdns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func program(*pulumi.Context) error {
	id := pulumi.String("Z1")
	_ = xmpp.Route53ZoneArgs{Provider: "aws", Name: "contoso.com", ZoneId: id}
	_ = xmpp.Route53ZoneArgs{Provider: "aws", Name: "contoso.com", ResourceGroup: id}
	_ = xmpp.EdgePoolArgs{Ipv5: pulumi.StringArray{}}
	_ = xmpp.XmppFederationDnsArgs{SrvTTL: nil}
	return nil
}
"""


ERRORS = """\
# languages/program
./program.go:11:65: unknown field ResourceGroup in struct literal of type xmppfederationdns.Route53ZoneArgs
./program.go:12:24: unknown field Ipv5 in struct literal of type xmppfederationdns.EdgePoolArgs
./program.go:13:33: unknown field SrvTTL in struct literal of type xmppfederationdns.XmppFederationDnsArgs, but does \
have SrvTtl
"""


@pytest.fixture(scope="module")
def lab(go: Go, knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    directory = tmp_path_factory.mktemp("go")
    command = go.command(directory / "program", Go.example.read_text())
    return labs.example(directory, "go", knot, SECRET, command)


class TestExample(Example):
    def test_the_compiler_refuses_keys_that_a_zone_of_its_provider_a_pool_and_the_component_do_not_have(
        self, go: Go, tmp_path: Path
    ):
        said, _ = go.compile(tmp_path / "program", WRONG)
        assert said == ERRORS
