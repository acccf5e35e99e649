"""What is broken by hand, or only looks so, and who has to say what: the table of docs/verification.md.

Federation of contoso.com stays as it should be; the records and the server of fabrikam.com change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SRV = "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp"
A = "xmpp 300 A 131.107.155.20"
AAAA = "xmpp 300 AAAA 2620:1ec::20"
DEAD = "131.107.155.21"
"""An address where nothing listens: a connection is refused."""
PONG = "pong"
REFUSED = "connection refused"
NO_DATA = "no data available"
NO_NAME = "NXDomain in A"
"""In the lookup of either address family."""
NO_ADDRESS = "NoError in A"
ENOUGH = {"ipv4": ["131.107.155.20"], "ipv6": ["2620:1ec::20"]}


@dataclass(frozen=True)
class Row:
    """One state of the records and the server of fabrikam.com.

    The answers are those of servers that dial fabrikam.com: `pong`, or a part of what they say instead.
    """

    title: str
    gone: Sequence[str] = ()
    """Records that are taken out of the zone."""
    new: Sequence[str] = ()
    """Records that are put in."""
    elsewhere: Sequence[str] = ()
    """Records that are put into the zone adatum.com."""
    srv: str = ""
    """Value of the SRV record in the output `records`, with a target that is published elsewhere."""
    edge_pools: Sequence[Mapping[str, Any]] = ()
    """Edge pools that the stack file has instead."""
    keys: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Other keys of the stack file."""
    server: Mapping[str, Any] | None = field(default_factory=dict[str, Any])
    """How the server differs; None for no server at all."""
    verify: Sequence[str] = ()
    """Check id and severity of all that `verify` finds, apart from information."""
    probe: Sequence[str] = ()
    """The same of `probe`."""
    prosody: str = PONG
    ejabberd: str = PONG

    @property
    def broken(self) -> bool:
        """Whether federation fails for some peer."""
        return any(entry.endswith(" error") for entry in (*self.verify, *self.probe))


ROWS = (
    Row("as published"),
    Row(
        "no SRV record, addresses at the domain itself",
        gone=[SRV],
        new=["@ 300 A 131.107.155.20"],
        verify=["V19 error", "V3 error"],
    ),
    Row("no SRV record", gone=[SRV], verify=["V3 error"], prosody=NO_ADDRESS, ejabberd=NO_DATA),
    Row(
        "SRV record with port 5222",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 SRV 0 0 5222 xmpp"],
        verify=["V3 error", "V4 error"],
        prosody=REFUSED,
        ejabberd=REFUSED,
    ),
    Row(
        "SRV record with the target `.`",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 SRV 0 0 0 ."],
        verify=["V5 error"],
        prosody="service explicitly unavailable",
        ejabberd="resource temporarily unavailable",
    ),
    Row(
        "target is a CNAME",
        gone=[A, AAAA],
        new=["xmpp 300 CNAME edge", "edge 300 A 131.107.155.20"],
        verify=["V7 error"],
    ),
    Row(
        "target without an address",
        gone=[A, AAAA],
        verify=["V8 error"],
        prosody=NO_NAME,
        ejabberd="enoname",
    ),
    Row(
        "target `131.107.155.20.`",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 SRV 0 0 5269 131.107.155.20."],
        verify=["V3 error"],
    ),
    Row(
        "target `xmpp.fabrikam.com.fabrikam.com.`, for want of a final dot",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp.fabrikam.com"],
        verify=["V3 error", "V8 error"],
        prosody=NO_NAME,
        ejabberd="enoname",
    ),
    Row(
        "two Edge pools, the first refuses",
        gone=[SRV, A, AAAA],
        new=[
            "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp",
            "_xmpp-server._tcp 3600 SRV 10 0 5269 xmpp2",
            f"xmpp 300 A {DEAD}",
            "xmpp2 300 A 131.107.155.20",
        ],
        edge_pools=[{"ipv4": [DEAD]}, {"host": "xmpp2", "priority": 10, "ipv4": ["131.107.155.20"]}],
        probe=["C1 warning"],
    ),
    Row(
        "two Edge pools, the first without an address",
        gone=[SRV, A, AAAA],
        new=[
            "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp",
            "_xmpp-server._tcp 3600 SRV 10 0 5269 xmpp2",
            "xmpp2 300 A 131.107.155.20",
        ],
        edge_pools=[
            {"ipv6": ["2620:1ec::20"]},
            {"host": "xmpp2", "priority": 10, "ipv4": ["131.107.155.20"]},
        ],
        verify=["V8 error"],
    ),
    Row(
        "two addresses, one refuses",
        gone=[AAAA],
        new=[f"xmpp 300 A {DEAD}"],
        edge_pools=[{"ipv4": ["131.107.155.20", DEAD]}],
        probe=["C1 warning"],
    ),
    Row(
        "another address than the Edge pool's",
        gone=[A],
        new=[f"xmpp 300 A {DEAD}"],
        verify=["V9 error"],
    ),
    Row(
        "SRV record under the host name",
        gone=[SRV],
        new=["_xmpp-server._tcp.xmpp 3600 SRV 0 0 5269 xmpp"],
        verify=["V18 warning", "V3 error"],
        prosody=NO_ADDRESS,
        ejabberd=NO_DATA,
    ),
    Row(
        "SRV record without underscores",
        gone=[SRV],
        new=["xmpp-server.tcp 3600 SRV 0 0 5269 xmpp"],
        verify=["V18 warning", "V3 error"],
        prosody=NO_ADDRESS,
        ejabberd=NO_DATA,
    ),
    Row(
        "SRV record of direct TLS with the port of STARTTLS",
        new=["_xmpps-server._tcp 3600 SRV 0 0 5269 xmpp"],
        verify=["V18 warning", "V22 warning"],
    ),
    Row(
        "CNAME at the owner of the SRV record",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 CNAME federation", "federation 3600 SRV 0 0 5269 xmpp"],
        verify=["V6 error"],
    ),
    Row(
        "target in another domain, by the standard profile",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 SRV 0 0 5269 edge.adatum.com."],
        elsewhere=["edge 300 A 131.107.155.20"],
        srv="0 0 5269 edge.adatum.com.",
    ),
    Row(
        "IPv6 addresses alone",
        gone=[A],
        edge_pools=[{"ipv6": ["2620:1ec::20"]}],
        verify=["V11 warning"],
    ),
    Row(
        "port 15269 by the standard profile",
        gone=[SRV],
        new=["_xmpp-server._tcp 3600 SRV 0 0 15269 xmpp"],
        edge_pools=[{**ENOUGH, "port": 15269}],
        keys={"profile": "standard"},
        server={"ports": [15269]},
        verify=["V4 warning"],
    ),
    Row(
        "certificate for the target alone",
        server={"names": ["xmpp.fabrikam.com"]},
        probe=["C5 error"],
        prosody="certificate is not valid for this name",
    ),
    Row(
        "certificate for `*.fabrikam.com` alone",
        server={"names": ["*.fabrikam.com"]},
        probe=["C5 error"],
        prosody="certificate is not valid for this name",
    ),
    Row(
        "no STARTTLS",
        server={"tls": False},
        probe=["C3 error"],
        prosody="unsupported-stanza-type",
        ejabberd="Use of STARTTLS required",
    ),
    Row("nothing listens", server=None, probe=["C1 error"], prosody=REFUSED, ejabberd=REFUSED),
    Row(
        "the server serves another domain",
        server={"serves": "adatum.com"},
        probe=["C2 error"],
        prosody="host-unknown",
        ejabberd="host-unknown",
    ),
)
