"""What classes of octoDNS are made of, what they answer and how they fail (stand-ins)."""

import html
import json
import logging
import sys
import threading
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import quote, quote_plus

import pytest
from tests.standins.octodns_records import Account, Entry, RecordProvider
from tests.unit.bulk.lab import ADDRESS, ZONE, domain, failed
from tests.unit.octodns.lab import FOREIGN, RECORDS, Stack

from xmpp_federation_dns import OctodnsZone
from xmpp_federation_dns.backends.client import DeniedError, RefusedError, Right, UnservedError, UpdateError
from xmpp_federation_dns.backends.octodns_client import AtomicOctodnsClient, OctodnsClient
from xmpp_federation_dns.backends.octodns_package import Package
from xmpp_federation_dns.backends.octodns_said import logged, silent
from xmpp_federation_dns.backends.octodns_secrets import Secrets
from xmpp_federation_dns.changes import Change, Content, Foreign

STANDINS = RECORDS.rpartition(".")[0]
TARGET = f"xmpp.d1.{ZONE}"
KEY = f"{TARGET} A"
LOOK = "; look at the arguments of the class, and at the service (docs/octodns.md)"


def client(name: str, kind: str = "RecordProvider", **arguments: str) -> OctodnsClient:
    """Return a client of the zone in an account."""
    zone = OctodnsZone(
        name=ZONE, provider_class=f"{STANDINS}.{kind}", arguments={"account": name, **arguments}
    )
    return zone.client({})


def test_what_is_promised_of_a_class_is_in_the_table():
    def kind(provider_class: str) -> type[OctodnsClient]:
        arguments = {"host": "127.0.0.1", "api_key": "env/HOME"}
        return type(OctodnsZone(name=ZONE, provider_class=provider_class, arguments=arguments).client({}))

    assert kind("octodns_powerdns.PowerDnsProvider") is AtomicOctodnsClient
    assert kind("octodns_ns1.Ns1Provider") is OctodnsClient
    assert (AtomicOctodnsClient.atomic, AtomicOctodnsClient.conditional) == (True, False)
    assert (OctodnsClient.atomic, OctodnsClient.conditional) == (False, False)


def test_a_class_that_writes_the_zone_anew_is_given_all_of_it(name: str, account: Account):
    Stack(f"{STANDINS}.WholeZoneProvider", account=name).up(domain(1))
    assert sorted(account.zones[ZONE]) == sorted(
        [
            *FOREIGN,
            Entry(TARGET, "A", 300, ADDRESS),
            Entry(f"_xmpp-server._tcp.d1.{ZONE}", "SRV", 3600, f"0 0 5269 {TARGET}."),
        ]
    )


def test_what_is_said_to_be_done_and_is_not_is_told(name: str, account: Account):
    stack = Stack(f"{STANDINS}.SilentProvider", account=name)
    assert str(failed(UpdateError, stack.up, {KEY: f"300 {ADDRESS}"})) == (
        f"zone {ZONE} ({STANDINS}.SilentProvider): {KEY} was sent, and reads as missing all the same"
    )
    account.zones[ZONE].append(Entry(TARGET, "A", 300, ADDRESS))
    change = Change(KEY, Content(300, (ADDRESS,)), None)
    assert str(failed(RefusedError, client(name, "SilentProvider").send, [change])) == (
        f"zone {ZONE} ({STANDINS}.SilentProvider): {KEY} was sent, and reads as '300 {ADDRESS}' all the same"
    )


def test_what_is_not_as_its_change_says_is_not_sent(name: str, account: Account):
    change = Change(KEY, Content(300, ("192.0.2.1",)), Content(300, (ADDRESS,)))
    error = failed(RefusedError, client(name).send, [change])
    assert (str(error), error.unanswered) == (f"zone {ZONE} ({RECORDS}): {KEY} is not what it was", False)
    assert account.requests == []


def test_a_record_set_with_options_of_its_provider_is_none_of_ours(name: str, account: Account):
    account.zones[ZONE].append(Entry(TARGET, "A", 300, ADDRESS))
    stack = Stack(f"{STANDINS}.ProxiedProvider", account=name)
    assert f"  {KEY}: 'record set with options of its provider' is not of this resource" in str(
        failed(UpdateError, stack.up, {KEY: f"300 {ADDRESS}"})
    )


