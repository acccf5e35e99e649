"""A stack that includes files: what its stack file has no room for, and where mistakes are told."""

import re
import sys
from collections.abc import Iterator

import pytest
import yaml
from tests.engine.rfc2136.lab import BARE, SECRET, Lab, serving
from tools.lab.stack import Stack

from xmpp_federation_dns.configuration.check import ROOM, check
from xmpp_federation_dns.configuration.stackfile import StackFile

MANY = [
    {"name": f"d{number}.contoso.com", "edgePools": [{"ipv4": [f"131.107.{number // 250}.{number % 250}"]}]}
    for number in range(1_200)
]
"""More SIP domains with Edge pools of their own than a stack file has room for."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
        lab.configure(
            edgePools=[{"ipv4": ["131.107.155.10"]}],
            domains=["contoso.com"],
            zones=[lab.zone("contoso.com", bulk=True)],
            include=["config/many.yaml", "config/names.txt", "config/names.csv"],
        )
        config = lab.stack.project / "config"
        (config / "many.yaml").write_text(yaml.safe_dump({"domains": MANY}))
        (config / "names.txt").write_text("eu.contoso.com # since 2019\n")
        (config / "names.csv").write_text('#TYPE Sip\r\n"Identity","Name"\r\n"x","us.contoso.com"\r\n')
        lab.stack.set_secret("tsigSecret", SECRET)
        yield lab


def test_what_is_included_is_published(lab: Lab):
    run = lab.run("up", "--yes", "--skip-preview")
    assert run.status == 0, run.output
    assert len([line for line in run.zones["contoso.com"] if line not in BARE]) == 2 * 1_203
    assert {"xmpp.d1199 300 IN A 131.107.4.199", "xmpp.eu 300 IN A 131.107.155.10"} <= set(
        run.zones["contoso.com"]
    )
    assert "warning: config/names.csv:2: not read but for the column Name: Identity" in run.output


def test_mistakes_are_told_with_file_and_line(lab: Lab):
    names = lab.stack.project / "config/names.txt"
    names.write_text("# ours\nno name\n")
    run = lab.run("preview")
    assert run.errors == [
        "1 problem in the XMPP federation configuration:",
        "config/names.txt:2: 'no name' is not a host name: labels hold letters, digits and hyphens",
    ]
    names.unlink()
    assert lab.run("preview").errors == [
        "1 problem in the XMPP federation configuration:",
        "include[1]: config/names.txt: No such file or directory",
    ]


@pytest.mark.parametrize(("more", "starts"), [(0, True), (1, False)], ids=["full", "an octet more"])
def test_check_knows_how_much_pulumi_hands_to_a_program(
    tmp_path_factory: pytest.TempPathFactory, more: int, starts: bool
):
    assert sys.platform == "linux"
    stack = Stack(tmp_path_factory.mktemp("full"))
    stack.pulumi("stack", "select", "--create")
    (stack.project / "__main__.py").write_text("print('started')\n")
    salt = stack.file.read_text() if stack.file.exists() else ""

    def configured(padding: int) -> int:
        text = f"é <&> {'x' * padding}"
        config = {"aws:region": "eu-central-1", "xmpp-federation-dns:domains": MANY[:900], "other:text": text}
        stack.file.write_text(salt + yaml.safe_dump({"config": config}, allow_unicode=True))
        return StackFile(stack.file).octets

    configured(ROOM - configured(0) + more)
    run = stack.pulumi("preview", check=False)
    assert ("started" in run.stdout, "argument list too long" in run.stdout + run.stderr) == (
        starts,
        not starts,
    )
    [found] = [finding.problem for finding in check(stack.file) if finding.problem.rule == "S7"]
    assert found.severity == ("warning" if starts else "error")
    assert re.search(
        rf"takes {ROOM + more:,} of 131,072 octets; the largest key is 'domains': move its items", found.text
    )
