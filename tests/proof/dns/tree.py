"""A tree of zones, and a stand-in for the resolver of the machine that knows its parents."""

import asyncio
from collections.abc import Mapping
from typing import Any

import dns.resolver
import dns.rrset
from tests.proof.dns.cases import ADDRESS, RECORDS

SOA = "@ SOA ns.root. hostmaster.root. 1 3600 600 86400 300\n"
ROOT = SOA + "@ NS ns.root.\nns.root. A 127.0.0.11\ncom. NS ns.com.\nns.com. A 127.0.0.12\nnet. NS ns.com.\n"
COM = (
    SOA + "@ NS ns.com.\nns A 127.0.0.12\n"
    "contoso NS ns1.contoso\nns1.contoso A 127.0.0.13\n"
    "fabrikam NS ns1.contoso\n"
    "adatum NS ns.adatum.net.\n"
    "litware NS ns1.contoso\nlitware NS ns2.contoso\nns2.contoso A 127.0.0.13\n"
)
NET = SOA + "@ NS ns.com.\nproseware NS ns1.contoso.com.\n"
CONTOSO = SOA + "@ NS ns1\nns1 A 127.0.0.13\n" + RECORDS + "sub NS ns1.sub\nns1.sub A 127.0.0.13\n"
ELSEWHERE = "_xmpp-server._tcp 3600 SRV 0 0 5269 edge.proseware.net.\n"
FABRIKAM = SOA + "@ NS ns1.contoso.com.\n" + ELSEWHERE
LITWARE = SOA + "@ NS ns1.contoso.com.\n" + RECORDS.replace("contoso", "litware")
PROSEWARE = SOA + f"@ NS ns1.contoso.com.\nedge A {ADDRESS}\n"


Table = Mapping[tuple[str, str], list[str] | Exception]
TREE: Table = {
    ("", "NS"): ["ns.root."],
    ("ns.root", "A"): ["127.0.0.11"],
    ("com", "NS"): ["ns.com."],
    ("net", "NS"): ["ns.com."],
    ("proseware.net", "NS"): ["ns1.contoso.com."],
    ("ns.com", "A"): ["127.0.0.12"],
    # What a company has inside, and nobody may follow.
    ("contoso.com", "NS"): ["inside.contoso.com."],
    ("ns1.contoso.com", "A"): ["127.0.0.13"],
}


class Resolver:
    """A stand-in for the resolver of the machine, which answers from a table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.asked: list[tuple[str, str]] = []
        self.open = self.most_open = 0

    async def resolve(self, name: str, kind: str, *, raise_on_no_answer: bool, lifetime: float | None) -> Any:
        assert (raise_on_no_answer, lifetime) == (False, None)
        assert name.endswith(".")
        asked = (name.removesuffix("."), kind)
        self.asked.append(asked)
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        await asyncio.sleep(0)
        self.open -= 1
        found = self.table.get(asked, [])
        if isinstance(found, Exception):
            raise found
        if not found and not any(name == asked[0] for name, _ in self.table):
            raise dns.resolver.NXDOMAIN(qnames=[name], responses={})
        rrset = dns.rrset.from_text(name, 60, "IN", kind, *found) if found else None
        return type("Answer", (), {"rrset": rrset})
