"""The table of docs/dev/faults.md: what goes wrong on purpose, and the test of each."""

from tests.faults.rows import ROWS

from xmpp_federation_dns.markdown import table_row


def table() -> str:
    """Return a row for each fault."""
    head = ["| fault | the update that meets it | then | test |", "|---|---|---|---|"]
    rows = [table_row((each.fault, each.update, each.after, f"`faults/{each.test}`")) for each in ROWS]
    return "\n".join([*head, *rows])
