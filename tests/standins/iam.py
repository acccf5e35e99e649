"""SimulatePrincipalPolicy of IAM, over the users, roles and policies that moto keeps.

Statements match by action, resource and condition, as the policy language has them (IAM User Guide, Policy evaluation
logic, 2026-11); what a condition may be is what policies of Route 53 use, and any other one is an error.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast
from xml.sax.saxutils import escape

from moto.iam.models import IAMBackend, iam_backends
from werkzeug.wrappers import Request

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"


def simulated(account: str, request: Request) -> str:
    """Return the answer to a simulation of one action with one resource; raise ``LookupError`` for nobody's."""
    form = request.form
    context = {
        form[f"ContextEntries.member.{number}.ContextKeyName"].lower(): {
            value
            for key, value in form.items()
            if key.startswith(f"ContextEntries.member.{number}.ContextKeyValues.member.")
        }
        for number in range(1, 10)
        if f"ContextEntries.member.{number}.ContextKeyName" in form
    }
    action, resource = form["ActionNames.member.1"], form["ResourceArns.member.1"]
    decision, lacks = "implicitDeny", dict[str, None]()
    for statement in _statements(iam_backends[account]["aws"], form["PolicySourceArn"]):
        if not (
            _is_like(action, _listed(statement["Action"]))
            and _is_like(resource, _listed(statement["Resource"]))
        ):
            continue
        conditions = statement.get("Condition", {})
        lacks |= {key: None for each in conditions.values() for key in each if key.lower() not in context}
        if not all(
            _OPERATORS[operator](context.get(key.lower(), set()), _listed(values))
            for operator, keys in conditions.items()
            for key, values in keys.items()
        ):
            continue
        if statement["Effect"] == "Deny":
            decision = "explicitDeny"
        elif decision == "implicitDeny":
            decision = "allowed"
    missing = "".join(f"<member>{escape(key)}</member>" for key in lacks)
    return (
        f'<SimulatePrincipalPolicyResponse xmlns="{_NAMESPACE}"><SimulatePrincipalPolicyResult>'
        "<IsTruncated>false</IsTruncated><EvaluationResults><member>"
        f"<EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName><EvalDecision>{decision}</EvalDecision>"
        f"<MatchedStatements/><MissingContextValues>{missing}</MissingContextValues></member></EvaluationResults>"
        "</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
        "</SimulatePrincipalPolicyResponse>"
    )


def _statements(iam: IAMBackend, arn: str) -> Iterator[dict[str, Any]]:
    """Yield the statements of the policies in a user or a role."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    name = name.rpartition("/")[2]
    if kind == "user" and name in iam.users:
        user = iam.users[name]
        documents: list[Any] = list(user.policies.values())
    elif role := next((each for each in iam.roles.values() if each.arn == arn), None):
        documents = list(role.policies.values())
    else:
        raise LookupError(f"The {kind} with name {name} cannot be found.")
    for document in documents:
        yield from json.loads(document)["Statement"]


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)


def _is_like(text: str, patterns: Iterable[str]) -> bool:
    return any(
        re.fullmatch(re.escape(each).replace(r"\*", ".*").replace(r"\?", "."), text, re.IGNORECASE)
        for each in patterns
    )


_Operator = Callable[[set[str], list[str]], bool]
_OPERATORS: dict[str, _Operator] = {
    "ForAllValues:StringLike": lambda given, allowed: all(_is_like(each, allowed) for each in given),
    "ForAllValues:StringEquals": lambda given, allowed: given <= {*allowed},
    "StringEquals": lambda given, allowed: bool(given) and given <= {*allowed},
}
