"""Write the generated parts of the documentation, or check with --check that they are up to date."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tools import federation_table, ownership_table, rules_page
from tools.lab.stack import CHECKOUT
from xmpp_federation_dns.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.backends import zone_classes
from xmpp_federation_dns.included import DESCRIPTION
from xmpp_federation_dns.proof.dns import verify
from xmpp_federation_dns.proof.xmpp import probe


def main(arguments: list[str]) -> int:
    """Return 0 where the files are as they should be."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(CHECKOUT)} is out of date: make docs", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages()[path])
    return 0


def pages() -> dict[Path, str]:
    """Return every file with generated parts as it should be."""
    readme = CHECKOUT / "README.md"
    verification = CHECKOUT / "docs" / "verification.md"
    lifecycle = CHECKOUT / "docs" / "lifecycle.md"
    proofs = replaced(verification.read_text(), "checks", checks())
    return {
        readme: replaced(readme.read_text(), "configuration", configuration()),
        CHECKOUT / "docs" / "rules.md": rules_page.page(),
        lifecycle: replaced(lifecycle.read_text(), "ways in", ownership_table.table()),
        verification: replaced(proofs, "federation", federation_table.tables()),
    }


def replaced(text: str, part: str, generated: str) -> str:
    """Return *text* with what stands between the marks of *part* replaced."""
    pattern = re.compile(rf"(<!-- {part}: generated [^>]*-->\n).*(<!-- {part}: end -->)", re.DOTALL)
    return pattern.sub(lambda marks: f"{marks[1]}{generated}\n{marks[2]}", text)


def configuration() -> str:
    """Return the tables of all options."""
    models: list[tuple[str, type]] = [
        ("Of the stack", XmppFederationDnsArgs),
        ("Of a SIP domain", SipDomain),
        ("Of an Edge pool", EdgePool),
        *((f"Of a zone with `provider: {zone.provider}`", zone) for zone in zone_classes()),
    ]
    return "\n".join(f"\n{title}:\n\n{table(model)}" for title, model in models)


def checks() -> str:
    """Return the table of all checks of `verify` and `probe`."""
    found = {**verify.CHECKS, **probe.CHECKS}
    rows = [f"| {check} | {what} | {weight} |" for check, (what, weight) in found.items()]
    return "\n".join(["", "| check | what holds | otherwise |", "|---|---|---|", *rows, ""])


def table(model: type) -> str:
    """Return the options of one model as a Markdown table."""
    found = [*options(model)]
    if model is XmppFederationDnsArgs:
        found.append(("include", "", DESCRIPTION))
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
