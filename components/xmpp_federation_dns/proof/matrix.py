"""Our SIP domains and their partners: whether each of ours federates with each of theirs, and what decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from xmpp_federation_dns.proof.report import State


class Cell(NamedTuple):
    """What is known of two domains: the verdict, and which *check* on whose side decides where it is not proven."""

    state: State
    check: str = ""
    side: Literal["", "ours", "theirs"] = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The outcome for each of *ours* with each of *theirs*; *cells* has one for each pair, in this order."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
