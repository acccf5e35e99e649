"""What the tests of octoDNS's classes share: a stack whose updates are processes of their own."""

import itertools
from collections.abc import Mapping
from typing import Any

from tests.standins.octodns_records import Account, Entry
from tests.unit.bulk.lab import ZONE
from tests.unit.keepers.memory import update
from tools.lab.knot import ADDRESS
from tools.lab.powerdns import PowerDns

from xmpp_federation_dns.keepers.keeper import Keeper, UnfinishedError

POWERDNS = "octodns_powerdns.PowerDnsProvider"
RECORDS = "tests.standins.octodns_records.RecordProvider"
WHERE = f"zone {ZONE} ({POWERDNS})"
FOREIGN = [
    Entry(ZONE, "NS", 3600, f"ns1.{ZONE}."),
    Entry(f"*.{ZONE}", "A", 60, "192.0.2.1"),
    Entry(f"www.{ZONE}", "CNAME", 60, f"{ZONE}."),
    Entry(ZONE, "TXT", 60, '"v=spf1 -all"'),
]

_numbers = itertools.count(1)


class Stack:
    """A stack with one zone in bulk."""

    def __init__(self, provider_class: str, **arguments: Any) -> None:
        self.options: dict[str, Any] = {
            "provider": "octodns",
            "providerClass": provider_class,
            "arguments": arguments,
            "oneByOne": True,
        }
        self.told: list[str] = []
        self.state: dict[str, Any] = {}
        self.keeper = Keeper(tell=self._tell)

    def _tell(self, line: str, *, passing: bool = False) -> None:
        if not passing:
            self.told.append(line)

    def up(self, record_sets: Mapping[str, str]) -> None:
        """Publish *record_sets* and no others."""
        with update(self.keeper, f"update {next(_numbers)}") as run:
            try:
                run.publish(self.state, record_sets, **self.options)
            except UnfinishedError as error:
                self.state["resource"] = {**error.outs, "id": error.id}
                raise

    def destroy(self) -> None:
        """Delete what was published."""
        with update(self.keeper, f"update {next(_numbers)}") as run:
            run.delete(self.state)

    def refreshed(self) -> dict[str, str]:
        """Return what a refresh finds."""
        return self.keeper.read("", self.state["resource"]).outs["recordSets"]


def on_powerdns(server: PowerDns, key: str = "env/PDNS_API_KEY") -> Stack:
    """Return a stack that publishes at *server*."""
    return Stack(POWERDNS, host=ADDRESS, port=server.api, api_key=key)


def foreign(account: Account) -> list[Entry]:
    """Return what is left of what somebody else published."""
    return [each for each in FOREIGN if each in account.zones[ZONE]]
