"""The JSON of a proof: one document with a version, written for programs, and read again as a baseline."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from xmpp_federation_dns import names
from xmpp_federation_dns.problems import described, printable
from xmpp_federation_dns.proof.matrix import Matrix
from xmpp_federation_dns.proof.report import Finding, Severity, State, Subject, Verdict
from xmpp_federation_dns.proof.result import Result, Since

VERSION = 1
"""Of the document: it grows where a key goes or means something else, and stays where one is added."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST = 256 * 1024 * 1024
"""Octets of a baseline: room for 100,000 SIP domains with a dozen findings each."""


class BaselineError(Exception):
    """A file that is no baseline of the proof, told in one line."""


class _Part(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, use_attribute_docstrings=True, frozen=True
    )


class FindingPart(_Part):
    """What one check found."""

    check: str
    """Id of the check, as docs/verification.md lists it."""
    severity: Severity
    """`error`: federation fails for some peer. `unknown`: the check could not be made."""
    subject: str
    """What it is about: a name, a name and a type, or a server."""
    text: str
    """What is wrong, in one line."""
    way_out: str
    """What to do about it; empty where there is nothing to do."""
    expected: str
    """What was expected, where that is a value."""
    seen: dict[str, str]
    """What each server said, by its name and address."""


class CertificatePart(_Part):
    """A certificate that a server showed."""

    server: str
    """Address, port and target."""
    ends: AwareDatetime
    """When it expires."""


class VerdictPart(_Part):
    """What is known of one SIP domain."""

    domain: str
    """Its name in A-labels."""
    verdict: State
    """`proven` without an error, `failed` with one, `unknown` where a check could not be made."""
    findings: list[FindingPart]
    """What was found; also information on a SIP domain that is proven."""
    certificates: list[CertificatePart]
    """What `probe` saw; empty where no server showed one."""


class ChangePart(_Part):
    """What has changed about one SIP domain."""

    domain: str
    """Its name in A-labels."""
    before: State | None
    """Its verdict in the baseline; null where that has none."""
    now: State | None
    """Its verdict; null where it was not asked about any more."""
    new: list[FindingPart]
    """Findings that the baseline does not have."""
    gone: list[FindingPart]
    """Findings of the baseline that are not there any more."""


class SincePart(_Part):
    """What has changed since the baseline of `--baseline`."""

    asked: AwareDatetime
    """When the baseline was asked."""
    as_before: int
    """SIP domains of which nothing has changed."""
    changes: list[ChangePart]
    """The others, and those that the baseline alone has."""


class CellPart(_Part):
    """What comes of a SIP domain of ours with a domain of a partner."""

    from_: Annotated[str, Field(alias="from")]
    """Ours, in A-labels."""
    to: str
    """The partner's, in A-labels."""
    verdict: State
    """Whether the two federate."""
    check: str
    """The check that decides; empty where it is proven."""
    side: Literal["", "ours", "theirs"]
    """On whose side that is."""


class MatrixPart(_Part):
    """What comes of each of our SIP domains with each of our partners."""

    ours: list[str]
    """Our SIP domains, in A-labels."""
    theirs: list[str]
    """The domains of partners, in A-labels."""
    cells: list[CellPart]
    """One for each pair."""


class Document(_Part):
    """What a proof of xmpp-federation-dns found: the output of `--format json`."""

    version: Literal[1]
    """It grows where a key goes or means something else; new keys may come within a version."""
    proof: str
    """The command that asked, such as `verify` or `probe`."""
    asked: AwareDatetime
    """When that was, in UTC."""
    verdicts: list[VerdictPart]
    """Of all SIP domains, also with `--baseline`, so that each report can be the next baseline."""
    since: Annotated[SincePart | None, Field(default=None)]
    """What has changed, where there is a baseline."""
    matrix: Annotated[MatrixPart | None, Field(default=None)]
    """What comes of ours and of our partners, where that was asked."""


def as_json(result: Result) -> str:
    """Return *result* as a document of one version."""
    document = Document(
        version=VERSION,
        proof=result.proof,
        asked=result.asked,
        verdicts=[
            VerdictPart(
                domain=each.domain,
                verdict=each.state,
                findings=_parts(each.findings),
                certificates=[
                    CertificatePart(server=server, ends=ends) for server, ends in each.expiries.items()
                ],
            )
            for each in result.verdicts
        ],
        since=_since(result.since) if result.since else None,
        matrix=_matrix(result.matrix) if result.matrix else None,
    )
    left_out = {key for key in ("since", "matrix") if getattr(document, key) is None}
    # Text of servers may have what is no Unicode, which standard output escapes.
    data = document.model_dump(mode="json", by_alias=True, exclude=left_out)
    return json.dumps(data, indent=2, ensure_ascii=False)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return {"$schema": DIALECT, **Document.model_json_schema(mode="serialization")}


def read_baseline(path: Path, proof: str) -> Result:
    """Return what an earlier run of the same *proof* wrote to *path*; raise :class:`BaselineError`."""
    place = printable(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MOST + 1)
    except OSError as error:
        raise BaselineError(f"{place}: {error.strerror}") from None
    if len(content) > MOST:
        raise BaselineError(f"{place}: more than {MOST} octets")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise BaselineError(f"{place}: no JSON; write it with `{proof} --format json`") from None
    version = cast("dict[str, object]", found).get("version", VERSION) if isinstance(found, dict) else VERSION
    if version != VERSION:
        text = f"version {described(version)} of the report, and this reads version {VERSION}"
        raise BaselineError(f"{place}: {text}; write it anew with `{proof} --format json`")
    try:
        document = Document.model_validate(found)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
        text = f"not the output of `{proof} --format json`: {where.removeprefix('.') or 'it'}: {fault['msg']}"
        raise BaselineError(f"{place}: {printable(text)}") from None
    if document.proof != proof:
        raise BaselineError(f"{place}: what {described(document.proof)} found, and not `{proof}`")
    for position, each in enumerate(document.verdicts):
        try:
            names.host_name(each.domain)
        except ValueError as error:
            text = f"verdicts[{position}].domain: {described(each.domain)} is not a host name: {printable(str(error))}"
            raise BaselineError(f"{place}: {text}") from None
    return Result(proof, document.asked, [_verdict(each) for each in document.verdicts])


def _verdict(part: VerdictPart) -> Verdict:
    expiries: dict[str, datetime] = {each.server: each.ends for each in part.certificates}
    findings = (
        Finding(f.check, f.severity, Subject(f.subject), f.text, f.way_out, f.expected, f.seen)
        for f in part.findings
    )
    return Verdict(part.domain, tuple(findings), expiries)


def _parts(findings: Iterable[Finding]) -> list[FindingPart]:
    return [
        FindingPart(
            check=each.check,
            severity=each.severity,
            subject=str(each.subject),
            text=each.text,
            way_out=each.way_out,
            expected=each.expected,
            seen=dict(each.seen),
        )
        for each in findings
    ]


def _matrix(matrix: Matrix) -> MatrixPart:
    cells = [
        CellPart(from_=ours, to=theirs, verdict=cell.state, check=cell.check, side=cell.side)
        for (ours, theirs), cell in matrix.cells.items()
    ]
    return MatrixPart(ours=list(matrix.ours), theirs=list(matrix.theirs), cells=cells)


def _since(since: Since) -> SincePart:
    changes = [
        ChangePart(
            domain=each.domain,
            before=each.before,
            now=each.now,
            new=_parts(each.new),
            gone=_parts(each.gone),
        )
        for each in since.changes
    ]
    return SincePart(asked=since.asked, as_before=since.as_before, changes=changes)
