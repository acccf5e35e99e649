"""Proof inside an update: after a resource was created or updated, DNS is asked for what it holds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.settings import get_engine

from xmpp_federation_dns import export
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration import Plan
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER, RecordSet, SrvRecordSet

ENGINE = ">=3.238.0"
"""The CLI with which a hook that fails after a resource ends the update (pulumi 3.238 changelog)."""


class Verification:
    """The resource hook of one component, as its *plan* wants it.

    An SRV record set comes after the addresses of its targets, so these are asked for again with it.
    """

    def __init__(self, component: str, plan: Plan, homes: Mapping[RecordSet, Zone]) -> None:
        self._homes = homes
        self._timeout = float(plan.verify_timeout)
        self._record_sets: dict[str, list[RecordSet]] = {}
        self._addresses: defaultdict[str, list[RecordSet]] = defaultdict(list)
        self._services: dict[str, SrvRecordSet] = {}
        self._pointing: dict[str, SrvRecordSet] = {}
        for record_set in homes:
            if not isinstance(record_set, SrvRecordSet):
                self._addresses[record_set.name].append(record_set)
            elif record_set.name.startswith(XMPP_SERVER):
                self._services[record_set.name] = record_set
                self._pointing |= dict.fromkeys((r.target for r in record_set.records), record_set)
        _demand_engine(plan.verify)
        options = pulumi.ResourceHookOptions(ignore_errors=plan.verify == "warn")
        hook = pulumi.ResourceHook(f"{component}-verify", self.verify, options)
        self.binding = pulumi.ResourceHookBinding(after_create=[hook], after_update=[hook])
        """What goes into the options of each resource."""

    def add(self, resource: pulumi.Resource, record_set: RecordSet) -> None:
        """Note that *resource* holds *record_set*."""
        self._record_sets.setdefault(resource.pulumi_resource_name, []).append(record_set)

    async def verify(self, args: pulumi.ResourceHookArgs) -> None:
        """Raise ``RunError`` with everything that keeps the record sets of a resource from being proven."""
        from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
        from xmpp_federation_dns.proof.expected import from_rows, nameservers
        from xmpp_federation_dns.proof.report import NoResolverError, Subject

        published = dict.fromkeys(s for own in self._record_sets[args.name] for s in self._with_targets(own))
        with_services = dict.fromkeys(s for own in published for s in (self._service(own), own))
        rows = [await self._row(record_set) for record_set in with_services]
        zones = {self._homes[record_set].name for record_set in published}
        subjects = {Subject(zone, of="zone") for zone in zones}
        subjects |= {Subject(record_set.name, record_set.type) for record_set in published}
        subjects |= {Subject(record_set.name) for record_set in published}
        options = VerifyOptions(timeout=self._timeout, subjects=frozenset(subjects))
        expected = from_rows(rows, args.name, nameservers(self._homes.values()))
        try:
            verdicts = await verify(expected, options, lambda _: None)
        except NoResolverError as error:
            raise pulumi.RunError(f"not verified: {error}") from None
        found = [f for v in verdicts for f in v.findings if f.severity in ("error", "unknown")]
        if found:
            texts = [f"\n  {finding.check} " + "\n      ".join(finding.lines) for finding in found]
            raise pulumi.RunError(f"published, and not proven:{''.join(texts)}")

    def _with_targets(self, record_set: RecordSet) -> Iterator[RecordSet]:
        for record in record_set.records if isinstance(record_set, SrvRecordSet) else ():
            yield from self._addresses[record.target]
        yield record_set

    def _service(self, record_set: RecordSet) -> SrvRecordSet:
        """Return the SRV record set of the SIP domain that a record set belongs to."""
        if isinstance(record_set, SrvRecordSet):
            return self._services[record_set.name.replace(XMPPS_SERVER, XMPP_SERVER, 1)]
        return self._pointing[record_set.name]

    async def _row(self, record_set: RecordSet) -> dict[str, Any]:
        zone = self._homes[record_set]
        row = export.record(record_set, zone)
        return {**row, "values": await pulumi.Output.from_input(row["values"]).future()}


def _demand_engine(verify: str) -> None:
    """Raise ``RunError`` where the hook would not end the update."""
    # Mocks of a program's own tests have no version.
    if isinstance(get_engine(), MockEngine):
        return
    try:
        pulumi.require_pulumi_version(ENGINE)
    except Exception as error:  # noqa: BLE001 the SDK raises nothing narrower
        raise pulumi.RunError(f"verify: {verify} needs the Pulumi CLI {ENGINE}: {error}") from None
