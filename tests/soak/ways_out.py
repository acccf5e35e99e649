"""What an operator does where an update is refused, as its message and docs/operations.md say."""

import re

from tests.engine.clouds.test_adopt import adopt, imported, previewed
from tests.soak.course import Course
from tests.soak.outcome import BrokenError
from tests.soak.runs import Done
from tests.soak.wanted import ZONE, Key
from tools.bench.recovery import CONFLICT, OTHER

DIFFERENT = "is not what this stack published"
_DIFFERENT = re.compile(rf"^ +(\S+) (\S+): .*{DIFFERENT}", re.MULTILINE)
ROUTE53 = re.compile(r"\[name='(\S+?)\.?', type='(\w+)'\] but it already exists")
AZURE = re.compile(
    r"cannot create already existing resource '\S+/dnsZones/[^/]+/(\w+)/(\S+?)'", re.IGNORECASE
)
REFRESHED, ADOPTED, DELETED, IMPORTED = (
    "pulumi up --refresh",
    "existing: adopt",
    "deleted there",
    "pulumi import",
)


def taken(course: Course, refused: Done) -> Done:
    """Do what a refused run said, and return the next one."""
    said = refused.output
    if edited := set(_DIFFERENT.findall(said)):
        _excused(course, edited, said)
        course.outcome.took(REFRESHED)
        return course.run("up", "--refresh")
    if conflicts := {(name, type_): why for name, type_, why in CONFLICT.findall(said)}:
        _excused(course, set(conflicts), said)
        others = {key for key, why in conflicts.items() if why == OTHER}
        if others:
            delete(course, others)
        else:
            course.outcome.took(ADOPTED)
            course.configure(course.now, **{**course.options, "existing": "adopt"})
        return course.run("up")
    there = set(ROUTE53.findall(said)) | {
        (ZONE if name == "@" else f"{name}.{ZONE}", type_) for type_, name in AZURE.findall(said)
    }
    if there:
        _excused(course, there, said)
        take_in(course)
        return course.run("up")
    raise BrokenError(f"fails, and nothing is in the way\n{said}")


def delete(course: Course, keys: set[Key]) -> None:
    """Delete record sets by hand: SRV record sets first, and before the addresses that they point to."""
    there = course.world.zone.record_sets()
    hosts = {name for name, type_ in keys if type_ != "SRV"}
    pointing = {
        key
        for key, each in there.items()
        if key[1] == "SRV" and any(value.split()[3].removesuffix(".") in hosts for value in each.values)
    }
    for key in [*sorted(pointing), *sorted(keys - pointing)]:
        course.outcome.took(DELETED)
        course.remove(key)


def take_in(course: Course) -> None:
    """Bring what is there under the component, by docs/adopt.md; what differs is made as the stack says."""
    lab = course.world.lab
    course.outcome.took(IMPORTED)
    course.succeeds("refresh", "--clear-pending-creates")
    file = previewed(lab)
    whole = file.read_text()
    _, found = adopt(lab, file)
    different = [each["resource"] for each in found if each["state"] == "different"]
    names = {resource.removeprefix("federation-").rpartition("-")[0] for resource in different}
    course.tell(f"   adopt: {', '.join(each['resource'] + ' ' + each['state'] for each in found)}")
    if names:
        file.write_text(whole)
        adopt(lab, file, *(part for name in sorted(names) for part in ("--accept", name)))
    run = imported(lab, file)
    course.tell(f"   pulumi import: exit status {run.status}")
    course.heard(Done(("import",), run.status, run.output))
    if run.status:
        raise BrokenError(f"pulumi import fails\n{run.output}")


def _excused(course: Course, keys: set[Key], said: str) -> None:
    """See that what is refused is something that may be in the way."""
    course.refused |= keys
    excused = {*course.touched, *course.foreign}
    if course.orphans():
        for each in (course.before, course.step.wanted, course.step.last):
            excused |= each.record_sets().keys()
    if keys <= excused:
        return
    names = ", ".join(" ".join(key) for key in sorted(keys - excused))
    raise BrokenError(f"refused, and nobody else's: {names}\n{said}")
