"""The program of a stack in which components come, go, and get other names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.lab.stack import CHECKOUT

DOCUMENTED = (CHECKOUT / "docs" / "lifecycle.md").read_text()
[TRANSFORM] = re.findall(r"^```python\n(.*?)^```$", DOCUMENTED, re.DOTALL | re.MULTILINE)
PROGRAM = f"""\
import pulumi

from xmpp_federation_dns import XmppFederationDns, safe_moves, stack_configuration


{TRANSFORM}

config = pulumi.Config("program")
made = []
for name, (arguments, under, aliases, takes) in config.require_object("components"):
    opts = pulumi.ResourceOptions(
        parent=pulumi.ComponentResource("program:index:Site", under) if under else None,
        aliases=[pulumi.Alias(name=alias, parent=pulumi.ROOT_STACK_RESOURCE) for alias in aliases],
        depends_on=list(made),
        transforms=[from_federation] if takes else None,
    )
    made.append(XmppFederationDns(name, safe_moves({{**stack_configuration(), **arguments}}), opts))
    federation = made[0]
if config.get_bool("exports"):
    pulumi.export("records", federation.records)
"""
"""Each component waits for those before it; the first one's records are exported."""


@dataclass(frozen=True)
class Component:
    """A component of the program, after those before it; it publishes to the zones that its domains are in."""

    name: str = "federation"
    domains: Sequence[str] = ("contoso.com", "eu.contoso.com")
    zone: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Options of its zones that are not the column's; None takes one out."""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    under: str = ""
    """The component that it is put under."""
    aliases: Sequence[str] = ()
    takes: bool = False
    """Whether it takes over record sets of `federation` by their aliases."""
