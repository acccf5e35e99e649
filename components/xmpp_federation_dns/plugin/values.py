"""Properties of resources as the provider protocol carries them, and as keepers and the model take them."""

from collections.abc import Mapping
from typing import Any, cast

from google.protobuf import struct_pb2

from xmpp_federation_dns.plugin.sdk import SECRET, SIGNATURE
from xmpp_federation_dns.problems import Secret

KINDS = {"RecordSet": (), "RecordSets": ("retainOnDelete", "journal"), "Journal": ("retainOnDelete",)}
"""The types of resources that keepers publish, and what each takes beside a zone and record sets."""

Properties = dict[str, Any]
Secrets = Mapping[str, Any] | bool
"""What of a value is secret: all of it, nothing, or some of its keys."""


def read(value: Any) -> Any:
    """Return what a message holds as dictionaries and lists: whole numbers as such, and nothing where it is null."""
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        number: float = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        return fields(value.struct_value)
    if kind == "list_value":
        return [read(item) for item in value.list_value.values]
    return getattr(value, kind) if kind and kind != "null_value" else None


def fields(message: Any) -> Properties:
    """Return the fields of a message that hold something."""
    found = ((key, read(value)) for key, value in message.fields.items())
    return {key: value for key, value in found if value is not None}


def plain(value: Any, *, secret: bool = False) -> Any:
    """Return *value* without the wrapping of secrets, whose texts no message shows."""
    match value:
        case dict() if (items := cast("Properties", value)).get(SIGNATURE) == SECRET:
            return plain(items.get("value"), secret=True)
        case dict():
            return {key: plain(item, secret=secret) for key, item in cast("Properties", value).items()}
        case list():
            return [plain(item, secret=secret) for item in cast("list[Any]", value)]
        case str() if secret:
            return Secret(value)
        case _:
            return value


def secrets(value: Any) -> Secrets:
    """Return what of *value* is secret."""
    if isinstance(value, dict):
        items = cast("Properties", value)
        if items.get(SIGNATURE) == SECRET:
            return True
        found = {key: secrets(item) for key, item in items.items()}
        return {key: each for key, each in found.items() if each}
    return isinstance(value, list) and any(secrets(item) for item in cast("list[Any]", value))


def struct(properties: Mapping[str, Any], *marks: Secrets) -> struct_pb2.Struct:
    """Return *properties* as a message, with everything wrapped as a secret that one of *marks* says is one."""
    message = struct_pb2.Struct()
    wrapped = dict(properties)
    for mark in marks:
        wrapped = _wrapped(wrapped, mark)
    message.update(wrapped)
    return message


def _wrapped(value: Any, mark: Any) -> Any:
    match value:
        case _ if not mark:
            return value
        case dict() if (items := cast("Properties", value)).get(SIGNATURE) == SECRET:
            return items
        case dict() if isinstance(mark, dict):
            marks, items = cast("Properties", mark), cast("Properties", value)
            return {key: _wrapped(item, marks.get(key)) for key, item in items.items()}
        case _:
            return {SIGNATURE: SECRET, "value": value}
