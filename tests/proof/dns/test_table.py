"""The table of checks and the code that makes the findings have the same ids."""

import re
from pathlib import Path

from xmpp_federation_dns.proof.dns import verify
from xmpp_federation_dns.proof.dns.verify import CHECKS


def test_every_check_that_is_made_is_in_the_table_and_no_other():
    sources = Path(verify.__file__).parent.glob("*.py")
    made = {check for source in sources for check in re.findall(r'"(V\d+)"(?!: )', source.read_text())}
    assert made == set(CHECKS)


def test_the_table_is_in_the_order_of_the_ids_and_each_entry_one_line():
    assert list(CHECKS) == sorted(CHECKS, key=lambda check: int(check[1:]))
    assert all(text and "\n" not in text for entry in CHECKS.values() for text in entry)
