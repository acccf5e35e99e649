"""Proof inside `pulumi up`: the name servers that the parent delegates to are asked while it runs."""

import pytest
from tests.federation import name_server
from tests.federation.lab import EDGES, Lab, stack_file
from tests.federation.rows import DEAD

SILENT = ["fabrikam.com. 300 NS ns2.fabrikam.com.", f"ns2.fabrikam.com. 300 A {DEAD}"]
"""A second name server, where nothing listens."""


@pytest.fixture(scope="module")
def published(lab: Lab) -> Lab:
    lab.publish(verify="fail", verifyTimeout=20)
    return lab


def change(lab: Lab, ttl: int, verify: str) -> tuple[int, str]:
    """Change the TTL of every SRV record set; return exit status and output."""
    text = stack_file(srvTtl=ttl, verify=verify, verifyTimeout=1, tsigSecret=name_server.SECRET)
    lab.stack.file.write_text(text)
    done = lab.stack.pulumi("up", "--yes", "--skip-preview", check=False)
    return done.returncode, done.stdout + done.stderr


def test_what_every_name_server_says_lets_the_update_go_on(published: Lab) -> None:
    assert published.verify(published.records).verdicts == dict.fromkeys(sorted(EDGES), "proven")


@pytest.mark.parametrize(
    ("verify", "ttl", "status", "severity"),
    [("warn", 1000, 0, "warning: AfterUpdate"), ("fail", 2000, 1, "error: after"), ("off", 4000, 0, "")],
)
def test_a_name_server_that_says_nothing_is_told_or_ends_the_update(
    published: Lab, verify: str, ttl: int, status: int, severity: str
) -> None:
    with published.name_server.edited("fabrikam.com", [], SILENT):
        done, output = change(published, ttl, verify)
    text = (
        'hook "federation-verify" failed: published, and not proven:\n'
        "      V1 fabrikam.com: a name server does not answer; repair it, or take it out of the delegation\n"
        f"          ns2.fabrikam.com ({DEAD}): connection refused: nothing listens there\n"
    )
    assert (done, f"    {severity} {text}" in output, "Traceback" in output) == (
        status,
        bool(severity),
        False,
    )
    assert f"_xmpp-server._tcp.fabrikam.com. {ttl} SRV 0 0 5269 xmpp.fabrikam.com." in (
        published.name_server.records("fabrikam.com")
    )


def test_a_preview_asks_nobody(published: Lab) -> None:
    with published.name_server.edited("fabrikam.com", [], SILENT):
        text = stack_file(srvTtl=86_400, verify="fail", tsigSecret=name_server.SECRET)
        published.stack.file.write_text(text)
        done = published.stack.pulumi("preview")
    assert "federation-verify" not in done.stdout + done.stderr
