"""The same SIP domains for every program: what is to be published after each step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.standins.zones import Published

ZONE = "contoso.com"
ADDRESS, OTHER_ADDRESS = "131.107.155.10", "131.107.155.11"

Step = Literal["create all", "no change", "change one domain", "change every TTL", "destroy"]
STEPS: tuple[Step, ...] = (
    "create all",
    "no change",
    "change one domain",
    "change every TTL",
    "destroy",
)
"""In their order: each starts from what the one before has left."""
OF_ALL: tuple[Step, ...] = ("create all", "change every TTL", "destroy")
"""Those that write every record set."""


@dataclass(frozen=True)
class Wanted:
    """The Edge pool of each SIP domain by its address, and both TTLs in seconds."""

    addresses: Mapping[str, str]
    srv_ttl: int = 3600
    address_ttl: int = 300

    def record_sets(self) -> dict[tuple[str, str], Published]:
        """Return what is published then, by name and type."""
        found: dict[tuple[str, str], Published] = {}
        for domain, address in self.addresses.items():
            service = f"0 0 5269 xmpp.{domain}."
            found[f"_xmpp-server._tcp.{domain}", "SRV"] = Published(self.srv_ttl, (service,))
            found[f"xmpp.{domain}", "A"] = Published(self.address_ttl, (address,))
        return found

    def configuration(self) -> dict[str, Any]:
        """Return what a stack file has of it: a SIP domain names its Edge pool where it has another one."""
        domains = [
            domain if address == ADDRESS else {"name": domain, "edgePools": [{"ipv4": [address]}]}
            for domain, address in self.addresses.items()
        ]
        pools = [{"ipv4": [ADDRESS]}]
        ttls = {"srvTtl": self.srv_ttl, "addressTtl": self.address_ttl}
        return {"domains": domains, "edgePools": pools, **ttls}


def wanted(step: Step, size: int) -> Wanted:
    """Return what *size* SIP domains want after *step*."""
    addresses = {f"d{number:04}.{ZONE}": ADDRESS for number in range(size)}
    changed = {**addresses, f"d{size // 2:04}.{ZONE}": OTHER_ADDRESS}
    match step:
        case "create all" | "no change":
            return Wanted(addresses)
        case "change one domain":
            return Wanted(changed)
        case "change every TTL":
            return Wanted(changed, 7200, 600)
        case "destroy":
            return Wanted({})
