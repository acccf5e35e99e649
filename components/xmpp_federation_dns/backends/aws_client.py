"""Route 53 in batches: ChangeResourceRecordSets through boto3.

A changed record set is a DELETE of what it was and a CREATE, not an UPSERT: it counts the same, and the
service refuses the batch where somebody else has changed the record set meanwhile.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from xmpp_federation_dns.backends import aws_access, aws_zone_ids
from xmpp_federation_dns.backends.attempts import TOO_MANY, unheard
from xmpp_federation_dns.backends.aws_record_sets import as_sent, live
from xmpp_federation_dns.backends.client import (
    DeniedError,
    RefusedError,
    Right,
    UpdateError,
    ZoneClient,
    ZoneGoneError,
)
from xmpp_federation_dns.changes import (
    Batch,
    Change,
    Content,
    Live,
    Place,
    Weight,
    above,
    cuts,
    in_sight,
    values,
    with_hidden,
)
from xmpp_federation_dns.problems import one_line

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import (
        ChangeTypeDef,
        ResourceRecordSetOutputTypeDef,
        WaiterConfigTypeDef,
    )

    from xmpp_federation_dns.backends.aws_record_sets import RecordSets

RETRIES: Any = {"mode": "standard", "total_max_attempts": 15}
"""Back-off with jitter up to 20 s a time on Throttling, PriorRequestNotComplete and broken connections."""
SYNC: "WaiterConfigTypeDef" = {"Delay": 5, "MaxAttempts": 240}
"""Seconds between two looks at whether a change has reached all name servers, and how many looks."""
REGION = "us-east-1"
"""Route 53 knows no regions; a client needs one to find the partition."""
NAMES = 4
"""Names up to which each is asked for; for more of them, the zone is listed page by page."""
LISTED = ("SRV", "A", "AAAA", "CNAME")
"""The types that a listing has."""
_THROTTLED = ("Throttling", "PriorRequestNotComplete")
_NOT_SENT = ("ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError")

_SIGN_IN = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or profile on the zone (docs/pipelines.md)"


class HostedZone(ZoneClient):
    """A public hosted zone."""

    atomic: ClassVar = True
    conditional: ClassVar = True
    most: ClassVar = (1_000, 32_000)
    adopted: ClassVar = (
        "; where pulumi-aws published them and this update takes them from its state, it deletes them now: "
        "retainOnDelete comes first (docs/bulk.md)"
    )

    def __init__(self, name: str, zone_id: str, *, seen: bool, profile: str | None, role: str | None) -> None:
        self.name = name
        self.id = zone_id
        # An id that the program says may be that of another zone.
        self.seen = seen
        self.last_change = ""
        self.unanswered = False
        self._tell: Callable[[str], None] = unheard
        with _errors_in_one_line(str(self)):
            self._account = _account(profile, role)
            self.client: Route53Client = self._account("route53")
            if not self.id:
                self.id, self.seen = self._look_up(), True
        events = self.client.meta.events
        events.register("response-received.route-53.ChangeResourceRecordSets", self._answered)
        events.register("needs-retry.route-53", self._retried)

    @property
    def place(self) -> Place:
        """The id of the zone."""
        return (self.id,)

    def __str__(self) -> str:
        """Name the zone and its id."""
        return f"zone {self.name} ({self.id})" if self.id else f"zone {self.name}"

    def tells(self, tell: Callable[[str], None]) -> None:
        """Let *tell* hear why Route 53 is waited for."""
        self._tell = tell

    def weight(self, change: Change) -> Weight:
        """Return ResourceRecord elements and characters of values, of what goes and of what comes."""
        both = [*change.goes, *values(change.new)]
        return len(both), sum(map(len, both))

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Ask for each name where there are few, and list the zone page by page where there are many."""
        owners = {key.partition(" ")[0] for key in expected}
        names = owners | above(expected, self.name)
        found: RecordSets = {}
        with _errors_in_one_line(str(self)):
            for record_set in self._list(names):
                name = record_set["Name"].lower().removesuffix(".")
                if name in names:
                    kinds = found.setdefault(f"{name} {record_set['Type']}", {})
                    kinds[record_set.get("SetIdentifier", "")] = record_set
        there = {key: live(key, found) for key in expected}
        return with_hidden(expected, there, self.name, cuts(found))

    def listing(self) -> dict[str, Live]:
        """List the zone page by page."""
        found: RecordSets = {}
        delegated: set[str] = set()
        with _errors_in_one_line(str(self)):
            pages = self.client.get_paginator("list_resource_record_sets")
            for page in pages.paginate(HostedZoneId=self.id):
                for record_set in page["ResourceRecordSets"]:
                    name = record_set["Name"].lower().removesuffix(".")
                    if record_set["Type"] in LISTED:
                        kinds = found.setdefault(f"{name} {record_set['Type']}", {})
                        kinds[record_set.get("SetIdentifier", "")] = record_set
                    elif record_set["Type"] == "NS":
                        delegated.add(name)
        return in_sight({key: there for key in found if (there := live(key, found))}, self.name, delegated)

    def _list(self, names: set[str]) -> Iterable["ResourceRecordSetOutputTypeDef"]:
        """Yield the record sets of these names at least."""
        pages = self.client.get_paginator("list_resource_record_sets")
        starts: list[Any] = (
            [{"StartRecordName": name} for name in sorted(names)] if len(names) <= NAMES else [{}]
        )
        for start in starts:
            for page in pages.paginate(HostedZoneId=self.id, **start):
                yield from page["ResourceRecordSets"]
                last = page["ResourceRecordSets"][-1:]
                if start and [each for each in last if each["Name"].lower().removesuffix(".") not in names]:
                    break

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:
        """Read what is read by every update, and let IAM simulate the rest."""
        by_name = self.seen
        found = [
            Right.tried("route53:GetHostedZone", self._see),
            Right.tried("route53:ListResourceRecordSets", self._peek),
        ]
        with _errors_in_one_line(str(self)):
            return found + aws_access.simulated(
                self._account, self.id, keys, one_by_one=one_by_one, by_name=by_name
            )

    def send(self, batch: Batch) -> None:
        """Send one request: each change as DELETE, as CREATE, or as both."""
        if not self.seen:
            self._see()
        changes: list[ChangeTypeDef] = []
        for change in batch:
            if change.old is not None:
                gone = as_sent(change, change.old.ttl, change.goes)
                changes.append({"Action": "DELETE", "ResourceRecordSet": gone})
            if change.new is not None:
                new = as_sent(change, change.new.ttl, change.new.values)
                changes.append({"Action": "CREATE", "ResourceRecordSet": new})
        self.unanswered = False
        with _errors_in_one_line(str(self), self):
            answer = self.client.change_resource_record_sets(
                HostedZoneId=self.id, ChangeBatch={"Changes": changes}
            )
        self.last_change = answer["ChangeInfo"]["Id"]

    def _peek(self) -> None:
        """Read one record set; raise :class:`UpdateError` where that is refused."""
        with _errors_in_one_line(str(self)):
            self.client.list_resource_record_sets(HostedZoneId=self.id, MaxItems="1")

    def _see(self) -> None:
        """Raise :class:`UpdateError` where the id is that of another zone, or of a private one."""
        with _errors_in_one_line(str(self)):
            zone = self.client.get_hosted_zone(Id=self.id)["HostedZone"]
        private = bool(zone.get("Config", {}).get("PrivateZone"))
        if text := aws_zone_ids.fault(self.name, self.id, zone["Name"], private=private):
            raise UpdateError(f"{self}: {text}")
        self.seen = True

    def _answered(self, exception: Exception | None, parsed_response: Any, **_: Any) -> None:
        """Note an attempt that may have been carried out without a word of it."""
        if exception is not None:
            self.unanswered |= type(exception).__name__ not in _NOT_SENT
        elif parsed_response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            self.unanswered = True

    def _retried(self, response: Any, attempts: int, **_: Any) -> None:
        """Tell that the service takes no more; the SDK waits, longer each time."""
        code = response[1].get("Error", {}).get("Code", "") if response else ""
        if code in _THROTTLED and attempts > 1:
            self._tell(f"{self}: {TOO_MANY} ({code}); attempt {attempts} of {RETRIES['total_max_attempts']}")

    def settle(self) -> None:
        """Wait for the last change; the service carries them out one after the other."""
        if self.last_change:
            waiter = self.client.get_waiter("resource_record_sets_changed")
            with _errors_in_one_line(str(self)):
                waiter.wait(Id=self.last_change, WaiterConfig=SYNC)

    def learnt(self) -> dict[str, Any]:
        """Return the id of the zone."""
        return {"hostedZone": self.id}

    def _look_up(self) -> str:
        answer = self.client.list_hosted_zones_by_name(DNSName=self.name)
        found = [
            zone["Id"].removeprefix("/hostedzone/")
            for zone in answer["HostedZones"]
            if zone["Name"] == self.name + "." and not zone.get("Config", {}).get("PrivateZone")
        ]
        if len(found) != 1:
            count = f"{len(found)} public hosted zones have" if found else "no public hosted zone has"
            raise UpdateError(f"{self}: {count} this name in the account; set zoneId")
        return found[0]


