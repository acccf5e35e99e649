import pytest

from xmpp_federation_dns.proof.report import Finding, Subject

ZONE = Subject("contoso.com", of="zone")
RECORD_SET = Subject("xmpp.contoso.com", "A")
SUBJECTS = frozenset({ZONE, RECORD_SET})


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (Subject("xmpp.contoso.com"), "xmpp.contoso.com"),
        (Subject("xmpp.contoso.com", "A"), "xmpp.contoso.com A"),
        (Subject("contoso.com", "DS", "zone"), "contoso.com DS"),
    ],
)
def test_a_subject_is_the_name_and_the_type_in_messages(subject: Subject, text: str):
    assert str(Finding("V1", "error", subject, "wrong")) == f"{text}: wrong"


@pytest.mark.parametrize("kind", ["", "NS", "SOA", "CDS"])
def test_what_is_about_a_zone_is_among_subjects_with_that_zone_whatever_its_type(kind: str):
    assert Subject("contoso.com", kind, "zone").is_among(SUBJECTS)
    assert not Subject("fabrikam.com", kind, "zone").is_among(SUBJECTS)


@pytest.mark.parametrize(
    "subject", [Subject("contoso.com"), Subject("contoso.com", "A"), Subject("xmpp.contoso.com", "AAAA")]
)
def test_what_is_about_another_name_or_type_is_not_among_subjects(subject: Subject):
    assert RECORD_SET.is_among(SUBJECTS)
    assert not subject.is_among(SUBJECTS)


@pytest.mark.parametrize("kind", ["domain", "server", "a kind to come"])
def test_what_is_about_neither_a_name_nor_a_zone_is_among_all_subjects(kind: str):
    assert Subject("contoso.com", of=kind).is_among(frozenset())  # pyright: ignore[reportArgumentType] a literal
