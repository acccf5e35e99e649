"""Random histories on the engine: what a seed chooses, what is kept of them, and what `make soak` says."""

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.soak import kept
from tests.soak.history import (
    BESIDE,
    CHANGES,
    DELETED,
    EDITED,
    EQUAL,
    FAULTS,
    FOREIGN,
    KILLS,
    OTHER,
    STEPS,
    TAKEN_BACK,
    WAYS,
    Fault,
    history,
)
from tests.soak.outcome import Outcome
from tests.soak.wanted import Pool, Wanted
from tests.standins.zones import Published
from tools import soak

SEEDS = range(300)
HISTORIES = [history(seed) for seed in SEEDS]


def outcome(seed: int, *, broken: str = "") -> Outcome:
    return Outcome(
        seed,
        "Route 53 in bulk",
        steps=10,
        runs=21,
        seconds=60,
        faults={"throttles": 2, "answers late": 1},
        met={"throttles": 2, "answers late": 0},
        ways_out={"existing: adopt": 1},
        broken=[broken] if broken else [],
    )


def test_a_seed_is_the_same_history_every_time_and_another_one_another():
    assert [history(seed) for seed in range(20)] == HISTORIES[:20]
    assert len({str(each.steps) for each in HISTORIES}) == len(HISTORIES)


def test_histories_come_to_each_way_change_hand_and_fault():
    steps = [step for each in HISTORIES for step in each.steps]
    assert {len(each.steps) for each in HISTORIES} == {STEPS}
    assert {each.way for each in HISTORIES} == set(WAYS)
    assert {step.change for step in steps} == set(CHANGES)
    hands = {step.hand.kind for step in steps if step.hand}
    assert hands == {BESIDE, TAKEN_BACK, EDITED, DELETED, EQUAL, OTHER}
    assert {fault.kind for step in steps for fault in step.faults} == {
        *KILLS,
        *(kind for kinds in FAULTS.values() for kind in kinds),
    }
    assert Counter(len(step.faults) for step in steps).keys() == {0, 1, 2}
    assert any(step.then for step in steps)


def test_what_is_wanted_is_of_nobody_else_and_nobody_else_leaves_an_srv_record_without_an_address():
    for each in HISTORIES:
        before = Wanted(bulk=each.way.bulk)
        foreign = dict(FOREIGN)
        for step in each.steps:
            wanted = step.last.record_sets()
            assert not wanted.keys() & step.foreign.keys()
            there = {**foreign, **before.record_sets(), **(step.hand.put if step.hand else {})}
            there = {
                key: content
                for key, content in there.items()
                if not step.hand or key not in step.hand.removed
            }
            for content in (there, {**step.foreign, **wanted}):
                hosts = {name for name, type_ in content if type_ == "A"}
                targets = {
                    value.split()[3].removesuffix(".")
                    for (_, type_), published in content.items()
                    for value in published.values
                    if type_ == "SRV"
                }
                assert targets <= hosts, (each.seed, str(step))
            before, foreign = step.last, step.foreign


def test_what_is_wanted_is_a_stack_file_and_what_it_publishes():
    own = Pool("edge", ("131.107.155.11", "131.107.155.12"), ("2620:1ec::11",))
    wanted = Wanted(("contoso.com", "d0.contoso.com"), own={"d0.contoso.com": own}, address_ttl=60, bulk=True)

    assert wanted.record_sets() == {
        ("_xmpp-server._tcp.contoso.com", "SRV"): Published(3600, ("0 0 5269 xmpp.contoso.com.",)),
        ("xmpp.contoso.com", "A"): Published(60, ("131.107.155.10",)),
        ("_xmpp-server._tcp.d0.contoso.com", "SRV"): Published(3600, ("0 0 5269 edge.d0.contoso.com.",)),
        ("edge.d0.contoso.com", "A"): Published(60, ("131.107.155.11", "131.107.155.12")),
        ("edge.d0.contoso.com", "AAAA"): Published(60, ("2620:1ec::11",)),
    }
    assert wanted.configuration({"provider": "aws"}) == {
        "zones": [{"provider": "aws", "bulk": True}],
        "domains": [
            "contoso.com",
            {
                "name": "d0.contoso.com",
                "edgePools": [
                    {"host": "edge", "ipv4": ["131.107.155.11", "131.107.155.12"], "ipv6": ["2620:1ec::11"]}
                ],
            },
        ],
        "edgePools": [{"host": "xmpp", "ipv4": ["131.107.155.10"], "ipv6": []}],
        "srvTtl": 3600,
        "addressTtl": 60,
    }


def test_a_fault_says_where_it_kills():
    assert [
        str(Fault("throttles", 2)),
        str(Fault("the whole run is killed", 2)),
        str(Fault("the whole run is killed", 0, carried_out=False)),
        str(Fault("the whole run is killed", seconds=1.5)),
    ] == [
        "throttles",
        "the whole run is killed after 2 changes",
        "the whole run is killed after 0 changes, the next one not carried out",
        "the whole run is killed after 1.5 s",
    ]


def test_what_came_of_a_seed_is_kept_and_the_last_time_counts(tmp_path: Path):
    file = tmp_path / "there" / "histories.jsonl"
    assert kept.read(file) == {}
    for each in (outcome(1, broken="after 2 steps: lost"), outcome(3), outcome(1)):
        kept.keep(file, each)

    assert kept.read(file) == {1: outcome(1), 3: outcome(3)}
    assert kept.left(kept.read(file), 1, 4) == [2, 4]


