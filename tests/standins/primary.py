"""Primary servers of RFC 2136 in memory: what is behind ``backends.primary.exchange`` in tests of thousands of updates.

They know prerequisites, atomic updates and the rules of CNAME records. A record set is written as its TTL and its
values: ``"300 131.107.155.10"``. Names are absolute, without final dot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.update

Place = tuple[str, str, str]
"""Zone, owner name and type of a record set."""
RecordSets = Mapping[Place, str]

_APEX = {
    "SOA": "3600 ns1.example.net. admin.example.net. 1 3600 600 86400 300",
    "NS": "3600 ns1.example.net.",
}


class KilledError(BaseException):
    """The process ends here: what it would have said or stored is lost."""


@dataclass(frozen=True)
class Change:
    """One record set that was created (no *before*), changed or deleted (no *after*), and by whom."""

    by: str
    place: Place
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Fault:
    """What happens to one message, counted from the next one on, which is number 0."""

    number: int
    what: str | Callable[[], None]
    """``kill before``, ``kill after`` (it is carried out), ``unreachable``, ``answer lost`` (the first attempt's),
    ``answers lost`` (every attempt's), or what somebody else does just before it arrives."""


class Primary:
    """The servers of some *zones*, each at its address; somebody may change the zones by hand too."""

    def __init__(self, zones: Mapping[str, str], watch: Callable[[Change], None]) -> None:
        self.now: RecordSets = {(zone, zone, type_): text for zone in zones for type_, text in _APEX.items()}
        """Every record set of every zone."""
        self.lag = 0
        """By how many changes the answers to queries are behind; prerequisites never are."""
        self.by = ""
        """Who sends messages now."""
        self.messages = 0
        """How many messages have arrived."""
        self.fault: Fault | None = None
        self._zones = zones
        self._watch = watch
        self._history: list[RecordSets] = [self.now]
        self._unanswered: dns.message.Message | None = None

    def put(self, place: Place, text: str | None) -> None:
        """Create, change or delete a record set by hand; what a CNAME record excludes goes."""
        alias = place[2] == "CNAME"
        after = {
            other: there
            for other, there in self.now.items()
            if other != place and (other[:2] != place[:2] or alias == (other[2] == "CNAME"))
        }
        self._become("hand", after | ({place: text} if text else {}))

    def tcp(
        self, message: dns.message.Message, where: str, _timeout: float, _port: int
    ) -> dns.message.Message:
        """Answer in the place of :func:`xmpp_federation_dns.backends.rfc2136_primary.exchange`."""
        self.messages += 1
        strikes = self._strikes(message)
        if strikes == "kill before":
            raise KilledError
        if strikes == "unreachable":
            raise TimeoutError
        answer = self._answer(message, [zone for zone, address in self._zones.items() if address == where])
        if strikes == "kill after":
            raise KilledError
        if strikes:
            raise TimeoutError
        return answer

    def _strikes(self, message: dns.message.Message) -> str:
        """Return what strikes *message*, which may be another attempt of one that got no answer."""
        fault = self.fault
        if fault is None:
            return ""
        if fault.number > 0:
            self.fault = Fault(fault.number - 1, fault.what)
            return ""
        if fault.what in ("answers lost", "unreachable"):
            first, self._unanswered = self._unanswered is None, self._unanswered or message
            if first or self._unanswered is message:
                return str(fault.what)
            self.fault = self._unanswered = None
            return ""
        self.fault = None
        if isinstance(fault.what, str):
            return fault.what
        fault.what()
        return ""

    def _answer(self, message: dns.message.Message, zones: list[str]) -> dns.message.Message:
        answer = dns.message.make_response(message)
        if isinstance(message, dns.update.UpdateMessage):
            zone = _text(message.zone[0].name)
            answer.set_rcode(self._update(message, zone) if zone in zones else dns.rcode.NOTAUTH)
        else:
            name = _text(message.question[0].name)
            zone = max((zone for zone in zones if _within(name, zone)), key=len, default="")
            answer.set_rcode(self._query(zone, name, answer) if zone else dns.rcode.REFUSED)
        return answer

    def _query(self, zone: str, name: str, answer: dns.message.Message) -> dns.rcode.Rcode:
        answer.flags |= dns.flags.AA
        shown = self._history[max(0, len(self._history) - 1 - self.lag)]
        asked = dns.rdatatype.to_text(answer.question[0].rdtype)
        found = next((place for type_ in (asked, "CNAME") if (place := (zone, name, type_)) in shown), None)
        if found:
            ttl, values = _parsed(shown[found])
            answer.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", found[2], *values))
        elif not any(place[0] == zone and _within(place[1], name) for place in shown):
            return dns.rcode.NXDOMAIN
        return dns.rcode.NOERROR

    def _update(self, message: dns.update.UpdateMessage, zone: str) -> dns.rcode.Rcode:
        """Carry out the whole message or nothing (RFC 2136 §3.2 and §3.4)."""
        exact: dict[Place, set[str]] = {}
        for rrset in message.prerequisite:
            place = _place(zone, message, rrset)
            if dns.rdataclass.NONE in (rrset.rdclass, rrset.deleting):
                if place in self.now:
                    return dns.rcode.YXRRSET
            elif dns.rdataclass.ANY in (rrset.rdclass, rrset.deleting):
                if place not in self.now:
                    return dns.rcode.NXRRSET
            else:
                exact.setdefault(place, set()).update(_values(message, rrset))
        if any(_parsed(self.now.get(place))[1] != values for place, values in exact.items()):
            return dns.rcode.NXRRSET
        after = dict(self.now)
        for rrset in message.update:
            _carry_out(after, _place(zone, message, rrset), rrset, _values(message, rrset))
        self._become(self.by, after)
        return dns.rcode.NOERROR

    def _become(self, by: str, after: RecordSets) -> None:
        before = self.now
        if after == before:
            return
        self.now = after
        self._history.append(after)
        for place in sorted({**before, **after}):
            if before.get(place) != after.get(place):
                self._watch(Change(by, place, before.get(place), after.get(place)))


def _carry_out(after: dict[Place, str], place: Place, rrset: dns.rrset.RRset, values: set[str]) -> None:
    ttl, there = _parsed(after.pop(place, None))
    beside = any(other[:2] == place[:2] and "CNAME" in (other[2], place[2]) for other in after)
    if rrset.deleting == dns.rdataclass.NONE:
        there -= values
    elif rrset.deleting == dns.rdataclass.ANY:
        there.clear()
    # Ignored without a word: an addition beside a CNAME, and a CNAME beside anything.
    elif not beside:
        ttl, there = rrset.ttl, there | values
    if there:
        after[place] = f"{ttl} {', '.join(sorted(there))}"


def _parsed(text: str | None) -> tuple[int, set[str]]:
    ttl, _, values = (text or "0").partition(" ")
    return int(ttl), set(values.split(", ")) if values else set()


def _place(zone: str, message: dns.update.UpdateMessage, rrset: dns.rrset.RRset) -> Place:
    name = rrset.name.derelativize(message.zone[0].name)
    return zone, _text(name), dns.rdatatype.to_text(rrset.rdtype)


def _values(message: dns.update.UpdateMessage, rrset: dns.rrset.RRset) -> set[str]:
    rdatas = cast("list[dns.rdata.Rdata]", list(rrset))
    return {rdata.to_text(message.zone[0].name, relativize=False).lower() for rdata in rdatas}


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")
