"""What the last update of the running stack exported."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pulumi

from xmpp_federation_dns.problems import one_line

_SAID_BY_THE_SDK = re.compile(r"^(invoke of \S+ failed: )?(invocation of \S+ returned an error: )?")
LOOKS = 10
"""Looks at the state, while the engine writes it."""
PAUSE = 0.2
"""Seconds between two of them."""


def last_rows() -> list[Mapping[str, Any]]:
    """Return the rows of ``records`` in all outputs of the last update; none of a stack that exports none."""
    return list(_rows(_outputs()))


def _outputs(looks: int = LOOKS) -> object:
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        value = pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": stack}).value
        # The SDK keeps what it was answered until the program ends (3.272): a hundred megabytes of a large stack.
        return value.pop("outputs")
    except Exception as error:  # noqa: BLE001 the SDK raises nothing narrower
        text = _SAID_BY_THE_SDK.sub("", one_line(error))
    # The engine may be writing that file: a state in files is not replaced as a whole (3.255, seen 2026-11-30).
    if looks > 1 and "failed to load checkpoint" in text:
        time.sleep(PAUSE)
        return _outputs(looks - 1)
    raise pulumi.RunError(
        f"what the last update published is not known: {text}; maxRemoved: off goes on without"
    )


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
