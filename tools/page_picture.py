"""Draw the page of `verify` for 300 SIP domains on two name servers, which do not have all that was published."""

import base64
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tools.bench_check import COMMAND
from tools.lab import browser
from tools.lab.knot import Knot
from tools.lab.stack import CHECKOUT

SIZE = 300
WIDTH, HEIGHT = 960, 1150
PICTURES = {False: CHECKOUT / "docs" / "page.png", True: CHECKOUT / "docs" / "page-dark.png"}
ADDRESSES = ("127.0.54.1", "127.0.54.2")
COMPANIES = (
    *("adventure-works", "contoso", "datum", "fabrikam", "fourthcoffee", "humongousinsurance", "litware"),
    *("lucernepublishing", "margiestravel", "northwindtraders", "proseware", "relecloud", "tailspintoys"),
    *(
        "treyresearch",
        "wideworldimporters",
        "wingtiptoys",
        "woodgrovebank",
        "consolidatedmessenger",
        "alpineskihouse",
    ),
    "cohovineyard",
)
PLACES = (
    "",
    "-asia",
    "-at",
    "-bank",
    "-be",
    "-ch",
    "-de",
    "-fr",
    "-health",
    "-it",
    "-jp",
    "-labs",
    "-nl",
    "-uk",
    "-us",
)
SERVICE, HOST = "_xmpp-server._tcp", "xmpp"
PUBLISHED = f"{SERVICE} 3600 SRV 0 0 5269 {HOST}\n{HOST} 300 A 131.107.155.10\n"
OTHER_ADDRESS = PUBLISHED.replace("155.10", "155.99")
OTHER_PORT = PUBLISHED.replace("5269", "5222")
ALIAS = PUBLISHED.replace("300 A 131.107.155.10", "300 CNAME edge")
WILDCARD = f"{PUBLISHED}* 300 A 131.107.155.10\n"
OTHER_TTL = PUBLISHED.replace("300 A", "3600 A")
FOUND: dict[str, tuple[str, str]] = {
    "contoso-bank.example": (OTHER_ADDRESS, OTHER_ADDRESS),
    "datum-fr.example": (PUBLISHED, OTHER_ADDRESS),
    "fabrikam-jp.example": (OTHER_PORT, OTHER_PORT),
    "litware.example": (PUBLISHED.splitlines()[1], PUBLISHED.splitlines()[1]),
    "northwindtraders-uk.example": (PUBLISHED, PUBLISHED.replace("5269 xmpp", "5269 old")),
    "proseware-de.example": (ALIAS, ALIAS),
    **{f"{company}-ch.example": (OTHER_TTL, OTHER_TTL) for company in COMPANIES[4:10]},
    **{f"{company}-us.example": (WILDCARD, WILDCARD) for company in COMPANIES[2:5]},
}
"""What each of the two name servers has where that is not what was published, or is more than that."""


def main() -> int:
    """Return 0 where both pictures are drawn."""
    domains = [f"{company}{place}.example" for company in COMPANIES for place in PLACES]
    if len(domains) != SIZE or not FOUND.keys() <= set(domains):
        raise ValueError("not the SIP domains of the picture")
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        directory = Path(name)
        servers = [
            stack.enter_context(
                Knot.serving(
                    domains,
                    directory / address,
                    secret,
                    records={domain: FOUND.get(domain, (PUBLISHED,) * 2)[position] for domain in domains},
                    address=address,
                )
            )
            for position, address in enumerate(ADDRESSES)
        ]
        (directory / "records.json").write_text(json.dumps(list(records(domains))))
        nameservers = [f"--nameserver={each.address}:{each.port}" for each in servers]
        command = [
            COMMAND,
            "verify",
            directory / "records.json",
            "--timeout=2",
            "--format=html",
            *nameservers,
        ]
        page = directory / "page.html"
        page.write_text(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
        for dark, picture in PICTURES.items():
            browser.screenshot(page, picture, WIDTH, HEIGHT, dark=dark)
            subprocess.run(
                ["pngquant", "--force", "--strip", "--output", picture, "128", picture], check=True
            )
            print(f"{picture.relative_to(CHECKOUT)}: {picture.stat().st_size:,} octets")
        print(f"the page: {page.stat().st_size:,} octets")
    return 0


def records(domains: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the output `records` of a stack of *domains*."""
    for domain in domains:
        common = {"zone": domain, "provider": "rfc2136"}
        value = f"0 0 5269 {HOST}.{domain}."
        yield {"name": f"{SERVICE}.{domain}", "type": "SRV", "ttl": 3600, "values": [value], **common}
        yield {"name": f"{HOST}.{domain}", "type": "A", "ttl": 300, "values": ["131.107.155.10"], **common}


if __name__ == "__main__":
    sys.exit(main())
