"""How much of what peers see one update may take away."""

import pytest

from xmpp_federation_dns.guard import Judgement, Service, judged, service


def services(
    count: int, target: str = "xmpp", zone: str = "contoso.com", start: int = 0
) -> dict[str, Service]:
    """Return so many SIP domains of one zone, each with one target."""
    names = [f"d{number:03}.{zone}" for number in range(start, start + count)]
    return {name: Service(frozenset({f"{target}.{name}"}), zone) for name in names}


@pytest.mark.parametrize(
    ("had", "left", "reasons"),
    [
        (100, 98, ()),
        (100, 90, ()),
        (100, 89, ("11 of 100 SIP domains lose federation",)),
        (100, 88, ("12 of 100 SIP domains lose federation",)),
        (3, 0, ()),
        (4, 1, ()),
        (4, 0, ("4 of 4 SIP domains lose federation",)),
        (3_000, 2_700, ()),
        (3_000, 2_699, ("301 of 3,000 SIP domains lose federation",)),
        (0, 5, ()),
    ],
)
def test_three_sip_domains_or_ten_per_cent_may_go(had: int, left: int, reasons: tuple[str, ...]):
    found = judged(services(had), services(left))
    assert found.reasons == reasons
    assert found.number == (had - left if reasons else 0)
    assert len(found.lost) == max(had - left, 0)


def test_a_zone_that_had_more_than_three_is_not_emptied_without_a_word():
    large, small = services(96), services(4, zone="fabrikam.com")
    assert judged(large | small, large) == Judgement(
        tuple(small), (), ("all 4 SIP domains of zone fabrikam.com lose federation",), 4
    )


def test_a_zone_of_three_may_be_given_up():
    large, small = services(97), services(3, zone="fabrikam.com")
    assert judged(large | small, large).reasons == ()


@pytest.mark.parametrize(
    ("had", "elsewhere", "reasons"),
    [
        (10, 3, ()),
        (10, 4, ("4 of 10 SIP domains lose a target that they had",)),
        (100, 30, ()),
        (100, 31, ("31 of 100 SIP domains lose a target that they had",)),
        (2, 2, ()),
    ],
)
def test_three_sip_domains_or_thirty_per_cent_may_change_their_target(
    had: int, elsewhere: int, reasons: tuple[str, ...]
):
    found = judged(services(had), services(had) | services(elsewhere, target="xmp"))
    assert (found.lost, found.reasons) == ((), reasons)
    assert found.number == (elsewhere if reasons else 0)


def test_one_number_stands_for_all_that_is_refused():
    found = judged(services(100), services(80) | services(40, target="xmp"))
    assert found.reasons == (
        "20 of 100 SIP domains lose federation",
        "40 of 100 SIP domains lose a target that they had",
    )
    assert (len(found.lost), len(found.moved), found.number) == (20, 40, 60)


def test_what_is_admitted_without_a_word_does_not_count():
    found = judged(services(100), services(98) | services(40, target="xmp"))
    assert (len(found.lost), len(found.moved), found.number) == (2, 40, 40)


def test_another_target_beside_those_of_before_is_no_loss():
    before = services(10)
    after = {name: Service(each.targets | {"more.example.net"}, each.zone) for name, each in before.items()}
    assert judged(before, after) == Judgement((), (), (), 0)


def test_an_srv_record_set_says_its_targets():
    assert service(["0 0 5269 a.contoso.com.", "1 0 5269 b.contoso.com."], "contoso.com") == Service(
        frozenset({"a.contoso.com", "b.contoso.com"}), "contoso.com"
    )


def test_the_root_as_target_is_no_service():
    assert service(["0 0 0 ."], "contoso.com") is None