def test_a_record_set_that_answers_by_place_is_none_of_ours(name: str, account: Account):
    account.zones[ZONE].append(Entry(TARGET, "A", 300, ADDRESS))
    assert client(name, "GeoProvider").read({KEY: None}) == {KEY: Foreign("record set with geo values")}


def test_what_octodns_cannot_read_is_told_in_one_line(name: str, account: Account):
    account.zones[ZONE].append(Entry(f"www.{ZONE}", "SRV", 300, "low 0 5269 xmpp.example.net."))
    assert str(failed(UpdateError, client(name).read, {KEY: None})) == (
        f"zone {ZONE} ({RECORDS}): not read: ValueError: invalid literal for int() with base 10: 'low'{LOOK}"
    )


def test_values_are_compared_as_dns_does(name: str, account: Account):
    srv, aaaa = f"_xmpp-server._tcp.d1.{ZONE} SRV", f"{TARGET} AAAA"
    account.zones[ZONE] += [
        Entry(srv.split(maxsplit=1)[0].upper(), "SRV", 3600, f"0 0 5269 {TARGET.upper()}."),
        Entry(TARGET, "AAAA", 300, "2620:01EC:0:0::10"),
    ]
    assert client(name).read({srv: None, aaaa: None}) == {
        srv: Content(3600, (f"0 0 5269 {TARGET}.",)),
        aaaa: Content(300, ("2620:1ec::10",)),
    }


def test_a_listing_has_services_addresses_and_aliases_and_what_a_delegation_hides(
    name: str, account: Account
):
    account.zones[ZONE] += [
        Entry(f"sub.{ZONE}", "NS", 60, "ns.example.net."),
        Entry(f"www.sub.{ZONE}", "A", 60, "192.0.2.7"),
    ]
    text = f"it lies in a zone of its own, which is delegated to other name servers (publish it in the zone sub.{ZONE})"
    assert client(name).listing() == {
        f"*.{ZONE} A": Content(60, ("192.0.2.1",)),
        f"www.{ZONE} CNAME": Foreign(f"CNAME 60 {ZONE}."),
        f"www.sub.{ZONE} A": Foreign(text, hides=True),
    }


def test_a_class_lists_the_zones_of_its_account(name: str, account: Account):
    account.zones["fabrikam.com"] = []
    found = OctodnsZone.zones_of_account({"class": RECORDS, "account": name})
    assert found == [
        OctodnsZone(name=zone, provider_class=RECORDS, arguments={"account": name}, one_by_one=True)
        for zone in (ZONE, "fabrikam.com")
    ]


