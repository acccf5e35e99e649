"""The second half of the seam: what reads and changes one zone, and what can keep it from that."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self

from xmpp_federation_dns.changes import Batch, Change, Content, Live, Place, Weight


class UpdateError(Exception):
    """An operation that did not happen, told in one line, or in one more for each thing it lists.

    *unanswered*: an attempt to send it got no answer, and may have been carried out.
    """

    def __init__(self, text: str, *, unanswered: bool = False) -> None:
        super().__init__(text)
        self.unanswered = unanswered


class DeniedError(UpdateError):
    """What a server that was reached does not do for whoever asks."""


class UnservedError(DeniedError):
    """A server that does not serve the zone, as far as its answer tells."""


class RefusedError(UpdateError):
    """A batch that the server refused as a whole: most often, something is not there as it was thought."""


class AlteredError(UpdateError):
    """A batch that was carried out, and of which something reads otherwise than it was sent.

    *there*: what is there now, by key; nothing where there is none.
    """

    def __init__(self, text: str, there: Mapping[str, Live]) -> None:
        super().__init__(text)
        self.there = there


class ZoneGoneError(UpdateError):
    """The zone is not there any more."""


class Right(NamedTuple):
    """What an update has to be allowed, named as the provider names it; *note* tells why it is not, in one line."""

    name: str
    state: Literal["allowed", "missing", "in the way", "not known"]
    note: str = ""

    @classmethod
    def tried(cls, name: str, read: Callable[[], object]) -> Self:
        """Return whether the right to *read* is there, by reading; whatever else keeps one from it is raised."""
        try:
            read()
        except DeniedError as error:
            return cls(name, "missing", str(error))
        return cls(name, "allowed")


class ZoneClient(ABC):
    """One zone as its server shows it."""

    atomic: ClassVar[bool]
    """Whether a batch happens as a whole or not at all; where not, each change is a batch of its own."""
    conditional: ClassVar[bool]
    """Whether the server itself checks that a record set still is as its change says."""
    sees_cuts: ClassVar[bool] = False
    """Whether what is sent is refused, too, where a delegation would hide what is new; else, one is looked for."""
    partial: ClassVar[bool] = False
    """Whether any part of a batch may be left of one that failed: of its changes, and of the values of each.

    The changes that may come in any order are then one batch.
    """
    writers: ClassVar[int] = 1
    """How many batches are sent at a time, where these are single changes."""
    most: ClassVar[Weight]
    """How much of each weight a batch may hold."""
    adopts: ClassVar[bool] = True
    """Whether what is read is all that is there, so that an equal record set can be taken over."""
    adopted: ClassVar[str] = ""
    """What has to be known where record sets of this zone are adopted."""

    @property
    def unasked(self) -> str:
        """Why peers do not ask for what is in the zone, and the way out; nothing where they do, as far as is known."""
        return ""

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where the zone is kept."""

    @abstractmethod
    def __str__(self) -> str:
        """Name the zone and where it is."""

    @abstractmethod
    def weight(self, change: Change) -> Weight:
        """Return what *change* takes of a batch."""

    @abstractmethod
    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Return what is there under these keys, each with what is *expected* of it; nothing for what is gone.

        A CNAME record in the place of a record set counts as what is there.
        """

    def listing(self) -> dict[str, Live]:
        """Return all SRV, A and AAAA record sets of the zone by key, read in one pass, and its CNAME records.

        What is below a delegation is there as what nobody sees.
        """
        raise NotImplementedError(f"{type(self).__name__} has no listing()")

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:  # noqa: ARG002 not every server can be asked
        """Return what publishing these record sets has to be allowed, each with whether it is; nothing is changed.

        *one_by_one*: each by a request of its own of the published provider, rather than by this client.
        """
        return [Right("changes", "not known", "this provider cannot be asked without changing something")]

    def stops(self, keys: Collection[str]) -> list[Right]:  # noqa: ARG002 few have any
        """Return what keeps anybody from changing these record sets, whatever is allowed; nothing is changed."""
        return []

    @abstractmethod
    def send(self, batch: Batch) -> None:
        """Carry out *batch*, unless a record set is not as its change says; raises :class:`UpdateError`."""

    def agrees(self, plan: Iterable[Batch]) -> bool:  # noqa: ARG002 not every server can be asked
        """Tell whether everything is known to be as *plan* says, so that nothing has to be read."""
        return False

    def is_at(self, place: Place) -> bool:
        """Tell whether *place* is that of this zone, however it is written there."""
        return place == self.place

    def settle(self) -> None:  # noqa: B027 most servers have nothing to wait for
        """Wait until every name server of the zone has what was sent."""

    def tells(self, tell: Callable[[str], None]) -> None:  # noqa: B027 few services are waited for
        """Let *tell* hear, in one line each, why the service is waited for."""

    def learnt(self) -> dict[str, Any]:
        """Return what the state is to know of the zone beside what the program says."""
        return {}
