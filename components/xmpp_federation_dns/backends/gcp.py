"""Google Cloud DNS, through its REST API: pulumi-gcp overwrites record sets that are there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import pulumi

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.options import Text, fault, when_known
from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.costs import Budget
from xmpp_federation_dns.problems import Problem, described

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.gcp_client import ManagedZone

# Resource Manager, projects: an id, one of a domain, or the number (2026-11).
_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9]+")
# Cloud DNS API v1, managedZones (2026-11).
_MANAGED_ZONE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_SERVICE_ACCOUNT = re.compile(r"[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com")


@dataclass(frozen=True, kw_only=True)
class GoogleZone(Zone):
    """A public managed zone of Google Cloud DNS."""

    client_sdk: ClassVar = "google.auth"
    learnt: ClassVar = frozenset({"managedZoneName"})
    # Cloud DNS, roles and permissions: roles/dns.reader has those of DNS (2026-11).
    rights_to_read: ClassVar = (
        "dns.resourceRecordSets.list on the zone",
        "dns.managedZones.get on the zone, where the stack has managedZone",
        "dns.managedZones.list on the project, where it has none",
        "iam.serviceAccounts.getAccessToken on the service account, where the zone has serviceAccount",
    )
    records_a_set: ClassVar = 100
    where: ClassVar = "at Google Cloud DNS"
    # Calls are counted a minute and region, by quotas that the console alone shows (quotas of Cloud DNS, 2026-11); for
    # a change Terraform's provider waits 10 s before it looks (dns_change.go, 2026-11).
    budget: ClassVar = Budget(waits=10)
    # A change of up to 1,000 record sets is a call, one at a time; it is waited for once.
    bulk_budget: ClassVar = Budget(each=0.001, once=10)

    provider: Literal["gcp"] = "gcp"
    project: Text
    """Id or number of the project of the zone."""
    managed_zone: Text | None = None
    """Name of the managed zone, which has to be public and of this DNS name; looked up by that when left out."""
    service_account: str | None = None
    """E-mail address of the service account that is impersonated."""

    def problems(self, secret: object) -> Iterator[Problem]:  # noqa: ARG002 no TSIG here
        """Yield what is wrong with the names of project, zone or service account."""
        yield from fault("project", self.project, _project)
        yield from fault("managedZone", self.managed_zone, _managed_zone)
        yield from fault("serviceAccount", self.service_account, _service_account)

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 the client looks the zone up
        """See that names from outputs are such names."""
        known: dict[str, Any] = {}
        if not isinstance(self.project, str):
            known["project"] = when_known(self, "project", self.project, _project)
        if not isinstance(self.managed_zone, str | None):
            known["managed_zone"] = when_known(self, "managedZone", self.managed_zone, _managed_zone)
        return replace(self, **known)

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:
        """Return the public managed zones of the `project`, seen by the `service_account`."""
        from xmpp_federation_dns.backends.client import UpdateError
        from xmpp_federation_dns.backends.gcp_client import zones

        project, principal = account.get("project", ""), account.get("service_account")
        try:
            _project(project)
        except ValueError as error:
            raise UpdateError(f"Google Cloud DNS: {error}; name it with --project") from None
        return [
            cls(name=name, project=project, managed_zone=managed_zone, service_account=principal)
            for name, managed_zone in zones(project, principal)
        ]

    def client(self, properties: Mapping[str, Any]) -> "ManagedZone":
        """Return what sends changes, signed in by google-auth."""
        from xmpp_federation_dns.backends.gcp_client import ManagedZone

        known = properties.get("managedZoneName")
        return ManagedZone(
            self.name,
            str(self.project),
            str(known or self.managed_zone or ""),
            seen=known is not None,
            service_account=self.service_account,
        )

    def place(self, properties: Mapping[str, Any]) -> Place:
        """Return project and managed zone; the program may know the latter before the state does."""
        return str(self.project), str(properties.get("managedZoneName") or self.managed_zone or "")

    def replaced(self, properties: Mapping[str, Any]) -> list[str]:
        """Tell by project and name whether this is another zone: none moves to another project."""
        another = {
            "project": self.project != properties["project"],
            "managedZone": self.managed_zone not in (None, properties.get("managedZoneName")),
        }
        return [key for key, differs in another.items() if differs]


def _project(text: str) -> str:
    """Return the id or number of a project; raise ``ValueError`` where it is neither."""
    return _named(text, _PROJECT, "is not the id of a project, such as dns-production")


def _managed_zone(text: str) -> str:
    """Return the name of a managed zone; raise ``ValueError`` where it is none."""
    return _named(text, _MANAGED_ZONE, "is not the name of a managed zone, such as contoso-com")


def _service_account(text: str) -> str:
    """Return the address of a service account; raise ``ValueError`` where it is none."""
    what = "is not the address of a service account, such as dns@dns-production.iam.gserviceaccount.com"
    return _named(text, _SERVICE_ACCOUNT, what)


def _named(text: str, form: re.Pattern[str], what: str) -> str:
    """Return *text* in its *form*; raise ``ValueError`` with *what* it is not, or what of a path is to be written."""
    if form.fullmatch(text):
        return text
    last = re.split("[/:]", text)[-1]
    if last != text and form.fullmatch(last):
        raise ValueError(f"{described(text)} is the path of it; write '{last}'")
    raise ValueError(f"{described(text)} {what}")
