"""What others wrote, read in the form that it should have: whatever has another one counts as nothing."""

import json
from typing import Any, cast


def mapping(found: object) -> dict[str, Any]:
    """Return *found* where it is a mapping."""
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def mappings(found: object) -> list[dict[str, Any]]:
    """Return the mappings in *found* where it is a list."""
    listed = cast("list[Any]", found) if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, dict)]


def json_object(text: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object that *text* is; nothing where it is none."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None
