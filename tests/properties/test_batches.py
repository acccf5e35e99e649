"""What holds for the batches of every difference."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain
from tests.unit.bulk.test_batches import changes, weight

from xmpp_federation_dns.keepers.batches import batches

RECORD_SETS = st.dictionaries(
    st.integers(0, 12), st.tuples(st.sampled_from([ADDRESS, OTHER_ADDRESS]), st.sampled_from("ab"))
).map(lambda chosen: {k: v for n, (a, host) in chosen.items() for k, v in domain(n, a, host).items()})


@given(RECORD_SETS, RECORD_SETS, st.integers(1, 9))
def test_batches_keep_the_limit_and_hold_every_change_once(
    old: dict[str, str], new: dict[str, str], most: int
):
    made = list(batches(changes(old, new), weight, (most, 1000)))
    assert sorted(c.key for batch in made for c in batch) == [c.key for c in changes(old, new)]
    assert all(len(batch) == 1 or sum(weight(c)[0] for c in batch) <= most for batch in made)


@given(RECORD_SETS, RECORD_SETS, st.integers(1, 9))
def test_after_every_batch_each_service_points_to_addresses(
    old: dict[str, str], new: dict[str, str], most: int
):
    there = dict(old)
    for batch in batches(changes(old, new), weight, (most, 1000)):
        there = {k: v for k, v in there.items() if k not in {c.key for c in batch}}
        there |= {c.key: str(c.new) for c in batch if c.new is not None}
        targets = [text.split()[-1].removesuffix(".") for key, text in there.items() if "SRV" in key]
        assert [target for target in targets if f"{target} A" not in there] == []
