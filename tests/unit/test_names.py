import re

import pytest

from xmpp_federation_dns import names


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("contoso.com", "contoso.com"),
        ("Contoso.COM.", "contoso.com"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example.", "xn--mnchen-3ya.example"),
        ("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"),
        ("3com.com", "3com.com"),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
    ],
)
def test_a_host_name_has_one_form(written: str, canonical: str):
    assert names.host_name(written) == canonical


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "it is empty"),
        (".", "it is empty"),
        ("contoso..com", "it has an empty label"),
        (".contoso.com", "it has an empty label"),
        ("contoso.com..", "it has an empty label"),
        ("contoso_com", "labels hold letters, digits and hyphens"),
        ("-contoso.com", "labels hold letters, digits and hyphens"),
        ("contoso-.com", "labels hold letters, digits and hyphens"),
        ("con toso.com", "labels hold letters, digits and hyphens"),
        ("contoso.com\n", "labels hold letters, digits and hyphens"),
        ("a" * 64 + ".com", "label 'aaaaaaaaaaaaaaaaaaaa…' has 64 octets, more than 63"),
        (".".join(["a" * 49] * 5) + ".com1", "it has 254 characters, more than 253"),
        ("xn--zzzzzz.com", "label 'xn--zzzzzz' is not valid in IDNA 2008: Invalid A-label"),
        ("☃.example", "not valid in IDNA 2008: Codepoint U+2603 at position 1 of '☃' not allowed"),
    ],
)
def test_what_is_no_host_name_is_told_why(written: str, reason: str):
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        names.host_name(written)


def test_a_zone_name_may_have_underscores():
    assert names.zone_name("_tcp.Contoso.com.") == "_tcp.contoso.com"


def test_a_zone_name_is_told_its_own_rule():
    with pytest.raises(ValueError, match=r"^labels hold letters, digits, hyphens and underscores$"):
        names.zone_name("con toso.com")


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("contoso.com", "contoso.com"),
        ("xmpp.contoso.com", "contoso.com"),
        ("xmpp.corp.contoso.com", "corp.contoso.com"),
        ("xmpp.notcontoso.com", None),
        ("com", None),
    ],
)
def test_the_closest_zone_is_the_longest_suffix_on_label_boundaries(name: str, zone: str | None):
    assert names.closest(name, {"contoso.com", "corp.contoso.com"}) == zone


@pytest.mark.parametrize(
    ("name", "within"), [("contoso.com", True), ("a.contoso.com", True), ("acontoso.com", False)]
)
def test_a_name_is_within_itself_and_its_parents(name: str, within: bool):
    assert names.is_within(name, "contoso.com") is within


def test_the_unicode_form_is_what_a_person_reads():
    assert names.unicode_form("xn--mnchen-3ya.example") == "münchen.example"
    assert names.unicode_form("_tcp.contoso.com") == "_tcp.contoso.com"


def test_the_unicode_form_of_an_owner_name_keeps_its_service_labels():
    owner = "_xmpp-server._tcp.xn--mnchen-3ya.example"
    assert names.unicode_form(owner) == "_xmpp-server._tcp.münchen.example"


def test_other_forms_of_a_letter_are_that_letter():
    assert names.host_name("\uff4dünchen.example") == "xn--mnchen-3ya.example"


def test_a_name_may_have_253_characters():
    name = ".".join(["a" * 63] * 3 + ["b" * 61])
    assert names.host_name(name) == name


@pytest.mark.parametrize(
    ("shown", "form"),
    [
        ("XMPP.Bücher.example.", "xmpp.xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("\N{CAT}.example", "\N{CAT}.example"),
        (".", ""),
    ],
)
def test_a_name_that_a_server_shows_is_compared_by_its_a_labels(shown: str, form: str):
    assert names.a_label_form(shown) == form
