"""What the caller of Route 53 may change: IAM simulates it.

A simulation knows the policies of a user or role, of its groups, its boundary and its organization, and none that a
session was begun with (SimulatePrincipalPolicy in the IAM API reference, 2026-11).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from xmpp_federation_dns.backends.client import Right
from xmpp_federation_dns.problems import one_line

DENIED = "AccessDenied"
"""The code of an error where a right is missing."""
NAMES = 100
"""Record sets that are simulated at a time."""
SHOWN = 3
"""Changes that are not allowed, at which no more are looked for."""
CHANGE = "route53:ChangeResourceRecordSets"

# The ARN of a session leaves out the path of its role.
_SESSION = re.compile(r"arn:[^:]+:sts::\d+:assumed-role/([^/]+)/.*")
_ANY_CHANGE = "route53:::change/C1"


class Change(NamedTuple):
    """A change of one record set, by what the conditions of a policy may be about."""

    type: str
    action: str
    name: str

    def __str__(self) -> str:
        """Name action and record set."""
        return f"{self.action} {self.name} {self.type}"


class Decision(NamedTuple):
    """What a simulation says, as IAM calls it; *lacks* are context keys that a policy asks for."""

    decision: str
    lacks: tuple[str, ...]

    def right(self, action: str, note: str = "") -> Right:
        """Return the right to *action*."""
        if self.decision == "allowed":
            return Right(action, "allowed")
        if self.lacks:
            return Right(action, "not known", f"that depends on {', '.join(self.lacks)}")
        return Right(action, "missing", f"{self.decision}{f': {note}' if note else ''}")


class Simulation:
    """The caller as IAM knows it."""

    def __init__(self, account: Callable[[str], Any]) -> None:
        self._iam = account("iam")
        self.source: str = account("sts").get_caller_identity()["Arn"]
        self.partition = self.source.split(":")[1]
        if session := _SESSION.fullmatch(self.source):
            self.source = self._iam.get_role(RoleName=session[1])["Role"]["Arn"]

    def of(self, action: str, resource: str, changes: Collection[Change] = ()) -> Decision:
        """Return whether the caller may do *action* with *resource*, by a request of these changes."""
        asked: dict[str, Any] = {
            "ActionNames": [action],
            "ResourceArns": [resource if resource == "*" else f"arn:{self.partition}:{resource}"],
        }
        if changes:
            asked["ContextEntries"] = _context(changes)
        [result] = self._iam.simulate_principal_policy(PolicySourceArn=self.source, **asked)[
            "EvaluationResults"
        ]
        return Decision(result["EvalDecision"], tuple(result.get("MissingContextValues", ())))


def simulated(
    account: Callable[[str], Any], zone_id: str, keys: Collection[str], *, one_by_one: bool, by_name: bool
) -> list[Right]:
    """Return the rights to change these record sets of a zone, or that nothing is known of them.

    *account* makes clients. *by_name*: the zone is found by its name. Raises ``BotoCoreError``.
    """
    from botocore.exceptions import ClientError

    try:
        return list(_rights(Simulation(account), zone_id, keys, one_by_one=one_by_one, by_name=by_name))
    except ClientError as error:
        refused: Any = error.response.get("Error", {})
        text = f"{refused.get('Code')}: {one_line(refused.get('Message'))} ({error.operation_name})"
        way_out = "; allow iam:SimulatePrincipalPolicy and, for a role, iam:GetRole on the caller"
        return [Right(CHANGE, "not known", text + (way_out if refused.get("Code") == DENIED else ""))]


def _rights(
    simulation: Simulation, zone_id: str, keys: Collection[str], *, one_by_one: bool, by_name: bool
) -> Iterator[Right]:
    zone = f"route53:::hostedzone/{zone_id}"
    yield _changes(simulation, zone, keys, one_by_one=one_by_one)
    others = {"route53:GetChange": _ANY_CHANGE}
    if one_by_one:
        # pulumi-aws reads the tags of a zone, and looks for a name in the list of all (docs/pipelines.md).
        others |= {"route53:ListTagsForResource": zone} | (
            {"route53:ListHostedZones": "*"} if by_name else {}
        )
    for action, resource in others.items():
        yield simulation.of(action, resource).right(action)


def _changes(simulation: Simulation, zone: str, keys: Collection[str], *, one_by_one: bool) -> Right:
    """Return the right to send every change of these record sets: alone where they go *one_by_one*."""
    decision, found = Decision("allowed", ()), dict[Change, Decision]()
    for together in _parts(keys, one_by_one=one_by_one):
        decision = simulation.of(CHANGE, zone, together)
        if decision.decision != "allowed":
            found |= islice(_refused(simulation, zone, together), SHOWN - len(found))
            if not (found or one_by_one):
                note = "each change alone is allowed, and not all of a batch; one statement has to allow them"
                return decision.right(CHANGE, f"{note} (docs/pipelines.md)")
        if len(found) == SHOWN:
            break
    if not found:
        return Right(CHANGE, "allowed")
    return next(iter(found.values())).right(CHANGE, ", ".join(map(str, found)))


def _refused(
    simulation: Simulation, zone: str, changes: Sequence[Change]
) -> Iterator[tuple[Change, Decision]]:
    """Yield each change that is not allowed alone, of some that are not together."""
    middle = len(changes) // 2
    for half in changes[:middle], changes[middle:]:
        if half and (decision := simulation.of(CHANGE, zone, half)).decision != "allowed":
            if len(half) == 1:
                yield half[0], decision
            else:
                yield from _refused(simulation, zone, half)


def _parts(keys: Collection[str], *, one_by_one: bool) -> Iterator[list[Change]]:
    """Yield changes that are simulated together: of one type, where each is sent alone."""
    # pulumi-aws overwrites, and a batch deletes and creates.
    actions = ("CREATE", "UPSERT", "DELETE") if one_by_one else ("CREATE", "DELETE")
    owners: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(keys):
        name, _, rdtype = key.partition(" ")
        owners.setdefault(rdtype if one_by_one else "", []).append((rdtype, name))
    for group in owners.values():
        for start in range(0, len(group), NAMES):
            part = group[start : start + NAMES]
            yield [Change(rdtype, action, name) for action in actions for rdtype, name in part]


def _context(changes: Collection[Change]) -> list[Mapping[str, Any]]:
    """Return what the condition keys of a request have (Service Authorization Reference, Route 53, 2026-11)."""
    values = {
        "NormalizedRecordNames": {each.name for each in changes},
        "RecordTypes": {each.type for each in changes},
        "Actions": {each.action for each in changes},
    }
    return [
        {
            "ContextKeyName": f"{CHANGE}{key}",
            "ContextKeyType": "stringList",
            "ContextKeyValues": sorted(found),
        }
        for key, found in values.items()
    ]
