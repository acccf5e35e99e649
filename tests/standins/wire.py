"""Properties of resources as messages of the provider protocol carry them."""

from typing import Any, cast

from google.protobuf import json_format, struct_pb2

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""Key and value that mark the wrapping of a secret."""

Properties = dict[str, Any]
Message = Any
"""A message of the protocol; its stubs carry no types that a checker could read."""


def plain(message: Message) -> Properties:
    """Return the properties of a message, empty where it has none; secrets without their wrapping."""
    return _unwrapped(json_format.MessageToDict(message))


def _unwrapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_unwrapped(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        if items.get(SIGNATURE) == SECRET:
            return _unwrapped(items["value"])
        return {key: _unwrapped(item) for key, item in items.items()}
    return value


def struct(properties: Properties) -> Message:
    """Return *properties* as a message."""
    message = struct_pb2.Struct()
    message.update(properties)
    return message
