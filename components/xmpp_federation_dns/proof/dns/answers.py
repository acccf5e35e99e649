"""What name servers say, as plain values."""

from typing import NamedTuple

MOST_SHOWN = 20
"""Records of an answer that are shown; a server may send thousands."""


class Record(NamedTuple):
    """One record, with its value in zone-file form, lower case, and its TTL in seconds."""

    name: str
    type: str
    ttl: int
    value: str


class Answer(NamedTuple):
    """What one server said to one question, or in *failure* why it said nothing that can be read."""

    status: str = ""
    authoritative: bool = False
    records: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    """The authority section, where no authority answers."""
    glue: tuple[Record, ...] = ()
    """The additional records of a referral (RFC 9471)."""
    truncated: bool = False
    failure: str = ""

    @property
    def usable(self) -> bool:
        """Whether an authority answered, be it that there is nothing."""
        return self.authoritative and self.status in ("NOERROR", "NXDOMAIN")

    @property
    def cut(self) -> str:
        """The name below which other servers are authoritative, where the answer is a referral to these."""
        if self.status == "NOERROR" and not (self.authoritative or self.records):
            return next((record.name for record in self.authority if record.type == "NS"), "")
        return ""

    def redirect(self, name: str) -> str:
        """Return the name above *name* whose DNAME record leads elsewhere, where there is one (RFC 6672)."""
        above = (record.name for record in self.records if record.type == "DNAME")
        return next((each for each in above if name.endswith(f".{each}")), "")

    def of(self, name: str, kind: str) -> tuple[Record, ...]:
        """Return the records of *name* and type *kind* in the answer."""
        return tuple([record for record in self.records if record.name == name and record.type == kind])

    def values(self, name: str, kind: str) -> list[str]:
        """Return the values of *name* and type *kind*, sorted."""
        return sorted(record.value for record in self.of(name, kind))

    def only(self, name: str, kind: str) -> list[str] | None:
        """Return the values of *name* and type *kind*, sorted; nothing where a CNAME stands in their place."""
        return None if self.of(name, "CNAME") else self.values(name, kind)

    @property
    def negative_ttl(self) -> int:
        """Seconds that resolvers remember that there is nothing (RFC 2308 §5)."""
        for record in self.authority:
            if record.type == "SOA":
                return min(record.ttl, int(record.value.split()[-1]))
        return 0

    def __str__(self) -> str:
        if self.failure or self.status not in ("NOERROR", "NXDOMAIN"):
            return self.failure or self.status
        if self.cut:
            return f"a referral to the name servers of {self.cut}"
        if not self.records:
            return "no such name" if self.status == "NXDOMAIN" else "no such record"
        texts = [f"{record.type} {record.value}" for record in self.records[:MOST_SHOWN]]
        more = len(self.records) - len(texts)
        return ", ".join(texts) + (f" and {more} more" if more else "")