@pytest.mark.parametrize("text", ["{", "[]", '{"seed": 1}', "\x00"])
def test_a_history_file_that_says_something_else_is_told_with_its_line(tmp_path: Path, text: str):
    file = tmp_path / "histories.jsonl"
    kept.keep(file, outcome(1))
    file.write_text(file.read_text() + text + "\n")

    with pytest.raises(kept.HistoryFileError) as raised:
        kept.read(file)
    assert str(raised.value) == (
        f"{file}, line 2: not the outcome of a history; delete the line, or name another file by FILE="
    )


def test_a_value_of_another_type_is_no_outcome():
    good = '{"seed": 1, "way": "", "steps": 1, "runs": 1, "seconds": 1.5, "faults": {}, "met": {}, '
    end = '"ways_out": {}, "broken": []}'

    assert kept.parsed(good + end) == Outcome(1, "", steps=1, runs=1, seconds=1.5)
    assert kept.parsed(good.replace('"steps": 1', '"steps": "1"') + end) is None
    assert kept.parsed(good.replace('"met": {}', '"met": {"a": []}') + end) is None


def test_figures_say_what_held_and_the_seed_of_what_did_not():
    told = kept.summary([outcome(3, broken="after 2 steps: lost"), outcome(1), outcome(2)])

    assert told.splitlines() == [
        "3 histories, 30 steps, 63 runs of pulumi, 0.1 hours",
        "      3 Route 53 in bulk, 2 held",
        "6 faults that a run met, of 9 tried:",
        "      6 throttles",
        "      0 answers late",
        "ways out that messages and docs/operations.md say, and that were taken:",
        "      3 existing: adopt",
        "all invariants held in 2 of 3",
        "  seed 3: Route 53 in bulk, 10 steps, 2 faults, 60 s: NOT HELD: after 2 steps: lost",
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--from", "x"], "FROM='x' is no whole number from 0 to 999,999"),
        (["--from", "²"], "FROM='²' is no whole number from 0 to 999,999"),
        (["--histories", "0"], "HISTORIES='0' is no whole number from 1 to 999,999"),
        (["--seed", "-1"], "SEED='-1' is no whole number from 0 to 999,999"),
        (["--at-once", "many"], "AT_ONCE='many' is no whole number from 1 to 999,999"),
        (["--histories", "1000000"], "HISTORIES='1000000' is no whole number from 1 to 999,999"),
        (["--file", "/proc/there/histories.jsonl"], "/proc/there: No such file or directory"),
        (["--file", "/"], "/: cannot be read: Is a directory"),
    ],
)
def test_what_is_given_wrong_is_told_in_a_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
):
    assert soak.main([f"{arguments[0]}={arguments[1]}"]) == 2
    assert capsys.readouterr() == ("", f"make soak: {line}\n")


def test_a_file_of_other_octets_is_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "histories.jsonl"
    file.write_bytes(b"\xff")

    assert soak.main(["--file", str(file)]) == 2
    assert capsys.readouterr().err == f"make soak: {file}: cannot be read: it is not UTF-8\n"


def test_the_same_command_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "histories.jsonl"
    kept.keep(file, outcome(5))
    played: list[int] = []

    def one(seed: int, *_: object, **__: object) -> Outcome:
        played.append(seed)
        return outcome(seed, broken="after 2 steps: lost" if seed == 6 else "")

    monkeypatch.setattr(soak, "_one", one)
    command = ["--from", "4", "--histories", "3", "--at-once", "1", "--file", str(file)]
    assert soak.main(command) == 1
    assert (played, sorted(kept.read(file))) == ([4, 6], [4, 5, 6])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"1 of 3 were played before ({file})"
    assert (
        said[2]
        == "2 of 2, 0 min: seed 6: Route 53 in bulk, 10 steps, 2 faults, 60 s: NOT HELD: after 2 steps: lost"
    )
    assert said[-1] == f"to see the steps of one: make soak SEED=6; each is in {tmp_path}/SEED.log"
    assert soak.main(command) == 1
    assert played == [4, 6]


def test_a_history_that_did_not_come_to_its_end_is_told_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "histories.jsonl"
    interpreter = tmp_path / "python"
    interpreter.write_text("#!/bin/sh\necho what it says; echo why it ended >&2; exit 1\n")
    interpreter.chmod(0o755)
    monkeypatch.setattr(soak.sys, "executable", str(interpreter))

    assert soak.main(["--histories", "1", "--file", str(file)]) == 1
    told = r"^  seed 1: dynamic updates in bulk, 0 steps, 0 faults, \d+ s: NOT HELD: ended by itself, \S+ says why: "
    assert re.search(rf"{told}why it ended$", capsys.readouterr().out, re.MULTILINE)
    assert kept.read(file) == {}
    assert (tmp_path / "1.log").read_text() == "what it says\nwhy it ended\n"


def test_a_history_that_held_leaves_no_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "histories.jsonl"
    kept.keep(file, outcome(1))
    interpreter = tmp_path / "python"
    interpreter.write_text(f"#!/bin/sh\necho what it says; cat {file}\n")
    interpreter.chmod(0o755)
    monkeypatch.setattr(soak.sys, "executable", str(interpreter))

    assert soak.main(["--histories", "1", "--file", str(tmp_path / "other.jsonl")]) == 0
    assert kept.read(tmp_path / "other.jsonl") == {1: outcome(1)}
    assert not (tmp_path / "1.log").exists()


def test_one_seed_is_played_again_and_counts_from_then_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "histories.jsonl"
    kept.keep(file, outcome(6, broken="after 2 steps: lost"))

    def one(seed: int, *_: object, **__: object) -> Outcome:
        return outcome(seed)

    monkeypatch.setattr(soak, "_one", one)

    assert soak.main(["--seed", "6", "--file", str(file)]) == 0
    assert capsys.readouterr().out == "seed 6: Route 53 in bulk, 10 steps, 2 faults, 60 s: held\n"
    assert kept.read(file) == {6: outcome(6)}
