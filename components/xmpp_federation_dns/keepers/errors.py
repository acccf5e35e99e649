"""What did not happen, in one line."""

from collections.abc import Mapping
from typing import Any


class UpdateError(Exception):
    """An operation that did not happen, told in one line, or in one more for each thing it lists.

    *unanswered*: an attempt to send it got no answer, and may have been carried out.
    """

    def __init__(self, text: str, *, unanswered: bool = False) -> None:
        super().__init__(text)
        self.unanswered = unanswered


class UnservedError(UpdateError):
    """A server that does not serve the zone, as far as its answer tells."""


class UnfinishedError(UpdateError):
    """An operation that did not end well and leaves a state: *outs*.

    *refresh*: whether the next update begins with a refresh of it, so that its preview names what is missing.
    """

    def __init__(self, text: str, id_: str, outs: Mapping[str, Any], *, refresh: bool) -> None:
        super().__init__(text)
        self.id = id_
        self.outs = outs
        self.refresh = refresh
