"""Proof over DNS: every name server of every zone is asked for what peers have to see."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from xmpp_federation_dns.endpoints import Endpoint, resolved
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns import ports, sip, tlsa_checks
from xmpp_federation_dns.proof.dns.caches import Caches
from xmpp_federation_dns.proof.dns.leftover import leftover
from xmpp_federation_dns.proof.dns.missing import missing
from xmpp_federation_dns.proof.dns.questions import (
    Answers,
    Question,
    foreign_targets,
    further,
    leftovers,
    questions,
    targets,
)
from xmpp_federation_dns.proof.dns.round import Round
from xmpp_federation_dns.proof.dns.server import Server, Servers
from xmpp_federation_dns.proof.dns.service import service
from xmpp_federation_dns.proof.dns.target_checks import target
from xmpp_federation_dns.proof.report import Finding, NoResolverError, Subject, Verdict

CHECKS: dict[str, tuple[str, str]] = {
    "V1": (
        "the parent delegates the zone to the name servers that the zone names, and each of them serves it",
        "error; warning where one set contains the other, or where nothing answers over IPv6",
    ),
    "V2": ("the zone is public: its parent delegates it", "error"),
    "V3": (
        "the SRV record set of the SIP domain is the expected one",
        "error; warning where there are more records",
    ),
    "V4": (
        "the port is the configured one, and 5269",
        "error; warning where another than 5269 is configured",
    ),
    "V5": ("the target is `.` where federation is disabled, and only there; of a partner nowhere", "error"),
    "V6": ("the owner of the SRV record set is no CNAME, and lies below no DNAME record", "error"),
    "V7": ("the target is no CNAME (RFC 2782), and lies below no DNAME record", "error"),
    "V8": ("the target has an address", "error; info where the given name servers do not serve its zone"),
    "V9": ("the addresses of the target are the configured ones, of both families", "error"),
    "V10": (
        "peers on the internet reach the addresses: none is private, shared, loopback or documentation",
        "error; warning where the configuration, or `--allow-private`, allows it",
    ),
    "V11": ("the target has an IPv4 address", "warning"),
    "V12": (
        "the name servers of the zone agree on the record sets, and on the serial of the zone",
        "error; warning for the serial",
    ),
    "V13": ("the TTL is the configured one, the same in all records, and 60 to 86,400 s", "warning"),
    "V14": (
        "the resolvers named with `--resolver` say the same as the name servers",
        "warning until what they have in their caches is outdated, then error",
    ),
    "V15": (
        "a signed zone validates: the DS records match its keys, and its signatures are valid (RFC 4035)",
        "error; info where it is signed without a DS record",
    ),
    "V16": (
        "TLSA records of a target are usable, and secure together with the SRV record set and the target (RFC 7673)",
        "warning; info where they are not secure and peers ignore them; error where a signed zone has no answer",
    ),
    "V17": ("no wildcard answers for names that nobody published", "info"),
    "V18": (
        "no SRV records where they mislead: `_jabber._tcp`, unexpected direct TLS, below a target, without underscores",
        "warning",
    ),
    "V19": (
        "where no SRV record is published, peers are not sent to the addresses of the SIP domain itself",
        "error; warning of a partner, whom peers find there",
    ),
    "V20": (
        "in the profile `lync`, the target has the addresses of the Access Edge (`_sipfederationtls._tcp`)",
        "warning",
    ),
    "V22": (
        "no port of a target serves both STARTTLS and direct TLS, or both servers and clients",
        "warning",
    ),
}
"""By id: what has to be so, and how severe it is where it is not. What could not be asked is `unknown`."""

PATIENCE = 2.0
"""Seconds that one attempt over UDP waits."""
SHARE = 10
"""The time limit leaves room for as many attempts, one after the other, however short it is."""
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between rounds, of which the last one repeats."""


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Whom to ask, and how long.

    Without *nameservers*, those that the configuration names for a zone, or to which its parent delegates.
    *timeout*: seconds until what is not proven is given up; *rate*: questions per second and server;
    *subjects*: the names, record sets and zones whose findings count, in place of all.
    """

    nameservers: tuple[Endpoint, ...] = ()
    resolvers: tuple[Endpoint, ...] = ()
    timeout: float = 120.0
    rate: float = 5000.0
    subjects: frozenset[Subject] | None = None


async def verify(
    expected: Sequence[Federation],
    options: VerifyOptions,
    progress: Callable[[int], None],
    waits_for: Callable[[str], None] | None = None,
) -> list[Verdict]:
    """Return the verdict on each SIP domain, after as many rounds as the time allows to those not proven.

    *progress* is told how many are proven, and *waits_for* before that what the others wait for.
    Raises :class:`NoResolverError`, also for a name server's name.
    """
    loop = asyncio.get_running_loop()
    proof = _Proof(expected, options, loop.time() + options.timeout)
    verdicts: dict[str, Verdict] = {}
    waiting = list(expected)
    pauses = [*PAUSES]
    while True:
        for verdict in await proof.round(waiting):
            # A round that the time limit cut short says less than the one before.
            if not proof.late or verdict.domain not in verdicts:
                verdicts[verdict.domain] = verdict
        waiting = [each for each in waiting if _is_open(verdicts[each.domain])]
        if waits_for:
            waits_for(missing(waiting, verdicts, proof.answers))
        progress(len(expected) - len(waiting))
        pause = pauses.pop(0) if len(pauses) > 1 else pauses[0]
        if not waiting or loop.time() + pause > proof.end:
            return [verdicts[each.domain] for each in expected]
        await asyncio.sleep(pause)


def _is_open(verdict: Verdict) -> bool:
    """Tell whether time may change the verdict for the better."""
    return verdict.state != "proven" or any(finding.check == "V14" for finding in verdict.findings)


def _resolved(server: str) -> Endpoint:
    try:
        return resolved(server)
    except ValueError as error:
        raise NoResolverError(str(error)) from None


class _Proof:
    """The servers that are asked, over all rounds, until *end* by the clock of the loop."""

    def __init__(self, expected: Iterable[Federation], options: VerifyOptions, end: float) -> None:
        self.end = end
        self.late = False
        """Whether the time limit cut the last round short."""
        self.answers = Answers()
        """What was answered in the last round."""
        expected = list(expected)
        self._subjects = options.subjects
        self._zones = {zone for each in expected for zone in each.zones.values()}
        self._services = {record_set.name for each in expected for record_set in each.services}
        self._servers = Servers(options.rate, min(PATIENCE, options.timeout / SHARE))
        named = {zone: servers for each in expected for zone, servers in each.nameservers.items()}
        if options.nameservers:
            self._nameservers = dict.fromkeys(self._zones, self._at(options.nameservers))
        else:
            places = {server: _resolved(server) for servers in named.values() for server in servers}
            self._nameservers = {
                zone: self._at(places[server] for server in servers) for zone, servers in named.items()
            }
        self._caches = Caches(self._at(options.resolvers))

    async def round(self, expected: Sequence[Federation]) -> list[Verdict]:
        """Ask once for all that is *expected*, and return the verdicts."""
        self._servers.renew()
        asking = Round(self._zones, self._servers, self._nameservers)
        self.answers = asking.answers
        await asking.start()
        try:
            async with asyncio.timeout_at(self.end):
                await asking.ask(
                    [question for each in expected for question in questions(each)],
                    [question for each in expected for question in self._beside(each)],
                )
                await asking.ask(
                    [q for each in expected for q in self._further(each, asking)],
                    [q for each in expected for q in self._further_beside(each, asking)],
                )
        except TimeoutError:
            self.late = True
        verdicts = {
            each.domain: Verdict(each.domain, tuple(filter(self._counts, self._findings(each, asking))))
            for each in expected
        }
        # A cache has nothing better to say than the name servers have.
        sound = [each for each in expected if verdicts[each.domain].state != "failed"]
        for domain, found in (await self._cached(sound)).items():
            verdicts[domain] = Verdict(domain, (*verdicts[domain].findings, *filter(self._counts, found)))
        return list(verdicts.values())

    def _beside(self, expected: Federation) -> list[Question]:
        """Return what one server is asked."""
        return [*leftovers(expected, self._services), *sip.question(expected), *ports.question(expected)]

    def _further(self, expected: Federation, asking: Round) -> list[Question]:
        """Return what the answers so far make one ask every server in addition."""
        more = further(expected, self._services, asking.answers)
        return [*more, *tlsa_checks.questions(expected, asking.views)]

    @staticmethod
    def _further_beside(expected: Federation, asking: Round) -> list[Question]:
        """Return what the answers so far make one ask one server in addition."""
        return [*sip.further(expected, asking.answers), *ports.further(expected, asking.answers)]

    async def _cached(self, expected: Sequence[Federation]) -> dict[str, list[Finding]]:
        try:
            async with asyncio.timeout_at(self.end):
                return await self._caches.ask(expected)
        except TimeoutError:
            self.late = True
            late = "the time limit came before all was asked of the resolvers", "raise --timeout"
            subjects = [Subject(each.domain, of="domain") for each in expected]
            return {subject.name: [Finding("V14", "unknown", subject, *late)] for subject in subjects}

    def _at(self, endpoints: Iterable[Endpoint]) -> list[Server]:
        return list(dict.fromkeys(self._servers.at(address, address, port) for address, port in endpoints))

    def _counts(self, finding: Finding) -> bool:
        return self._subjects is None or finding.subject.is_among(self._subjects)

    def _findings(self, expected: Federation, asking: Round) -> Iterator[Finding]:
        answers = asking.answers
        for zone in dict.fromkeys(expected.zones.values()):
            if zone in asking.views:
                yield from asking.views[zone].findings
        for question in questions(expected):
            yield from asking.about(question)
        for record_set in expected.services:
            yield from service(expected, record_set, answers)
        for name in (*targets(expected), *foreign_targets(expected, answers)):
            yield from target(expected, name, answers)
        yield from tlsa_checks.findings(expected, asking)
        yield from leftover(expected, self._services, answers)
        yield from sip.sip(expected, answers)
        yield from ports.ports(expected, answers)
