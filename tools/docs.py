"""Write the generated parts of the documentation, or check with --check that they are up to date."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tools import faults_table, federation_table, languages_table, ownership_table, rules_page
from tools.bench import chart
from tools.lab.stack import CHECKOUT
from xmpp_federation_dns.backends import zone_classes
from xmpp_federation_dns.configuration.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.configuration.included import DESCRIPTION
from xmpp_federation_dns.configuration.schema import stack_file_schema
from xmpp_federation_dns.plugin.package import package_schema
from xmpp_federation_dns.proof.checks import CHECKS
from xmpp_federation_dns.proof.document import schema as proof_schema


def main(arguments: list[str]) -> int:
    """Return 0 where the files are as they should be."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text() != text}
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(CHECKOUT)} is out of date: make docs", file=sys.stderr)
        return 1 if stale else 0
    for path, text in stale.items():
        path.write_text(text)
    return 0


def pages() -> dict[Path, str]:
    """Return every file with generated parts as it should be."""
    docs = CHECKOUT / "docs"
    parts = (
        (docs / "configuration.md", {"configuration": configuration()}),
        (docs / "lifecycle.md", {"ways in": ownership_table.table()}),
        (docs / "dev" / "faults.md", {"faults": faults_table.table()}),
        (
            docs / "verification.md",
            {
                "checks": checks(),
                "federation": federation_table.tables(),
                "ends": federation_table.ends(),
            },
        ),
    )
    return {
        **{path: replaced(path.read_text(), generated) for path, generated in parts},
        docs / "rules.md": rules_page.page(),
        docs / "dev" / "languages.md": languages_table.page(),
        docs / "benchmarks.svg": chart.of_page((docs / "benchmarks.md").read_text()),
        docs / "proof.schema.json": json.dumps(proof_schema(), indent=2) + "\n",
        CHECKOUT / "config" / "stack.schema.json": json.dumps(stack_file_schema(), indent=2) + "\n",
        CHECKOUT / "components" / "xmpp_federation_dns" / "plugin" / "schema.json": (
            json.dumps(package_schema(), indent=2) + "\n"
        ),
    }


def replaced(text: str, generated: Mapping[str, str]) -> str:
    """Return *text* with what stands between the marks of each part replaced; raise where it has no such marks."""
    for part, content in generated.items():
        pattern = re.compile(rf"(<!-- {part}: generated [^>]*-->\n).*(<!-- {part}: end -->)", re.DOTALL)
        marks = pattern.search(text)
        if not marks:
            raise ValueError(f"no marks of the part {part!r}")
        text = f"{text[: marks.start()]}{marks[1]}{content}\n{marks[2]}{text[marks.end() :]}"
    return text


def configuration() -> str:
    """Return the tables of all options."""
    stack = [*options(XmppFederationDnsArgs), ("include", "", DESCRIPTION)]
    zones = {zone.provider: list(options(zone)) for zone in zone_classes()}
    # Whatever its default is there.
    shared = set[str].intersection(*({key for key, _, _ in each} for each in zones.values()))
    common = [option for option in next(iter(zones.values())) if option[0] in shared]
    own = {provider: [each for each in found if each not in common] for provider, found in zones.items()}
    tables = {
        "The stack": stack,
        "A SIP domain": options(SipDomain),
        "An Edge pool": options(EdgePool),
        "A zone": [("provider", "required", f"One of {', '.join(zones)}."), *common],
        **{f"A zone of the provider {provider}": found for provider, found in own.items()},
    }
    return "\n".join(f"\n## {title}\n\n{table(rows)}" for title, rows in tables.items())


def checks() -> str:
    """Return the table of all checks."""
    rows = [f"| {check} | {what} | {weight} |" for check, (what, weight) in CHECKS.items()]
    return "\n".join(["", "| check | what holds | otherwise |", "|---|---|---|", *rows, ""])


def table(found: Iterable[tuple[str, str, str]]) -> str:
    """Return options as a Markdown table."""
    rows = [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in found]
    return "\n".join(["| key | default | meaning |", "|---|---|---|", *rows, ""])


def options(model: type) -> Iterator[tuple[str, str, str]]:
    """Yield key, default and meaning of each option."""
    schema: dict[str, Any] = TypeAdapter(model).json_schema()
    own = schema["$defs"].get(model.__name__, schema) if "$ref" in schema else schema
    required = set(own["required"]) if "required" in own else set[str]()
    for key, option in own["properties"].items():
        if key == "provider":
            continue
        default = "required" if key in required else shown(option.get("default"))
        yield key, default, option["description"].replace("\n", " ")


def shown(default: object) -> str:
    """Return a default as a stack file has it."""
    match default:
        case None | []:
            return ""
        case bool():
            return f"`{str(default).lower()}`"
        case _:
            return f"`{default}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
