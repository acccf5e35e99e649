"""A list that is cut short in a program in YAML, which exports what the component published."""

from pathlib import Path
from typing import Any

import yaml
from tests.engine.languages.lab import PROJECT, ForeignStack
from tests.engine.rfc2136.lab import SECRET, Lab, serving


def program(lab: Lab, domains: list[str], **more: Any) -> None:
    """Write a program that publishes *domains*."""
    properties = {
        "domains": domains,
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
        "zones": [lab.zone("contoso.com", bulk=True)],
        **more,
    }
    federation = {"type": "xmpp-federation-dns:index:XmppFederationDns", "properties": properties}
    outputs = {"federation": {"records": "${federation.records}"}}
    written = {
        "name": PROJECT, "runtime": "yaml", "resources": {"federation": federation}, "outputs": outputs
    }  # fmt: skip
    (lab.stack.project / "Pulumi.yaml").write_text(yaml.safe_dump(written))


def test_what_is_too_much_is_refused_until_its_number_is_said(tmp_path: Path):
    domains = [f"d{number}.contoso.com" for number in range(10)]
    with serving(tmp_path / "knot", "contoso.com") as knot:
        stack = ForeignStack(tmp_path / "stack", {"name": PROJECT, "runtime": "yaml"})
        stack.pulumi("stack", "init")
        stack.set_secret("xmpp-federation-dns:tsigSecret", SECRET)
        lab = Lab(knot, tmp_path / "stack", stack)
        program(lab, domains)
        assert lab.run("up", "--yes", "--skip-preview").status == 0
        program(lab, domains[:5])
        text = "5 of 10 SIP domains lose federation: d5.contoso.com, d6.contoso.com, d7.contoso.com"
        for _ in range(2):
            refused = lab.run("up", "--yes", "--skip-preview")
            assert (refused.status, text in refused.output) == (1, True), refused.output
            assert (refused.changes["contoso.com"], refused.output.count("Traceback")) == ([], 0)
        program(lab, domains[:5], maxRemoved=5)
        assert lab.run("up", "--yes", "--skip-preview").status == 0
        program(lab, domains[:1], maxRemoved="off")
        assert lab.run("up", "--yes", "--skip-preview").status == 0
