"""The page docs/dev/languages.md: what is run in each language, and what is not."""

from tests.matrix.languages.cells import GAPS, LANGUAGES, OPERATIONS, PLACES, why_not

HEAD = """\
# What is run in each language

Generated from tests/matrix/languages/cells.py by `make docs`; `make matrix` runs every cell that says `run`. The
examples are in `make test`. Programs in YAML run in the language host that is built with the engine, those in
TypeScript and Go by the Automation API of their language, with the SDK that is written from the package schema.
"""


def page() -> str:
    """Return the page: a table for each language, and why some cells are empty."""
    reasons = list(dict.fromkeys(gap.why for gap in GAPS))
    parts = [HEAD]
    for language in LANGUAGES:
        lines = [("", *PLACES), ["---"] * (1 + len(PLACES))]
        for operation in OPERATIONS.values():
            why = [why_not(operation, language, place) for place in PLACES]
            lines.append(
                (operation, *("run" if each is None else f"({reasons.index(each) + 1})" for each in why))
            )
        parts.append(f"## {language}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines))
    parts.append("".join(f"{number}. {why}\n" for number, why in enumerate(reasons, 1)))
    return "\n".join(parts)
