"""The dynamic providers hand on what their keepers do."""

from typing import Any

from tests.unit.bulk.lab import domain, domains
from tests.unit.keepers.memory import MemoryKeeper, Zone, properties

from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.keepers.dynamic import JournalProvider, RecordSetProvider
from xmpp_federation_dns.keepers.keeper import JournalKeeper


def test_a_record_set_provider_publishes_compares_reads_and_deletes(zone: Zone, keeper: MemoryKeeper):
    provider = RecordSetProvider()
    provider.keeper = keeper
    created = provider.create(properties(domain(1)))
    id_, outs = str(created.id), created.outs or {}
    assert (outs["recordSets"], zone.texts) == (domain(1), domain(1))
    new: dict[str, Any] = properties(domains(1, 2))
    diff = provider.diff(id_, outs, new)
    assert (diff.changes, diff.replaces) == (True, [])
    updated = provider.update(id_, outs, new).outs or {}
    assert (updated["recordSets"], zone.texts) == (domains(1, 2), domains(1, 2))
    read = provider.read(id_, updated)
    assert (read.id, read.outs, read.inputs) == (id_, updated, new)
    provider.delete(id_, updated)
    assert zone.texts == {}


def test_a_journal_provider_writes_and_compares(keeper: MemoryKeeper):
    provider = JournalProvider()
    provider.keeper = JournalKeeper(keeper)
    first = {**properties({}), "recordSets": journal.packed(domain(1))}
    created = provider.create(first)
    outs = created.outs or {}
    assert (created.id, len(outs["runs"])) == ("contoso.com", 1)
    second = {**properties({}), "recordSets": journal.packed(domains(1, 2))}
    diff = provider.diff("contoso.com", outs, second)
    assert (diff.changes, diff.replaces) == (True, [])
    assert len((provider.update("contoso.com", outs, second).outs or {})["runs"]) == 2
