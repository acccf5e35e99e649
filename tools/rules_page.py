"""The page docs/rules.md: every rule with id, demand, example, message and source, taken from the code."""

from collections.abc import Iterator
from typing import Any

import yaml

from xmpp_federation_dns.configuration import findings
from xmpp_federation_dns.problems import Problem
from xmpp_federation_dns.rules import RULES
from xmpp_federation_dns.shape import parse

BASE: dict[str, Any] = {
    "zones": [{"provider": "aws", "name": "contoso.com"}],
    "domains": ["contoso.com"],
    "edgePools": [{"ipv4": ["131.107.155.10"]}],
}
"""What an example replaces keys of."""
SHAPE = (
    ("S1", "A key is known where it stands, and given once.", "edgePool: []"),
    ("S2", "A required key is there; it is reported at what lacks it.", "zones: [{name: contoso.com}]"),
    (
        "S3",
        "A value is of its type: a number is not text, a list is not a single value. Null counts as absent.",
        "edgePools: [{ipv4: [131.107.155.10], port: '5269'}]",
    ),
    ("S4", "A value that is one of a few is one of them.", "profile: skype"),
)
HEAD = """\
# The rules

Every mistake that can be known from the configuration alone is refused before anything is planned, all of them
at once: by `pulumi preview` and `pulumi up`, and offline by `xmpp-federation-dns check`.
A warning is told, and stops nothing but `check --strict`.

`check` reads the stack file alone. What is encrypted there, or may come from an environment (`environment:`), is
neither absent nor wrong: a notice names it, marked S5, and the rest is checked.

Rules S are about the shape of a configuration, rules P about its sense.
The examples replace keys of this configuration:

```yaml
zones:
  - provider: aws
    name: contoso.com
domains: [contoso.com]
edgePools:
  - ipv4: [131.107.155.10]
```
"""
TAIL = """\
## What no configuration can break

P13: the fields of an SRV record come in the order of RFC 2782, because one tested place builds it (`SrvRecord`).

P14: no target is an alias, because the component publishes no CNAME, and every backend refuses a name that has
one.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    parts += [_section(name, demand, example, "design of this component") for name, demand, example in SHAPE]
    parts += [_section(rule.id, str(rule.check.__doc__), rule.example, rule.source) for rule in RULES]
    return "\n".join([*parts, TAIL])


def _section(name: str, demand: str, example: str, source: str) -> str:
    told = "\n".join(f"{problem.severity}: {problem}" for problem in _found(name, example))
    return f"## {name}\n\n{demand}\n\n```yaml\n{example}\n```\n\n```\n{told}\n```\n\nSource: {source}.\n"


def _found(name: str, example: str) -> Iterator[Problem]:
    args, origin, problems = parse(BASE | yaml.safe_load(example))
    return (problem for problem in findings(args, origin, problems) if problem.rule == name)
