"""Whatever stands in a plan or an import file, reading it ends in what it says or in one line."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.live.import_files import BOTH, TOP
from tests.unit.live.plans import ALL, ONE, aws, domain, exported, kept, plan, same, step

from xmpp_federation_dns.live.adopt import ImportFile, ImportFileError
from xmpp_federation_dns.live.preview import PlanError, read
from xmpp_federation_dns.live.review import review

TEXTS = {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com."}
PLAN: Any = json.loads(
    plan(
        step("create", new=aws("xmpp.contoso.com", "A", "131.107.155.10")),
        step("update", kept(ALL, TEXTS), kept(ONE, TEXTS)),
        *same(*domain("emea.contoso.com")),
        exported({"name": "xmpp.contoso.com", "type": "A", "ttl": 300, "values": ["131.107.155.10"]}),
        changeSummary={"create": 1, "same": 9},
    )
)
NOTHING: list[Any] = [None, True, [], {}]
SCALARS: st.SearchStrategy[Any] = st.sampled_from(NOTHING) | st.integers() | st.text(max_size=5)


def places(found: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the place of everything in *found*."""
    inner: list[tuple[str | int, Any]] = []
    match found:
        case {**entries}:
            inner = list(entries.items())
        case [*entries]:
            inner = list(enumerate(entries))
        case _:
            pass
    return [each for key, value in inner for each in [(*place, key), *places(value, (*place, key))]]


def changed(found: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """Return a copy of *found* with *value* at *place*."""
    copy = json.loads(json.dumps(found))
    within = copy
    for key in place[:-1]:
        within = within[key]
    within[place[-1]] = value
    return copy


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(places(PLAN)), SCALARS)
def test_a_plan_with_anything_in_any_place_is_reviewed_or_refused(
    place: tuple[str | int, ...], value: object
):
    told = "plan.json: "
    try:
        assert review(read(json.dumps(changed(PLAN, place, value)).encode(), "plan.json")).fates
    except PlanError as error:
        told = str(error)
    assert told.startswith("plan.json: ")
    assert told.isprintable()


FILE: Any = {"nameTable": {"other": "urn:pulumi:demo::p::t::other"}, "resources": [TOP, *BOTH]}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(places(FILE)), SCALARS)
def test_an_import_file_with_anything_in_any_place_is_read_or_refused(
    place: tuple[str | int, ...], value: object
):
    told = ""
    try:
        written = ImportFile(json.dumps(changed(FILE, place, value))).written({})
    except ImportFileError as error:
        told = str(error)
    else:
        assert len(json.loads(written)["resources"]) <= len(FILE["resources"])
    assert told.isprintable()
