"""The page docs/rules.md: every rule with id, demand, example, message and source, taken from the code."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from xmpp_federation_dns.configuration.check import size
from xmpp_federation_dns.configuration.included import joined
from xmpp_federation_dns.configuration.plan import findings
from xmpp_federation_dns.configuration.rules import RULES, View
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.problems import Problem

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
    (
        "S6",
        "A file under `include` can be read, lies in the project or is named absolutely, and holds these lists alone.",
        "include: [../sip-domains.yaml]",
    ),
)
LARGE = """\
## S7

The configuration fits into what Pulumi can hand to a program: one environment variable, which Linux limits to
131,072 octets and Windows to 32,767 characters. From half of that on `check` warns. What is under `include` does not
count. Only `check` knows this rule: beyond the limit no program starts.

```yaml
domains: [d0.contoso.com, d1.contoso.com, …, d6999.contoso.com]
```

```
{}
```

Source: pulumi/pulumi#20402; execve(2), MAX_ARG_STRLEN.
"""
HEAD = """\
# The rules

Every mistake that can be known from the configuration alone is refused before anything is planned, all of them
at once: by `pulumi preview` and `pulumi up`, and offline by `xmpp-federation-dns check`.
A warning is told, and stops nothing but `check --strict`.

`check` reads the stack file alone. What is encrypted there, or may come from an environment (`environment:`), is
neither absent nor wrong: a notice names it, marked S5, and the rest is checked. `export`, `verify` and `probe` need
every value. A number or a date that YAML writes in more than one way (`010`, `1_000`, `5269.0`, `2024-01-01`) is
refused, with what to write: S3. From 200 record sets of a zone on, a notice marked `cost` says what they take
([what an update costs](operations.md#what-an-update-costs)); it stops nothing.

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
    parts.append(LARGE.format(next(_told(size(140_055, "domains", 131_072)))))
    parts += [_section(rule.id, str(rule.check.__doc__), rule.example, rule.source) for rule in RULES]
    return "\n".join([*parts, TAIL])


def _section(name: str, demand: str, example: str, source: str) -> str:
    told = "\n".join(_told(_found(name, example)))
    return f"## {name}\n\n{demand}\n\n```yaml\n{example}\n```\n\n```\n{told}\n```\n\nSource: {source}.\n"


def _found(name: str, example: str) -> Iterator[Problem]:
    given, known = joined(BASE | yaml.safe_load(example), Path())
    args, origin, problems = parse(given)
    return (problem for problem in findings(View(args), origin, [*known, *problems]) if problem.rule == name)


def _told(problems: Iterable[Problem]) -> Iterator[str]:
    return (f"{problem.severity}: {problem}" for problem in problems)
