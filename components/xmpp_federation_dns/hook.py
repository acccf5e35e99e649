"""Proof inside an update: after a resource was created or updated, DNS is asked for what it holds."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

import pulumi
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.settings import get_engine

from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.records import AddressSet, RecordSet, SrvRecordSet

ENGINE = ">=3.238.0"
"""The CLI with which a hook that fails after a resource ends the update (pulumi 3.238 changelog)."""


class Verification:
    """The resource hook of one component, as its *plan* wants it.

    An SRV record set comes after the addresses of its targets, so these are asked for again with it.
    """

    def __init__(self, component: str, plan: Plan) -> None:
        self._timeout = float(plan.verify_timeout)
        self._record_sets: defaultdict[str, list[RecordSet]] = defaultdict(list)
        self._federations: dict[RecordSet, Federation] = {}
        for federation in plan.federations:
            for record_set in federation.record_sets:
                self._federations.setdefault(record_set, federation)
        _demand_engine(plan.verify)
        options = pulumi.ResourceHookOptions(ignore_errors=plan.verify == "warn")
        hook = pulumi.ResourceHook(f"{component}-verify", self.verify, options)
        self.binding = pulumi.ResourceHookBinding(after_create=[hook], after_update=[hook])
        """What goes into the options of each resource."""

    def add(self, resource: pulumi.Resource, record_set: RecordSet) -> None:
        """Note that *resource* holds *record_set*."""
        self._record_sets[resource.pulumi_resource_name].append(record_set)

    async def verify(self, args: pulumi.ResourceHookArgs) -> None:
        """Raise ``RunError`` with everything that keeps the record sets of a resource from being proven."""
        from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
        from xmpp_federation_dns.proof.report import NoResolverError, Subject

        concerned: dict[str, Federation] = {}
        published: defaultdict[str, set[RecordSet]] = defaultdict(set)
        subjects: set[Subject] = set()
        for record_set in self._record_sets[args.name]:
            federation = self._federations[record_set]
            concerned[federation.domain] = federation
            for own in (record_set, *_addresses(record_set, federation)):
                published[federation.domain].add(own)
                zone = Subject(federation.zones[own.name], of="zone")
                subjects |= {Subject(own.name, own.type), Subject(own.name), zone}
        secret: set[str] = set()
        expected = [await _resolved(each, published[domain], secret) for domain, each in concerned.items()]
        options = VerifyOptions(timeout=self._timeout, subjects=frozenset(subjects))
        try:
            verdicts = await verify(expected, options, lambda _: None)
        except NoResolverError as error:
            raise pulumi.RunError(f"not verified: {error}") from None
        found = [f for v in verdicts for f in v.findings if f.severity in ("error", "unknown")]
        if found:
            # What is wrong with a zone is found for each of its SIP domains.
            texts = dict.fromkeys(f"\n  {each.check} " + "\n      ".join(each.lines) for each in found)
            text = f"published, and not proven:{''.join(texts)}"
            for address in sorted(secret, key=len, reverse=True):
                text = text.replace(address, "[secret]")
            raise pulumi.RunError(text)


def _addresses(record_set: RecordSet, federation: Federation) -> Iterator[AddressSet]:
    """Yield the addresses of the targets of *record_set*, where that is an SRV record set."""
    targets = {record.target for record in record_set.records} if isinstance(record_set, SrvRecordSet) else ()
    yield from (own for own in federation.addresses if own.name in targets)


async def _resolved(federation: Federation, published: Collection[RecordSet], secret: set[str]) -> Federation:
    """Return what is *published* of a SIP domain beside its SRV record set, all of which is known by now.

    Addresses that no message shows are added to *secret*.
    """
    addresses: list[AddressSet] = []
    for record_set in federation.addresses:
        if record_set in published:
            rdata = pulumi.Output.from_input(record_set.rdata)
            known = await rdata.future()
            secret.update(known or () if await rdata.is_secret() else ())
            addresses.append(replace(record_set, addresses=tuple(known or ())))
    direct_tls = federation.direct_tls if federation.direct_tls in published else None
    return replace(federation, addresses=tuple(addresses), direct_tls=direct_tls)


def _demand_engine(verify: str) -> None:
    """Raise ``RunError`` where the hook would not end the update."""
    # Mocks of a program's own tests have no version.
    if isinstance(get_engine(), MockEngine):
        return
    try:
        pulumi.require_pulumi_version(ENGINE)
    except Exception as error:  # noqa: BLE001 the SDK raises nothing narrower
        raise pulumi.RunError(f"verify: {verify} needs the Pulumi CLI {ENGINE}: {error}") from None
