"""The table of docs/dev/languages.md: each operation in each language, with each way of publishing."""

from typing import Any, ClassVar

from tests.engine.rfc2136.lab import SECRET
from tests.matrix.languages.column import (
    ADDRESS,
    HIDDEN,
    PACKAGES,
    PROPERTIES,
    SRV,
    A,
    Column,
    Program,
    files,
    providers,
)
from tests.standins.zones import Published

PUBLISHED = {(A, "A"): Published(300, (ADDRESS, HIDDEN)), (SRV, "SRV"): Published(3600, (f"0 0 5269 {A}.",))}
WRONG = (
    "2 problems in the XMPP federation configuration:",
    "  srvTtl: 5 is out of range: 60 to 86400 seconds",
    "  domains[0]: 'contoso_com' is not a host name: labels hold letters, digits and hyphens",
)


def given(column: Column, program: Program, *, zone: bool) -> None:
    """Publish by an explicit provider of the component, or of its *zone*."""
    package = PACKAGES[column.place["provider"]]
    program.set({"provider": {"package": package, "properties": dict(PROPERTIES[package]), "zone": zone}})


class Operations:
    language: ClassVar[str]

    def test_a_wrong_configuration_is_told_and_nothing_is_published(self, column: Column):
        run, after = column.refused
        assert (run.status, after) == (1, {})
        assert [line in run.output for line in WRONG] == [True] * 3, run.output
        assert "Traceback" not in run.output

    def test_an_address_of_another_resource_is_published(self, column: Column):
        assert column.after == PUBLISHED

    def test_the_next_run_changes_nothing(self, column: Column):
        run, after = column.again
        # The stack, the machine, the component, and two record sets, or one zone in bulk and its journal.
        assert (run.resources, after) == ({"unchanged": 5}, PUBLISHED), run.output

    def test_what_is_secret_is_in_no_output_and_in_plain_text_in_no_file(self, column: Column):
        outputs = column.program.pulumi("stack", "output", "--json").stdout
        texts = {
            **column.files,
            "output": outputs,
            **{str(at): run.output for at, run in enumerate(column.runs)},
        }
        assert [where for where, text in texts.items() if HIDDEN in text or SECRET in text] == []

    def test_what_is_destroyed_is_gone(self, column: Column):
        assert (column.destroyed.status, column.zone.record_sets()) == (0, column.before)

    def test_a_provider_that_the_component_is_given_publishes(self, column: Column):
        assert column.destroyed.status == 0
        self.publishes(column, column.another("provider of the component"), zone=False)

    def test_a_provider_that_a_zone_is_given_publishes(self, column: Column):
        assert column.destroyed.status == 0
        self.publishes(column, column.another("provider of the zone"), zone=True)

    def publishes(self, column: Column, program: Program, *, zone: bool) -> None:
        given(column, program, zone=zone)
        run = column.run(program, "up", "--yes", "--skip-preview")
        assert (run.status, column.gained()) == (0, PUBLISHED), run.output
        assert set(providers(program).values()) == {"mine"}
        assert [path for path, text in files(program).items() if SECRET in text] == []
        assert column.run(program, "destroy", "--yes", "--skip-preview").status == 0
        assert column.gained() == {}

    def test_what_is_imported_is_unchanged_in_the_program(self, column: Column):
        assert column.destroyed.status == 0
        column.zone.put(A, "A", 300, ADDRESS)
        program = column.another("import")
        column.sign(program)
        options = {k: v for k, v in column.place.items() if k not in ("provider", "name", "bulk")}
        query = "&".join(f"{key}={value}" for key, value in options.items())
        id_ = f"{column.place['provider']}/contoso.com/{A}/A?{query}"
        arguments = ("xmpp-federation-dns:index:RecordSet", "imported", id_)
        done = column.run(program, "import", *arguments, "--yes", "--generate-code=false", "--protect=false")
        assert done.status == 0, done.output
        kept: dict[str, Any] = {
            "provider": column.place["provider"],
            "zone": "contoso.com",
            **options,
            "recordSets": {f"{A} A": f"300 {ADDRESS}"},
        }
        program.set({"recordSet": kept})
        run = column.run(program, "up", "--yes", "--skip-preview")
        assert (run.status, run.resources) == (0, {"unchanged": 2}), run.output
        assert column.run(program, "destroy", "--yes", "--skip-preview").status == 0
        assert column.gained() == {}


class TestPython(Operations):
    language = "Python"


class TestYaml(Operations):
    language = "YAML"


class TestTypeScript(Operations):
    language = "TypeScript"


class TestGo(Operations):
    language = "Go"