def test_a_class_that_lists_no_zones_is_told(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(RecordProvider, "list_zones")
    error = failed(UpdateError, OctodnsZone.zones_of_account, {"class": RECORDS, "account": name})
    assert str(error) == (
        f"octoDNS ({RECORDS}): zones not listed: AttributeError: 'RecordProvider' object has no attribute 'list_zones'"
        f"{LOOK}"
    )


def test_reading_is_the_one_right_that_can_be_asked_for(name: str, account: Account):
    assert client(name).access([KEY], one_by_one=False) == [
        Right("reading the zone", "allowed"),
        Right("changes", "not known", "this provider cannot be asked without changing something"),
    ]
    assert account.requests == []


@pytest.mark.usefixtures("account")
def test_a_key_that_may_not_read_is_told_with_what_the_service_and_the_package_say_and_without_it(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("TOKEN", "wrong")
    zone = client(name, token="env/TOKEN")
    assert zone.access([KEY], one_by_one=False) == [
        Right(
            "reading the zone",
            "missing",
            f"zone {ZONE} ({RECORDS}): not read: ServiceError: 400 Client Error; 403 Forbidden: [env/TOKEN]; the "
            "service says no to [env/TOKEN]; see what its key is allowed (docs/octodns.md)",
        )
    ]
    assert capsys.readouterr() == ("", "")


def test_what_other_threads_log_is_none_of_it():
    before = list(logging.getLogger().handlers)
    with logged() as lines:
        other = threading.Thread(target=lambda: logging.getLogger("other").warning("another zone"))
        other.start()
        other.join()
        logging.getLogger("own").warning("this zone")
    assert lines == ["this zone"]
    assert logging.getLogger().handlers == before


@pytest.mark.usefixtures("account")
def test_a_zone_that_reads_as_empty_is_refused(name: str):
    error = failed(DeniedError, client(name, "EmptyProvider").read, {KEY: None})
    assert str(error) == (
        f"zone {ZONE} ({STANDINS}.EmptyProvider): it reads as empty, without its NS records: the key may not be "
        "allowed to read it (docs/octodns.md)"
    )


@pytest.mark.usefixtures("account")
def test_a_class_without_services_is_refused(name: str):
    error = failed(UpdateError, client(name, "AddressProvider").read, {KEY: None})
    assert str(error) == (
        f"zone {ZONE} ({STANDINS}.AddressProvider): the class publishes no SRV records; use another class, or move the "
        "zone to where they are (docs/octodns.md)"
    )


def test_a_wrong_argument_is_told_where_it_is_first_seen():
    zone = OctodnsZone(name=ZONE, provider_class=RECORDS)
    error = failed(UpdateError, zone.client({}).read, {KEY: None})
    assert str(error) == (
        f"zone {ZONE} ({RECORDS}): not read: TypeError: RecordProvider.__init__() missing 1 required positional "
        f"argument: 'account'{LOOK}"
    )


def test_a_class_that_is_missing_where_it_publishes_is_told():
    zone = OctodnsZone(name=ZONE, provider_class="octodns_nowhere.Provider")
    error = failed(UpdateError, zone.client({}).read, {KEY: None})
    assert str(error) == (
        f"zone {ZONE} (octodns_nowhere.Provider): the Python package octodns_nowhere is not installed where this runs: "
        "pip install octodns-nowhere"
    )


def test_a_variable_that_is_not_set_is_told(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TOKEN", raising=False)
    assert str(failed(UpdateError, client, name, token="env/TOKEN")) == (
        f"zone {ZONE} ({RECORDS}): arguments.token: the environment variable TOKEN is not set where this runs; set it "
        "there, for refresh and destroy as well"
    )


@pytest.mark.usefixtures("account")
def test_a_variable_that_looks_like_a_number_stays_text(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOKEN", "0123456")
    package = Package("zone", RECORDS, {"account": name, "token": "env/TOKEN"})
    assert package.read(ZONE).provider.token == "0123456"


@pytest.mark.usefixtures("account")
def test_a_long_answer_is_cut(name: str, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise ValueError("x" * 1000)

    monkeypatch.setattr(Account, "send", refused)
    error = failed(UpdateError, Stack(RECORDS, account=name).up, {KEY: f"300 {ADDRESS}"})
    assert str(error) == f"zone {ZONE} ({RECORDS}): {KEY} sent: ValueError: {'x' * 388}…"


def test_a_ttl_that_the_service_does_not_take_is_told_before_anything_is_sent(name: str, account: Account):
    there = client(name)
    there.least_ttl = 3600
    error = failed(UpdateError, there.send, [Change(KEY, None, Content(300, (ADDRESS,)))])
    assert str(error) == (
        f"zone {ZONE} ({RECORDS}): {KEY}: a TTL is less than 3,600 s, the smallest there; raise srvTtl and addressTtl"
    )
    assert (account.reads, account.requests) == (0, [])


def test_what_cannot_be_read_back_may_have_been_done(
    name: str, account: Account, monkeypatch: pytest.MonkeyPatch
):
    stack = Stack(RECORDS, account=name)
    send = Account.send

    def sent(self: Account, zone: str, method: str, entry: Entry) -> None:
        send(self, zone, method, entry)
        monkeypatch.setattr(Account, "zones", property(lambda _: {}), raising=False)

    with monkeypatch.context() as patch:
        patch.setattr(Account, "send", sent)
        error = failed(UnservedError, stack.up, {KEY: f"300 {ADDRESS}"})
    assert str(error) == (
        f"zone {ZONE} ({RECORDS}): no such zone, as far as {RECORDS} can tell; create it there, or correct its name or "
        "the arguments of the class (docs/octodns.md)"
    )
    monkeypatch.undo()
    stack.up({KEY: f"300 {ADDRESS}"})
    assert (stack.refreshed(), len(account.requests)) == ({KEY: f"300 {ADDRESS}"}, 1)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "verbatim": str,
    "in a URL": lambda secret: f"GET /?key={quote(secret, safe='')} failed",
    "in a URL, in lower case": lambda secret: f"GET /?key={quote(secret, safe='').lower()} failed",
    "in a URL with slashes": lambda secret: f"GET /{quote(secret)} failed",
    "in a form": lambda secret: f"POST key={quote_plus(secret)}",
    "in JSON": lambda secret: json.dumps({"key": secret}),
    "in Python": lambda secret: str(KeyError(secret)),
    "in HTML": lambda secret: f"<p>{html.escape(secret)}</p>",
    "without the line break at its end": lambda secret: f"key {secret.strip()} refused",
    **{
        f"in base64 after '{user}'": lambda secret, user=user: b64encode(f"{user}{secret}".encode()).decode()
        for user in ("", ":", "u:", "us:", "user:")
    },
    "in base64 of URLs": lambda secret: urlsafe_b64encode(f"u:{secret}:v".encode()).decode(),
    "in base64 in a URL": lambda secret: quote(b64encode(f"u:{secret}".encode()), safe=""),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.usefixtures("account")
def test_no_spelling_of_a_secret_is_told(name: str, spelling: str, monkeypatch: pytest.MonkeyPatch):
    secret = "p/ss+w%rd&\"quote'\\-ü?>~12345 \n"
    said = SPELLINGS[spelling](secret)

    def refused(*_: object, **__: object) -> None:
        raise ValueError(said)

    monkeypatch.setenv("TOKEN", secret)
    monkeypatch.setattr(RecordProvider, "populate", refused)
    text = str(failed(UpdateError, client(name, token="env/TOKEN").read, {KEY: None}))
    assert "[env/TOKEN]" in text
    for part in ("quote", "12345", "MTIzND", "UtMTIzN", "tMTIzNDU"):
        assert part not in text.removeprefix(f"zone {ZONE} ({RECORDS})")


def test_what_is_no_secret_is_told_as_it_is():
    secrets = Secrets()
    assert secrets.hidden("QWxhZGRpbg== and all") == "QWxhZGRpbg== and all"
    secrets.add("ab", "env/SHORT")
    secrets.add("abcdefgh", "env/LONG")
    # Two octets are four characters of base64, which might be anything.
    assert secrets.hidden("YWI= abcdefgh ab QWxhZGRpbg==") == "YWI= [env/LONG] [env/SHORT] QWxhZGRpbg=="


@pytest.mark.parametrize("ends", [SystemExit(3), GeneratorExit("gone")], ids=["exit", "another"])
@pytest.mark.usefixtures("account")
def test_a_class_that_ends_the_process_ends_the_operation_in_one_line(
    name: str, ends: BaseException, monkeypatch: pytest.MonkeyPatch
):
    def ended(*_: object, **__: object) -> None:
        raise ends

    monkeypatch.setattr(RecordProvider, "populate", ended)
    assert str(failed(UpdateError, client(name).read, {KEY: None})) == (
        f"zone {ZONE} ({RECORDS}): not read: {type(ends).__name__}: {ends}{LOOK}"
    )


@pytest.mark.usefixtures("account")
def test_a_class_that_ends_the_process_while_it_publishes_is_looked_after(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    def ended(*_: object) -> None:
        raise SystemExit(5)

    monkeypatch.setattr(Account, "send", ended)
    error = failed(UpdateError, Stack(RECORDS, account=name).up, {KEY: f"300 {ADDRESS}"})
    assert str(error) == f"zone {ZONE} ({RECORDS}): {KEY} sent: SystemExit: 5"


@pytest.mark.usefixtures("account")
def test_what_a_class_prints_reaches_nobody_and_what_others_print_meanwhile_does(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def loud(*_: object, **__: object) -> bool:
        sys.stdout.write("token s3cr3t\n")
        sys.stdout.flush()
        sys.stderr.write("token s3cr3t\n")
        other = threading.Thread(target=lambda: sys.stdout.write("1 of 2 zones\n"))
        other.start()
        other.join()
        return False

    monkeypatch.setattr(RecordProvider, "populate", loud)
    failed(UnservedError, client(name).read, {KEY: None})
    sys.stdout.write("done\n")
    assert capsys.readouterr() == ("1 of 2 zones\ndone\n", "")


def test_the_streams_are_there_again_when_the_last_of_several_calls_has_ended():
    before = sys.stdout, sys.stderr
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(silent())
        second.enter_context(silent())
        first.close()
        assert sys.stdout is not before[0]
    assert (sys.stdout, sys.stderr) == before


def test_without_octodns_a_zone_has_no_client_and_an_account_no_zones(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "octodns", None)
    with pytest.raises(ModuleNotFoundError) as raised:
        OctodnsZone(name=ZONE, provider_class=RECORDS).client({})
    assert raised.value.name == "octodns"
    with pytest.raises(ModuleNotFoundError):
        OctodnsZone.zones_of_account({"class": RECORDS})