def hosted_zones(profile: str | None, role: str | None) -> list[tuple[str, str]]:
    """Return name and id of every public hosted zone of an account; raise :class:`UpdateError`."""
    with _errors_in_one_line("Route 53"):
        pages = _account(profile, role)("route53").get_paginator("list_hosted_zones").paginate()
        zones = [zone for page in pages for zone in page["HostedZones"]]
    return [
        (zone["Name"].lower().removesuffix("."), zone["Id"].removeprefix("/hostedzone/"))
        for zone in zones
        if not zone.get("Config", {}).get("PrivateZone")
    ]


def _account(profile: str | None, role: str | None) -> Callable[[str], Any]:
    """Return what makes a client of a service, with the credentials of the profile or the role."""
    # boto3 takes as long to load as Pulumi, and most updates call nothing.
    import boto3
    from botocore.config import Config

    config = Config(retries=RETRIES)
    session: Any = boto3.Session(profile_name=profile)
    region = session.region_name or REGION
    if role is not None:
        sts = session.client("sts", region_name=region, config=config)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="xmpp-federation-dns")["Credentials"]
        credentials = (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        session = boto3.Session(*credentials)
    return partial(session.client, region_name=region, config=config)


@contextmanager
def _errors_in_one_line(where: str, sent: HostedZone | None = None) -> Generator[None]:
    """Tell in one line what AWS or its SDK refuses; of a batch that was *sent*, whether that is the first word."""
    import botocore.exceptions

    def unanswered() -> bool:
        return sent is not None and sent.unanswered

    try:
        yield
    except botocore.exceptions.ClientError as error:
        found: Any = error.response.get("Error", {})
        text = one_line(f"{found.get('Code')}: {found.get('Message')} ({error.operation_name})")
        if found.get("Code") == "NoSuchHostedZone":
            raise ZoneGoneError(f"{where}: {text}") from None
        if found.get("Code") == "InvalidChangeBatch":
            raise RefusedError(f"{where}: {text}", unanswered=unanswered()) from None
        kind = DeniedError if found.get("Code") == aws_access.DENIED else UpdateError
        raise kind(f"{where}: {text}", unanswered=unanswered()) from None
    except botocore.exceptions.BotoCoreError as error:
        missing = isinstance(error, botocore.exceptions.NoCredentialsError)
        way_out = f"; {_SIGN_IN}" if missing else ""
        raise UpdateError(f"{where}: {one_line(error)}{way_out}", unanswered=unanswered()) from None
