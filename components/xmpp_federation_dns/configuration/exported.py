"""What the last update of the running stack exported."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pulumi


def last_rows() -> list[Mapping[str, Any]]:
    """Return the rows of ``records`` in all outputs of the last update; none of a stack that exports none."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    found = pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": stack})
    return list(_rows(found.value["outputs"]))


def _rows(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield what is a row of ``records``, however deep the program put it."""
    match value:
        case {"name": str(), "type": str(), "values": list(), "zone": str(), "provider": str()}:
            yield value
        case dict():
            for each in cast("dict[str, Any]", value).values():
                yield from _rows(each)
        case list():
            for each in cast("list[Any]", value):
                yield from _rows(each)
        case _:
            pass
