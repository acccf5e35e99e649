"""What the tests of included files share: files of a project, and what they add."""

from pathlib import Path
from typing import Any

from xmpp_federation_dns.configuration.included import joined
from xmpp_federation_dns.configuration.stackfile import StackFile

POOLS = "edgePools: [{ipv4: [131.107.155.10]}]\n"


ZONES = "zones: [{provider: azure, name: example, resourceGroup: dns}]"


def write(**files: str | bytes) -> None:
    """Write files below `config`, each by its name with a dash for the dot."""
    for name, text in files.items():
        octets = text if isinstance(text, bytes) else text.encode()
        Path("config", name.replace("__", ".")).write_bytes(octets)


def included(*names: str, **values: Any) -> tuple[dict[str, Any], list[str]]:
    """Return what a configuration is with these files, and what is wrong with them."""
    given, problems = joined({"include": [f"config/{name}" for name in names], **values}, Path())
    return given, [str(problem) for problem in problems]


def stack(text: str) -> StackFile:
    """Return a stack file with this configuration."""
    lines = "".join(f"  xmpp-federation-dns:{line}\n" for line in text.splitlines())
    Path("config/Pulumi.test.yaml").write_text(f"config:\n{lines}")
    return StackFile(Path("config/Pulumi.test.yaml"))
